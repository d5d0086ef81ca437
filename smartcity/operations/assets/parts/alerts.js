// The list of open alerts: filled from a template, never moved under a hand.
import { asks } from "./model.js";
import { drawSpark, iconAddress } from "./draw.js";
import { say, writeLimit, writeOwner, writeSince, writeValue, writeWhere } from "./words.js";

export class AlertList {
  constructor({ list, template, sprite, cards, onNew }) {
    Object.assign(this, { list, template, sprite, cards, onNew });
    this.held = null;
    for (const name of ["pointerleave", "focusout"]) {
      list.addEventListener(name, () => setTimeout(() => this.release(), 150));
    }
  }

  // A hand or the focus rests on the list, or an open menu hangs from it: nothing may move then.
  isHeld() {
    return (
      (this.list.matches(":hover:not(.is-touch)") && matchMedia("(hover: hover)").matches) ||
      this.list.contains(document.activeElement) ||
      Boolean(this.list.querySelector("details[open]"))
    );
  }

  show(alerts) {
    this.alerts = alerts;
    if (this.isHeld()) this.updateInPlace(alerts);
    else this.arrange(alerts);
  }

  // Known cards change where they stand, gone ones stay greyed; new ones wait behind the chip.
  updateInPlace(alerts) {
    const byId = new Map(alerts.map((alert) => [String(alert.id), alert]));
    for (const card of this.list.children) {
      const alert = byId.get(card.dataset.id);
      card.classList.toggle("is-gone", !alert);
      if (alert) this.fill(card, alert);
    }
    const shown = new Set([...this.list.children].map((card) => card.dataset.id));
    const waiting = alerts.slice(0, this.cards).filter((alert) => !shown.has(String(alert.id)));
    this.held = true;
    this.onNew(waiting.length);
  }

  release() {
    if (this.held && !this.isHeld()) this.arrange(this.alerts);
  }

  arrange(alerts) {
    this.held = null;
    this.onNew(0);
    const known = new Map([...this.list.children].map((card) => [card.dataset.id, card]));
    const wanted = alerts.slice(0, this.cards).map((alert) => {
      const card =
        known.get(String(alert.id)) ?? this.template.content.firstElementChild.cloneNode(true);
      this.fill(card, alert);
      card.classList.remove("is-gone");
      return card;
    });
    const keep = new Set(wanted);
    for (const card of [...this.list.children]) if (!keep.has(card)) card.remove();
    wanted.forEach((card, index) => {
      if (this.list.children[index] !== card)
        this.list.insertBefore(card, this.list.children[index] ?? null);
    });
  }

  fill(card, alert) {
    const loud = asks(alert) && alert.severity === "critical";
    const classes = [
      "alert-card",
      `lvl-${alert.severity}`,
      asks(alert) && "asks",
      loud && "is-loud",
      alert.drill && "is-drill",
      card.classList.contains("is-fresh") && "is-fresh",
    ];
    card.className = classes.filter(Boolean).join(" ");
    Object.assign(card.dataset, {
      id: alert.id,
      code: alert.code,
      severity: alert.severity,
      state: alert.state,
      area: alert.area_id ?? "",
    });
    this.fillHead(card, alert);
    write(card, "what", alert.what);
    write(card, "where", writeWhere(alert));
    write(card, "limit", writeLimit(alert));
    slot(card, "owner").dataset.escalates = alert.escalates_at ?? "";
    slot(card, "owner_icon").setAttribute(
      "href",
      iconAddress(this.sprite, alert.assignee ? "user-check" : "check"),
    );
    if (card.sparkOf !== alert.points) {
      card.sparkOf = alert.points;
      card
        .querySelector(".card-spark")
        .replaceChildren(...(alert.points ? [drawSpark(alert.points, alert.threshold)] : []));
    }
    card.alert = alert;
    this.age(card);
    this.fillActions(card, alert, loud);
  }

  fillHead(card, alert) {
    write(card, "level", say(alert.severity));
    const icon = card.querySelector(".card-head .sev");
    icon.setAttribute("class", `icon sev sev-${alert.severity}`);
    icon.firstElementChild.setAttribute("href", iconAddress(this.sprite, `sev-${alert.severity}`));
    card.querySelector(".card-drill").hidden = !alert.drill;
    card.querySelector(".card-times").hidden = alert.repeat_count < 2;
    write(card, "times", say("times", { count: alert.repeat_count }));
    write(card, "times_spoken", say("times_spoken", { count: alert.repeat_count }));
  }

  fillActions(card, alert, loud) {
    const link = card.querySelector("a[data-f=what]");
    if (link) link.setAttribute("href", `/alerts/${alert.code}`);
    card.querySelector("[data-convene]")?.setAttribute("href", `/alerts/${alert.code}/convene`);
    for (const form of card.querySelectorAll("form[data-act]"))
      form.setAttribute("action", `/alerts/${alert.code}/${form.dataset.act}`);
    // What the person was looking at goes with the act: the server refuses to quieten what has risen since.
    for (const seen of card.querySelectorAll("input[name=severity]")) seen.value = alert.severity;
    const acknowledge = card.querySelector("[data-act=acknowledge]");
    if (acknowledge) {
      acknowledge.hidden = !asks(alert);
      acknowledge.querySelector("button").classList.toggle("btn-danger", loud);
    }
  }

  // Ages and countdowns, once a second.
  tick() {
    for (const card of this.list.children) if (card.alert) this.age(card);
  }

  age(card) {
    write(card, "since", writeSince(card.alert));
    write(card, "value", writeValue(card.alert));
    write(card, "owner", writeOwner(card.alert));
  }

  pulse(id) {
    const card = this.list.querySelector(`[data-id="${id}"]`);
    if (!card) return;
    card.classList.add("is-fresh");
    setTimeout(() => card.classList.remove("is-fresh"), 4000);
  }
}

export function slot(root, name) {
  return root.querySelector(`[data-f="${name}"]`);
}

export function write(root, name, text) {
  const place = slot(root, name);
  if (place && place.textContent !== text) place.textContent = text;
}
