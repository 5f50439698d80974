// What a team leader presses on the floor: requests, dialogs, the panel of an agent, the telephone.
import { send } from "../desk/ask.js";
import { gettext } from "../words.js";
import { toast } from "../toasts.js";
import { LeaderPhone } from "./leader_phone.js";
import { Person } from "./person.js";
import { Warnings, followOtherFloors } from "./warnings.js";

/** Browsers let no page sound that nobody has touched: better said now than missed later. */
async function askForAClick(warnings) {
  if (warnings.isSilent || await warnings.isAble()) return;
  const note = toast(gettext("Warnings can be heard once you have clicked on this page."), { kind: "warning", stays: true });
  const isTouched = new AbortController();
  for (const kind of ["pointerdown", "keydown"]) {
    document.addEventListener(kind, () => { note.remove(); isTouched.abort(); warnings.isAble(); }, { signal: isTouched.signal });
  }
}

export function startFloor(floor) {
  const phone = new LeaderPhone(floor);
  const person = new Person(document.getElementById("person"));
  const warnings = new Warnings({
    root: floor.querySelector(".floor__alerts"), live: floor, button: document.querySelector("[data-sounds]"),
    sound: (note) => phone.ringer.note(note), isAble: () => phone.ringer.isAble(), isKnown: !("unknown" in floor.dataset),
  });
  followOtherFloors(warnings);
  askForAClick(warnings);
  const dialog = (id) => document.getElementById(id);
  const busy = new Set();

  async function ask(what, fields, near) {
    const key = `${what} ${Object.values(fields).join(" ")}`;
    if (busy.has(key)) return false;
    busy.add(key);
    const { ok } = await send(floor.dataset.askUrl.replace(/x$/, what), fields, { near });
    busy.delete(key);
    person.touch();
    return ok;
  }

  function confirmed(question, deed) {
    if (!question) { deed(); return; }
    const box = dialog("confirm");
    box.querySelector("h2").textContent = question;
    box.querySelector("[data-confirm-text]").textContent = "";
    const yes = box.querySelector("[data-confirm-yes]");
    const usual = yes.textContent;
    yes.textContent = gettext("Yes");
    box.returnValue = "no";
    box.addEventListener("close", () => { yes.textContent = usual; if (box.returnValue === "yes") deed(); }, { once: true });
    box.showModal();
  }

  function openClosing(queue, name) {
    const box = dialog("closing");
    const words = box.querySelector("[data-closing-words]");
    words.textContent = name || words.dataset.all;
    box.querySelector("[name=queue]").value = queue;
    box.showModal();
  }

  function openBlocking({ block, who }) {
    const box = dialog("blocking");
    box.querySelector("[data-blocking-words]").textContent = who;
    box.querySelector("[name=call]").value = block;
    box.showModal();
  }

  async function openHistory(url) {
    const place = dialog("warnings").querySelector("[data-warnings]");
    dialog("warnings").showModal();
    const response = await fetch(url, { headers: { Accept: "application/json, text/html" } }).catch(() => null);
    if (response?.ok) place.innerHTML = await response.text();
    else place.textContent = gettext("No connection to the server. Try again in a moment.");
  }

  document.addEventListener("click", (event) => {
    phone.audio.wake();
    const at = (selector) => event.target.closest?.(selector);
    const tile = at("[data-open-agent]");
    if (tile && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      person.open(tile.dataset.openAgent);
    }
    if (at("[data-close-agent]")) person.close();
    if (at("[data-leader-phone]")) phone.pressLine();
    const supervised = at("[data-supervise]");
    if (supervised) phone.press(supervised.dataset.supervise, supervised.dataset.call, supervised);
    const asked = at("[data-floor-ask]");
    if (asked) {
      const { floorAsk, confirm, ...fields } = asked.dataset;
      const { call = "", agent = "", reason = "", queue = "" } = fields;
      confirmed(confirm, () => ask(floorAsk, { call, agent, reason, queue }, asked));
    }
    const closing = at("[data-close]");
    if (closing) openClosing(closing.dataset.close, closing.dataset.name);
    const blocking = at("[data-block]");
    if (blocking) openBlocking(blocking.dataset);
    const history = at("[data-history]");
    if (history) openHistory(history.dataset.history);
    if (at("[data-write]")) dialog("writing").showModal();
    if (at("[data-close-dialog]")) at("dialog").close();
    const pressed = at("[data-phone]")?.dataset.phone;
    if (pressed === "hang-up") phone.telephone.hangUp();
    if (pressed === "mute") phone.telephone.dispatch({ type: "toggleMute" });
  });

  document.addEventListener("submit", async (event) => {
    const { target: form } = event;
    if (!form.matches?.("[data-closing], [data-blocking], [data-note], [data-queues]")) return;
    event.preventDefault();
    const button = form.querySelector("button:not([type=button])");
    const fields = Object.fromEntries(new FormData(form));
    if (form.matches("[data-closing]")) {
      if (await ask("close", fields, button)) { form.reset(); form.closest("dialog").close(); }
      return;
    }
    const url = form.dataset.note ?? form.dataset.queues ?? floor.dataset.blockUrl;
    const { ok, response, status } = await send(url, fields, { near: button });
    if (!ok) return;
    if (form.matches("[data-note]")) form.elements.text.value = "";
    form.closest("dialog")?.close();
    toast(status === 200 ? (await response.json()).said : gettext("Saved."));
  });

  document.body.addEventListener("allo:close-queue", ({ detail }) => openClosing(detail.queue, ""));
  document.body.addEventListener("allo:write", () => dialog("writing").showModal());
  floor.addEventListener("allo:part", ({ detail }) => {
    if (detail.name === "alerts") warnings.look();
    if (detail.name === "agents" || detail.name === "calls" || detail.name === "mine") person.touch();
  });
  if ("toneTest" in floor.dataset) {
    setInterval(() => { Object.assign(floor.dataset, { farHz: Math.round(phone.audio.farTone()), farLevel: phone.audio.farLevel().toFixed(2), ringLevel: phone.ringer.level().toFixed(2) }); }, 20);
  }
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && person.isOpen && !document.querySelector("dialog[open]")) person.close(); });
  return { person, phone };
}
