// The command palette (Ctrl-K). Pages register commands without code:
//   <template data-command data-title="…" data-group="…" data-href="/address"></template>
//   <template data-command data-title="…" data-group="…" data-click="#button"></template>
//   <template data-command data-title="…" data-group="…" data-event="allo:take-break" data-detail='{"reason":"…"}'></template>
// and searches that the server answers as JSON [{"title","detail","href"}]:
//   <template data-command-source data-group="…" data-url="/desk/find?q="></template>
// (an answer may also bring its own "group", "about" and, instead of "href", an "event" with its "detail" object).
// A source with data-scope="parties" is what a button [data-open-palette="parties"] lists alone, at once; so does the
// event "allo:palette" {scope, note}, with a note above the list.
import { search } from "./palette_search.js";

const WAIT_MS = 150;

function registered() {
  return [...document.querySelectorAll("template[data-command]")].map((one) => ({ ...one.dataset }));
}

function run(command) {
  if (command.href) location.assign(command.href);
  else if (command.click) document.querySelector(command.click)?.click();
  else if (command.event) {
    document.body.dispatchEvent(new CustomEvent(command.event, {
      bubbles: true, detail: typeof command.detail === "string" && command.detail ? JSON.parse(command.detail) : command.detail || {},
    }));
  }
}

export function startPalette() {
  const dialog = document.getElementById("palette");
  if (!dialog) return;
  const input = dialog.querySelector("input");
  const list = dialog.querySelector("[role=listbox]");
  const note = dialog.querySelector(".palette__note");
  const none = dialog.querySelector(".palette__none");
  let shown = [];
  let chosen = 0;
  let asked = 0;
  let scope = "";

  const choose = (index) => {
    chosen = Math.max(0, Math.min(index, shown.length - 1));
    list.querySelectorAll("[role=option]").forEach((item, place) => {
      item.setAttribute("aria-selected", String(place === chosen));
      if (place === chosen) {
        item.scrollIntoView({ block: "nearest" });
        input.setAttribute("aria-activedescendant", item.id);
      }
    });
  };
  const show = (commands) => {
    shown = commands;
    list.replaceChildren();
    let group = null;
    commands.forEach((command, place) => {
      if (command.group !== group) {
        group = command.group;
        const head = document.createElement("li");
        head.className = "palette__group";
        head.role = "presentation";
        head.textContent = group ?? "";
        list.append(head);
      }
      const item = document.createElement("li");
      item.className = "palette__item";
      item.role = "option";
      item.id = `palette-${place}`;
      item.textContent = command.title;
      const about = command.about || (command.href && command.detail);
      if (about) {
        const detail = document.createElement("span");
        detail.className = "palette__detail";
        detail.textContent = about;
        item.append(detail);
      }
      item.addEventListener("click", () => { dialog.close(); run(command); });
      list.append(item);
    });
    none.hidden = commands.length > 0;
    choose(0);
  };
  const ask = async () => {
    const query = input.value;
    const found = scope ? [] : search(query, registered());
    show(found);
    const mine = ++asked;
    if (!scope && query.trim().length < 2) return;
    const all = [...document.querySelectorAll("template[data-command-source]")];
    const sources = scope ? all.filter(({ dataset }) => dataset.scope === scope) : all;
    if (!sources.length) return;
    if (query) await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
    if (mine !== asked) return;
    const answers = await Promise.all(sources.map(async ({ dataset }) => {
      try {
        const response = await fetch(dataset.url + encodeURIComponent(query), { headers: { Accept: "application/json" } });
        return response.ok ? (await response.json()).map((one) => ({ group: dataset.group, ...one })) : [];
      } catch {
        return [];
      }
    }));
    if (mine === asked) show([...found, ...answers.flat()]);
  };
  const open = (only = "", words = "") => {
    if (dialog.open) return;
    scope = only;
    note.textContent = words;
    note.hidden = !words;
    dialog.showModal();
    input.value = "";
    ask();
  };

  input.addEventListener("input", ask);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") choose(chosen + 1);
    else if (event.key === "ArrowUp") choose(chosen - 1);
    else if (event.key === "Enter" && shown[chosen]) { dialog.close(); run(shown[chosen]); }
    else return;
    event.preventDefault();
  });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  document.addEventListener("click", (event) => { const opener = event.target.closest?.("[data-open-palette]"); if (opener) open(opener.dataset.openPalette); });
  document.body.addEventListener("allo:palette", ({ detail }) => open(detail.scope, detail.note));
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.code === "KeyK") { event.preventDefault(); open(); }
  });
}
