// The operations desk.
import { setLiveState } from "../../../hub/ui/assets/shell.js";
import { Actions } from "./parts/actions.js";
import { showAreas } from "./parts/areas.js";
import { LiveMap } from "./parts/map.js";
import { Screen } from "./parts/screen.js";
import { Sound } from "./parts/sound.js";
import { say } from "./parts/words.js";

const root = document.getElementById("ops");
const chip = root.querySelector("[data-new]");
const screen = new Screen(root, { onNew: showChip });
const sound = new Sound(root.querySelector(".ops-sound"));
const frame = document.getElementById("map-frame");
const map = new LiveMap({
  frame,
  words: {
    zoomIn: frame.dataset.zoomIn,
    zoomOut: frame.dataset.zoomOut,
    label: frame.dataset.label,
  },
});
const areas = document.getElementById("areas");
new Actions({ list: screen.list, root, actorName: root.dataset.actorName });

function showChip(count) {
  chip.hidden = !count;
  chip.querySelector("span").textContent = say("new_alerts", { count });
}

chip.addEventListener("click", () => {
  document.activeElement?.blur();
  screen.list.arrange(screen.model.sorted());
  root.querySelector(".alert-scroll").scrollTop = 0;
  screen.list.list.querySelector("a[data-f=what]")?.focus();
});

screen.painters.push((model) => {
  showAreas(areas, model.areas(), screen.sprite);
  map.paint(model);
  sound.watch(screen.unowned());
  const rest = model.alerts.size - screen.list.cards;
  root.querySelector(".alert-rest").hidden = rest <= 0;
});

screen.listeners.push(({ alert, calls }) => {
  if (calls) {
    sound.play(alert.severity);
    if (alert.severity === "critical") screen.list.pulse(alert.id);
  }
});

// List and map point at each other.
function link(code) {
  map.mark(code);
  for (const row of areas.children) row.classList.toggle("is-marked", row.dataset.code === code);
}
map.onHover = link;
for (const name of ["pointerover", "focusin"])
  areas.addEventListener(name, (at) => link(at.target.closest(".area-row")?.dataset.code ?? null));
for (const name of ["pointerleave", "focusout"]) areas.addEventListener(name, () => link(null));
screen.list.list.addEventListener("pointerover", (over) => {
  const area = screen.model.snapshot?.areas.find(
    (found) => String(found.id) === over.target.closest(".alert-card")?.dataset.area,
  );
  link(area?.code ?? null);
});
screen.list.list.addEventListener("pointerleave", () => link(null));

document.querySelector("[data-refusal] button")?.addEventListener("click", (click) => {
  click.target.closest("[data-refusal]").hidden = true;
});
setInterval(() => sound.show(), 1000);
setLiveState("static");
screen.start();
