// Hearing recordings, on every page: a button [data-recording="<pk>"] opens the player below itself and plays; a place
// [data-player="<pk>"] holds one from the start. The player itself is loaded when first needed.
import { gettext } from "./words.js";

const load = () => import("./recording_player.js");

async function toggle(button) {
  const open = button.nextElementSibling;
  if (open?.classList.contains("player")) {
    open.remove();
    button.setAttribute("aria-expanded", "false");
    return;
  }
  const place = document.createElement("div");
  button.after(place);
  button.setAttribute("aria-expanded", "true");
  const { mountPlayer } = await load();
  await mountPlayer(place, button.dataset.recording, { isPlaying: true });
}

async function mountAll(root) {
  const places = [...root.querySelectorAll("[data-player]:not(.player)")];
  if (!places.length) return;
  const { mountPlayer } = await load();
  for (const place of places) mountPlayer(place, place.dataset.player, { key: "p" });
}

export function startRecordings() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-recording]");
    if (!button) return;
    toggle(button).catch(() => {
      if (button.nextElementSibling) button.nextElementSibling.textContent = gettext("The recording could not be opened. Try again.");
    });
  });
  document.addEventListener("htmx:afterSettle", () => mountAll(document));
  mountAll(document);
}
