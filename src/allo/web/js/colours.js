// The tokens' colours for drawings on canvas, which knows no var() and no light-dark().

/** Returns a function from a token's name ("--accent") to a colour a canvas understands, as the page shows it now. */
export function readColours(names, place = document.body) {
  const probe = document.createElement("i");
  probe.hidden = true;
  place.append(probe);
  const found = {};
  for (const name of names) {
    probe.style.color = `var(${name})`;
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
