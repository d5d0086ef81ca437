// Pages without a live line: a banner as soon as intake, broker or sensors are silent, and when they are back.
import { setConnectionBanner } from "../../hub/ui/assets/shell.js";

const ASK_MS = 5000;
const place = document.querySelector("[data-hearing]");

async function ask() {
  if (document.hidden) return;
  try {
    const answer = await fetch(place.dataset.hearing, { headers: { Accept: "application/json" } });
    // Whoever is signed out is told by the page's next step; an error of ours is no silence.
    if (answer.ok) setConnectionBanner((await answer.json()).sentence);
  } catch {
    setConnectionBanner(place.dataset.unreachable);
  }
}

if (place) {
  setInterval(ask, ASK_MS);
  document.addEventListener("visibilitychange", ask);
}
