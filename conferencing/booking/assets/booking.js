// The booking form under the hand: live check, draft, picker, attendee rows. Without it all of this works by buttons.
import "./booking.css";
import { watchCheck } from "./parts/check.js";
import { isBack } from "../../../hub/ui/assets/back.js";
import { enhanceDay } from "./parts/day_picker.js";
import { keepDraft, markSent, restoreDraft } from "./parts/draft.js";
import { enhanceFindTime } from "./parts/find_time.js";
import { enhancePicker } from "./parts/picker.js";
import { enhanceRows } from "./parts/rows.js";
import { enhanceTimes } from "./parts/times.js";

const CHECK_DELAY_MS = 400;
document.documentElement.classList.add("has-script");

// htmx comes with the first change, not with the first view: lines to the communes are slow.
let updates;
function partialUpdates() {
  updates ??= import("../../../hub/ui/assets/partial_updates.js");
  return updates;
}

async function announce(what) {
  try {
    await partialUpdates();
  } catch {
    updates = undefined; // the line is down: the next change tries again
    return;
  }
  document.dispatchEvent(new CustomEvent(what));
}

// Vietnamese input methods compose by backspacing: nothing is asked while they do.
function announceChanges(form) {
  let timer = 0;
  const ask = () => {
    clearTimeout(timer);
    timer = setTimeout(announce, CHECK_DELAY_MS, "booking:changed");
  };
  const concerns = (name) =>
    /^(day|starts|ends|room|sites|repeat|interval|weekdays|bound|count|until|exceptions)$/.test(
      name,
    );
  form.addEventListener("input", (change) => {
    if (!change.isComposing && concerns(change.target.name)) ask();
  });
  form.addEventListener("compositionend", (change) => {
    if (concerns(change.target.name)) ask();
  });
  form.addEventListener("picker:changed", ask);
}

function bindSubmitKey(form) {
  document.addEventListener("keydown", (key) => {
    if (key.key !== "Enter" || !(key.ctrlKey || key.metaKey) || key.isComposing) return;
    key.preventDefault();
    form.requestSubmit(form.querySelector("[data-submit]"));
  });
}

// One press is enough; the second of a double click would ask for the same places again.
function pressOnce(form) {
  let pressed = false;
  form.addEventListener("submit", (submit) => {
    if (pressed) submit.preventDefault();
    pressed = true;
  });
  window.addEventListener("pageshow", () => {
    pressed = false;
  });
}

const booking = document.querySelector("[data-booking]");
if (booking) {
  restoreDraft(booking);
  enhanceRows(booking, () => announce("booking:guests"));
  enhancePicker(booking.querySelector("[data-picker]"));
  enhanceTimes(booking);
  enhanceDay(booking.querySelector("[data-days]"));
  announceChanges(booking);
  watchCheck(document.querySelector("#check"), document.querySelector("#check-old"));
  bindSubmitKey(booking);
  keepDraft(booking);
  // Back: the browser has put in again what was typed; the panel was of another time.
  window.addEventListener("pageshow", (shown) => {
    if (shown.persisted || isBack()) announce("booking:changed");
  });
}

enhanceFindTime(document.querySelector("[data-times]"), () => announce("times:changed"));

const review = document.querySelector("[data-confirm]");
if (review) {
  bindSubmitKey(review);
  pressOnce(review);
  review.addEventListener("submit", (submit) => {
    if (submit.submitter?.value === "confirm") markSent(review);
  });
}
