// The timeline under the hand: press or drag on a free place to book it. The keyboard has N and the form.
import "./timeline.css";

const STEP_HOURS = 0.5;
const CLICK_HOURS = 1;
const DRAG_PX = 6;

const two = (number) => String(number).padStart(2, "0");
const clock = (hours) => `${two(Math.floor(hours))}:${two(Math.round((hours % 1) * 60))}`;

function timeAt(scale, share) {
  const column = scale.find((one) => share >= one.x && share < one.x + one.width) ?? scale.at(-1);
  const hours = column.first + ((share - column.x) / column.width) * (column.last - column.first);
  return { column, hours: Math.floor(hours / STEP_HOURS) * STEP_HOURS };
}

function shareOf(track, x) {
  const box = track.getBoundingClientRect();
  return Math.min(0.9999, Math.max(0, (x - box.left) / box.width));
}

function spanOf(scale, track, from, to) {
  const start = timeAt(scale, shareOf(track, Math.min(from, to)));
  const end = timeAt(scale, shareOf(track, Math.max(from, to)));
  const dragged = Math.abs(to - from) > DRAG_PX && end.column === start.column;
  const until = dragged
    ? Math.max(end.hours + STEP_HOURS, start.hours + STEP_HOURS)
    : start.hours + CLICK_HOURS;
  return { column: start.column, starts: start.hours, ends: Math.min(until, start.column.last) };
}

function drawGhost(ghost, span) {
  const { column } = span;
  const place = (hours) =>
    column.x + ((hours - column.first) / (column.last - column.first)) * column.width;
  ghost.style.left = `${place(span.starts) * 100}%`;
  ghost.style.width = `${(place(span.ends) - place(span.starts)) * 100}%`;
  ghost.firstChild.textContent = `${clock(span.starts)}–${clock(span.ends)}`;
}

function newGhost(track) {
  const ghost = document.createElement("div");
  ghost.className = "tl-ghost";
  ghost.append(document.createElement("span"));
  track.append(ghost);
  return ghost;
}

function bookAt(timeline, track, span) {
  const target = new URL(timeline.dataset.book, location.href);
  target.searchParams.set("day", span.column.day);
  target.searchParams.set("starts", clock(span.starts));
  target.searchParams.set("ends", clock(Math.min(span.ends, 23.5)));
  if (track.dataset.room) target.searchParams.set("room", track.dataset.room);
  if (track.dataset.site) target.searchParams.set("sites", track.dataset.site);
  location.assign(target);
}

function bindDrag(timeline) {
  const scale = JSON.parse(timeline.dataset.scale);
  timeline.addEventListener("pointerdown", (down) => {
    const track = down.target.closest("[data-room], [data-site]");
    if (!track || down.button !== 0 || down.target.closest("a, .tl-block")) return;
    down.preventDefault();
    const ghost = newGhost(track);
    let span = spanOf(scale, track, down.clientX, down.clientX);
    drawGhost(ghost, span);
    const move = (moved) => {
      span = spanOf(scale, track, down.clientX, moved.clientX);
      drawGhost(ghost, span);
    };
    const finish = (up) => {
      document.removeEventListener("pointermove", move);
      document.removeEventListener("pointerup", finish);
      document.removeEventListener("keydown", cancel);
      ghost.remove();
      if (up && track.contains(document.elementFromPoint(up.clientX, up.clientY)))
        bookAt(timeline, track, span);
    };
    const cancel = (key) => {
      if (key.key === "Escape") finish(null);
    };
    document.addEventListener("pointermove", move);
    document.addEventListener("pointerup", finish);
    document.addEventListener("keydown", cancel);
  });
}

// The line of now walks with the clock; a page left open stays true.
function walkNow(timeline) {
  const scale = JSON.parse(timeline.dataset.scale);
  const marks = timeline.querySelectorAll(".tl-now, .tl-clock");
  if (!marks.length) return;
  setInterval(() => {
    const now = new Date();
    const day = `${two(now.getDate())}/${two(now.getMonth() + 1)}/${now.getFullYear()}`;
    const column = scale.find((one) => one.day === day);
    const hours = now.getHours() + now.getMinutes() / 60;
    if (!column || hours < column.first || hours > column.last) return;
    const x = column.x + ((hours - column.first) / (column.last - column.first)) * column.width;
    for (const mark of marks) mark.style.left = `${x * 100}%`;
  }, 60000);
}

const timeline = document.querySelector("[data-timeline]");
if (timeline) {
  if (timeline.dataset.book) bindDrag(timeline);
  walkNow(timeline);
}
