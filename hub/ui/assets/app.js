// Common to every page of the shell: styles, shell behaviour, htmx where a page asks for it.
import "./app.css";
import "./person.js";
import "./shell.js";
import "./clock.js";

// Pages without hx attributes, the first view of most people, do not pay for htmx.
if (document.querySelector("[hx-get], [hx-post], [hx-put], [hx-delete], [data-hx], [hx-boost]")) {
  import("./partial_updates.js");
}
if (document.querySelector("[data-password]")) {
  import("./password.js");
}
