// The password field: show it on request, and say when Caps Lock would spoil it.
for (const line of document.querySelectorAll("[data-password]")) {
  const field = line.querySelector("input");
  const button = line.querySelector("[data-password-show]");
  const hint = line.parentElement.querySelector("[data-caps-lock]");
  button.hidden = false;
  button.addEventListener("click", () => {
    const show = field.type === "password";
    field.type = show ? "text" : "password";
    button.setAttribute("aria-pressed", String(show));
    button.setAttribute("aria-label", show ? line.dataset.hide : line.dataset.show);
    field.focus();
  });
  for (const kind of ["keydown", "keyup"]) {
    field.addEventListener(kind, (key) => {
      if (hint && key.getModifierState) hint.hidden = !key.getModifierState("CapsLock");
    });
  }
  // A password must leave the field unreadable: browsers remember what text fields held.
  field.form.addEventListener("submit", () => {
    field.type = "password";
  });
}
