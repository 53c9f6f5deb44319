/** Elements made from data: text stays text, so that nothing a catalogue holds can become markup. */

/** Make a `tag` with `properties` (names with a hyphen are attributes); children may be elements, texts, numbers or lists of these; what is null or false is left out. */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined) continue;
    if (name.includes("-")) made.setAttribute(name, value);
    else made[name] = value;
  }
  made.append(...children.flat(2).filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

export const byId = (id) => document.getElementById(id);
export const all = (selector, within = document) => [...within.querySelectorAll(selector)];

/** What `make` gives when `condition` holds, else null. */
export const optional = (condition, make) => (condition ? make() : null);

/** A name in the catalogue, which is Chinese in every language of the page. */
export const chinese = (tag, text, properties = {}) => element(tag, { lang: "zh-CN", ...properties }, text);

/** Put other children into `root`, and the focus back to the element of the same id. */
export function refill(root, ...children) {
  const focused = root.contains(document.activeElement) ? document.activeElement.id : "";
  root.replaceChildren(...children.flat().filter(Boolean));
  if (focused) byId(focused)?.focus({ preventScroll: true });
}

/** A table with a caption that only screen readers tell; `rows` are lists of cells, the first of each its header. */
export function table(caption, heads, rows, properties = {}) {
  const cell = (content, column) => element(column ? "td" : "th", column ? {} : { scope: "row" }, content);
  return element(
    "div",
    { className: "scroll", tabIndex: 0, role: "group", "aria-label": caption },
    element(
      "table",
      properties,
      element("caption", { className: "quiet" }, caption),
      element("thead", {}, element("tr", {}, heads.map((head) => element("th", { scope: "col" }, head)))),
      element("tbody", {}, rows.map((cells) => element("tr", {}, cells.map(cell)))),
    ),
  );
}
