// The browser's own calendar beside a field of free text: typing stays as it is, the calendar
// writes into it. It knows keyboard, language and screen reader of the person.
export function enhanceDay(box) {
  const text = box?.querySelector('input[name="day"]');
  const calendar = box?.querySelector("[data-days-calendar]");
  if (!calendar || !("showPicker" in HTMLInputElement.prototype)) return;
  const button = box.querySelector("[data-days-open]");
  button.hidden = false;
  calendar.hidden = false;
  const open = () => {
    // The day as the server understood the words.
    calendar.value = document.getElementById("when-words")?.dataset.day ?? "";
    calendar.showPicker();
  };
  button.addEventListener("click", open);
  text.addEventListener("keydown", (key) => {
    if (key.key !== "ArrowDown" || !key.altKey) return;
    key.preventDefault();
    open();
  });
  calendar.addEventListener("change", (change) => {
    change.stopPropagation();
    if (!calendar.value) return;
    text.value = calendar.value.split("-").reverse().join("/");
    text.dispatchEvent(new Event("input", { bubbles: true }));
    text.focus();
  });
}
