// Station cards: staff, figure, bulletin line, trend, age; a silent one is hatched and says since when.
import { serverNow, writeAge, writeDigits } from "../../../../hub/ui/assets/clock.js";
import { slot, write } from "./alerts.js";
import { drawSpark, severityIcon, shape } from "./draw.js";
import {
  say,
  writeClock,
  writeCourse,
  writeDuration,
  writeMeasure,
  writeMissing,
  writeOffset,
} from "./words.js";

const WORD_GAP = 13;

// The staff has grown with the water: its marks stand lower now. Words of close marks move apart.
function drawMarks(gauge, marks, place, prefix) {
  for (const old of gauge.querySelectorAll(".staff-mark, .staff-word")) old.remove();
  let lowest = 0;
  for (const [number, metres] of [...marks].reverse()) {
    const y = place(metres);
    for (let notch = 0; notch < number; notch += 1) {
      gauge.append(
        shape("path", {
          class: `staff-mark bd${number}`,
          d: `M${22 + 4 * notch} ${(y - 3).toFixed(1)}v6`,
        }),
      );
    }
    const word = shape("text", {
      class: "staff-word",
      x: 37,
      y: Math.max(y + 4, lowest).toFixed(1),
    });
    word.textContent = `${prefix}${number}`;
    gauge.append(word);
    lowest = Math.max(y + 4, lowest) + WORD_GAP;
  }
}

export class Stations {
  constructor({ list, sprite, curves }) {
    Object.assign(this, { list, sprite, curves });
  }

  show(model) {
    for (const card of this.list.children) {
      const station = model.stations.get(Number(card.dataset.device));
      if (station) this.fill(card, station);
    }
  }

  fill(card, station) {
    card.station = station;
    const value = slot(card, "value");
    const text = station.level === null ? "–" : writeMeasure(station.level, "m");
    if (card.valueShown !== text) {
      card.valueShown = text;
      writeDigits(value, text);
    }
    this.fillGauge(card.querySelector(".staff-gauge"), station);
    if (this.curves && card.curveOf !== station.points) {
      card.curveOf = station.points;
      card
        .querySelector(".station-curve")
        .replaceChildren(drawSpark(station.points, station.marks.at(-1)?.[1], 200, 92));
    }
    this.age(card);
  }

  fillGauge(gauge, station) {
    const height = Number(gauge.dataset.height);
    const place = (metres) =>
      Number(
        (height - 2 - (height - 4) * Math.min(Math.max(metres / station.top_m, 0), 1)).toFixed(1),
      );
    if (Number(gauge.dataset.top) !== station.top_m) {
      gauge.dataset.top = station.top_m;
      drawMarks(gauge, station.marks, place, this.curves ? "BĐ" : "");
    }
    const y = place(station.level ?? 0);
    const water = gauge.querySelector(".staff-water");
    water.setAttribute("y", y);
    water.setAttribute("height", (height - 2 - y).toFixed(1));
    gauge.querySelector(".staff-level").setAttribute("d", `M1 ${y}h17`);
  }

  // Once a second: the age, and whether it has grown too old.
  tick() {
    for (const card of this.list.children) if (card.station) this.age(card);
  }

  age(card) {
    const { station } = card;
    const at = station.observed_at ? new Date(station.observed_at) : null;
    const stale = !at || serverNow() > new Date(station.stale_at);
    card.classList.toggle("is-stale", stale);
    card.querySelector(".staff-gauge").classList.toggle("is-stale", stale);
    const severity = stale ? "unknown" : station.severity;
    if (card.severityShown !== severity) {
      card.severityShown = severity;
      const icon = severityIcon(this.sprite, severity);
      icon.setAttribute("role", "img");
      icon.setAttribute("aria-label", say(severity));
      icon.removeAttribute("aria-hidden");
      slot(card, "sev").replaceChildren(icon);
      card.className = card.className.replace(/sev-edge-\w+/, `sev-edge-${severity}`);
    }
    if (!at) {
      write(card, "offset", say("no_reading"));
      return;
    }
    write(card, "offset", writeOffset(station.offset));
    write(
      card,
      "course",
      stale ? say("old") : writeMissing(station.marks) || writeCourse(station.trend, station.drill),
    );
    write(card, "at", writeClock(at));
    write(
      card,
      "age",
      stale ? say("silent", { duration: writeDuration(serverNow() - at) }) : `· ${writeAge(at)}`,
    );
  }
}
