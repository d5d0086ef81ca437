// The page of one conference: when it changes anywhere, its parts are fetched again.
import "./conference.css";
import { setConnectionBanner, setLiveState } from "../../hub/ui/assets/shell.js";
import { io } from "socket.io-client";

const CHANGED = "conference:changed";
const WAIT_MS = 300;

// Somebody who is typing or deciding must not lose what is under their hands.
function isBusy(body) {
  const active = document.activeElement;
  return Boolean(document.querySelector("details.menu[open]"))
    || (body.contains(active) && /^(INPUT|TEXTAREA|SELECT)$/.test(active.tagName));
}

function refresh() {
  const body = document.getElementById("conference-body");
  if (!body || !window.htmx) return;
  if (isBusy(body)) {
    document.getElementById("conference-stale")?.removeAttribute("hidden");
    return;
  }
  window.htmx.trigger(body, CHANGED);
}

function clock() {
  return new Date().toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Ho_Chi_Minh" });
}

function sayLine(words, isLive) {
  setLiveState(isLive ? "live" : "lost", isLive ? words.liveWord : words.lostWord, clock());
  setConnectionBanner(isLive ? null : `${words.lostText} ${clock()}`);
}

function follow(code, words) {
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
if (page) follow(page.dataset.conferenceCode, { ...page.dataset });
