// What the screen shows, kept from one snapshot and the messages after it. No DOM here.
export const LEVELS = ["critical", "high", "medium", "low"];
const RANK = Object.fromEntries(LEVELS.map((level, index) => [level, index]));
const ASKING = new Set(["UNACK", "RTNUN"]);
const OPEN = new Set(["UNACK", "ACKED", "RTNUN"]);
// A screen left on for weeks must not grow: more open alerts than this are counted on the server only.
const MOST_ALERTS = 500;
const CURVE_POINTS = 96;
// The staff ends a little above the highest of marks and level, as the server draws it.
const HEADROOM = 1.12;

const collator = new Intl.Collator("vi");

export function asks(alert) {
  return ASKING.has(alert.state);
}

// Worst first, among equals those nobody has taken, then the newest.
export function byUrgency(a, b) {
  return (
    RANK[a.severity] - RANK[b.severity] || asks(b) - asks(a) || (a.raised_at < b.raised_at ? 1 : -1)
  );
}

export class Model {
  constructor() {
    this.seq = 0;
    this.alerts = new Map();
    this.snapshot = null;
    this.stations = new Map();
  }

  replace(seq, snapshot) {
    this.seq = seq;
    this.snapshot = snapshot;
    this.alerts = new Map(snapshot.alerts.map((alert) => [alert.id, alert]));
    this.stations = new Map(snapshot.stations.map((station) => [station.device_id, station]));
  }

  // Takes a journal message in; returns the alert when it is one, and whether it is new here.
  take(message) {
    if (message.seq <= this.seq) return null;
    this.seq = message.seq;
    const alert = message.data.alert;
    if (!alert || !this.snapshot) return null;
    const known = this.alerts.get(alert.id);
    // Which area it lies in depends on who looks: below the province the viewer's own unit is the area.
    alert.area_id = this.snapshot.units[alert.unit_id]?.area_id ?? null;
    // The message carries the alert as it stood when it was sent; an older one changes nothing.
    if (known && known.changed_at > alert.changed_at) return null;
    if (!alert.points && known) alert.points = known.points;
    if (!OPEN.has(alert.state)) this.alerts.delete(alert.id);
    else if (known || this.alerts.size < MOST_ALERTS) this.alerts.set(alert.id, alert);
    const isNew = !known && OPEN.has(alert.state);
    // Raised, woken or gone up a level: a person is asked anew, even one who had acknowledged it lower.
    const calls = isNew || (["raised", "escalated"].includes(message.data.change) && asks(alert));
    return { alert, isNew, calls };
  }

  sorted() {
    return [...this.alerts.values()].sort(byUrgency);
  }

  counts() {
    const counts = Object.fromEntries(LEVELS.map((level) => [level, 0]));
    for (const alert of this.alerts.values()) counts[alert.severity] += 1;
    return counts;
  }

  // Areas with their counts as of now, in the order of the list.
  areas() {
    const found = new Map(
      this.snapshot.areas.map((area) => [area.id, { ...area, count: 0, worst: "normal" }]),
    );
    for (const alert of this.alerts.values()) {
      const area = found.get(alert.area_id);
      if (!area) continue;
      area.count += 1;
      if ((RANK[area.worst] ?? 9) > RANK[alert.severity]) area.worst = alert.severity;
    }
    const cutOff = (area) => (area.reach.total > 0 && area.reach.reachable === 0 ? 0 : 1);
    return [...found.values()].sort(
      (a, b) =>
        (RANK[a.worst] ?? 9) - (RANK[b.worst] ?? 9) ||
        cutOff(a) - cutOff(b) ||
        b.count - a.count ||
        collator.compare(a.bare, b.bare),
    );
  }

  // Level by cell code: the worst of its own alerts and those of its area, else as the snapshot said.
  cells() {
    const worst = new Map();
    for (const alert of this.alerts.values()) {
      const known = worst.get(alert.unit_id);
      if (!known || RANK[known] > RANK[alert.severity]) worst.set(alert.unit_id, alert.severity);
    }
    const levels = new Map();
    for (const [id, unit] of Object.entries(this.snapshot.units)) {
      if (!unit.cell) continue;
      const found = [worst.get(Number(id)), worst.get(unit.area_id)]
        .filter(Boolean)
        .sort((a, b) => RANK[a] - RANK[b]);
      const quiet = this.snapshot.cells[unit.code];
      levels.set(unit.code, found[0] ?? (quiet in RANK ? "normal" : quiet));
    }
    return levels;
  }

  // A newest value: true when it belongs to a station shown.
  observe(item) {
    if (!this.snapshot) return false;
    if (!this.snapshot.heard_at || item.observed_at > this.snapshot.heard_at)
      this.snapshot.heard_at = item.observed_at;
    const station = this.stations.get(item.device_id);
    if (!station || item.prop !== "water_level" || item.observed_at <= (station.observed_at ?? ""))
      return false;
    const interval = new Date(station.stale_at ?? 0) - new Date(station.observed_at ?? 0);
    Object.assign(station, levelled(station, item.value), {
      level: item.value,
      observed_at: item.observed_at,
      is_stale: false,
    });
    if (item.value > station.top_m) station.top_m = item.value * HEADROOM;
    if (interval > 0)
      station.stale_at = new Date(+new Date(item.observed_at) + interval).toISOString();
    if (station.points.length)
      station.points = [...station.points.slice(0, -1), item.value].slice(-CURVE_POINTS);
    return true;
  }
}

const SEVERITY_OF_MARK = { 1: "medium", 2: "high", 3: "critical" };

// Where the water stands to its marks; below an unknown BĐ1 nothing is known.
function levelled(station, level) {
  const passed = station.marks.filter(([, metres]) => level >= metres);
  const named = passed.at(-1) ?? station.marks[0];
  const quiet = station.marks.some(([number]) => number === 1) ? "normal" : "unknown";
  const severity = passed.length ? SEVERITY_OF_MARK[passed.at(-1)[0]] : quiet;
  if (!named) return { severity, offset: null };
  const difference = Math.round((level - named[1]) * 100) / 100;
  const relation = difference === 0 ? "at" : difference > 0 ? "above" : "below";
  return { severity, offset: [named[0], relation, Math.abs(difference)] };
}
