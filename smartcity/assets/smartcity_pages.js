// Ordinary pages of the smart-city half: the keys of the alert list. Everything works without.
import { bindKey } from "../../hub/ui/assets/shell.js";
import "./smartcity_pages.css";

function cards() {
  return [...document.querySelectorAll("[data-alert-card]")];
}

function currentCard() {
  return document.activeElement?.closest("[data-alert-card]");
}

function move(step) {
  const all = cards();
  if (!all.length) return;
  const index = all.indexOf(currentCard());
  const next = index < 0 ? 0 : Math.min(Math.max(index + step, 0), all.length - 1);
  all[next].focus();
}

// On the list a key acts on the card in focus, else the first; on one alert's page on that alert.
function act(letter) {
  const place = currentCard() ?? cards()[0] ?? document.getElementById("content");
  const control = place?.querySelector(`[data-act="${letter}"]`);
  if (!control) return;
  if (control.tagName === "A" || control.form?.querySelector("select, input:not([type=hidden])")) {
    if (control.tagName === "A") control.click();
    else control.form.querySelector("select, input:not([type=hidden])").focus();
    return;
  }
  control.click();
}

for (const letter of ["a", "g", "m", "e"]) bindKey(letter, () => act(letter));
bindKey("j", () => move(1));
bindKey("k", () => move(-1));

// A refreshed card keeps the focus that its old self had.
document.body.addEventListener("htmx:afterSwap", (swap) => {
  const card = swap.detail.elt?.closest?.("[data-alert-card]");
  if (card) card.focus();
});

function countChosen() {
  const form = document.querySelector("[data-convene]");
  if (!form) return;
  const show = () => {
    const count = form.querySelectorAll(
      'input[name="unit"]:checked, input[name="host"]:checked',
    ).length;
    for (const place of document.querySelectorAll("[data-convene-count]"))
      place.textContent = count;
  };
  form.addEventListener("change", show);
  show();
}

function bindAll() {
  for (const box of document.querySelectorAll("[data-check-all]")) {
    box.addEventListener("change", () => {
      for (const one of document.querySelectorAll(`input[name="${box.dataset.checkAll}"]`))
        one.checked = box.checked;
    });
  }
}

countChosen();
bindAll();
