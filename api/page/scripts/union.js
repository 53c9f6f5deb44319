/** The union's view: the network at a glance, where supply is missing, and how exposure spreads over sites. */
import { asking, paced } from "./asking.js";
import { bars, matrix } from "./charts.js";
import { city, clusterName, levelName } from "./city.js";
import { byId, element as el, optional } from "./elements.js";
import { tellRange } from "./form.js";
import { siteSigns, tellSigns } from "./map.js";
import { get } from "./service.js";
import { change, state } from "./state.js";
import { notice } from "./told.js";
import { language, listed, number, percent, say } from "./words.js";

const KINDS = ["hub", "workshop", "centre"];
const WITHIN_KM = 5;
const STEPS = 5;
const list = byId("union-list");
const status = byId("union-status");
const within = byId("within");

/** What the map can be coloured by: how a sub-district's number is read and told, and what null means; more is darker. `most` is a share's; counts have their own. */
const MEASURES = {
  covered_share: { read: (place) => place.covered_share, tell: percent, none: "too_few", most: 1 },
  courses: { read: (place) => place.courses, tell: number },
  seats_left: { read: (place) => place.seats_left, tell: number, none: "seats_unlimited" },
  missing_clusters: { read: (place) => place.missing_clusters.length, tell: number },
};

let map = null;
let coverage = null;

const fields = () => ({ measure: "covered_share", within_km: WITHIN_KM, ...state.union });
const ask = asking({ form: null, list, status, show, ask: (signal) => get("/v1/insights/coverage", { within_km: fields().within_km, language }, signal) });
const live = paced(ask, list);

/** Show the view on `shown`, the city's map. */
export function showUnion(shown) {
  map = shown;
  map.clear();
  map.show(map.whole);
  within.value = fields().within_km;
  tellRange(within);
  drawMeasures();
  ask();
}

export function listenUnion() {
  within.addEventListener("input", () => {
    tellRange(within);
    change({ within_km: Number(within.value) });
    live();
  });
}

/** Take the sub-district that was clicked. */
export function placeUnion(_, { id }) {
  change({ spot: state.union.spot === id ? "" : id });
  draw();
}

function drawMeasures() {
  const choices = Object.keys(MEASURES).map((name) => {
    const input = el("input", { type: "radio", name: "measure", value: name, checked: name === fields().measure });
    input.addEventListener("change", () => {
      change({ measure: name });
      draw();
    });
    return el("label", {}, input, el("span", {}, say(`measure.${name}`)));
  });
  byId("measures").replaceChildren(...choices);
}

function show(answer) {
  coverage = answer;
  drawFigures();
  const covered = answer.covered_share === null ? say("covered_hidden") : say("covered", { share: percent(answer.covered_share), km: answer.within_km, learners: number(answer.learners) });
  status.textContent = answer.illustrative ? `${covered} ${say("learners_illustrative")}` : covered;
  list.replaceChildren(el("div", { id: "spot" }), supply(), unmet(), exposure());
  draw();
}

function drawFigures() {
  const sites = [...city.sites.values()].map((site) => site.properties);
  const figures = [
    ...KINDS.map((kind) => [say(`site_kind.${kind}`), sites.filter((site) => site.site_kind === kind).length]),
    [say("figure.courses"), coverage.open_courses],
    [say("figure.seats"), coverage.open_seats],
    [say(coverage.illustrative ? "figure.learners_illustrative" : "figure.learners"), coverage.learners],
  ].filter(([, value]) => value !== null && value !== undefined);
  byId("figures").replaceChildren(...figures.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, number(value))]));
}

/* The map, and the place chosen on it */

function draw() {
  const { measure, spot } = fields();
  const { read, tell, none, most: whole } = MEASURES[measure];
  const places = new Map(coverage.subdistricts.map((place) => [place.place_id, place]));
  const known = [...places.values()].map(read).filter((value) => value !== null);
  const most = whole ?? Math.max(1, ...known);
  map.shade(({ id, full_name: name }) => {
    const value = places.has(id) ? read(places.get(id)) : null;
    const words = value === null ? say(none) : tell(value);
    return { step: value === null ? null : Math.min(STEPS - 1, Math.floor((STEPS * value) / most)), lines: [name, `${say(`measure.${measure}`)} ${words}`], chosen: id === spot };
  });
  const colours = (whole ? shares() : counts(most)).map(([step, from, to]) => [`shade step-${step}`, from === to ? tell(to) : `${tell(from)}–${tell(to)}`]);
  tellSigns([...colours, ...(known.length < places.size ? [["shade unknown", say(none)]] : []), ...siteSigns()]);
  byId("spot").replaceChildren(places.has(spot) ? about(places.get(spot)) : el("p", { className: "note" }, say("spot_none")));
}

