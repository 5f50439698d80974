export const TOKEN_COOKIE = "allo_csrf";

/** The value of a cookie, or "". */
export function cookie(name, all = document.cookie) {
  const found = all.split("; ").find((pair) => pair.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
}
