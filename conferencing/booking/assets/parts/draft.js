// The draft: what is typed, kept in this browser for its person until the conference is booked.
import { isBack } from "../../../../hub/ui/assets/back.js";
import { draftStore } from "./draft_store.js";

const SAVE_DELAY_MS = 600;
const LEFT_OUT = new Set([
  "csrf_token",
  "find",
  "group_name",
  "open_unit",
  "changing",
  "since",
  "drawn_time",
]);

function storeOf(form) {
  const { localStorage: lasting, sessionStorage: passing } = window;
  return draftStore(lasting, passing, form.dataset.person, form.getAttribute("action"));
}

export function markSent(form) {
  storeOf(form).sent();
}

function fieldsOf(form) {
  return [...new FormData(form)].filter(
    ([name, value]) => !LEFT_OUT.has(name) && typeof value === "string",
  );
}

function timeText(moment) {
  const local = new Date(moment);
  const two = (number) => String(number).padStart(2, "0");
  const time = `${two(local.getHours())}:${two(local.getMinutes())}`;
  if (local.toDateString() === new Date().toDateString()) return time;
  return `${time} ${two(local.getDate())}/${two(local.getMonth() + 1)}`;
}

function showSaved(at) {
  const chip = document.getElementById("draft-state");
  const words = chip?.querySelector("[data-draft-words]");
  if (!words) return;
  words.textContent = `${words.dataset.saved} ${timeText(at)}`;
  chip.hidden = false;
}

// The server draws the form from what is posted; resuming is one more post.
function resume(form, draft) {
  const filled = document.createElement("form");
  filled.method = "post";
  filled.action = form.getAttribute("action");
  const token = form.querySelector('[name="csrf_token"]').value;
  for (const [name, value] of [...draft.fields, ["csrf_token", token], ["do", "check"]]) {
    const input = document.createElement("input");
    input.type = "hidden";
    input.name = name;
    input.value = value;
    filled.append(input);
  }
  document.body.append(filled);
  filled.submit();
}

// The newest draft; when it is dropped, the one before it.
function offer(form, store) {
  const strip = document.getElementById("draft-offer");
  let draft;
  const show = () => {
    [draft] = store.all();
    strip.hidden = !draft;
    if (!draft) return;
    const title = draft.fields.find(([name]) => name === "title")?.[1];
    strip.querySelector("[data-draft-title]").textContent = title ? `“${title}”` : "";
    strip.querySelector("[data-draft-time]").textContent = timeText(draft.at);
  };
  strip.querySelector("[data-draft-resume]").addEventListener("click", () => {
    store.take(draft);
    resume(form, draft);
  });
  strip.querySelector("[data-draft-drop]").addEventListener("click", () => {
    store.drop(draft);
    show();
    if (strip.hidden) form.querySelector("#title").focus();
  });
  show();
}

// Back to the form as it was served: what was typed since is put in again.
function refill(form, fields) {
  const values = grouped(fields);
  fitRows(form, values.get("attendee_email")?.length ?? 0);
  for (const control of form.elements) {
    const { name, type } = control;
    if (!name || LEFT_OUT.has(name) || type === "submit" || type === "button") continue;
    const left = values.get(name);
    if (type === "checkbox" || type === "radio")
      control.checked = Boolean(left?.some(([, value]) => value === control.value));
    else if (left?.length) [, control.value] = left.shift();
  }
}

function grouped(fields) {
  const found = new Map();
  for (const field of fields) found.set(field[0], [...(found.get(field[0]) ?? []), field]);
  return found;
}

function fitRows(form, count) {
  const rows = () => form.querySelectorAll("[data-attendee]");
  const template = form.querySelector("[data-attendee-row]");
  while (rows().length < count) template.before(template.content.cloneNode(true));
  while (rows().length > count) rows()[rows().length - 1].remove();
}

// Before anything else looks at the form.
export function restoreDraft(form) {
  const draft = isBack() ? storeOf(form).own() : undefined;
  if (draft) refill(form, draft.fields);
}

export function keepDraft(form) {
  const store = storeOf(form);
  let timer = 0;
  const save = () => {
    clearTimeout(timer);
    timer = 0;
    const draft = store.save(fieldsOf(form));
    if (draft) showSaved(draft.at);
  };
  const later = () => {
    // After Back the browser puts in what was there before, booked or not: that is no new draft.
    if (isBack() && navigator.userActivation?.hasBeenActive === false) return;
    clearTimeout(timer);
    timer = setTimeout(save, SAVE_DELAY_MS);
  };
  const isFresh = "fresh" in form.dataset;
  store.refused();
  if (isFresh && !isBack()) {
    store.take(null);
    offer(form, store);
  } else if (!isFresh) save();
  for (const kind of ["input", "change", "picker:changed"]) form.addEventListener(kind, later);
  form.addEventListener("submit", save);
  // A tab that is closed, or a telephone that puts the page away, may not come back.
  window.addEventListener("pagehide", () => {
    if (timer) save();
  });
}
