/** "Why not this one?": where a course stands, or what excludes it, and what would raise it. */
import { dates, where } from "./course.js";
import { chinese, element as el, optional } from "./elements.js";
import { bar, names, preference } from "./parts.js";
import { dots, say } from "./words.js";

/** What the service says of one course (`POST /v1/recommendations/explain`); `tried(set)` is called with the fields of a change that is to be tried. */
export function standing(answer, tried) {
  const { course } = answer;
  return el(
    "article",
    { className: "standing", "aria-label": course.title },
    el("h3", {}, chinese("span", course.title)),
    el("p", { className: "verdict" }, verdict(answer)),
    optional(answer.eligible && answer.item && answer.leader, () => compared(answer)),
    optional(!answer.eligible, () => refusals(answer)),
    changes(answer, tried),
  );
}

function verdict({ eligible, rank, score_rank: byScore, eligible_courses: of, listed_by: loosened }) {
  if (eligible && rank === 1) return say("stands_first", { of });
  if (eligible) return rank === null ? say("stands_by_score", { rank: byScore, of }) : say("stands", { rank, of });
  if (rank !== null && loosened) return say("stands_loosened", { rank, condition: say(`excluded.${loosened}`) });
  return say("stands_nowhere");
}

/** Both courses' parts, and where most of the difference comes from. */
function compared({ item, leader }) {
  const lead = new Map(leader.contributions.map((part) => [part.name, part.contribution]));
  const behind = item.contributions
    .map((part) => ({ name: part.name, less: (lead.get(part.name) ?? 0) - part.contribution }))
    .filter(({ less }) => Math.abs(less) >= 0.005)
    .sort((one, other) => other.less - one.less);
  const line = (title, score, parts) => el("div", { className: "line" }, el("p", {}, chinese("span", title), el("strong", {}, score.toFixed(2))), bar(parts));
  return el(
    "div",
    { className: "compared" },
    line(leader.title, leader.score, leader.contributions),
    line(item.course.title, item.score, item.contributions),
    names(item.contributions),
    el("p", {}, say("differs")),
    el("ul", { className: "differences" }, behind.map(({ name, less }) => el("li", {}, preference(name), ` ${less > 0 ? "−" : "+"}${Math.abs(less).toFixed(2)}`))),
  );
}

/** Class by class, what it fails. */
function refusals({ classes, classes_total: total }) {
  const told = classes.map((one) =>
    el(
      "li",
      {},
      el("span", { className: "class" }, dots(where(one), dates(one.instance))),
      el("ul", {}, one.excluded.map(({ meaning }) => el("li", {}, meaning))),
    ),
  );
  return el(
    "div",
    {},
    el("h4", {}, say("refused_classes", { n: total })),
    optional(!total, () => el("p", {}, say("no_classes"))),
    el("ul", { className: "refusals" }, told.slice(0, 6)),
    optional(total > 6, () => el("p", { className: "note" }, say("and_more", { n: total - 6 }))),
  );
}

function changes({ changes: possible, rank, eligible }, tried) {
  if (rank === 1) return null;
  if (!possible.length) return el("p", {}, say(eligible ? "nothing_raises" : "nothing_admits"));
  const made = possible.map((one) => {
    const button = el("button", { type: "button", className: "plain" }, say("try"), el("span", { className: "quiet" }, ` ${one.meaning}`));
    button.addEventListener("click", () => tried(one.set));
    return el("li", {}, el("span", {}, one.meaning), button);
  });
  return el("div", {}, el("h4", {}, say("raises")), el("ul", { className: "changes" }, made));
}