const eachStep = (tell) => Array.from({ length: STEPS }, (_, step) => [step, ...tell(step)]);
const shares = () => eachStep((step) => [step / STEPS, (step + 1) / STEPS]);

/** The whole numbers that have each colour; of few, some colours have none. */
function counts(most) {
  const first = (step) => Math.ceil((most * step) / STEPS);
  return eachStep((step) => [first(step), step === STEPS - 1 ? most : first(step + 1) - 1]).filter(([, from, to]) => from <= to);
}

function about(place) {
  const rows = [
    [say("measure.covered_share"), place.covered_share === null ? say("too_few") : percent(place.covered_share)],
    [say("figure.learners"), place.learners === null ? say("too_few") : number(place.learners)],
    [say("figure.sites"), number(place.sites)],
    [say("measure.courses"), number(place.courses)],
    [say("measure.seats_left"), place.seats_left === null ? say("unlimited") : number(place.seats_left)],
    [say("missing_clusters"), listed(place.missing_clusters.map(clusterName)) || say("none")],
    [say("missing_levels"), listed(place.missing_skill_levels.map(levelName)) || say("none")],
  ];
  return el("section", { className: "panel spot" }, el("h3", { lang: "zh-CN" }, place.full_name), el("p", { className: "note" }, say("spot_hint", { km: coverage.within_km })), el("dl", {}, rows.map(([name, value]) => [el("dt", {}, name), el("dd", {}, value)])));
}

/* Tables and bars */

const part = (name, title, hint, ...content) => el("section", { className: `panel ${name}` }, el("h3", {}, title), optional(hint, () => el("p", { className: "note" }, hint)), ...content);

function supply() {
  const levels = [...city.levels.map((one) => one.level), null];
  const clusters = [...city.clusters.map((one) => one.cluster_id), null];
  const found = new Map(coverage.supply.map((one) => [`${one.cluster_id}|${one.skill_level}`, one]));
  const count = (cluster, level) => found.get(`${cluster}|${level}`)?.courses ?? 0;
  const rows = clusters.map((cluster) => ({ name: cluster ? clusterName(cluster) : say("no_cluster"), values: levels.map((level) => count(cluster, level)) })).filter((row) => row.values.some(Boolean));
  return part("supply", say("supply"), say("supply_hint"), matrix(say("supply"), say("industry"), levels.map((level) => (level ? levelName(level) : say("any_level"))), rows));
}

function unmet() {
  const groups = (name, told, unknown) => coverage.unmet[name].groups.slice(0, 10).map((one) => ({ name: one.id === null ? unknown : told(one.id), value: one.learners }));
  const clusters = groups("clusters", clusterName, say("no_known_cluster"));
  const levels = groups("skill_levels", levelName, say("unknown"));
  const drawn = [clusters.length ? bars(say("unmet_clusters"), clusters, number) : null, levels.length ? bars(say("unmet_levels"), levels, number) : null].filter(Boolean);
  return part("unmet", say("unmet"), say("unmet_hint", { km: coverage.within_km, n: coverage.hidden_below }), drawn.length ? drawn : el("p", {}, say("too_few")));
}

function exposure() {
  const { sites, learners, k, gini, unlisted_sites: unlisted } = coverage.exposure;
  const told = sites.filter((site) => site.lists !== null).sort((one, other) => other.lists - one.lists);
  const most = told.slice(0, 12).map((site) => ({ name: site.name, value: site.share, chinese: true }));
  if (learners === null) return part("exposure", say("exposure"), say("too_few"));
  const words = [say("exposure_hint", { learners: number(learners), k }), gini === null ? "" : say("gini", { gini: gini.toFixed(2) }), unlisted === null ? "" : say("unlisted", { n: unlisted })];
  return part("exposure", say("exposure"), words.join(" "), most.length ? bars(say("exposure"), most, percent) : notice(say("too_few"), []));
}
