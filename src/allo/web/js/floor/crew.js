// Chips above the tiles: how many agents of the chosen team are in each state, and show only those. The choice outlives
// live updates.
const ROOMY_TO = 24;
const DENSE_FROM = 61;

/** Whether an agent's tile belongs to the chosen team; without one, all do. */
export function isOfTeam(tileId, members) {
  return members === null || members.has(tileId.replace(/^agents-/, ""));
}

/** How many of these tiles are in each state, "" standing for all. */
export function countStates(states) {
  const counts = { "": states.length };
  for (const state of states) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

export function startCrew(tiles, crew, nobody, team = null) {
  let shown = "";
  const apply = () => {
    let seen = 0;
    const chosen = team?.selectedOptions[0]?.dataset.members;
    const members = chosen === undefined ? null : new Set(chosen.split(","));
    const states = [];
    for (const tile of tiles.children) {
      const isTheirs = isOfTeam(tile.id, members);
      if (isTheirs) states.push(tile.dataset.state);
      tile.hidden = (shown !== "" && tile.dataset.state !== shown) || !isTheirs;
      seen += !tile.hidden;
    }
    const counts = countStates(states);
    for (const chip of crew.querySelectorAll("[data-show]")) {
      const count = counts[chip.dataset.show] ?? 0;
      chip.setAttribute("aria-pressed", String(chip.dataset.show === shown));
      chip.querySelector("b").textContent = String(count);
      chip.toggleAttribute("data-none", count === 0);
    }
    nobody.hidden = seen > 0;
    tiles.classList.toggle("is-roomy", states.length <= ROOMY_TO);
    tiles.classList.toggle("is-dense", tiles.children.length >= DENSE_FROM);
  };
  crew.addEventListener("click", (event) => {
    const chip = event.target.closest("[data-show]");
    if (!chip) return;
    shown = chip.dataset.show === shown ? "" : chip.dataset.show;
    apply();
  });
  team?.addEventListener("change", apply);
  document.addEventListener("allo:part", ({ detail }) => { if (detail.name === "agents" || detail.name === "crew") apply(); });
  apply();
}
