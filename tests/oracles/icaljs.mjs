// Reads a calendar on stdin with ical.js and prints what it understood as JSON.
import ICAL from "ical.js";

let text = "";
process.stdin.setEncoding("utf8");
for await (const part of process.stdin) text += part;

const calendar = new ICAL.Component(ICAL.parse(text));
for (const zone of calendar.getAllSubcomponents("vtimezone")) {
  ICAL.TimezoneService.register(zone.getFirstPropertyValue("tzid"), new ICAL.Timezone(zone));
}
const all = calendar.getAllSubcomponents("vevent").map((part) => new ICAL.Event(part));
const overrides = all.filter((item) => item.isRecurrenceException());
const occurrences = [];
const utc = (time) => time.toJSDate().toISOString();
for (const item of all.filter((one) => !one.isRecurrenceException())) {
  for (const other of overrides.filter((one) => one.uid === item.uid)) item.relateException(other);
  const add = (detail) =>
    occurrences.push({
      uid: item.uid,
      recurrenceId: utc(detail.recurrenceId),
      start: utc(detail.startDate),
      end: utc(detail.endDate),
      summary: detail.item.summary,
      status: detail.item.component.getFirstPropertyValue("status"),
    });
  if (!item.isRecurring()) {
    add({ recurrenceId: item.startDate, startDate: item.startDate, endDate: item.endDate, item });
    continue;
  }
  const steps = item.iterator();
  for (let next = steps.next(), n = 0; next && n < 1000; next = steps.next(), n += 1) {
    add(item.getOccurrenceDetails(next));
  }
}
const people = all.map((item) =>
  ["organizer", "attendee"].flatMap((name) =>
    item.component
      .getAllProperties(name)
      .map((one) => [name, one.getFirstValue(), one.getParameter("cn") ?? ""]),
  ),
);
const vevents = all.map((item) => ({
  summary: item.summary,
  description: item.description,
  location: item.location,
  sequence: item.sequence,
}));
process.stdout.write(
  JSON.stringify({
    method: calendar.getFirstPropertyValue("method"),
    name: calendar.getFirstPropertyValue("x-wr-calname"),
    occurrences,
    people,
    vevents,
  }),
);
