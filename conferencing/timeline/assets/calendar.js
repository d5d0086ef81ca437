// Styles of month, agenda and today; the one thing a script adds is the button that prints.
import "./calendar.css";

const button = document.querySelector("[data-print]");
if (button) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
