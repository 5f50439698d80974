// The reports.
import { startChart } from "../reports/chart.js";
import { startFilters } from "../reports/filters.js";

document.querySelectorAll("[data-filters]").forEach(startFilters);
document.querySelectorAll("[data-chart]").forEach(startChart);
