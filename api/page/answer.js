/** The parts of an answer as elements. */
import { element as el, optional } from "./elements.js";
import { listed, say } from "./words.js";

const distance = (km) => say("km", { km: km.toFixed(1) });
const chinese = (tag, text) => el(tag, { lang: "zh-CN" }, text); // names in the catalogue, in every language of the page
const fold = (title, ...content) => el("details", {}, el("summary", {}, title), ...content);
const dots = (...texts) => texts.filter(Boolean).join(" · ");

/** What was loosened, if anything, and the courses. */
export function list({ items, relaxations }) {
  return [loosened(relaxations), el("ol", { className: "cards" }, items.map(card))].filter(Boolean);
}

function card(item) {
  const { course, rank, score, reasons, diversity, score_rank: scoreRank } = item;
  return el(
    "li",
    { className: "card" },
    el(
      "div",
      { className: "heading" },
      el("span", { className: "rank" }, rank),
      chinese("h3", course.title),
      el("p", { className: "score" }, el("span", {}, say("score")), " ", el("strong", {}, score.toFixed(2))),
    ),
    el("p", { className: "where" }, where(item)),
    el("p", { className: "when" }, when(item.instance)),
    chips(item),
    bar(item.contributions),
    el("ul", { className: "reasons" }, reasons.map((reason) => el("li", {}, reason))),
    optional(diversity && scoreRank < rank, () => el("p", { className: "moved" }, say("moved", { rank: scoreRank, reason: diversity.reason }))),
    elsewhere(item),
  );
}

function where({ instance, site, distance_km: km }) {
  if (instance.mode === "online") return say("online");
  const area = [site.district, site.subdistrict].filter(Boolean).join("");
  return dots(instance.mode === "at_enterprise" ? say("at_enterprise", { site: site.name }) : site.name, area, km !== null && distance(km));
}

function when(instance) {
  const { start_date: start, end_date: end, seats_left: seats, fee_yuan: fee, minimum_headcount: people } = instance;
  const facts = [
    start && end && end !== start ? say("until", { start, end }) : start ? say("starts", { date: start }) : say(instance.mode === "at_enterprise" ? "by_arrangement" : "any_time"),
    instance.schedule && say(`schedule.${instance.schedule}`),
    instance.enrolment_deadline && say("deadline", { date: instance.enrolment_deadline }),
    seats === null ? say("seats_unlimited") : say("seats", { seats }),
    fee === 0 ? say("free") : fee && say("fee", { fee }),
    instance.mode === "at_enterprise" && people && say("minimum", { people }),
  ];
  return facts.filter(Boolean).map((fact) => el("span", {}, fact));
}

function chips({ course, relaxed }) {
  const chip = (text, kind = "") => el("li", { className: kind }, text);
  const hours = course.duration_hours;
  return el(
    "ul",
    { className: "chips" },
    [course.skill_level_name, ...course.clusters, hours && say("hours", { hours })].filter(Boolean).map((text) => chip(text)),
    optional(course.customisable, () => chip(say("customisable"), "good")),
    optional(relaxed.length, () => chip(say("relaxed"), "mind")),
    optional(course.illustrative, () => chip(say("illustrative"), "faint")),
  );
}

/** The parts of a score as a bar whose whole width is 1, and as text: they add up to the score. */
function bar(contributions) {
  const sizes = contributions.map((part) => Math.max(part.contribution, 0));
  const whole = Math.max(1, sizes.reduce((sum, size) => sum + size, 0));
  const pieces = contributions.map((part, number) => {
    const piece = el("span", { className: `part ${part.name}` });
    piece.style.width = `${(100 * sizes[number]) / whole}%`;
    return piece;
  });
  const legend = contributions.map((part) => {
    const title = `${part.value.toFixed(2)} × ${part.weight.toFixed(2)} · ${part.reason}`;
    return el("li", { title }, preference(part.name), ` ${part.contribution.toFixed(2)}`);
  });
  const label = { className: "legend", ariaLabel: say("parts") };
  return el("div", { className: "parts" }, el("div", { className: "bar", ariaHidden: "true" }, pieces), el("ul", label, legend));
}

function preference(name) {
  return el("span", {}, el("span", { className: `swatch ${name}` }), say(`preference.${name}`));
}

function elsewhere({ alternatives, nearest_sites: able = [] }) {
  const line = (name, km, note) => el("li", {}, dots(name, km !== null && distance(km), note));
  const places = alternatives.map((one) => {
    const name = one.mode === "at_site" ? one.site_name : dots(say(`mode.${one.mode}`), one.site_name);
    return line(name, one.distance_km, `${say("score")} ${one.score.toFixed(2)}`);
  });
  const teachers = able.map((site) => line(site.name, site.distance_km, say(`basis.${site.basis}`)));
  return [
    optional(places.length, () => fold(say("others", { n: places.length }), el("ul", {}, places))),
    optional(teachers.length, () => fold(say("able"), el("ul", {}, teachers))),
  ];
}

function loosened(relaxations) {
  const shown = (field, value) => {
    if (value === null) return say("unlimited");
    if (Array.isArray(value)) return listed(value.map((mode) => say(`mode.${mode}`)));
    return field.endsWith("_km") ? say("km", { km: value }) : value;
  };
  const line = ({ field, from, to, gained }) =>
    el("li", {}, say("relaxation", { field: say(`field.${field}`), from: shown(field, from), to: shown(field, to), gained }));
  return optional(relaxations.length, () =>
    el("div", { className: "notice" }, el("h3", {}, say("relaxations")), el("ul", {}, relaxations.map(line))),
  );
}

const table = (rows) => el("ul", { className: "table" }, rows.map(([name, value]) => el("li", {}, el("span", {}, name), el("span", {}, value))));

/** How many classes each condition left out. */
export function leftOut({ excluded }) {
  const counts = Object.entries(excluded).sort((one, other) => other[1] - one[1]);
  const rows = counts.map(([name, n]) => [say(`excluded.${name}`), say("classes", { n })]);
  return fold(say("exclusions"), table(rows), el("p", { className: "note" }, say("exclusions_hint")));
}

/** Weights, and the conventions that shaped the answer. */
export function rules({ policy, snapshot, as_of: date }) {
  const rows = Object.entries(policy.weights).map(([name, weight]) => {
    const reason = policy.no_part[name];
    return [preference(name), reason ? say("no_part", { reason }) : `${(100 * weight).toFixed(0)} %`];
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
  return fold(say("policy"), table(rows), el("ul", {}, lines.map((text) => el("li", {}, text))));
}
