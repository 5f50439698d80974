// Keys of a page. An element says which key presses it, and the map (?) lists all that are there:
//   <button data-key="r" data-key-title="Ready">…</button>
// Keys with Ctrl, Alt or Meta are left to the browser; while somebody types, only Escape and F1 to F12 are ours.
// A call is accepted by such a key also while a dialog is open.
import { isTyping, keyName, typesNothing } from "./keyboard_keys.js";

const isSeen = (element) => element.offsetParent !== null && !element.disabled;

function openMap() {
  const dialog = document.getElementById("keys");
  const list = dialog.querySelector("[data-key-list]");
  list.querySelectorAll("[data-of-page]").forEach((one) => one.remove());
  const known = new Set();
  for (const element of document.querySelectorAll("[data-key][data-key-title]")) {
    const { key, keyTitle } = element.dataset;
    if (known.has(key)) continue;
    known.add(key);
    const line = document.createElement("div");
    line.dataset.ofPage = "";
    const title = document.createElement("dt");
    title.textContent = keyTitle;
    const value = document.createElement("dd");
    const cap = document.createElement("kbd");
    cap.textContent = key === "Escape" ? "Esc" : key.length === 1 ? key.toUpperCase() : key;
    value.append(cap);
    line.append(title, value);
    list.prepend(line);
  }
  dialog.showModal();
}

export function startKeyboard() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.defaultPrevented) return;
    const name = keyName(event);
    if (document.querySelector("dialog[open]") && (name === "Escape" || !typesNothing(name))) return;
    if (isTyping(event.target) && !typesNothing(name)) return;
    const menu = document.querySelector("details.menu[open]");
    if (name === "Escape" && menu) { menu.open = false; menu.querySelector("summary").focus(); return; }
    if (name === "?") { event.preventDefault(); openMap(); return; }
    const pressed = [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === name && isSeen(one));
    if (!pressed) return;
    event.preventDefault();
    // A field is entered, everything else pressed; an opened menu goes on by Tab.
    if (isTyping(pressed) || pressed.tagName === "SUMMARY") pressed.focus();
    if (!isTyping(pressed)) pressed.click();
  });
  document.addEventListener("click", (event) => { if (event.target.closest?.("[data-open-keys]")) openMap(); });
}
