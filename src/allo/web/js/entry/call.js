// The public page: calling from the browser.
import { startCall } from "../public/call.js";

const box = document.getElementById("caller");
if (box?.querySelector("[data-deed=call]")) startCall(box);
