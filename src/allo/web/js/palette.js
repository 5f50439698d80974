// The command palette (Ctrl-K). Pages register commands without code:
//   <template data-command data-title="…" data-group="…" data-href="/address"></template>
//   <template data-command data-title="…" data-group="…" data-click="#button"></template>
//   <template data-command data-title="…" data-group="…" data-event="allo:take-break" data-detail='{"reason":"…"}'></template>
// and searches that the server answers as JSON [{"title","detail","href"}]:
//   <template data-command-source data-group="…" data-url="/desk/find?q="></template>
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
      bubbles: true, detail: command.detail ? JSON.parse(command.detail) : {},
    }));
  }
}

export function startPalette() {
  const dialog = document.getElementById("palette");
  if (!dialog) return;
  const input = dialog.querySelector("input");
  const list = dialog.querySelector("[role=listbox]");
  const none = dialog.querySelector(".palette__none");
  let shown = [];
  let chosen = 0;
  let asked = 0;

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
      if (command.detail && command.href) {
        const detail = document.createElement("span");
        detail.className = "palette__detail";
        detail.textContent = command.detail;
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
    const found = search(query, registered());
    show(found);
    const mine = ++asked;
    if (query.trim().length < 2) return;
    const sources = [...document.querySelectorAll("template[data-command-source]")];
    if (!sources.length) return;
    await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
    if (mine !== asked) return;
    const answers = await Promise.all(sources.map(async ({ dataset }) => {
      try {
        const response = await fetch(dataset.url + encodeURIComponent(query), { headers: { Accept: "application/json" } });
        return response.ok ? (await response.json()).map((one) => ({ ...one, group: dataset.group })) : [];
      } catch {
        return [];
      }
    }));
    if (mine === asked) show([...found, ...answers.flat()]);
  };
  const open = () => {
    if (dialog.open) return;
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
  document.addEventListener("click", (event) => { if (event.target.closest?.("[data-open-palette]")) open(); });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.code === "KeyK") { event.preventDefault(); open(); }
  });
}
