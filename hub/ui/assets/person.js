// Some pages are kept by the browser for Back. Whoever signs in next must not find them there.
import { isBack } from "./back.js";

const PERSON = "hub.person";
const person = document.body.dataset.person ?? "";

function isSomebodyElses() {
  const last = localStorage.getItem(PERSON);
  return last !== null && last !== person;
}

try {
  if (!isBack()) localStorage.setItem(PERSON, person);
  else if (isSomebodyElses()) location.replace("/");
  window.addEventListener("pageshow", (shown) => {
    if (shown.persisted && isSomebodyElses()) location.replace("/");
  });
} catch {
  /* without storage nothing is known of others */
}
