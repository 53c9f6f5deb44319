/** Elements made from data: text stays text, so that nothing a catalogue holds can become markup. */

/** Make a `tag` with `properties`; children may be elements, texts, numbers, lists of these, or null. */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) if (value) made[name] = value;
  made.append(...children.flat().filter((child) => child !== null));
  return made;
}

/** What `make` gives when `condition` holds, else null. */
export const optional = (condition, make) => (condition ? make() : null);
