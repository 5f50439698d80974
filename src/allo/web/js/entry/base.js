// On every page.
import htmx, { addToken } from "../htmx.js";
import { startConfirm } from "../confirm.js";
import { startKeyboard } from "../keyboard.js";
import { startAllLive } from "../live.js";
import { startPalette } from "../palette.js";
import { startRecordings } from "../recordings.js";
import { startSignedOut } from "../signed_out.js";
import { startTheme } from "../theme.js";
import { startToasts } from "../toasts.js";

addToken(document);
startConfirm();
startKeyboard();
startPalette();
startRecordings();
startSignedOut(htmx);
startTheme();
startToasts(htmx);
startAllLive(htmx);

// Menus close when one clicks elsewhere.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// The sign-in page of a demo centre: one click fills in and signs in.
document.addEventListener("click", (event) => {
  const choice = event.target.closest?.("[data-demo-login]");
  const form = document.getElementById("sign-in-form");
  if (!choice || !form) return;
  form.elements.username.value = choice.dataset.demoLogin;
  form.elements.password.value = choice.dataset.demoWord;
  form.requestSubmit();
});
