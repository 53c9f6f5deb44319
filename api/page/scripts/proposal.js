/** The proposal: what an enterprise has chosen, on one page to print, or as a table to keep. */
import { dates, fee, schedule, seats, where } from "./course.js";
import { chinese, element as el, optional, table } from "./elements.js";
import { state } from "./state.js";
import { levelName } from "./city.js";
import { dots, listed, say } from "./words.js";

/** Draw the proposal into `root`; without anything chosen it is hidden. `missing` is how many were chosen that this answer does not list. */
export function drawProposal(root, items, { as_of: date, snapshot, missing }) {
  root.hidden = !items.length;
  if (!items.length) return;
  root.replaceChildren(
    el("h3", { id: "proposal-title" }, say("proposal")),
    el("p", { className: "date" }, say("proposal_date", { date })),
    asked(),
    table(say("proposal"), heads(), items.map(row), { className: "proposal" }),
    optional(missing, () => el("p", { className: "notice" }, say("chosen_missing", { n: missing }))),
    el("p", { className: "note" }, say("proposal_note", { snapshot })),
    el("div", { className: "buttons" }, press("print", () => print()), press("csv", () => keep(items, date))),
  );
}

const press = (name, clicked) => {
  const button = el("button", { type: "button", className: "plain" }, say(name));
  button.addEventListener("click", clicked);
  return button;
};

function asked() {
  const { needs, headcount, skill_level: level, place, at, industry } = state.enterprise;
  const facts = [
    ["needs", needs],
    ["headcount", headcount && say("people", { n: headcount })],
    ["level", level && levelName(level)],
    ["address", place || at],
    ["industry", industry],
  ].filter(([, value]) => value);
  return el("dl", { className: "asked" }, facts.map(([name, value]) => [el("dt", {}, say(name)), el("dd", {}, value)]));
}

const COLUMNS = ["course", "how", "taught_at", "dates", "hours_head", "seats_head", "fee_head", "because_head"];
const heads = () => COLUMNS.map((name) => say(name));

function cells(item) {
  const { course, instance, reasons } = item;
  return [
    dots(course.title, course.provider),
    say(`mode.${instance.mode}`) + (course.customisable ? `（${say("customisable")}）` : ""),
    where(item),
    dots(dates(instance), schedule(instance)),
    course.duration_hours ?? "",
    dots(seats(instance), instance.minimum_headcount && say("minimum", { people: instance.minimum_headcount })),
    fee(instance),
    listed(reasons.slice(0, 2)),
  ].map(String);
}

function row(item) {
  const [course, ...others] = cells(item);
  return [chinese("span", course), ...others];
}

/** What a spreadsheet would take for a formula is text (OWASP, "CSV injection"); quotes are doubled (RFC 4180). */
const quoted = (text) => `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;

/** The chosen courses as comma-separated values, with the mark by which Excel knows UTF-8. */
function csv(items) {
  return `\uFEFF${[heads(), ...items.map(cells)].map((line) => line.map(quoted).join(",")).join("\r\n")}\r\n`;
}

function keep(items, date) {
  const url = URL.createObjectURL(new Blob([csv(items)], { type: "text/csv;charset=utf-8" }));
  el("a", { href: url, download: `${say("proposal")}-${date}.csv` }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
