// Light and dark without a reload; the choice is kept by the server.
import { post } from "./post.js";

export function startTheme() {
  document.addEventListener("submit", (event) => {
    const form = event.target.closest?.("[data-theme-form]");
    const theme = event.submitter?.value;
    if (!form || !theme) return;
    event.preventDefault();
    document.documentElement.dataset.theme = theme;
    document.dispatchEvent(new CustomEvent("allo:theme", { detail: { theme } }));
    post(form.action, { theme });
  });
}
