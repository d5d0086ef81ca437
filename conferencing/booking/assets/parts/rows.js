// Attendee rows without a round trip, and fields that only concern some choices.
function addRow(box) {
  const template = box.querySelector("[data-attendee-row]");
  template.before(template.content.cloneNode(true));
  const rows = box.querySelectorAll("[data-attendee]");
  rows[rows.length - 1].querySelector("input").focus();
}

function bindRows(form) {
  const box = form.querySelector("[data-attendees]");
  box?.addEventListener("click", (click) => {
    const button = click.target.closest("button");
    if (!button) return;
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

export function enhanceRows(form) {
  bindRows(form);
  bindChoices(form);
}
