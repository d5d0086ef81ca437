// Words and numbers as the server writes them; the words come with the page.
import { serverNow } from "../../../../hub/ui/assets/clock.js";

const WORDS = JSON.parse(document.getElementById("ops-words")?.textContent ?? "{}");
const ENGLISH = document.documentElement.lang === "en";
const ZONE = "Asia/Ho_Chi_Minh";
const DECIMALS = { m: 2, mm: 0, "%": 0 };
const SITE_KINDS = ["site_power", "site_line"];

export function say(name, values = {}) {
  return (WORDS[name] ?? name).replace(/\{(\w+)\}/g, (_all, key) => values[key] ?? "");
}

const formats = new Map();
function writeNumber(value, decimals) {
  if (value === null || value === undefined) return "–";
  const key = decimals ?? "free";
  if (!formats.has(key)) {
    const range =
      decimals === undefined
        ? { maximumFractionDigits: 3 }
        : { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
    formats.set(key, new Intl.NumberFormat(ENGLISH ? "en" : "vi", range));
  }
  return formats.get(key).format(value);
}

export function writeMeasure(value, unit) {
  return writeNumber(value, DECIMALS[unit]);
}

const clockOf = new Intl.DateTimeFormat("en-GB", {
  timeZone: ZONE,
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});
const dayOf = new Intl.DateTimeFormat("en-GB", {
  timeZone: ZONE,
  day: "2-digit",
  month: "2-digit",
});

export function writeClock(instant, seconds = false) {
  return clockOf.format(instant).slice(0, seconds ? 8 : 5);
}

export function writeDuration(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const [minutes, hours, days] = [60, 3600, 86400].map((size) => Math.floor(seconds / size));
  if (minutes < 1) return say("seconds", { n: seconds });
  if (hours < 1) return say("minutes", { n: minutes });
  if (hours < 10 && minutes % 60) return say("hours_minutes", { n: hours, m: minutes % 60 });
  return days < 2 ? say("hours", { n: hours }) : say("days", { n: days });
}

export function writeCountdown(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

export function writeSince(alert) {
  const at = new Date(alert.raised_at);
  const now = serverNow();
  const day = dayOf.format(at);
  const when =
    day === dayOf.format(now)
      ? say("since", { time: writeClock(at) })
      : say("since_day", { time: writeClock(at), day });
  return `${when} · ${writeDuration(now - at)}`;
}

export function writeValue(alert) {
  if (alert.kind === "absence") return writeDuration(serverNow() - new Date(alert.raised_at));
  if (alert.value === null || SITE_KINDS.includes(alert.device_kind)) return "";
  if (alert.kind === "detection") return `${writeNumber(alert.value * 100, 0)}%`;
  return `${writeMeasure(alert.value, alert.value_unit)} ${alert.value_unit ?? ""}`.trim();
}

export function writeWhere(alert) {
  if (alert.river) return `${alert.device}, ${say("river", { name: alert.river })}`;
  const device = SITE_KINDS.includes(alert.device_kind) ? "" : alert.device;
  return [device, alert.unit, alert.area].filter(Boolean).join(", ");
}

export function writeLimit(alert) {
  const measured =
    ["threshold", "alarm_mark"].includes(alert.kind) && !SITE_KINDS.includes(alert.device_kind);
  if (alert.threshold === null || !measured) return alert.river ? alert.area : "";
  const value = writeMeasure(alert.threshold, alert.value_unit);
  return alert.mark ? `BĐ${alert.mark} ${value}` : say("threshold", { value });
}

export function writeOwner(alert) {
  // Asked anew after it rose: who holds it has not seen that yet, and the clock runs.
  if (alert.assignee && alert.state !== "UNACK") return alert.assignee;
  if (alert.assignee && !alert.escalates_at) return say("held_unseen", { name: alert.assignee });
  if (alert.state === "RTNUN") return say("returned");
  if (alert.state !== "UNACK") return alert.acknowledged_by || say("acknowledged");
  if (!alert.escalates_at) return say("unowned");
  const left = new Date(alert.escalates_at) - serverNow();
  return left > 0
    ? say("escalates", { left: writeCountdown(left) })
    : say("escalated", { late: writeDuration(-left) });
}

export function writeOffset(offset) {
  if (!offset) return say("no_marks");
  const [mark, relation, metres] = offset;
  return say(relation, { mark, metres: writeNumber(metres, 2) });
}

export function writeCourse(trend, isDrill) {
  if (trend === null || trend === undefined) return say("no_trend");
  // A drill may play days in hours: its centimetres an hour would be false.
  if (isDrill) {
    if (Math.abs(trend) < 1) return say("steady_short");
    return say(trend > 0 ? "drill_rising" : "drill_falling");
  }
  if (Math.abs(trend) < 1) return say("steady");
  return say(trend > 0 ? "rising" : "falling", { cm: writeNumber(Math.abs(trend), 0) });
}

export function writeMissing(marks) {
  const known = marks.map(([number]) => number);
  const missing = [1, 2, 3]
    .filter((number) => !known.includes(number))
    .map((number) => `BĐ${number}`);
  return missing.length && known.length ? say("missing", { marks: missing.join(", ") }) : "";
}
