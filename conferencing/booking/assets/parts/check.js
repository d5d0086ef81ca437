// The panel's answer is old as soon as a newer question went unanswered; it must say so itself.
const UNAUTHORIZED = 401;

export function oldness(status) {
  return status === UNAUTHORIZED ? "session" : "line";
}

export function watchCheck(panel, note) {
  if (!panel || !note) return;
  const part = (name) => note.querySelector(`[data-old-${name}]`);
  // htmx replaces the panel's content: what fails is heard at the panel, which stays.
  const tell = (event) => {
    const shown = panel.querySelector("[data-check-at]");
    part("since").hidden = !shown;
    part("time").textContent = shown?.dataset.checkAt ?? "";
    const why = oldness(event.detail.xhr?.status);
    part("session").hidden = why !== "session";
    part("line").hidden = why !== "line";
    note.hidden = false;
    panel.classList.add("is-old");
  };
  for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"])
    panel.addEventListener(name, tell);
  panel.addEventListener("htmx:afterSwap", () => {
    note.hidden = true;
    panel.classList.remove("is-old");
  });
}
