/** An answer of the service as elements: what was loosened, the list, what was left out, how the score is made. */
import { element as el, optional } from "./elements.js";
import { listed, say } from "./words.js";

const distance = (km) => say("km", { km: km.toFixed(1) });
const chip = (text, className = "") => el("span", { className: `chip ${className}` }, text);
const chinese = (tag, className, text) => el(tag, { className, lang: "zh-CN" }, text);

function show(answer) {
  const { items, eligible_courses: eligible } = answer;
  if (!items.length) showNotice(say("empty"), say("empty_hint"));
  else results.replaceChildren(relaxations(answer), el("ol", { className: "cards" }, ...items.map(card)));
  byId("status").textContent = items.length ? say("found", { eligible, listed: items.length }) : say("empty");
  results.append(exclusions(answer), policy(answer));
}

function card(item) {
  const { course, instance } = item;
  const heading = el("div", { className: "heading" }, el("span", { className: "rank" }, item.rank), chinese("h3", "", course.title));
  heading.append(el("p", { className: "score" }, el("span", {}, say("score")), el("strong", {}, item.score.toFixed(2))));
  const chips = [course.skill_level_name, ...course.clusters, course.duration_hours && say("hours", { hours: course.duration_hours })];
  return el(
    "li",
    { className: "card" },
    heading,
    el("p", { className: "where" }, where(item)),
    el("p", { className: "when" }, when(instance)),
    el(
      "p",
      { className: "chips" },
      ...chips.filter(Boolean).map((text) => chip(text)),
      optional(course.customisable, () => chip(say("customisable"), "good")),
      optional(item.relaxed.length, () => chip(say("relaxed"), "mind")),
      optional(course.illustrative, () => chip(say("illustrative"), "faint")),
    ),
    parts(item.contributions),
    el("ul", { className: "reasons" }, ...item.reasons.map((reason) => el("li", {}, reason))),
    optional(item.diversity && item.score_rank !== item.rank, () =>
      el("p", { className: "moved" }, say("moved", { rank: item.score_rank, reason: item.diversity.reason })),
    ),
    others(item),
  );
}

function where({ instance, site, distance_km: km }) {
  if (instance.mode === "online") return say("online");
  const area = [site.district, site.subdistrict].filter(Boolean).join("");
  const name = instance.mode === "at_enterprise" ? say("at_enterprise", { site: site.name }) : site.name;
  return [name, area, km === null ? "" : distance(km)].filter(Boolean).join(" · ");
}

function when(instance) {
  const { start_date: start, end_date: end, enrolment_deadline: deadline, seats_left: seats, fee_yuan: fee, minimum_headcount: people } = instance;
  const dates = start && end && end !== start ? say("until", { start, end }) : start ? say("starts", { date: start }) : say("any_time");
  return [
    dates,
    instance.schedule && say(`schedule.${instance.schedule}`),
    deadline && say("deadline", { date: deadline }),
    seats === null ? say("seats_unlimited") : say("seats", { seats }),
    fee === null ? "" : fee ? say("fee", { fee }) : say("free"),
    instance.mode === "at_enterprise" && people ? say("minimum", { people }) : "",
  ]
    .filter(Boolean)
    .join(" · ");
}

/** The score as a bar whose full width is 1, and the same as text: the parts add up to the score. */
function parts(contributions) {
  const whole = Math.max(1, contributions.reduce((sum, part) => sum + Math.max(part.contribution, 0), 0));
  const bar = el("div", { className: "bar", ariaHidden: "true" });
  const legend = el("ul", { className: "legend", ariaLabel: say("parts") });
  for (const part of contributions) {
    const piece = el("span", { className: `part ${part.name}` });
    piece.style.width = `${(100 * Math.max(part.contribution, 0)) / whole}%`;
    bar.append(piece);
    const swatch = el("span", { className: `swatch ${part.name}` });
    const text = `${say(`preference.${part.name}`)} ${part.contribution.toFixed(2)}`;
    legend.append(el("li", { title: `${part.value.toFixed(2)} × ${part.weight.toFixed(2)} · ${part.reason}` }, swatch, text));
  }
  return el("div", { className: "parts" }, bar, legend);
}

function others({ alternatives, nearest_sites: able = [] }) {
  const line = (name, km, note) => el("li", {}, [name, km === null ? "" : distance(km), note].filter(Boolean).join(" · "));
  const sites = alternatives.map((one) => line(one.site_name ?? say(`mode.${one.mode}`), one.distance_km, `${say("score")} ${one.score.toFixed(2)}`));
  const teachers = able.map((site) => line(site.name, site.distance_km, say(`basis.${site.basis}`)));
  return [
    optional(sites.length, () => fold(say("others", { n: sites.length }), el("ul", {}, ...sites))),
    optional(teachers.length, () => fold(say("able"), el("ul", {}, ...teachers))),
  ];
}

const fold = (title, ...content) => el("details", {}, el("summary", {}, title), ...content);

function relaxations({ relaxations: loosened }) {
  const value = (field, one) => {
    if (one === null) return say("unlimited");
    if (Array.isArray(one)) return one.map((mode) => say(`mode.${mode}`)).join(language === "zh" ? "、" : ", ");
    return field.endsWith("_km") ? say("km", { km: one }) : one;
  };
  const lines = loosened.map(({ field, from, to, gained }) =>
    el("li", {}, say("relaxation", { field: say(`field.${field}`), from: value(field, from), to: value(field, to), gained })),
  );
  return optional(lines.length, () => el("div", { className: "notice" }, el("h3", {}, say("relaxations")), el("ul", {}, ...lines)));
}

function exclusions({ excluded }) {
  const rows = Object.entries(excluded).sort((one, other) => other[1] - one[1]);
  const lines = rows.map(([name, n]) => el("li", {}, el("span", {}, say(`excluded.${name}`)), el("span", {}, say("classes", { n }))));
  return fold(say("exclusions"), el("ul", { className: "table" }, ...lines), el("p", { className: "note" }, say("exclusions_hint")));
}

function policy({ policy: rules, snapshot, as_of: date }) {
  const weights = Object.entries(rules.weights).map(([name, weight]) => {
    const reason = rules.no_part[name];
    const value = reason ? say("no_part", { reason }) : `${Math.round(100 * weight)} %`;
    return el("li", {}, el("span", {}, el("span", { className: `swatch ${name}` }), say(`preference.${name}`)), el("span", {}, value));
  });
  const modes = rules.modes.map((mode) => say(`mode.${mode}`)).join(language === "zh" ? "、" : ", ");
  const lines = [
    say("policy_half", { half: rules.half_distance_km }),
    rules.maximum_distance_km !== null && say("policy_maximum", { km: rules.maximum_distance_km }),
    say("policy_online", { value: rules.online_proximity }),
    rules.diversity > 0 && say("policy_diversity", { value: rules.diversity }),
    say("policy_modes", { modes }),
    say("snapshot", { snapshot, date }),
  ];
  return fold(say("policy"), el("ul", { className: "table" }, ...weights), el("ul", {}, ...lines.filter(Boolean).map((line) => el("li", {}, line))));
}

