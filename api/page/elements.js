/** Elements made from data: text stays text, so that nothing a catalogue holds can become markup. */

/** Make a `tag` with `properties`; children may be elements, texts, numbers or lists of these; those that are null are left out. */
export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children.flat().filter((child) => child !== null));
  return made;
}

/** What `make` gives when `condition` holds, else null. */
export const optional = (condition, make) => (condition ? make() : null);
