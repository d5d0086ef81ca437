// Places on the timeline's axis as times and back. No DOM here.
// A scale is a list of columns {day, x, width, first, last}: x and width are shares of the track,
// first and last the hours that the column begins and ends with.
const STEP_HOURS = 0.5;
const CLICK_HOURS = 1;

const two = (number) => String(number).padStart(2, "0");

export function clock(hours) {
  return `${two(Math.floor(hours))}:${two(Math.round((hours % 1) * 60))}`;
}

export function placeOf(column, hours) {
  return column.x + ((hours - column.first) / (column.last - column.first)) * column.width;
}

function timeAt(scale, share) {
  const column = scale.find((one) => share >= one.x && share < one.x + one.width) ?? scale.at(-1);
  const hours = column.first + ((share - column.x) / column.width) * (column.last - column.first);
  return { column, hours: Math.floor(hours / STEP_HOURS) * STEP_HOURS };
}

// A press takes an hour; a drag what it covers, as long as it stays within one day.
export function spanOf(scale, from, to, isDrag) {
  const start = timeAt(scale, Math.min(from, to));
  const end = timeAt(scale, Math.max(from, to));
  const until =
    isDrag && end.column === start.column
      ? Math.max(end.hours + STEP_HOURS, start.hours + STEP_HOURS)
      : start.hours + CLICK_HOURS;
  return {
    column: start.column,
    starts: start.hours,
    ends: Math.min(until, start.column.last),
  };
}

// Where the line of now stands; nothing when the axis does not show this moment.
export function placeOfNow(scale, now) {
  const day = `${two(now.getDate())}/${two(now.getMonth() + 1)}/${now.getFullYear()}`;
  const column = scale.find((one) => one.day === day);
  const hours = now.getHours() + now.getMinutes() / 60;
  if (!column || hours < column.first || hours > column.last) return null;
  return placeOf(column, hours);
}
