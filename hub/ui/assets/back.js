// Whether this page was come to by Back or Forward, and not drawn by the browser's memory alone.
export function isBack() {
  return performance.getEntriesByType("navigation")[0]?.type === "back_forward";
}
