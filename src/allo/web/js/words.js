// Translations for scripts. The catalogue is loaded before us (/words/<language>.js) and puts its
// functions on the window; without it (tests) English stays English.
const catalogue = globalThis.django ?? {};

export const gettext = catalogue.gettext ?? ((text) => text);
export const ngettext = catalogue.ngettext ?? ((one, many, count) => (count === 1 ? one : many));

/** Fills %(name)s from an object. */
export function fill(text, values) {
  return text.replace(/%\((\w+)\)[sd]/g, (whole, name) => (name in values ? String(values[name]) : whole));
}
