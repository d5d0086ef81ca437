import assert from "node:assert/strict";
import { test } from "node:test";
import { followedEnd, readTime } from "../../conferencing/booking/assets/parts/times.js";

test("times are read as the server reads them", () => {
  const read = ["14h30", "1430", "730", "14:30", "14.30", "14 h 30", "14H", "14 giờ 30", "8"];
  const meant = [870, 870, 450, 870, 870, 870, 840, 870, 480];
  assert.deepEqual(read.map(readTime), meant);
  for (const typed of ["", "24h", "14h60", "chiều", "14:30:00", "-1", "99999"]) {
    assert.equal(readTime(typed), null, typed);
  }
});

test("an end keeps its distance from the start", () => {
  assert.equal(followedEnd("08:00", "10:00", "14h30", "hôm sau"), "16:30");
  assert.equal(followedEnd("08:00", "10:00", "1430", "hôm sau"), "16:30");
  assert.equal(followedEnd("08:00", "10:00", "7", "hôm sau"), "09:00");
});

test("past midnight the end says so, and comes back", () => {
  assert.equal(followedEnd("08:00", "10:00", "23h", "hôm sau"), "01:00 hôm sau");
  assert.equal(followedEnd("23:00", "1h hôm sau", "20:00", "hôm sau"), "22:00");
  assert.equal(followedEnd("23:00", "01:00 next day", "23:30", "next day"), "01:30 next day");
});

test("what is not understood or out of order is left alone", () => {
  assert.equal(followedEnd("08:00", "10:00", "14h6", "hôm sau"), "16:06");
  assert.equal(followedEnd("08:00", "10:00", "sáng", "hôm sau"), null);
  assert.equal(followedEnd("", "10:00", "14:00", "hôm sau"), null);
  assert.equal(followedEnd("14:00", "10:00", "15:00", "hôm sau"), null);
  assert.equal(followedEnd("14:00", "10:00 20/10/2020", "15:00", "hôm sau"), null);
});
