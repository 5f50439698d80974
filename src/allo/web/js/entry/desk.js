// The agent's desk.
import { startDesk } from "../desk/page.js";

const desk = document.getElementById("desk");
if (desk) startDesk(desk);
