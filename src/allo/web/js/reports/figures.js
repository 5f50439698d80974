// What the chart says in words and numbers, without DOM.

/** Labels for the places an axis asks for; nothing between two places or beyond the ends. */
export function tickLabels(labels, splits) {
  return splits.map((one) => (Number.isInteger(one) ? labels[one] ?? "" : ""));
}

/** The legend: names of the series, and with a place its figures. */
export function legendParts(shown, place, language) {
  const count = new Intl.NumberFormat(language);
  const share = new Intl.NumberFormat(language, { style: "percent" });
  const value = (figure, format) => (figure === null || figure === undefined ? "–" : format.format(figure));
  const at = (list, format) => (place === null ? "" : ` ${value(list[place], format)}`);
  const parts = [
    { kind: "entered", text: shown.words.entered + at(shown.entered, count) },
    { kind: "answered", text: shown.words.answered + at(shown.answered, count) },
    { kind: "level", text: shown.words.level + at(shown.level, share) },
  ];
  if (shown.goal !== null) parts.push({ kind: "goal", text: `${shown.words.goal} ${share.format(shown.goal)}` });
  if (place !== null) parts.unshift({ kind: "", text: shown.labels[place] });
  return parts;
}
