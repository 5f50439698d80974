// A caller's wait as a bar: the target stands at two thirds of the height, what is beyond it is trouble.
export const TARGET_AT = 2 / 3;

/** {height 0..1, isLate} of a bar for a wait against its target, both in seconds. */
export function bar(wait, target) {
  const share = Math.max(0, wait) / Math.max(target, 1);
  // Beyond the target a bar grows ever slower and never leaves its box.
  const height = share <= 1 ? share * TARGET_AT : TARGET_AT + (1 - TARGET_AT) * (1 - 1 / share);
  return { height: Math.max(height, 0.06), isLate: share > 1 };
}

export function showWaits(root, now) {
  for (const one of root.querySelectorAll("[data-wait-since]")) {
    const { height, isLate } = bar(now - Number(one.dataset.waitSince), Number(one.dataset.waitTarget));
    one.style.setProperty("--height", height.toFixed(3));
    one.classList.toggle("is-late", isLate);
  }
}
