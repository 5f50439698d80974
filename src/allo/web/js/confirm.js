// hx-confirm in our own dialog instead of the browser's.
export function startConfirm() {
  const dialog = document.getElementById("confirm");
  document.body.addEventListener("htmx:confirm", (event) => {
    if (!event.detail.question) return;
    event.preventDefault();
    dialog.querySelector("h2").textContent = event.detail.question;
    dialog.querySelector("[data-confirm-text]").textContent = event.detail.elt.dataset.confirmMore ?? "";
    dialog.returnValue = "no";
    dialog.addEventListener("close", () => {
      if (dialog.returnValue === "yes") event.detail.issueRequest(true);
    }, { once: true });
    dialog.showModal();
  });
}
