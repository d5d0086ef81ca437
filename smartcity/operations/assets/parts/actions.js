// What a hand or a key does to an alert: shown at once, taken back when the server refuses.
import { bindKey, showToast } from "../../../../hub/ui/assets/shell.js";
import { asks } from "./model.js";
import { say } from "./words.js";

const TOKEN = document.querySelector('meta[name="csrf-token"]')?.content ?? "";
const GUESSES = {
  acknowledge: (alert, name) => ({
    ...alert,
    state: "ACKED",
    acknowledged_by: name,
    assignee: alert.assignee || name,
    escalates_at: null,
  }),
  assign: (alert, name) => ({ ...alert, assignee: name }),
};

export class Actions {
  constructor({ list, root, actorName }) {
    Object.assign(this, { list, root, actorName });
    root.addEventListener("submit", (submit) => this.onSubmit(submit));
    bindKey("a", () => this.byKey("acknowledge"));
    bindKey("g", () => this.byKey("assign"));
    bindKey("m", () => this.byKey("shelve"));
    bindKey("e", () => this.byKey("close"));
    bindKey("j", () => this.move(1));
    bindKey("k", () => this.move(-1));
    root.addEventListener("keydown", (key) => this.onArrow(key));
  }

  onArrow(key) {
    if (
      !["ArrowDown", "ArrowUp"].includes(key.key) ||
      !key.target.closest?.(".alert-card") ||
      key.target.closest("details[open]")
    )
      return;
    key.preventDefault();
    this.move(key.key === "ArrowDown" ? 1 : -1);
  }

  cards() {
    return [...this.list.list.querySelectorAll(".alert-card:not(.is-gone)")];
  }

  // The card under the focus, else under the pointer, else the first that nobody has taken.
  chosen() {
    const cards = this.cards();
    return (
      cards.find((card) => card.contains(document.activeElement)) ??
      cards.find((card) => card.matches(":hover")) ??
      cards.find((card) => card.classList.contains("asks")) ??
      null
    );
  }

  move(step) {
    const cards = this.cards();
    const at = cards.findIndex((card) => card.contains(document.activeElement));
    const next =
      cards[
        at < 0
          ? step > 0
            ? 0
            : cards.length - 1
          : Math.min(Math.max(at + step, 0), cards.length - 1)
      ];
    const link = next?.querySelector("a[data-f=what]");
    link?.focus();
    next?.scrollIntoView({ block: "nearest" });
  }

  byKey(act) {
    const form = this.chosen()?.querySelector(`form[data-act="${act}"]`);
    if (!form) return showToast(say("pick_first"));
    return this.perform(form, act);
  }

  onSubmit(submit) {
    const form = submit.target.closest("form[data-act]");
    if (!form) return;
    submit.preventDefault();
    form.closest("details")?.removeAttribute("open");
    this.perform(form, form.dataset.act);
  }

  async perform(form, act) {
    const card = form.closest(".alert-card");
    const before = card.alert;
    if (card.dataset.busy || (act === "acknowledge" && before && !asks(before))) return;
    card.dataset.busy = act;
    if (before && GUESSES[act]) this.list.fill(card, GUESSES[act](before, this.actorName));
    const refusal = await send(form);
    delete card.dataset.busy;
    if (refusal) {
      // What the screen showed was a hope; the alert stands as it was, unless the feed has said more since.
      if (before)
        this.list.fill(card, this.list.alerts?.find((alert) => alert.id === before.id) ?? before);
      this.refuse(refusal);
    } else {
      showToast(say(`done_${act}`, { code: card.dataset.code }));
    }
  }

  // Not a toast: a refusal must not disappear by itself.
  refuse(reason) {
    const text = say("refused", { reason });
    const strip = this.root.querySelector("[data-refusal]");
    strip.hidden = false;
    strip.querySelector("span").textContent = text;
    this.root.querySelector("[data-cry]").textContent = text;
  }
}

async function send(form) {
  const body = new FormData(form);
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body,
      redirect: "manual",
      headers: { Accept: "application/json", "X-CSRFToken": TOKEN },
    });
    if (answer.ok) return null;
    if (answer.type === "opaqueredirect") return say("refused_rights");
    const problem = await answer.json().catch(() => ({}));
    return (
      problem.detail ||
      { 403: say("refused_rights"), 409: say("refused_state") }[answer.status] ||
      say("refused_server")
    );
  } catch {
    return say("refused_line");
  }
}
