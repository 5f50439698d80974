// The wallboard: times that tick, and a screen that stays awake.
import { startClock } from "../clock.js";

startClock();
const stayAwake = () => { if (!document.hidden) navigator.wakeLock?.request("screen").catch(() => {}); };
document.addEventListener("visibilitychange", stayAwake);
stayAwake();
