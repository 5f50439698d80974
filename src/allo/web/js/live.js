// A live page: one event stream, its parts morphed into place, and honesty about what is old.
//   <div data-live="/floor/live">           the stream; inside it:
//     <section data-fragment="summary">     replaced whole when the event "summary" comes
//     <div data-rows="agents">              children with ids; only changed ones come, sorted by data-rank
//     <p data-live-bar hidden>              shown while the page is not up to date
// Events on the live element for others: "allo:part" (detail.name) after each change, "allo:clock" with a beat.
// Nothing here steals the focus, and a list keeps its order while somebody points into it.
import { Idiomorph } from "idiomorph";
import { clock, tick } from "./clock.js";
import { Freshness } from "./freshness.js";
import { fill, gettext } from "./words.js";

const RETRY_MS = [500, 1000, 2000, 4000];
const HIDDEN_PAUSE_MS = 60_000;
const MORPH = {
  ignoreActiveValue: true,
  callbacks: {
    // What a person has opened or chosen stays so.
    beforeNodeMorphed: (old) => !(old.nodeType === 1 && old.hasAttribute("data-keep")),
    beforeAttributeUpdated: (name, node) => !(name === "open" && (node.tagName === "DETAILS" || node.tagName === "DIALOG")),
  },
};

function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

function sortRows(box) {
  if (box.matches(":hover, :focus-within")) return;
  const rows = [...box.children];
  const sorted = [...rows].sort((one, other) => rank(one).localeCompare(rank(other)) || one.id.localeCompare(other.id));
  sorted.forEach((row, place) => { if (box.children[place] !== row) box.insertBefore(row, box.children[place]); });
}

const rank = (row) => row.dataset.rank ?? "";

function putRows(htmx, box, html, isAll) {
  const fresh = parse(html);
  const wanted = new Set();
  for (const row of [...fresh.children]) {
    const gone = row.dataset.gone;
    const known = document.getElementById(gone ?? row.id);
    if (gone) known?.remove();
    else {
      wanted.add(row.id);
      if (known) Idiomorph.morph(known, row, { morphStyle: "outerHTML", ...MORPH });
      else {
        box.append(row);
        htmx.process(row);
      }
    }
  }
  if (isAll) [...box.children].forEach((row) => { if (!wanted.has(row.id)) row.remove(); });
  sortRows(box);
  box.dataset.count = box.children.length;
}

function putFragment(htmx, box, html) {
  Idiomorph.morph(box, html, { morphStyle: "innerHTML", ...MORPH });
  htmx.process(box);
}

export function startLive(htmx, root) {
  const freshness = new Freshness();
  const bar = root.querySelector("[data-live-bar]") ?? document.querySelector("[data-live-bar]");
  let source = null;
  let attempt = 0;
  let retry = 0;
  let isOver = false;

  const tell = (name) => {
    tick(root); // what was morphed in shows the server's numbers of a moment ago
    root.dispatchEvent(new CustomEvent("allo:part", { detail: { name }, bubbles: true }));
  };
  const show = () => {
    const stale = freshness.look(Date.now());
    root.classList.toggle("is-stale", stale.isStale);
    if (!bar) return;
    bar.hidden = !stale.isStale;
    if (stale.isStale) {
      const text = stale.cause === "control"
        ? gettext("The call engine is restarting; conversations go on. What you see is %(seconds)s s old.")
        : gettext("No connection for %(seconds)s s. What you see is from before.");
      bar.querySelector("[data-live-words]").textContent = fill(text, { seconds: stale.seconds });
    }
  };
  const stop = () => {
    clearTimeout(retry);
    source?.close();
    source = null;
  };
  const later = () => {
    stop();
    if (isOver) return;
    const wait = RETRY_MS[Math.min(attempt++, RETRY_MS.length - 1)];
    retry = setTimeout(open, wait * (0.75 + Math.random() / 2));
  };
  const end = (name) => () => {
    isOver = true;
    stop();
    document.body.dispatchEvent(new CustomEvent(`allo:${name}`, { bubbles: true, detail: { isNow: true } }));
  };

  function open() {
    stop();
    isOver = false;
    source = new EventSource(root.dataset.live);
    source.addEventListener("beat", ({ data }) => {
      attempt = 0;
      const beat = JSON.parse(data);
      clock.heard(beat.now);
      freshness.beat(Date.now(), beat.now, beat.away_since);
      root.dispatchEvent(new CustomEvent("allo:clock", { detail: beat }));
      show();
    });
    for (const box of root.querySelectorAll("[data-fragment]")) {
      const name = box.dataset.fragment;
      source.addEventListener(name, ({ data }) => { putFragment(htmx, box, data); tell(name); });
    }
    for (const box of root.querySelectorAll("[data-rows]")) {
      const name = box.dataset.rows;
      source.addEventListener(name, ({ data }) => { putRows(htmx, box, data, false); tell(name); });
      source.addEventListener(`${name}.all`, ({ data }) => { putRows(htmx, box, data, true); tell(name); });
    }
    source.addEventListener("signed-out", end("signed-out"));
    source.addEventListener("forbidden", end("forbidden"));
    source.addEventListener("error", later);
  }

  root.querySelectorAll("[data-rows]").forEach(sortRows);
  document.body.addEventListener("allo:reconnect", open);
  window.addEventListener("online", open);
  window.addEventListener("pagehide", stop);
  window.addEventListener("pageshow", (event) => { if (event.persisted) open(); });
  if (root.hasAttribute("data-live-rests")) {
    // Nobody looks: give the connection back (a browser has six to a server), unless the page must hear of what happens.
    let rest = 0;
    const goToRest = () => {
      if (root.hasAttribute("data-live-awake")) return;
      stop();
      root.dispatchEvent(new CustomEvent("allo:rests"));
    };
    document.addEventListener("visibilitychange", () => {
      clearTimeout(rest);
      if (document.hidden) rest = setTimeout(goToRest, HIDDEN_PAUSE_MS);
      else if (!source) open();
    });
  }
  setInterval(show, 1000);
  open();
}

/** Starts every live element of the page. */
export function startAllLive(htmx) {
  document.querySelectorAll("[data-live]").forEach((root) => startLive(htmx, root));
}
