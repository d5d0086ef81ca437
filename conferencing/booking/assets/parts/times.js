// Times as people type them, and an end that goes along with its start. The reading needs no DOM.
const DAY_MINUTES = 24 * 60;
const PACKED = /^(\d{1,2})(\d{2})$/;
const SPOKEN = /^(\d{1,2})\s*(?:(?:[:hg.]|giờ)\s*(\d{1,2})?)?$/i;
const NEXT_DAY = /^(\S.*?)\s+((?:ngày\s+|sáng\s+)?hôm\s+sau|next\s+day|\+\s?1)$/i;

// Minutes since midnight of 14h30, 1430, 14:30, 14.30, 14h or 14; null when it is no time of day.
export function readTime(text) {
  const typed = text.trim().normalize("NFC");
  const found = PACKED.exec(typed) ?? SPOKEN.exec(typed);
  if (!found) return null;
  const [hour, minute] = [Number(found[1]), Number(found[2] ?? 0)];
  return hour < 24 && minute < 60 ? hour * 60 + minute : null;
}

function readEnd(text) {
  const typed = text.trim().normalize("NFC");
  const later = NEXT_DAY.exec(typed);
  const minutes = readTime(later ? later[1] : typed);
  return minutes === null
    ? null
    : { minutes: minutes + (later ? DAY_MINUTES : 0), words: later?.[2] };
}

function write(minutes) {
  const [hour, minute] = [Math.floor(minutes / 60) % 24, minutes % 60];
  return `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
}

// The end that keeps the length, or null when there is none to keep.
export function followedEnd(startBefore, endBefore, startNow, nextDayWords) {
  const [from, to] = [readTime(startBefore), readTime(startNow)];
  const end = readEnd(endBefore);
  if (from === null || to === null || end === null || end.minutes <= from) return null;
  const minutes = to + end.minutes - from;
  if (minutes >= 2 * DAY_MINUTES) return null;
  return minutes < DAY_MINUTES ? write(minutes) : `${write(minutes)} ${end.words ?? nextDayWords}`;
}

// While a start is typed the end follows; what the person types there is theirs.
export function enhanceTimes(form) {
  const { starts, ends } = form.elements;
  const drawn = form.querySelector("[data-drawn-time]");
  // Without a script the server moves the end; here it moves under the eyes.
  drawn?.remove();
  let known = { start: starts.value, end: ends.value };
  const remember = () => {
    known = { start: starts.value, end: ends.value };
  };
  starts.addEventListener("focus", remember);
  ends.addEventListener("input", remember);
  window.addEventListener("pageshow", remember);
  starts.addEventListener("input", (input) => {
    if (input.isComposing) return;
    const end = followedEnd(known.start, known.end, starts.value, form.dataset.nextDay);
    if (end !== null) ends.value = end;
  });
  form.addEventListener("click", (click) => {
    const button = click.target.closest("[data-ends]");
    if (!button) return;
    click.preventDefault();
    ends.value = button.dataset.ends;
    ends.focus();
    ends.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
