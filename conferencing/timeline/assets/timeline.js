// The timeline under the hand: press or drag on a free place to book it. The keyboard has N and the form.
import "./timeline.css";
import { clock, placeOf, placeOfNow, spanOf } from "./parts/scale.js";

const DRAG_PX = 6;

function shareOf(track, x) {
  const box = track.getBoundingClientRect();
  return Math.min(0.9999, Math.max(0, (x - box.left) / box.width));
}

function spanUnder(scale, track, from, to) {
  return spanOf(scale, shareOf(track, from), shareOf(track, to), Math.abs(to - from) > DRAG_PX);
}

function drawGhost(ghost, { column, starts, ends }) {
  ghost.style.left = `${placeOf(column, starts) * 100}%`;
  ghost.style.width = `${(placeOf(column, ends) - placeOf(column, starts)) * 100}%`;
  ghost.firstChild.textContent = `${clock(starts)}–${clock(ends)}`;
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
    let span = spanUnder(scale, track, down.clientX, down.clientX);
    drawGhost(ghost, span);
    const move = (moved) => {
      span = spanUnder(scale, track, down.clientX, moved.clientX);
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
    const x = placeOfNow(scale, new Date());
    if (x === null) return;
    for (const mark of marks) mark.style.left = `${x * 100}%`;
  }, 60000);
}

const timeline = document.querySelector("[data-timeline]");
if (timeline) {
  if (timeline.dataset.book) bindDrag(timeline);
  walkNow(timeline);
}
