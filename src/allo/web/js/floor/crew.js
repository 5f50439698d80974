// Chips above the tiles: how many agents are in each state, and show only those. The choice outlives live updates.
const DENSE_FROM = 61;

/** Whether an agent's tile belongs to the chosen team; without one, all do. */
export function isOfTeam(tileId, members) {
  return members === null || members.has(tileId.replace(/^agents-/, ""));
}

export function startCrew(tiles, crew, nobody, team = null) {
  let shown = "";
  const apply = () => {
    let seen = 0;
    const chosen = team?.selectedOptions[0]?.dataset.members;
    const members = chosen === undefined ? null : new Set(chosen.split(","));
    for (const tile of tiles.children) {
      tile.hidden = (shown !== "" && tile.dataset.state !== shown) || !isOfTeam(tile.id, members);
      seen += !tile.hidden;
    }
    for (const chip of crew.querySelectorAll("[data-show]")) chip.setAttribute("aria-pressed", String(chip.dataset.show === shown));
    nobody.hidden = seen > 0;
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
