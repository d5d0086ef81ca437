// The draft: what is typed, kept in this browser tab until the conference is booked.
const PREFIX = "hub.booking.draft:";
const SAVE_DELAY_MS = 600;
const LEFT_OUT = new Set(["csrf_token", "find", "group_name", "open_unit", "changing", "since"]);

function read(action) {
  try {
    return JSON.parse(sessionStorage.getItem(PREFIX + action));
  } catch {
    return null;
  }
}

function write(action, draft) {
  try {
    if (draft) sessionStorage.setItem(PREFIX + action, JSON.stringify(draft));
    else sessionStorage.removeItem(PREFIX + action);
    return true;
  } catch {
    return false;
  } // storage is full or switched off: the form itself still holds everything
}

export function markSubmitted(action) {
  const draft = read(action);
  if (draft) write(action, { ...draft, submitted: true });
}

function fieldsOf(form) {
  return [...new FormData(form)].filter(
    ([name, value]) => !LEFT_OUT.has(name) && typeof value === "string",
  );
}

function timeText(moment) {
  const local = new Date(moment);
  return `${String(local.getHours()).padStart(2, "0")}:${String(local.getMinutes()).padStart(2, "0")}`;
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

function offer(form, action) {
  const draft = read(action);
  if (!draft || draft.submitted) {
    write(action, null);
    return;
  }
  const strip = document.getElementById("draft-offer");
  strip.querySelector("[data-draft-time]").textContent = timeText(draft.at);
  strip.hidden = false;
  strip.querySelector("[data-draft-resume]").addEventListener("click", () => resume(form, draft));
  strip.querySelector("[data-draft-drop]").addEventListener("click", () => {
    write(action, null);
    strip.hidden = true;
    form.querySelector("#title").focus();
  });
}

export function keepDraft(form) {
  const action = form.getAttribute("action");
  let timer = 0;
  const save = () => {
    const at = Date.now();
    if (write(action, { at, fields: fieldsOf(form) })) showSaved(at);
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(save, SAVE_DELAY_MS);
  };
  if ("fresh" in form.dataset) offer(form, action);
  else save();
  for (const kind of ["input", "change", "picker:changed"]) form.addEventListener(kind, later);
  form.addEventListener("submit", save);
}
