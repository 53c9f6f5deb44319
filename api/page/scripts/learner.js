/** The learner's view: what one wants, the courses that fit, how they come to their places, and why another one does not. */
import { advice } from "./advice.js";
import { asking, paced } from "./asking.js";
import { card } from "./card.js";
import { city, pointOf } from "./city.js";
import { byId, element as el } from "./elements.js";
import { fitting, LEARNERS, NOBODY } from "./examples.js";
import { clearErrors, fill, listen, placedAt, requestOf } from "./form.js";
import { siteSigns, tellSigns } from "./map.js";
import { courseSearch } from "./search.js";
import { latest, post } from "./service.js";
import { slide } from "./slide.js";
import { change, state } from "./state.js";
import { leftOut, loosened, notice, rules } from "./told.js";
import { drawTuning, tellShares } from "./tuning.js";
import { standing } from "./why.js";
import { number, say } from "./words.js";

const PATH = "/v1/recommendations";
const SHOWN = 10;
const form = byId("learner");
const status = byId("learner-status");
const list = byId("learner-list");
const cards = el("ol", { className: "cards", id: "cards" });
const around = { before: el("div"), after: el("div") };

let map = null;
let seen = { point: "", answer: null };

const defaults = () => ({ maximum_distance_km: city.policy.maximum_distance_km, k: SHOWN, modes: ["at_site", "online"] });
const bodyOf = (fields = {}) => requestOf({ ...state.learner, ...fields });

const askService = asking({ form, list, status, ask: (signal) => post(PATH, bodyOf(), signal), show });
const isBlank = () => !["goal", "occupation", "industry"].some((name) => state.learner[name]);
const ask = () => (isBlank() ? showBeginning() : askService());
const explainOnce = latest();
const live = paced(() => Promise.all([ask(), explain()]), list);

/** Show the view on `shown`, the city's map. */
export function showLearner(shown) {
  map = shown;
  if (!Object.keys(state.learner).length) change({ ...defaults(), ...fitting(LEARNERS.robots) });
  seen.point = "";
  fill(form, { ...defaults(), ...state.learner });
  drawExamples();
  drawWhy();
  restart();
}

/** Take a point, or the middle of a place, that was clicked on the map for the learner's. */
export function placeLearner(point) {
  change(placedAt(point));
  fill(form, { ...defaults(), ...state.learner });
  live();
}

export const listenLearner = () => listen(form, live);

function restart() {
  drawTuning(byId("weights"), state.learner, (fields) => {
    change(fields);
    live();
  });
  return Promise.all([ask(), explain()]);
}

/** Take over fields as if they had been filled in. */
function adopt(fields) {
  change(fields);
  fill(form, { ...defaults(), ...state.learner });
  return restart();
}

function show(answer) {
  if (isBlank()) return; // it was asked before
  seen.answer = answer;
  tellShares(answer.policy);
  if (!answer.items.length) showNothing(answer);
  else {
    if (cards.parentElement !== list) list.replaceChildren(around.before, cards, around.after);
    status.textContent = say("found", { eligible: number(answer.eligible_courses), listed: answer.items.length });
    around.before.replaceChildren(...[loosened(answer)].filter(Boolean));
    around.after.replaceChildren(leftOut(answer), rules(answer));
    drawCards(answer.items);
  }
  drawPlaces(answer);
}

function drawCards(items) {
  const entries = items.map((item) => card(item, { open: state.learner.open === item.course.course_id, toggled, raised }));
  const rose = slide(cards, entries);
  for (const entry of entries) {
    const places = rose.get(entry.dataset.key);
    if (places > 0) entry.querySelector(".rank").append(el("span", { className: "rose", "aria-hidden": "true" }, `↑${places}`));
    for (const event of ["mouseenter", "focusin"]) entry.addEventListener(event, () => map.point(entry.dataset.key));
    entry.addEventListener("mouseleave", () => map.point(null));
  }
}

