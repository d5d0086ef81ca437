// The shell under the hand: single-key shortcuts, menus, toasts, the state of the line.
const SHORTCUTS_OFF = "hub.shortcuts.off";
const TOAST_MS = 10000;

function remembered(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function remember(key, value) {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    /* a private window keeps nothing; the switch then lasts for this page */
  }
}

// Vietnamese input methods compose by backspacing: no key may act while they do.
function isTyping(key) {
  const target = key.target;
  return (
    key.isComposing ||
    key.keyCode === 229 ||
    key.ctrlKey ||
    key.metaKey ||
    key.altKey ||
    target.isContentEditable ||
    /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)
  );
}

const bindings = new Map();

// A page binds its own letters: bindKey("a", () => …). Nothing fires while shortcuts are switched off.
export function bindKey(letter, act) {
  bindings.set(letter.toLowerCase(), act);
}

function onKey(key) {
  if (
    key.defaultPrevented ||
    isTyping(key) ||
    remembered(SHORTCUTS_OFF) ||
    document.querySelector("dialog[open]")
  )
    return;
  const act = bindings.get(key.key.toLowerCase());
  if (act) {
    key.preventDefault();
    act(key);
  }
}

function openShortcuts() {
  const dialog = document.getElementById("shortcuts");
  if (dialog && !dialog.open) dialog.showModal();
}

function bindShortcutSwitch() {
  const box = document.querySelector("[data-shortcuts-on]");
  if (!box) return;
  box.checked = !remembered(SHORTCUTS_OFF);
  box.addEventListener("change", () => remember(SHORTCUTS_OFF, box.checked ? null : "1"));
}

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu !== except) menu.open = false;
  }
}

function bindMenus() {
  document.addEventListener("click", (click) => closeMenus(click.target.closest("details.menu")));
  document.addEventListener("keydown", (key) => {
    if (key.key !== "Escape") return;
    const open = document.querySelector("details.menu[open]");
    if (open) {
      open.open = false;
      open.querySelector("summary").focus();
    }
  });
}

// A toast waits while a hand or the focus rests on it.
function scheduleToast(toast) {
  const leave = () => {
    if (toast.matches(":hover, :focus-within")) setTimeout(leave, 1000);
    else toast.remove();
  };
  setTimeout(leave, TOAST_MS);
}

export function showToast(text, action) {
  const toast = document.createElement("div");
  toast.className = "toast";
  const words = document.createElement("span");
  words.textContent = text;
  toast.append(words);
  if (action) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-sm";
    button.textContent = action.label;
    button.addEventListener("click", () => {
      toast.remove();
      action.act();
    });
    toast.append(button);
  }
  document.getElementById("toasts")?.append(toast);
  scheduleToast(toast);
}

// Live pages call this: state is "live", "lost" or "static"; time is already written for people.
export function setLiveState(state, word, time) {
  const indicator = document.getElementById("live-state");
  if (indicator) {
    indicator.dataset.state = state;
    if (word) indicator.querySelector("[data-live-word]").textContent = word;
    if (time) indicator.querySelector("[data-live-time]").textContent = time;
  }
  document.body.dataset.line = state;
}

export function setConnectionBanner(text) {
  const banner = document.getElementById("connection-banner");
  if (!banner) return;
  banner.hidden = !text;
  banner.querySelector(".connection-text").textContent = text ?? "";
}

function start() {
  bindKey("/", () => document.getElementById("top-q")?.focus());
  bindKey("?", openShortcuts);
  bindKey("n", () => document.querySelector("[data-key-n]")?.click());
  document.addEventListener("keydown", onKey);
  document.querySelector("[data-shortcuts-open]")?.addEventListener("click", (click) => {
    click.preventDefault();
    openShortcuts();
  });
  bindShortcutSwitch();
  bindMenus();
  document.querySelectorAll("[data-toast]").forEach(scheduleToast);
  (document.getElementById("both-versions") ?? document.getElementById("error-summary"))?.focus();
}

start();
