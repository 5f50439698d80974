// Calls as bars, service level as a line; a click on a bar opens its calls. The figures are in the page (#chart).
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { onThemeChange, readColours } from "../colours.js";
import { legendParts, tickLabels } from "./figures.js";

const TOKENS = ["--accent", "--accent-soft", "--ready", "--trouble", "--ink-soft", "--line-soft", "--line-strong"];
const HEIGHT = 240;
const STEPS = [1, 2, 3, 4, 6, 8, 12, 16, 24, 48, 96, 192];

function series({ words, goal }, colours) {
  const bars = uPlot.paths.bars({ size: [0.72, 54], radius: 0.12 });
  const line = { width: 2.25, scale: "share", spanGaps: true };
  const found = [
    {},
    { label: words.entered, stroke: colours["--line-strong"], fill: colours["--accent-soft"], width: 1, paths: bars, scale: "calls", points: { show: false } },
    { label: words.answered, fill: colours["--accent"], width: 0, paths: bars, scale: "calls", points: { show: false } },
    { ...line, label: words.level, stroke: colours["--ready"], points: { show: true, size: 6, fill: colours["--ready"] } },
  ];
  if (goal !== null) found.push({ label: words.goal, stroke: colours["--trouble"], dash: [5, 5], width: 1.5, scale: "share", points: { show: false } });
  return found;
}

function axes(shown, colours, language) {
  const common = { stroke: colours["--ink-soft"], font: "12px system-ui, sans-serif", ticks: { show: false } };
  const count = new Intl.NumberFormat(language);
  const share = new Intl.NumberFormat(language, { style: "percent" });
  return [
    { ...common, grid: { show: false }, incrs: STEPS, size: 32, space: 74, values: (_plot, splits) => tickLabels(shown.ticks, splits) },
    { ...common, scale: "calls", size: 46, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000], grid: { stroke: colours["--line-soft"], width: 1 }, values: (_plot, splits) => splits.map((one) => count.format(one)) },
    { ...common, scale: "share", side: 1, size: 52, grid: { show: false }, splits: [0, 0.25, 0.5, 0.75, 1], values: (_plot, splits) => splits.map((one) => share.format(one)) },
  ];
}

function options(shown, width, colours, language, tell) {
  const last = shown.labels.length - 1;
  return {
    width, height: HEIGHT, padding: [10, 6, 0, 0], legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
    scales: { x: { time: false, range: [-0.6, last + 0.6] }, calls: { range: (_plot, _low, high) => [0, Math.max(4, high * 1.12)] }, share: { range: [0, 1.04] } },
    series: series(shown, colours), axes: axes(shown, colours, language),
    hooks: { setCursor: [(plot) => tell(plot.cursor.idx)] },
  };
}

function showLegend(box, shown, place, language) {
  box.replaceChildren(...legendParts(shown, place, language).map(({ kind, text }) => {
    const part = document.createElement("span");
    part.className = kind ? `chart__key chart__key--${kind}` : "chart__when";
    part.textContent = text;
    return part;
  }));
}

export function startChart(figure) {
  const shown = JSON.parse(figure.querySelector("script[type='application/json']").textContent);
  const body = figure.querySelector("[data-chart-body]");
  const legend = figure.querySelector("[data-chart-legend]");
  const language = document.documentElement.lang || "en";
  const places = shown.labels.map((_label, place) => place);
  const lines = [places, shown.entered, shown.answered, shown.level];
  if (shown.goal !== null) lines.push(places.map(() => shown.goal));
  let plot = null;
  const draw = () => {
    plot?.destroy();
    const tell = (place) => showLegend(legend, shown, place ?? null, language);
    plot = new uPlot(options(shown, body.clientWidth, readColours(TOKENS), language, tell), lines, body);
    plot.over.addEventListener("click", () => {
      const address = shown.links[plot.cursor.idx];
      if (address) window.location.assign(address);
    });
    tell(null);
  };
  draw();
  onThemeChange(draw);
  new ResizeObserver(() => plot.setSize({ width: body.clientWidth, height: HEIGHT })).observe(body);
}
