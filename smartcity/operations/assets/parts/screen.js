// What desk and wall share: model, line, list, stations, the second hand.
import "./desk.css";
import "./map.css";
import "./alerts.css";
import "./stations.css";
import "./wall.css";
import { serverNow } from "../../../../hub/ui/assets/clock.js";
import { AlertList, slot, write } from "./alerts.js";
import { LEVELS, Model, asks } from "./model.js";
import { Line } from "./line.js";
import { Stations } from "./stations.js";
import { say, writeClock, writeCountdown } from "./words.js";

// Refetched at most this often, and not by all screens in the same instant.
const REFRESH_MS = 1500;
const CURVES_MS = 10000;
const SPEAK_MS = 5000;
// Reachability and ages of sources change without a message of their own.
const FULL_REFRESH_MS = 60000;

export class Screen {
  constructor(root, { onNew = () => {}, quiet = false } = {}) {
    this.root = root;
    this.sprite = root.dataset.sprite;
    this.model = new Model();
    this.quiet = quiet;
    this.list = new AlertList({
      list: document.getElementById("alerts"),
      template: document.getElementById("tpl-alert"),
      sprite: this.sprite,
      cards: Number(root.dataset.cards),
      onNew,
    });
    this.stations = new Stations({
      list: document.getElementById("stations"),
      sprite: this.sprite,
      curves: root.dataset.surface === "wall",
    });
    this.painters = [];
    this.listeners = [];
    this.frame = 0;
    this.line = new Line({
      stateUrl: root.dataset.stateUrl,
      onSnapshot: (message) => {
        this.model.replace(message.seq, message.data);
        this.show();
      },
      onMessage: (kind, message) => this.onMessage(kind, message),
      onObservations: (items) => {
        if (items.map((item) => this.model.observe(item)).some(Boolean)) this.show();
        else this.showNewest();
      },
    });
  }

  start() {
    this.line.open();
    setInterval(() => this.tick(), 1000);
    setInterval(() => this.line.poll(), FULL_REFRESH_MS + Math.random() * 10000);
  }

  onMessage(kind, message) {
    const taken = this.model.take(message);
    if (taken) {
      this.show();
      for (const listen of this.listeners) listen(taken);
      if (taken.calls) this.announce(taken.alert);
      if (taken.isNew) this.drawCurvesSoon();
    } else if (!kind.startsWith("alert.")) this.refreshSoon();
  }

  // Devices, sites and conferences: the server counts them; many changes ask once.
  refreshSoon() {
    if (this.refreshing) return;
    this.refreshing = setTimeout(
      () => {
        this.refreshing = null;
        this.line.poll();
      },
      REFRESH_MS * (0.5 + Math.random()),
    );
  }

  // A new alert comes without its curve; all that came lately get theirs together.
  drawCurvesSoon() {
    if (this.drawing) return;
    this.drawing = setTimeout(
      () => {
        this.drawing = null;
        this.line.poll();
      },
      CURVES_MS * (0.5 + Math.random()),
    );
  }

  // One drawing per frame, however many messages came.
  show() {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.paint();
    });
    // A hidden tab gets no frames; its title and counts must still be right when somebody looks.
    if (document.hidden) {
      cancelAnimationFrame(this.frame);
      this.frame = 0;
      this.paint();
    }
  }

  paint() {
    if (!this.model.snapshot) return;
    this.list.show(this.model.sorted());
    this.stations.show(this.model);
    this.showCounts();
    this.showNewest();
    for (const painter of this.painters) painter(this.model);
  }

  showCounts() {
    const counts = this.model.counts();
    for (const level of LEVELS) {
      for (const place of document.querySelectorAll(`[data-count="${level}"]`))
        place.textContent = counts[level];
    }
    const total = this.model.alerts.size;
    write(this.root, "open_count", say("open_count", { count: total }));
    slot(this.root, "empty").hidden = total > 0;
    this.showShelved();
  }

  showShelved() {
    const { count, until } = this.model.snapshot.shelved;
    const place = document.querySelector("[data-shelved]");
    if (!place) return;
    place.hidden = !count;
    const left = until ? writeCountdown(new Date(until) - serverNow()) : "";
    write(
      place,
      "shelved",
      this.quiet ? say("shelved_wall", { count }) : say("shelved", { count, left }),
    );
  }

  showNewest() {
    const at = this.model.snapshot?.heard_at;
    const time = at ? writeClock(new Date(at), true) : "–";
    write(document, "newest", say("newest", { time }));
    write(this.root, "empty", say("no_alerts_since", { time }));
  }

  tick() {
    if (!this.model.snapshot) return;
    this.list.tick();
    this.stations.tick();
    this.showShelved();
    const time = document.querySelector("#live-state[data-state=live] [data-live-time]");
    if (time) time.textContent = writeClock(serverNow(), true);
  }

  // Read out: only what is urgent interrupts, and never more than one thing in five seconds.
  announce(alert) {
    const place = this.root.querySelector(
      alert.severity === "critical" ? "[data-cry]" : "[data-say]",
    );
    if (Date.now() - (place.saidAt ?? 0) < SPEAK_MS) return;
    place.saidAt = Date.now();
    place.textContent = say("raised_spoken", {
      severity: say(alert.severity),
      what: alert.what,
      where: alert.unit,
    });
  }

  unowned() {
    const waiting = this.model.sorted().find(asks);
    return waiting?.severity ?? null;
  }
}
