// Levels and counts onto the SVG map, the same for desk and wall.
import { iconAddress } from "./draw.js";
import { writeMeasure } from "./words.js";

export function paintMap(svg, model) {
  const cells = model.cells();
  for (const cell of svg.querySelectorAll(".cell[data-code]")) {
    const name = `cell cell-${cells.get(cell.dataset.code) ?? "unknown"}`;
    if (cell.getAttribute("class") !== name) cell.setAttribute("class", name);
  }
  const areas = new Map(model.areas().map((area) => [area.code, area]));
  for (const label of svg.querySelectorAll(".map-area"))
    paintArea(label, areas.get(label.dataset.code));
  for (const label of svg.querySelectorAll(".map-station"))
    paintStation(label, model.stations.get(Number(label.dataset.device)));
}

function paintArea(label, area) {
  if (!area) return;
  const badge = label.querySelector(".map-badge");
  if (area.count) badge.removeAttribute("display");
  else badge.setAttribute("display", "none");
  badge.querySelector(".badge-count").textContent = area.count;
  const icon = badge.querySelector("svg");
  icon.setAttribute("class", `sev sev-${area.worst}`);
  const use = icon.firstElementChild;
  if (area.count)
    use.setAttribute("href", iconAddress(use.getAttribute("href"), `sev-${area.worst}`));
}

function paintStation(label, station) {
  if (!station) return;
  label.querySelector(".station-square").classList.toggle("is-stale", station.is_stale);
  const word = label.querySelector(".station-word");
  if (word && station.level !== null)
    word.textContent = `${station.name.replace("Trạm ", "")} ${writeMeasure(station.level, "m")} m`;
}
