// The wall: read from four metres, untouched for weeks.
import "../../../hub/ui/assets/clock.js";
import { serverNow } from "../../../hub/ui/assets/clock.js";
import { showReach } from "./parts/areas.js";
import { LEVELS } from "./parts/model.js";
import { paintMap } from "./parts/paint.js";
import { Screen } from "./parts/screen.js";
import { say, writeClock } from "./parts/words.js";
import { write } from "./parts/alerts.js";

const SHIFT_MS = 60000;
const SHIFTS = ["shift-0", "shift-1", "shift-2", "shift-3"];
const RELOAD_AT = "03:00";

const root = document.getElementById("ops");
const screen = new Screen(root, { quiet: true });
const svg = document.getElementById("map");
const reach = document.getElementById("reach");
const conferences = document.getElementById("conferences");
const openedAt = Date.now();

screen.painters.push((model) => {
  paintMap(svg, model);
  showReach(reach, model.areas());
  write(root, "reach_total", say("reach_total", model.snapshot.reach));
  showRest(model.sorted().slice(screen.list.cards));
  showConferences(model.snapshot.conferences ?? []);
});

screen.listeners.push(({ alert, calls }) => {
  if (calls && alert.severity === "critical") screen.list.pulse(alert.id);
});

function showRest(rest) {
  const parts = LEVELS.map((level) => [
    rest.filter((alert) => alert.severity === level).length,
    say(level),
  ]).filter(([count]) => count);
  write(
    root,
    "rest",
    rest.length
      ? `${say("rest", { count: rest.length })}: ${parts.map((part) => part.join(" ")).join(", ")}`
      : "",
  );
}

function showConferences(found) {
  const now = serverNow();
  const coming = found
    .filter((conference) => new Date(conference.ends_at) > now)
    .slice(0, Number(root.dataset.conferences));
  const said = JSON.stringify(coming);
  if (conferences.dataset.said === said) return;
  conferences.dataset.said = said;
  conferences.replaceChildren(...(coming.length ? coming.map(conferenceRow) : [emptyRow()]));
}

function part(name, className, text) {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.textContent = text;
  return element;
}

function emptyRow() {
  return part("li", "empty", say("no_conferences"));
}

function conferenceRow(conference) {
  const row = document.createElement("li");
  const short = conference.ready < conference.sites ? " is-short" : "";
  row.append(
    part("strong", "", writeClock(new Date(conference.starts_at))),
    part("span", "today-title", conference.title),
    part("span", `today-state${short}`, say("ready", conference)),
  );
  return row;
}

// One pixel to and fro: a picture that never moves burns in.
let shift = 0;
setInterval(() => {
  document.body.classList.remove(...SHIFTS);
  shift = (shift + 1) % SHIFTS.length;
  document.body.classList.add(SHIFTS[shift]);
}, SHIFT_MS);

// A fresh page once a night, when nothing urgent waits and the line is up: what leaked is given back.
setInterval(() => {
  const quiet = screen.unowned() !== "critical" && screen.line.socket.connected;
  if (quiet && writeClock(serverNow()) === RELOAD_AT && Date.now() - openedAt > 3600000)
    location.reload();
}, 30000);

screen.start();
