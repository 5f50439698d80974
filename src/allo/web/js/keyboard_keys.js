// Which key was meant, whatever the keyboard layout: on a Russian layout the key R types К, and still
// means R. No DOM here.

/** The name of the pressed key as pages write it: "r", "F2", "Escape", "?". */
export function keyName({ key, code = "" }) {
  if (key === "?" || (code === "Slash" && key === ",")) return "?";
  if (/^Key[A-Z]$/.test(code)) return code.slice(3).toLowerCase();
  if (/^Digit\d$/.test(code)) return code.slice(5);
  return key.length === 1 ? key.toLowerCase() : key;
}

const TYPING = new Set(["INPUT", "TEXTAREA", "SELECT"]);
const NOT_TEXT = new Set(["button", "submit", "checkbox", "radio", "range", "file"]);

/** Keys that type nothing: they work wherever the cursor is. */
export const typesNothing = (name) => name === "Escape" || /^F\d{1,2}$/.test(name);

/** Whether the key belongs to what is being typed. */
export function isTyping(target) {
  if (!target?.tagName) return false;
  if (target.isContentEditable) return true;
  return TYPING.has(target.tagName) && !NOT_TEXT.has(target.type);
}
