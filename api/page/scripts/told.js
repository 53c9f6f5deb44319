/** What is said around a list: what was loosened, left out, and by which rules it was made. */
import { element as el, optional } from "./elements.js";
import { preference } from "./parts.js";
import { listed, percent, say } from "./words.js";

const fold = (title, ...content) => el("details", { className: "panel" }, el("summary", {}, title), ...content);
const pairs = (rows) => el("ul", { className: "pairs" }, rows.map(([name, value]) => el("li", {}, el("span", {}, name), el("span", {}, value))));

function shown(field, value) {
  if (value === null) return say("unlimited");
  if (Array.isArray(value)) return listed(value.map((mode) => say(`mode.${mode}`)));
  return field.endsWith("_km") ? say("km", { km: value }) : value;
}

/** What was loosened because too few courses were left, null for nothing. */
export function loosened({ relaxations, eligible_courses: eligible }) {
  const line = ({ field, from, to, gained }) =>
    el("li", {}, say("relaxation", { field: say(`field.${field}`), from: shown(field, from), to: shown(field, to), gained }));
  return optional(relaxations.length, () =>
    el("div", { className: "notice" }, el("h3", {}, say("relaxations", { n: eligible })), el("ul", {}, relaxations.map(line))),
  );
}

/** How many classes each condition left out. */
export function leftOut({ excluded }) {
  const counts = Object.entries(excluded).sort((one, other) => other[1] - one[1]);
  const rows = counts.map(([name, n]) => [say(`excluded.${name}`), say("classes", { n })]);
  return fold(say("exclusions"), pairs(rows), el("p", { className: "note" }, say("exclusions_hint")));
}

/** Weights, and the conventions that shaped the answer. */
export function rules({ policy, snapshot, as_of: date }) {
  const rows = Object.entries(policy.weights).map(([name, weight]) => {
    const reason = policy.no_part[name];
    return [preference(name), reason ? say("no_part_because", { reason }) : percent(weight)];
  });
  const limit = policy.maximum_distance_km;
  const lines = [
    say("policy_half", { half: policy.half_distance_km }),
    limit !== null && say("policy_maximum", { km: limit }),
    say("policy_online", { value: policy.online_proximity }),
    policy.diversity && say("policy_diversity", { value: policy.diversity }),
    say("policy_modes", { modes: listed(policy.modes.map((mode) => say(`mode.${mode}`))) }),
    say("snapshot", { snapshot, date }),
  ].filter(Boolean);
  return fold(say("policy"), pairs(rows), el("ul", {}, lines.map((text) => el("li", {}, text))));
}

/** Something that stands where a list would; `buttons` are [words, what a click does]. */
export function notice(title, paragraphs, buttons = []) {
  const made = buttons.map(([words, clicked]) => {
    const button = el("button", { type: "button", className: "plain" }, words);
    button.addEventListener("click", clicked);
    return button;
  });
  return el("div", { className: "notice" }, el("h3", {}, title), paragraphs.filter(Boolean).map((text) => el("p", {}, text)), optional(made.length, () => el("div", { className: "buttons" }, made)));
}

export const waiting = () => [1, 2, 3, 4].map(() => el("div", { className: "card waiting", "aria-hidden": "true" }));
