// htmx with what every page uses: morphing swaps, server-sent events, and our security token.
// Its options are in base.html (no evaluated code, no inline styles).
import htmx from "htmx.org";
import "htmx-ext-sse";
import "idiomorph/htmx";
import { TOKEN_COOKIE, cookie } from "./cookies.js";

window.htmx = htmx;

/** Puts the present token on each request: it changes when somebody signs in again over a page. */
export function addToken(root) {
  root.addEventListener("htmx:configRequest", (event) => {
    const token = cookie(TOKEN_COOKIE);
    if (token && event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token;
  });
  root.addEventListener("submit", (event) => {
    const field = event.target.querySelector?.("input[name=csrfmiddlewaretoken]");
    const token = cookie(TOKEN_COOKIE);
    if (field && token) field.value = token;
  }, true);
}

export default htmx;
