// The set-up's forms: source of a greeting's sound, order of greetings, filter of people.
// htmx replaces the section, so everything is found again after each swap.
import { post } from "../post.js";
import { startRecorder } from "../recorder.js";

function startSource(box) {
  const field = box.querySelector("input[name=source]");
  const choose = (source) => {
    field.value = source;
    box.querySelectorAll("[data-source]").forEach((one) => one.setAttribute("aria-pressed", String(one.dataset.source === source)));
    box.querySelectorAll("[data-for-source]").forEach((one) => { one.hidden = one.dataset.forSource !== source; });
  };
  box.querySelectorAll("[data-source]").forEach((one) => one.addEventListener("click", () => choose(one.dataset.source)));
  choose(field.value || "upload");
  const file = box.querySelector("input[type=file]");
  const name = box.querySelector("[data-file-name]");
  file.addEventListener("change", () => { name.textContent = file.files[0]?.name ?? name.dataset.none; });
  startRecorder(box.querySelector("[data-recorder]"), file);
  startSpeaking(box);
}

function startSpeaking(box) {
  const button = box.querySelector("[data-speak]");
  const audio = box.querySelector("[data-speak-audio]");
  const error = box.querySelector("[data-speak-error]");
  const form = box.closest("form");
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const response = await post(button.dataset.speak, { text: form.elements.text.value, language: form.elements.language.value });
      error.hidden = response.ok;
      audio.hidden = !response.ok;
      if (response.ok) {
        URL.revokeObjectURL(audio.src);
        audio.src = URL.createObjectURL(await response.blob());
        await audio.play();
      } else error.textContent = await response.text();
    } finally {
      button.disabled = false;
    }
  });
}

function start(root) {
  const own = (selector) => [...root.querySelectorAll(selector)].filter((one) => !one.dataset.started && (one.dataset.started = "yes"));
  own("[data-sound-source]").forEach(startSource);
  own("[data-turn-up]").forEach((button) => button.addEventListener("click", () => {
    const line = button.closest("li");
    line.previousElementSibling?.before(line);
    button.focus();
  }));
  own("[data-filter]").forEach((input) => input.addEventListener("input", () => {
    const wanted = input.value.toLocaleLowerCase();
    document.querySelectorAll(`${input.dataset.filter} [data-words]`).forEach((line) => {
      line.hidden = !line.dataset.words.toLocaleLowerCase().includes(wanted);
    });
  }));
  const wrong = root.querySelector("[aria-invalid=true]");
  const first = wrong ?? root.querySelector("[data-first-field] :is(input:not([type=hidden]), select, textarea)");
  if (first && (wrong || root.id === "section")) first.focus();
}

// The menu of sections is longer than a small screen: the section one is in must be seen.
document.querySelector(".setup__nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
start(document);

// In the table of skills Enter goes down the column, as in a spreadsheet.
document.addEventListener("keydown", (event) => {
  const cell = event.key === "Enter" && event.target.closest?.(".matrix__cell");
  if (!cell) return;
  event.preventDefault();
  const row = event.shiftKey ? cell.parentElement.previousElementSibling : cell.parentElement.nextElementSibling;
  const next = row?.cells[cell.cellIndex].querySelector("input");
  if (next) next.select();
  else event.target.blur();
});
document.addEventListener("htmx:afterSettle", (event) => start(event.detail.elt.ownerDocument.getElementById("section") ?? document));
