// The site picker: two panes, tri-state boxes, counts and search while typing.
import { fold } from "./fold.js";

export function enhancePicker(picker) {
  if (!picker) return;
  const units = [...picker.querySelectorAll("[data-unit]")].map(readUnit);
  const list = picker.querySelector("[data-picker-list]");
  picker.classList.add("is-live");
  if (units.length > 1) {
    list.hidden = false;
    list.append(...units.map((unit) => unitRow(unit, units, picker)));
  } else picker.classList.add("is-single");
  bindButtons(picker, units);
  bindSearch(picker, units);
  picker.addEventListener("change", (change) => {
    if (change.target.name === "sites") refresh(picker, units);
  });
  // Back: the browser ticks the boxes again, and tells nobody.
  window.addEventListener("pageshow", () => refresh(picker, units));
  refresh(picker, units);
}

function readUnit(details) {
  return {
    details,
    code: details.dataset.unit,
    boxes: [...details.querySelectorAll('input[name="sites"]')],
  };
}

function unitRow(unit, units, picker) {
  const row = document.createElement("li");
  row.className = "picker-row";
  unit.box = document.createElement("input");
  unit.box.type = "checkbox";
  unit.box.setAttribute("aria-label", unit.details.querySelector(".pick-name").textContent);
  unit.box.addEventListener("change", () => {
    tick(unit.boxes, unit.box.checked);
    open(unit, units);
    changed(picker, units);
  });
  unit.opener = document.createElement("button");
  unit.opener.type = "button";
  unit.opener.className = "picker-open";
  const name = document.createElement("span");
  name.textContent = unit.details.dataset.short;
  unit.count = document.createElement("span");
  unit.count.className = "meta";
  unit.opener.append(name, unit.count);
  unit.opener.addEventListener("click", () => open(unit, units));
  row.append(unit.box, unit.opener);
  return row;
}

function open(unit, units) {
  for (const other of units) {
    other.details.open = other === unit;
    other.opener?.setAttribute("aria-expanded", String(other === unit));
    other.opener?.parentElement.classList.toggle("is-open", other === unit);
  }
}

function tick(boxes, on) {
  for (const box of boxes) box.checked = on;
}

function changed(picker, units) {
  refresh(picker, units);
  picker.dispatchEvent(new CustomEvent("picker:changed", { bubbles: true }));
}

function refresh(picker, units) {
  let chosen = 0;
  for (const unit of units) {
    const count = unit.boxes.filter((box) => box.checked).length;
    chosen += count;
    for (const place of unit.details.querySelectorAll("[data-unit-count]"))
      place.textContent = count;
    if (!unit.box) continue;
    unit.count.textContent = `${count}/${unit.boxes.length}`;
    unit.box.checked = count === unit.boxes.length;
    unit.box.indeterminate = count > 0 && count < unit.boxes.length;
  }
  picker.querySelector("[data-chosen]").textContent = chosen;
  if (!units.some((unit) => unit.details.open) && units.length) open(units[0], units);
  else
    open(
      units.find((unit) => unit.details.open),
      units,
    );
}

function bindButtons(picker, units) {
  const all = units.flatMap((unit) => unit.boxes);
  document.addEventListener("click", (click) => {
    const button = click.target.closest("button");
    if (!button) return;
    const unit = units.find((one) => one.details.contains(button));
    if (button.matches("[data-all], [data-none]")) tick(all, button.matches("[data-all]"));
    else if (button.matches("[data-codes]")) tickCodes(all, button.dataset.codes.split(" "));
    else if (button.matches("[data-drop]")) tickCodes(all, button.dataset.drop.split(" "), false);
    else if (unit && button.matches("[data-unit-all], [data-unit-none]"))
      tick(unit.boxes, button.matches("[data-unit-all]"));
    else return;
    click.preventDefault();
    changed(picker, units);
  });
}

function tickCodes(boxes, codes, on = true) {
  const wanted = new Set(codes);
  tick(
    boxes.filter((box) => wanted.has(box.value)),
    on,
  );
}

function bindSearch(picker, units) {
  const field = picker.querySelector("[data-find]");
  const search = () => {
    const words = fold(field.value);
    let found = 0;
    picker.classList.toggle("is-searching", Boolean(words));
    for (const unit of units) {
      const hits = unit.boxes.filter((box) => mark(box.closest(".pick-site"), words));
      found += hits.length;
      unit.details.classList.toggle("has-hit", hits.length > 0);
      if (words) unit.details.open = hits.length > 0;
    }
    picker.querySelector("[data-find-none]").hidden = !words || found > 0;
    if (!words) refresh(picker, units);
  };
  field.addEventListener("input", (change) => {
    if (!change.isComposing) search();
  });
  field.addEventListener("compositionend", search);
  field.addEventListener("keydown", (key) => {
    if (key.key !== "Enter" || key.isComposing || key.ctrlKey) return;
    key.preventDefault();
    picker.querySelector(".pick-site:not([hidden]) input")?.focus();
  });
  if (field.value) search();
}

function mark(item, words) {
  const hit = !words || item.dataset.words.includes(words);
  item.hidden = !hit;
  return hit && Boolean(words);
}
