// htmx with our CSRF token; swaps never move the focus away from a field that keeps its id.
import htmx from "htmx.org";

const token = document.querySelector('meta[name="csrf-token"]')?.content ?? "";

document.body.addEventListener("htmx:configRequest", (request) => {
  request.detail.headers["X-CSRFToken"] = token;
});

// A refused form (422) or a clash (409) comes back as markup to be shown, not as a failure.
document.body.addEventListener("htmx:beforeSwap", (swap) => {
  if ([409, 422].includes(swap.detail.xhr.status)) {
    swap.detail.shouldSwap = true;
    swap.detail.isError = false;
  }
});

document.body.addEventListener("htmx:sendError", () => {
  document.dispatchEvent(new CustomEvent("hub:line", { detail: { lost: true } }));
});
document.body.addEventListener("htmx:afterRequest", (request) => {
  if (request.detail.successful)
    document.dispatchEvent(new CustomEvent("hub:line", { detail: { lost: false } }));
});

window.htmx = htmx;
htmx.process(document.body);
