// Clocks and ages that stay true: <time data-clock="minutes|seconds"> and <time data-age datetime="…">.
const ZONE = "Asia/Ho_Chi_Minh";
const ENGLISH = document.documentElement.lang === "en";
const UNITS = [
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
];

// The server's clock decides: pages may say how far this machine's clock is off, in milliseconds.
let offsetMs = 0;
export function setClockOffset(milliseconds) {
  offsetMs = milliseconds;
}
export function serverNow() {
  return new Date(Date.now() + offsetMs);
}

function writeTime(instant, seconds = false) {
  return new Intl.DateTimeFormat("vi-VN", {
    timeZone: ZONE,
    hour: "2-digit",
    minute: "2-digit",
    second: seconds ? "2-digit" : undefined,
    hourCycle: "h23",
  }).format(instant);
}

export function writeAge(instant, now = serverNow()) {
  const seconds = (instant - now) / 1000;
  if (Math.abs(seconds) < 30) return ENGLISH ? "just now" : "vừa xong";
  const format = new Intl.RelativeTimeFormat(ENGLISH ? "en" : "vi", { numeric: "always" });
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length * 1.5) ?? UNITS[2];
  return format.format(Math.round(seconds / size) || Math.sign(seconds), unit);
}

// Each digit in its own cell: the face has no tabular figures.
export function writeDigits(element, text) {
  const cells = element.querySelector(".digits");
  const spoken = element.querySelector(".visually-hidden");
  if (spoken) spoken.textContent = text;
  if (!cells) {
    element.textContent = text;
    return;
  }
  cells.replaceChildren(
    ...[...text].map((letter) => {
      if (!/\d/.test(letter)) return document.createTextNode(letter);
      const cell = document.createElement("span");
      cell.className = "digit";
      cell.textContent = letter;
      return cell;
    }),
  );
}

function tick() {
  const now = serverNow();
  for (const element of document.querySelectorAll("[data-clock]")) {
    writeDigits(element, writeTime(now, element.dataset.clock === "seconds"));
  }
  for (const element of document.querySelectorAll("time[data-age][datetime]")) {
    const text = writeAge(new Date(element.dateTime), now);
    if (element.textContent !== text) element.textContent = text;
  }
}

if (document.querySelector("[data-clock], time[data-age]")) setInterval(tick, 1000);
