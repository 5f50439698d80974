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

/** Each layer's values on top of the layers before it. */
export function stackedSums(series) {
  const sums = [];
  for (const { values } of series) sums.push(values.map((value, place) => value + (sums.at(-1)?.[place] ?? 0)));
  return sums;
}

/** The legend of layers: those that are anywhere, and with a place their figures there. */
export function stackedLegend(shown, place, language) {
  const count = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const parts = shown.series
    .filter(({ values }) => values.some((value) => value > 0))
    .map(({ kind, label, values }) => ({ kind, text: place === null ? label : `${label} ${count.format(values[place])}` }));
  return place === null ? parts : [{ kind: "", text: shown.labels[place] }, ...parts];
}
