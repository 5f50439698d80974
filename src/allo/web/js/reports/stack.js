// States one on top of the other, as bars; pointing at a bar gives its figures. The figures are in the page (#stack).
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { onThemeChange, readColours } from "../colours.js";
import { stackedLegend, stackedSums, tickLabels } from "./figures.js";

const COLOURS = { "on-call": "--on-call", "wrap-up": "--wrap-up", offered: "--offered", ready: "--ready", "not-ready": "--not-ready", lost: "--trouble" };
const PALE = new Set(["ready", "not-ready"]);
const HEIGHT = 240;

function options(shown, width, language, tell) {
  const ink = readColours(["--ink-soft", "--line-soft"]);
  const full = readColours(Object.values(COLOURS));
  const pale = readColours(Object.values(COLOURS), { share: 0.5, over: "--surface" });
  const bars = uPlot.paths.bars({ size: [0.86, 60] });
  const colour = (kind) => (PALE.has(kind) ? pale : full)[COLOURS[kind]];
  const count = new Intl.NumberFormat(language);
  const common = { stroke: ink["--ink-soft"], font: "12px system-ui, sans-serif", ticks: { show: false } };
  const last = shown.labels.length - 1;
  return {
    width, height: HEIGHT, padding: [10, 6, 0, 0], legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
    scales: { x: { time: false, range: [-0.6, last + 0.6] }, y: { range: (_plot, _low, high) => [0, Math.max(1, high * 1.08)] } },
    // The highest sum is drawn first and the lower ones over it; each is opaque, that no colour shines through another.
    series: [{}, ...shown.series.map(({ kind }) => ({ fill: colour(kind), width: 0, paths: bars, points: { show: false } })).reverse()],
    axes: [
      { ...common, grid: { show: false }, incrs: [1, 2, 4, 8, 16, 32, 64], size: 32, space: 74, values: (_plot, splits) => tickLabels(shown.labels, splits) },
      { ...common, size: 46, grid: { stroke: ink["--line-soft"], width: 1 }, values: (_plot, splits) => splits.map((one) => count.format(one)) },
    ],
    hooks: { setCursor: [(plot) => tell(plot.cursor.idx)] },
  };
}

export function startStack(figure) {
  const shown = JSON.parse(figure.querySelector("script[type='application/json']").textContent);
  const body = figure.querySelector("[data-chart-body]");
  const legend = figure.querySelector("[data-chart-legend]");
  const language = document.documentElement.lang || "en";
  const lines = [shown.labels.map((_label, place) => place), ...stackedSums(shown.series).reverse()];
  const tell = (place) => legend.replaceChildren(...stackedLegend(shown, place ?? null, language).map(({ kind, text }) => {
    const part = document.createElement("span");
    part.className = kind ? `chart__key chart__key--${kind}` : "chart__when";
    part.textContent = text;
    return part;
  }));
  let plot = null;
  const draw = () => {
    plot?.destroy();
    plot = new uPlot(options(shown, body.clientWidth, language, tell), lines, body);
    tell(null);
  };
  draw();
  onThemeChange(draw);
  new ResizeObserver(() => plot.setSize({ width: body.clientWidth, height: HEIGHT })).observe(body);
}
