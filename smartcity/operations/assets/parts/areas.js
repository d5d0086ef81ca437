// The list of areas (desk) and the bars of who can be reached (wall).
import { slot, write } from "./alerts.js";
import { drawBar, severityIcon } from "./draw.js";
import { say } from "./words.js";

const BAR = [
  ["ok", "normal"],
  ["audio_only", "low"],
  ["line_out", "high"],
  ["unreachable", "high"],
  ["unknown", "unknown"],
  ["power_out", "critical"],
];
const SAID = ["power_out", "line_out", "unreachable", "unknown", "audio_only"];

function word(state) {
  return state === "ok" ? "" : say(state === "unknown" ? "site_unknown" : state);
}

export function showAreas(list, areas, sprite) {
  const rows = new Map([...list.children].map((row) => [row.dataset.id, row]));
  const still = list.matches(":hover") || list.contains(document.activeElement);
  areas.forEach((area, index) => {
    const row = rows.get(String(area.id));
    if (!row) return;
    const level = area.count ? area.worst : area.quiet;
    if (row.dataset.level !== level) {
      row.dataset.level = level;
      slot(row, "icon").replaceChildren(severityIcon(sprite, level));
    }
    write(row, "count", String(area.count));
    write(row, "reach", `${area.reach.reachable}/${area.reach.total}`);
    write(row, "spoken", say(level));
    if (!still && list.children[index] !== row)
      list.insertBefore(row, list.children[index] ?? null);
  });
}

export function showReach(list, areas) {
  const cards = new Map([...list.children].map((card) => [card.dataset.id, card]));
  for (const area of areas) {
    const card = cards.get(String(area.id));
    if (!card) continue;
    const { reachable, total, parts } = area.reach;
    const reach = slot(card, "reach");
    const said = JSON.stringify(area.reach);
    if (card.reachShown === said) continue;
    card.reachShown = said;
    const strong = document.createElement("b");
    strong.textContent = reachable;
    reach.replaceChildren(strong, `/${total}`);
    const bar = BAR.filter(([state]) => parts[state]).map(([state, tone]) => [
      parts[state],
      tone,
      word(state),
    ]);
    slot(card, "bar").replaceChildren(...(total ? [drawBar(bar)] : []));
    write(
      card,
      "note",
      SAID.filter((state) => parts[state])
        .map((state) => `${parts[state]} ${word(state)}`)
        .join(", ") || say(total ? "all_ok" : "no_sites"),
    );
  }
}