function toggled(key) {
  change({ open: state.learner.open === key ? "" : key });
  drawCards(seen.answer.items);
}

function drawPlaces({ items, policy }) {
  const point = pointOf(state.learner);
  const limit = policy.maximum_distance_km;
  const farthest = Math.max(3, ...items.map((item) => item.distance_km ?? 0));
  const moved = String(point) !== seen.point;
  seen.point = String(point);
  map.clear();
  map.putRequest(point, [policy.half_distance_km, limit].filter(Boolean), moved ? Math.min(limit ?? farthest, farthest) * 1.1 : 0);
  const there = items.filter((item) => item.site && item.instance.mode === "at_site");
  map.putNumbers(there.map((item) => ({ number: item.rank, site: item.site.site_id, key: item.course.course_id, title: item.course.title })), (key) => {
    if (state.learner.open !== key) toggled(key);
    byId(`course-${key}`)?.scrollIntoView({ block: "center" });
  });
  tellSigns([["here", say("you")], ["ring", say("sign.ring")], ["number", say("sign.number")], ...siteSigns()]);
}

/** Nothing was said yet: say where to begin. */
function showBeginning() {
  clearErrors(form);
  status.textContent = "";
  map.clear();
  list.replaceChildren(notice(say("begin"), [say("begin_hint")]));
  list.removeAttribute("aria-busy");
}

async function showNothing({ excluded, ...answer }) {
  status.textContent = say("empty");
  const told = { ...answer, excluded };
  list.replaceChildren(notice(say("empty"), [say("empty_hint")]), leftOut(told), rules(told));
  const found = await advice(PATH, bodyOf(), excluded, bodyOf);
  if (!found.length) return;
  list.firstChild.replaceWith(notice(say("empty"), [say("advice.try")], found.map(([words, fields]) => [words, () => adopt(fields)])));
}

/* Whom one may try, and why not another course */

function drawExamples() {
  const known = Object.entries(LEARNERS).filter(([, one]) => city.places.some((place) => place.full_name === one.place));
  const buttons = known.map(([name, one]) => {
    const button = el("button", { type: "button", className: "chip" }, say(`example.${name}`));
    button.addEventListener("click", () => adopt({ ...defaults(), ...NOBODY, ...one }));
    return button;
  });
  const blank = el("button", { type: "button", className: "chip" }, say("example.none"));
  blank.addEventListener("click", () => {
    adopt({ ...defaults(), ...NOBODY });
    form.elements.goal.focus();
  });
  byId("examples").replaceChildren(...buttons, blank);
}

function drawWhy() {
  byId("why-body").replaceChildren(courseSearch("why-course", askWhy), el("div", { id: "why-answer", "aria-live": "polite" }));
  byId("why").open ||= Boolean(state.learner.why);
}

function askWhy(course) {
  change({ why: course.course_id });
  return explain();
}

/** Tell what would raise a course that is listed. */
async function raised(course) {
  byId("why").open = true;
  byId("why-course").value = course.title;
  await askWhy(course);
  byId("why").scrollIntoView({ block: "start" });
  byId("why-course").focus({ preventScroll: true });
}

async function explain() {
  const root = byId("why-answer");
  if (!state.learner.why) return void root.replaceChildren();
  try {
    const answer = await explainOnce((signal) => post(`${PATH}/explain`, { ...bodyOf(), course_id: state.learner.why }, signal));
    if (answer) root.replaceChildren(standing(answer, (set) => adopt(asFields(set))));
  } catch (error) {
    root.replaceChildren(el("p", { className: "note" }, error.errors?.[0]?.message ?? error.message));
  }
}

/** A change of the request as fields of the form: weights are percentages there. */
function asFields({ weights, ...set }) {
  return weights ? { ...set, weights: Object.fromEntries(Object.entries(weights).map(([name, share]) => [name, 100 * share])) } : set;
}
