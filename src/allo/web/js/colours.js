// The tokens' colours for drawings on canvas, which knows no var() and no light-dark().

/** The colours of tokens ("--accent") by name, as the page shows them now; `share` below 1 makes them paler, over another token's. */
export function readColours(names, { share = 1, over = "" } = {}) {
  const probe = document.createElement("i");
  probe.hidden = true;
  document.body.append(probe);
  const found = {};
  for (const name of names) {
    probe.style.color = share < 1 ? `color-mix(in srgb, var(${name}) ${share * 100}%, ${over ? `var(${over})` : "transparent"})` : `var(${name})`;
    found[name] = getComputedStyle(probe).color;
  }
  probe.remove();
  return found;
}

/** Calls `draw` whenever light and dark change places. Returns a function that ends it. */
export function onThemeChange(draw) {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const watch = new MutationObserver(draw);
  watch.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  dark.addEventListener("change", draw);
  return () => { watch.disconnect(); dark.removeEventListener("change", draw); };
}
