// Find a time: every change of the question asks again, without leaving what has the focus.
export function enhanceFindTime(form, ask) {
  if (!form) return;
  form.addEventListener("change", ask);
  form.addEventListener("click", (click) => {
    const button = click.target.closest("[data-times-set]");
    if (!button) return;
    const field = form.elements.namedItem(button.dataset.timesSet);
    if (!field) return;
    click.preventDefault();
    field.value = button.dataset.timesValue;
    ask();
  });
}
