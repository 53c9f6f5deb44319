/** A recommended course as an entry of a list: what it is, where, when, why, and when opened everything else. */
import { chips, classes, courseDetails, facts, where } from "./course.js";
import { chinese, element as el, optional } from "./elements.js";
import { bar, names, sum } from "./parts.js";
import { dots, kilometres, listed, say } from "./words.js";

/**
 * An entry for `item`. `open` tells whether it stands open, `toggled(key)` is called when that is to change; `before` is put beside its title.
 * `raised(course)`, where given, is called when somebody wants to know what would raise it.
 */
export function card(item, { open, toggled, before = null, raised = null }) {
  const { course, score } = item;
  const id = `course-${course.course_id}`;
  const button = el("button", { type: "button", className: "title", id, "aria-expanded": String(open), "aria-controls": `${id}-more` }, chinese("span", course.title));
  button.addEventListener("click", () => toggled(course.course_id));
  return el(
    "li",
    { className: open ? "card open" : "card", "data-key": course.course_id },
    el(
      "div",
      { className: "heading" },
      el("span", { className: "rank" }, el("span", { className: "quiet" }, say("rank")), item.rank),
      el("h3", {}, button),
      el("p", { className: "score" }, el("span", {}, say("score")), " ", el("strong", {}, score.toFixed(2))),
      before,
    ),
    el("p", { className: "whereabouts" }, where(item)),
    facts(item.instance),
    chips(course, optional(item.relaxed.length, () => el("li", { className: "mind" }, say("relaxed")))),
    bar(item.contributions),
    names(item.contributions),
    optional(item.reasons.length, () => el("p", { className: "because" }, say("because", { reasons: listed(item.reasons.slice(0, 2)) }))),
    moved(item),
    el("div", { className: "more", id: `${id}-more`, hidden: !open }, open ? opened(item, raised) : []),
  );
}

function moved({ diversity, rank, score_rank: byScore }) {
  return optional(diversity && byScore < rank, () => el("p", { className: "moved" }, say("moved", { rank: byScore, reason: diversity.reason })));
}

function opened(item, raised) {
  const told = el("div", { className: "classes", "aria-busy": "true" }, el("p", { className: "note" }, say("loading")));
  courseDetails(item.course.course_id)
    .then((course) => told.replaceChildren(el("p", { className: "description", lang: "zh-CN" }, course.description), classes(course)))
    .catch(() => told.replaceChildren(el("p", { className: "note" }, say("unreachable"))))
    .finally(() => told.removeAttribute("aria-busy"));
  return [
    el("h4", {}, say("reasons")),
    el("ul", { className: "reasons" }, item.reasons.map((reason) => el("li", {}, reason))),
    el("h4", {}, say("parts")),
    sum(item.contributions, item.score),
    optional(raised && item.rank > 1, () => raise(item.course, raised)),
    elsewhere(item),
    el("h4", {}, say("about")),
    told,
  ];
}

function raise(course, raised) {
  const button = el("button", { type: "button", className: "plain" }, say("raise"));
  button.addEventListener("click", () => raised(course));
  return button;
}

function elsewhere({ alternatives, nearest_sites: able = [] }) {
  const line = (name, km, note) => el("li", {}, chinese("span", name), ` ${dots(kilometres(km), note)}`);
  const places = alternatives.map((one) => {
    const name = one.mode === "at_site" ? one.site_name : dots(say(`mode.${one.mode}`), one.site_name);
    return line(name, one.distance_km, `${say("score")} ${one.score.toFixed(2)}`);
  });
  const teachers = (able ?? []).map((site) => line(site.name, site.distance_km, say(`basis.${site.basis}`)));
  return [
    optional(places.length, () => [el("h4", {}, say("others")), el("ul", { className: "others" }, places)]),
    optional(teachers.length, () => [el("h4", {}, say("able")), el("ul", { className: "others" }, teachers)]),
  ].filter(Boolean).flat();
}
