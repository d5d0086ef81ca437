import assert from "node:assert/strict";
import { test } from "node:test";
import {
  clock,
  placeOf,
  placeOfNow,
  spanOf,
} from "../../conferencing/timeline/assets/parts/scale.js";

// Two days of ten hours each, side by side.
const MONDAY = { day: "05/10/2026", x: 0, width: 0.5, first: 7, last: 17 };
const TUESDAY = { day: "06/10/2026", x: 0.5, width: 0.5, first: 7, last: 17 };
const SCALE = [MONDAY, TUESDAY];
// A little past the given hour, as a pointer stands.
const at = (column, hours) => placeOf(column, hours + 0.1);

function times(span) {
  return [span.column.day, clock(span.starts), clock(span.ends)];
}

test("a press takes the hour from the half hour under it", () => {
  assert.deepEqual(times(spanOf(SCALE, at(TUESDAY, 9.5), at(TUESDAY, 9.5), false)), [
    "06/10/2026",
    "09:30",
    "10:30",
  ]);
});

test("a drag takes what it covers, in either direction", () => {
  const wanted = ["05/10/2026", "08:00", "11:30"];
  assert.deepEqual(times(spanOf(SCALE, at(MONDAY, 8), at(MONDAY, 11), true)), wanted);
  assert.deepEqual(times(spanOf(SCALE, at(MONDAY, 11), at(MONDAY, 8), true)), wanted);
});

test("a drag within one half hour takes that half hour", () => {
  const span = spanOf(SCALE, at(MONDAY, 8), at(MONDAY, 8.2), true);
  assert.deepEqual(times(span), ["05/10/2026", "08:00", "08:30"]);
});

test("a drag into the next day stays an hour of the first", () => {
  const span = spanOf(SCALE, at(MONDAY, 10), at(TUESDAY, 9), true);
  assert.deepEqual(times(span), ["05/10/2026", "10:00", "11:00"]);
});

test("nothing ends after its column", () => {
  const span = spanOf(SCALE, at(MONDAY, 16.5), at(MONDAY, 16.5), false);
  assert.deepEqual(times(span), ["05/10/2026", "16:30", "17:00"]);
});

test("a share beyond the columns belongs to the last", () => {
  assert.equal(spanOf([MONDAY], 0.9, 0.9, false).column, MONDAY);
});

test("now stands in its day's column and nowhere out of hours", () => {
  assert.equal(placeOfNow(SCALE, new Date(2026, 9, 6, 12, 0)), 0.75);
  assert.equal(placeOfNow(SCALE, new Date(2026, 9, 6, 6, 59)), null);
  assert.equal(placeOfNow(SCALE, new Date(2026, 9, 6, 17, 1)), null);
  assert.equal(placeOfNow(SCALE, new Date(2026, 9, 7, 12, 0)), null);
});
