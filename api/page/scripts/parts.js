/** The parts of a score, as a bar and as a sum. */
import { element as el, table } from "./elements.js";
import { say } from "./words.js";

const two = (value) => value.toFixed(2).replace("-0.00", "0.00");
const swatch = (name) => el("i", { className: `swatch ${name}` });
export const preference = (name) => [swatch(name), say(`preference.${name}`)];

/** A bar whose whole width is a score of 1; the parts add up to the score. */
export function bar(contributions) {
  const sizes = contributions.map((part) => Math.max(part.contribution, 0));
  const whole = Math.max(1, sizes.reduce((sum, size) => sum + size, 0));
  const pieces = contributions.map((part, row) => {
    const piece = el("span", { className: `part ${part.name}` });
    piece.style.width = `${(100 * sizes[row]) / whole}%`;
    return piece;
  });
  return el("div", { className: "bar", "aria-hidden": "true" }, pieces);
}

/** Each part on a line: what it is, why, value × weight, and what that gives; the last line is their sum, the score. */
export function sum(contributions, score) {
  const rows = contributions.map((part) => [
    preference(part.name),
    part.reason,
    `${two(part.value)} × ${Math.round(100 * part.weight)}%`,
    two(part.contribution),
  ]);
  const total = [say("sum"), "", "", el("strong", {}, two(score))];
  return table(say("parts"), [say("part"), say("reason"), say("value_weight"), say("gives")], [...rows, total], { className: "sum" });
}

/** The names of the parts under a bar, each with what it gives. */
export function names(contributions) {
  return el(
    "ul",
    { className: "legend", "aria-label": say("parts") },
    contributions.map((part) => el("li", {}, preference(part.name), ` ${two(part.contribution)}`)),
  );
}
