// The reports.
import { startChart } from "../reports/chart.js";
import { startFilters } from "../reports/filters.js";
import { startStack } from "../reports/stack.js";

document.querySelector(".questions [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });
document.querySelectorAll("[data-filters]").forEach(startFilters);
document.querySelectorAll("[data-chart]").forEach(startChart);
document.querySelectorAll("[data-stack]").forEach(startStack);
