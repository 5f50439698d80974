// Which commands fit what was typed. No DOM here.

const plain = (text) => text.toLocaleLowerCase().replaceAll("ё", "е").trim();

/** How well a title fits: 0 not at all; a whole start beats a word's start beats letters in order. */
export function fitness(query, title) {
  const wanted = plain(query);
  const text = plain(title);
  if (!wanted) return 1;
  if (text.startsWith(wanted)) return 4;
  const words = text.split(/[\s,.:;·“”«»()]+/);
  const parts = wanted.split(/\s+/);
  if (parts.every((part) => words.some((word) => word.startsWith(part)))) return 3;
  if (text.includes(wanted)) return 2;
  let place = 0;
  for (const letter of wanted.replace(/\s/g, "")) {
    place = text.indexOf(letter, place) + 1;
    if (!place) return 0;
  }
  return wanted.length > 2 ? 0.5 : 0;
}

/** The commands that fit, best first; equals keep their order. */
export function search(query, commands, most = 12) {
  return commands
    .map((command, order) => ({ command, order, fit: fitness(query, `${command.title} ${command.words ?? ""}`) }))
    .filter((one) => one.fit > 0)
    .sort((a, b) => b.fit - a.fit || a.order - b.order)
    .slice(0, most)
    .map((one) => one.command);
}
