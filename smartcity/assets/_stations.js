// Station cards: staff, figure, bulletin line, trend, age; a silent one is hatched and says since when.
import { serverNow, writeAge, writeDigits } from "../../hub/ui/assets/clock.js";
import { slot, write } from "./_alerts.js";
import { drawSpark, severityIcon } from "./_draw.js";
import { say, writeClock, writeCourse, writeDuration, writeMeasure, writeMissing, writeOffset } from "./_words.js";

export class Stations {
  constructor({ list, sprite, curves }) { Object.assign(this, { list, sprite, curves }); }

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
      card.querySelector(".station-curve").replaceChildren(drawSpark(station.points, station.marks.at(-1)?.[1], 200, 92));
    }
    this.age(card);
  }

  fillGauge(gauge, station) {
    const height = Number(gauge.dataset.height);
    const share = Math.min(Math.max((station.level ?? 0) / Number(gauge.dataset.top), 0), 1);
    const y = (height - 2 - (height - 4) * share).toFixed(1);
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
    write(card, "course", stale ? say("old") : writeMissing(station.marks) || writeCourse(station.trend));
    write(card, "at", writeClock(at));
    write(card, "age", stale ? say("silent", { duration: writeDuration(serverNow() - at) }) : `· ${writeAge(at)}`);
  }
}
