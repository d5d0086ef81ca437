// The page of one conference: when it changes anywhere, its parts are fetched again.
import "./conference.css";
import { setConnectionBanner, setLiveState } from "../../../hub/ui/assets/shell.js";
import { forgetBooked } from "../../booking/assets/parts/draft_store.js";

const CHANGED = "conference:changed";
const WAIT_MS = 300;

// Somebody who is typing or deciding must not lose what is under their hands.
function isBusy(body) {
  const active = document.activeElement;
  return (
    Boolean(document.querySelector("details.menu[open]")) ||
    (body.contains(active) && /^(INPUT|TEXTAREA|SELECT)$/.test(active.tagName))
  );
}

async function refresh() {
  // Fetched when first needed: who only reads the page does not pay for it.
  try {
    await import("../../../hub/ui/assets/partial_updates.js");
  } catch {
    return; // the line is down: its return asks again
  }
  const body = document.getElementById("conference-body");
  if (!body) return;
  if (isBusy(body)) {
    document.getElementById("conference-stale")?.removeAttribute("hidden");
    return;
  }
  const unfolded = [...body.querySelectorAll("details[id]")].map((one) => [one.id, one.open]);
  document.body.addEventListener("htmx:afterSettle", () => fold(unfolded), { once: true });
  window.htmx.trigger(body, CHANGED);
}

// What somebody has unfolded stays so when the parts come anew.
function fold(unfolded) {
  for (const [id, isOpen] of unfolded) {
    const district = document.getElementById(id);
    if (district) district.open = isOpen;
  }
}

function clock() {
  return new Date().toLocaleTimeString("vi-VN", {
    hour: "2-digit",
    minute: "2-digit",
    timeZone: "Asia/Ho_Chi_Minh",
  });
}

function sayLine(words, isLive) {
  setLiveState(isLive ? "live" : "lost", isLive ? words.liveWord : words.lostWord, clock());
  setConnectionBanner(isLive ? null : `${words.lostText} ${clock()}`);
}

async function follow(code, words) {
  const { io } = await import("socket.io-client");
  let timer = 0;
  let seen = false;
  const later = () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(refresh, WAIT_MS);
  };
  const socket = io("/ops", { transports: ["websocket", "polling"] });
  socket.on("conference.changed", (message) => {
    if (message?.data?.code === code) later();
  });
  socket.on("site.changed", later);
  // What was missed while the line was away is fetched once it is back.
  socket.on("disconnect", () => sayLine(words, false));
  socket.on("connect", () => {
    sayLine(words, true);
    if (seen) later();
    seen = true;
  });
}

const page = document.querySelector("[data-conference-code]");
const start = () => follow(page.dataset.conferenceCode, { ...page.dataset });
// The page first, the live line after it: a commune reads it over 64 kbit/s.
if (page && document.readyState === "complete") start();
else if (page) window.addEventListener("load", start, { once: true });

if (document.referrer) {
  forgetBooked(localStorage, sessionStorage, new URL(document.referrer).pathname);
}
