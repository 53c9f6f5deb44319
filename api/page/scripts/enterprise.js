/** The enterprise's view: what can be taken to it, customised for it, or attended near it, and the proposal made of what is chosen. */
import { advice } from "./advice.js";
import { asking, paced } from "./asking.js";
import { card } from "./card.js";
import { pointOf } from "./city.js";
import { byId, element as el, optional } from "./elements.js";
import { ENTERPRISE, fitting } from "./examples.js";
import { fill, listen, placedAt, requestOf } from "./form.js";
import { siteSigns, tellSigns } from "./map.js";
import { drawProposal } from "./proposal.js";
import { post } from "./service.js";
import { change, state } from "./state.js";
import { leftOut, loosened, notice, rules } from "./told.js";
import { number, say } from "./words.js";

const PATH = "/v1/enterprise-recommendations";
const GROUPS = ["taken", "customised", "near"];
const SHOWN = 6; // of each group
const FETCHED = { at_enterprise: 20, at_site: 50 }; // of those at sites, some are customised and some are not
const form = byId("enterprise");
const status = byId("enterprise-status");
const list = byId("enterprise-list");

let map = null;
let seen = { point: "", answers: null };

const bodyOf = (fields = {}) => requestOf({ ...state.enterprise, ...fields });
const ask = asking({ form, list, status, show, ask: askBoth });
const live = paced(ask, list);

/** Show the view on `shown`, the city's map. */
export function showEnterprise(shown) {
  map = shown;
  if (!Object.keys(state.enterprise).length) change(fitting(ENTERPRISE));
  seen.point = "";
  fill(form, state.enterprise);
  ask();
}

/** Take a point that was clicked on the map for the enterprise's address. */
export function placeEnterprise(point) {
  change(placedAt(point));
  fill(form, state.enterprise);
  live();
}

export const listenEnterprise = () => listen(form, live);

/** Ask for what is taught on its floor, and for what is taught at sites: two lists, so that neither crowds the other out. */
function askBoth(signal) {
  return Promise.all(Object.entries(FETCHED).map(([mode, k]) => post(PATH, { ...bodyOf(), modes: [mode], k }, signal)));
}

function show(answers) {
  seen.answers = answers;
  const groups = grouped(answers);
  const items = GROUPS.flatMap((name) => groups[name]);
  if (!items.length) showNothing(answers);
  else {
    status.textContent = say("found_enterprise", { taken: number(answers[0].eligible_courses), near: number(answers[1].eligible_courses) });
    list.replaceChildren(...[loosenedNearby(answers[1]), ...GROUPS.map((name) => section(name, groups[name])), leftOut(answers[0]), rules(answers[0])].filter(Boolean));
  }
  const chosen = items.filter(isChosen);
  drawProposal(byId("proposal"), chosen, { ...answers[0], missing: (state.enterprise.chosen ?? []).length - chosen.length });
  drawPlaces(items);
}

/** What was loosened for the courses at sites; those taught in another mode stand in a group of their own. */
const loosenedNearby = ({ relaxations, ...near }) => loosened({ ...near, relaxations: relaxations.filter(({ field }) => field !== "modes") });

/** Every course in one group, numbered through: taken to the enterprise before customised, customised before attended as it is. What no condition of the enterprise's own admits is not taken to it. */
function grouped([taken, near]) {
  const first = taken.items.filter((item) => !item.relaxed.length);
  const ids = new Set(first.map((item) => item.course.course_id));
  const others = near.items.filter((item) => !ids.has(item.course.course_id) && !item.relaxed.includes("mode_unwanted"));
  const groups = { taken: first, customised: others.filter((item) => item.course.customisable), near: others.filter((item) => !item.course.customisable) };
  let rank = 0;
  for (const name of GROUPS) groups[name] = groups[name].filter((item, row) => row < SHOWN || isChosen(item)).map((item) => ({ ...item, rank: ++rank }));
  return groups;
}

const isChosen = (item) => (state.enterprise.chosen ?? []).includes(item.course.course_id);

function section(name, items) {
  const entries = items.map((item) => card(item, { open: state.enterprise.open === item.course.course_id, toggled, before: choice(item) }));
  return el(
    "section",
    { className: `group ${name}`, "aria-labelledby": `group-${name}` },
    el("h3", { id: `group-${name}` }, say(`group.${name}`)),
    el("p", { className: "note" }, say(`group_hint.${name}`)),
    items.length ? el("ol", { className: "cards" }, entries) : el("p", {}, say("group_empty")),
  );
}

function choice(item) {
  const id = item.course.course_id;
  const input = el("input", { type: "checkbox", id: `choose-${id}`, checked: isChosen(item) });
  input.addEventListener("change", () => {
    const others = (state.enterprise.chosen ?? []).filter((one) => one !== id);
    change({ chosen: input.checked ? [...others, id] : others });
    show(seen.answers);
    byId(input.id)?.focus({ preventScroll: true });
  });
  return el("div", { className: "choose" }, el("label", {}, input, el("span", {}, say("choose"))), optional(input.checked, seeProposal));
}

function seeProposal() {
  const button = el("button", { type: "button", className: "chip" }, say("chosen", { n: state.enterprise.chosen.length }));
  button.addEventListener("click", () => byId("proposal").scrollIntoView());
  return button;
}

function toggled(key) {
  change({ open: state.enterprise.open === key ? "" : key });
  show(seen.answers);
  byId(`course-${key}`)?.focus({ preventScroll: true });
}

/** Put the sites that teach, or send somebody, on the map. */
function drawPlaces(items) {
  const point = pointOf(state.enterprise);
  const distances = items.map((item) => item.distance_km ?? 0);
  const moved = String(point) !== seen.point;
  seen.point = String(point);
  map.clear();
  map.putRequest(point, [5, 10], moved ? Math.min(25, Math.max(6, ...distances)) : 0);
  const groups = grouped(seen.answers);
  const entries = GROUPS.flatMap((name) =>
    groups[name].filter((item) => item.site).map((item) => ({ number: item.rank, className: name, site: item.site.site_id, key: item.course.course_id, title: item.course.title })),
  );
  map.putNumbers(entries, (key) => byId(`course-${key}`)?.scrollIntoView({ block: "center" }));
  tellSigns([["here", say("your_address")], ["ring", say("sign.rings", { km: "5, 10" })], ...GROUPS.map((name) => [`number ${name}`, say(`group.${name}`)]), ...siteSigns()]);
}

async function showNothing([taken]) {
  status.textContent = say("empty");
  list.replaceChildren(notice(say("empty"), [say("empty_hint")]), leftOut(taken), rules(taken));
  const adopt = (fields) => {
    change(fields);
    fill(form, state.enterprise);
    ask();
  };
  const found = await advice(PATH, bodyOf(), taken.excluded, bodyOf);
  if (found.length) list.firstChild.replaceWith(notice(say("empty"), [say("advice.try")], found.map(([words, fields]) => [words, () => adopt(fields)])));
}
