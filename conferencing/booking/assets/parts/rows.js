// Attendee rows without a round trip, and fields that only concern some choices.
function addRow(box) {
  const template = box.querySelector("[data-attendee-row]");
  template.before(template.content.cloneNode(true));
  const rows = box.querySelectorAll("[data-attendee]");
  rows[rows.length - 1].querySelector("input").focus();
}

// On the form: the rows are drawn anew when a pasted list is read.
function bindRows(form) {
  form.addEventListener("click", (click) => {
    const button = click.target.closest("button");
    const box = button?.closest("[data-attendees]");
    if (!box) return;
    const isAdd = button.matches("[data-add-attendee]");
    if (!isAdd && !button.matches("[data-remove-attendee]")) return;
    click.preventDefault();
    if (isAdd) addRow(box);
    else {
      button.closest("[data-attendee]").remove();
      box.querySelector("[data-add-attendee]").focus();
    }
    form.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

// A list becomes rows as soon as it is pasted; `read` asks the server, which reads it for all.
function bindPasted(form, read) {
  const isBox = (target) => target.matches?.("#attendees_text");
  form.addEventListener("paste", (paste) => {
    if (isBox(paste.target)) setTimeout(read);
  });
  form.addEventListener("change", (change) => {
    if (isBox(change.target) && change.target.value.trim()) read();
  });
  form.addEventListener("click", (click) => {
    if (!click.target.closest("[data-read-guests]")) return;
    click.preventDefault();
    read();
  });
  form.addEventListener("htmx:afterSwap", () => {
    if (document.activeElement === document.body) form.querySelector("#attendees_text").focus();
    form.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

function showFor(elements, value) {
  for (const element of elements) {
    const wanted = (element.dataset.forRepeat ?? element.dataset.reasonFor).split(" ");
    element.hidden = !wanted.includes(value);
  }
}

function bindChoices(form) {
  const repeat = form.querySelector("#repeat");
  const update = () => {
    showFor(form.querySelectorAll("[data-for-repeat]"), repeat.value);
    const type = form.querySelector('[name="type"]:checked');
    showFor(form.querySelectorAll("[data-reason-for]"), type?.value ?? "");
  };
  form.addEventListener("change", update);
  update();
}

export function enhanceRows(form, readGuests) {
  bindRows(form);
  bindPasted(form, readGuests);
  bindChoices(form);
}
