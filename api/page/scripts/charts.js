/** Numbers drawn: bars, and a table coloured by what stands in it. Both are tables to a screen reader. */
import { chinese, element as el, table } from "./elements.js";

const STEPS = 5;

/** Bars, one for each row {name, value}, told by `tell`. */
export function bars(caption, rows, tell) {
  const most = Math.max(...rows.map((row) => row.value), 1e-9);
  const line = ({ name, value, chinese: isChinese }) => {
    const drawn = el("span", { className: "fill", "aria-hidden": "true" });
    drawn.style.width = `${(100 * value) / most}%`;
    return [isChinese ? chinese("span", name) : name, el("span", { className: "bar-line" }, drawn, el("span", {}, tell(value)))];
  };
  return el("div", { className: "bars" }, el("h4", {}, caption), table(caption, ["", ""], rows.map(line)));
}

/** A table of counts: `rows` are {name, values}, `columns` the names of the values; more is darker. */
export function matrix(caption, head, columns, rows) {
  const most = Math.max(1, ...rows.flatMap((row) => row.values));
  const cell = (value) => el("span", { className: `heat step-${value ? Math.min(STEPS - 1, Math.floor((STEPS * value) / (most + 1))) : "none"}` }, value || "·");
  return table(caption, [head, ...columns], rows.map((row) => [row.name, ...row.values.map(cell)]), { className: "matrix" });
}
