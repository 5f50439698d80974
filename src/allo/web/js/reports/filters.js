// The bar of filters: a choice from a list and a tick ask at once; dates and words wait for Enter or the button.
export function startFilters(form) {
  form.addEventListener("change", (event) => { if (event.target.matches("select, [type=checkbox]")) form.requestSubmit(); });
  form.addEventListener("submit", () => {
    for (const field of form.elements) if (field.name && !field.value) field.disabled = true;
  });
  // Back in history shows the page from memory: its empty fields must be alive again.
  window.addEventListener("pageshow", () => { for (const field of form.elements) field.disabled = false; });
}
