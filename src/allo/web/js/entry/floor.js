// The floor: times that tick, waits that grow against the target, tiles by state, and what a team leader presses.
import { clock, startClock } from "../clock.js";
import { startCrew } from "../floor/crew.js";
import { startFloor } from "../floor/page.js";
import { showWaits } from "../floor/waits.js";

startClock();
startCrew(document.querySelector("[data-agents]"), document.querySelector("[data-crew]"), document.querySelector("[data-nobody]"), document.querySelector("[data-team]"));
const draw = () => showWaits(document, clock.now());
draw();
setInterval(draw, 1000);
document.addEventListener("allo:part", draw);
startFloor(document.getElementById("floor"));
