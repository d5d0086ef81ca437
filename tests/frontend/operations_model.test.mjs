import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { asks, byUrgency, Model } from "../../smartcity/operations/assets/parts/model.js";

function alertOf(changes) {
  return {
    id: 1,
    severity: "high",
    state: "UNACK",
    unit_id: 7,
    raised_at: "2026-10-05T01:00:00Z",
    changed_at: "2026-10-05T01:00:00Z",
    ...changes,
  };
}

function areaOf(id, bare, reachable = 2) {
  return { id, bare, code: bare, reach: { reachable, total: 2 } };
}

function snapshotOf(changes) {
  return {
    alerts: [],
    stations: [],
    areas: [areaOf(1, "Huế"), areaOf(2, "A Lưới"), areaOf(3, "Đông")],
    units: { 7: { area_id: 1, cell: true, code: "c7" }, 8: { area_id: 2, cell: true, code: "c8" } },
    cells: { c7: "normal", c8: "unknown" },
    heard_at: null,
    ...changes,
  };
}

let model;
let seq;
beforeEach(() => {
  model = new Model();
  seq = 10;
  model.replace(seq, snapshotOf());
});

function take(alert, change = "changed") {
  seq += 1;
  return model.take({ seq, data: { alert, change } });
}

test("an alert asks while nobody has acknowledged it, also after it returned to normal", () => {
  const asking = ["UNACK", "ACKED", "RTNUN", "NORMAL"].filter((state) => asks({ state }));
  assert.deepEqual(asking, ["UNACK", "RTNUN"]);
});

test("the worst stand first, then those that ask, then the newest", () => {
  const low = alertOf({ id: "low", severity: "low", raised_at: "2026-10-05T09:00:00Z" });
  const acked = alertOf({ id: "acked", state: "ACKED", raised_at: "2026-10-05T08:00:00Z" });
  const older = alertOf({ id: "older" });
  const newer = alertOf({ id: "newer", raised_at: "2026-10-05T02:00:00Z" });
  const critical = alertOf({ id: "critical", severity: "critical", state: "ACKED" });
  const sorted = [low, acked, older, critical, newer].sort(byUrgency);
  assert.deepEqual(
    sorted.map((alert) => alert.id),
    ["critical", "newer", "older", "acked", "low"],
  );
});

test("a message heard twice is taken once", () => {
  const message = { seq: 11, data: { alert: alertOf(), change: "raised" } };
  assert.equal(model.take(message).isNew, true);
  assert.equal(model.take(message), null);
});

test("a message from before the snapshot changes nothing", () => {
  assert.equal(model.take({ seq: 10, data: { alert: alertOf(), change: "raised" } }), null);
  assert.equal(model.alerts.size, 0);
});

test("an older state of a known alert changes nothing", () => {
  take(alertOf({ state: "ACKED", changed_at: "2026-10-05T03:00:00Z" }));
  assert.equal(take(alertOf({ changed_at: "2026-10-05T02:00:00Z" })), null);
  assert.equal(model.alerts.get(1).state, "ACKED");
});

test("a closed alert leaves", () => {
  take(alertOf(), "raised");
  const taken = take(alertOf({ state: "NORMAL", changed_at: "2026-10-05T02:00:00Z" }));
  assert.equal(taken.calls, false);
  assert.equal(model.alerts.size, 0);
});

test("an alert calls when it is new or gone up a level, not when somebody takes it", () => {
  assert.equal(take(alertOf(), "raised").calls, true);
  const later = (hour, changes) =>
    alertOf({ changed_at: `2026-10-05T0${hour}:00:00Z`, ...changes });
  assert.equal(take(later(2, { state: "ACKED" }), "acknowledged").calls, false);
  assert.equal(take(later(3, { severity: "critical" }), "escalated").calls, true);
  assert.equal(take(later(4, { state: "ACKED" }), "escalated").calls, false);
});

test("a change without a curve keeps the curve that is known", () => {
  take(alertOf({ points: [1, 2] }), "raised");
  take(alertOf({ changed_at: "2026-10-05T02:00:00Z", points: null }));
  assert.deepEqual(model.alerts.get(1).points, [1, 2]);
});

test("a screen keeps five hundred alerts and still follows those it has", () => {
  for (let id = 1; id <= 501; id += 1) take(alertOf({ id }), "raised");
  assert.equal(model.alerts.size, 500);
  take(alertOf({ id: 3, severity: "low", changed_at: "2026-10-05T02:00:00Z" }));
  assert.equal(model.alerts.get(3).severity, "low");
});

test("areas: the worst first, then the cut off, then by their Vietnamese names", () => {
  const areas = [areaOf(1, "Huế"), areaOf(2, "Vang"), areaOf(3, "Đông"), areaOf(4, "Dương")];
  model.replace(20, snapshotOf({ areas: [...areas, areaOf(5, "Phú", 0)] }));
  seq = 20;
  take(alertOf({ unit_id: 8, severity: "low" }), "raised");
  assert.deepEqual(
    model.areas().map((area) => [area.bare, area.count, area.worst]),
    [
      ["Vang", 1, "low"],
      ["Phú", 0, "normal"],
      ["Dương", 0, "normal"],
      ["Đông", 0, "normal"],
      ["Huế", 0, "normal"],
    ],
  );
});

test("a cell shows the worst of its own alerts, else what the snapshot said", () => {
  take(alertOf({ id: 1, severity: "low" }), "raised");
  take(alertOf({ id: 2, severity: "critical" }), "raised");
  assert.deepEqual(Object.fromEntries(model.cells()), { c7: "critical", c8: "unknown" });
});

function stationOf(changes) {
  return {
    device_id: 5,
    marks: [
      [1, 1],
      [2, 2],
    ],
    level: 0.5,
    top_m: 2.2,
    points: [0.4, 0.5],
    observed_at: "2026-10-05T01:00:00Z",
    stale_at: "2026-10-05T01:30:00Z",
    ...changes,
  };
}

function observe(value, observed_at = "2026-10-05T02:00:00Z", station = stationOf()) {
  model.replace(30, snapshotOf({ stations: [station] }));
  const seen = model.observe({ device_id: 5, prop: "water_level", value, observed_at });
  return [seen, model.stations.get(5)];
}

test("a rising river passes its marks", () => {
  assert.deepEqual(observe(0.8)[1].offset, [1, "below", 0.2]);
  assert.equal(observe(0.8)[1].severity, "normal");
  assert.deepEqual(observe(1)[1].offset, [1, "at", 0]);
  assert.equal(observe(1)[1].severity, "medium");
  assert.deepEqual(observe(2.35)[1].offset, [2, "above", 0.35]);
  assert.equal(observe(2.35)[1].severity, "high");
});

test("below an unknown first mark nothing is known", () => {
  assert.equal(
    observe(0.5, "2026-10-05T02:00:00Z", stationOf({ marks: [[2, 2]] }))[1].severity,
    "unknown",
  );
});

test("a reading as old as the one shown is not news", () => {
  assert.deepEqual(observe(3, "2026-10-05T01:00:00Z"), [false, stationOf()]);
});

test("a new reading is stale as long after it as the last one was", () => {
  assert.equal(observe(0.8)[1].stale_at, "2026-10-05T02:30:00.000Z");
});
