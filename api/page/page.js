/** The page: two forms, one list. */
import { leftOut, list, rules } from "./answer.js";
import { element as el } from "./elements.js";
import { language, nameOf, say, speak } from "./words.js";

const URLS = { learner: "/v1/recommendations", enterprise: "/v1/enterprise-recommendations" };
const byId = (id) => document.getElementById(id);
const all = (selector) => [...document.querySelectorAll(selector)];
const audience = () => document.querySelector("[name=audience]:checked").value;
const results = byId("list");

let clusters = [];
let levels = [];
let latest = null; // what aborts the request under way, or answered last

/* The forms */

const clusterCalled = (name) => clusters.find((one) => [one.name, one.english_name].includes(name));

function options(records, value) {
  return records.map((record) => el("option", { value: value(record) }, nameOf(record)));
}

/** Fill the lists to choose from; an industry that was picked from them is shown in the page's language. */
function fillChoices() {
  byId("industries").replaceChildren(...options(clusters, nameOf));
  const select = byId("learner-level");
  const chosen = select.value || select.dataset.example;
  delete select.dataset.example;
  select.replaceChildren(select.options[0], ...options(levels, (level) => level.level));
  select.value = chosen;
  for (const field of all("[name=industry]")) {
    const cluster = clusterCalled(field.value);
    if (cluster) field.value = nameOf(cluster);
  }
}

/** The examples are of the bundled network: another one has other places and may have other industries. */
function fitExamples(places) {
  for (const field of all("[name='location.place']")) if (!places.includes(field.value)) field.value = places.at(-1) ?? "";
  for (const field of all("[name=industry]")) if (!clusterCalled(field.value)) field.value = "";
}

/** The request's body: the fields under their names, empty ones left out. Both languages of the page ask the same. */
function bodyOf(form) {
  const body = { language };
  for (const { name, type, value, checked } of form.elements) {
    if (!name || !value.trim() || (type === "checkbox" && !checked)) continue;
    if (name === "industry") body.industry = clusterCalled(value.trim())?.name ?? value.trim();
    else if (type === "checkbox") (body[name] ??= []).push(value);
    else if (name === "location.place") body.location = { place: value.trim() };
    else body[name] = type === "number" ? Number(value) : value.trim();
  }
  return body;
}

/* The answer, or what went wrong */

async function ask() {
  const form = byId(audience());
  latest?.abort();
  const { signal } = (latest = new AbortController());
  clearErrors();
  byId("status").textContent = say("loading");
  results.setAttribute("aria-busy", "true");
  if (!results.childElementCount) results.append(...[1, 2, 3, 4].map(() => el("div", { className: "card waiting" })));
  try {
    const headers = { "Content-Type": "application/json", "Accept-Language": language };
    const response = await fetch(URLS[form.id], { method: "POST", headers, body: JSON.stringify(bodyOf(form)), signal });
    const answer = await response.json();
    if (response.ok) show(answer);
    else showProblem(form, answer);
  } catch {
    if (signal.aborted) return;
    showNotice("unreachable", say("unreachable_hint"));
    results.firstChild.append(el("button", { type: "button", className: "go", onclick: ask }, say("retry")));
  }
  results.removeAttribute("aria-busy");
}

function show(answer) {
  if (answer.items.length) {
    byId("status").textContent = say("found", { eligible: answer.eligible_courses, listed: answer.items.length });
    results.replaceChildren(...list(answer));
  } else showNotice("empty", say("empty_hint"));
  results.append(leftOut(answer), rules(answer));
}

function showNotice(title, ...paragraphs) {
  byId("status").textContent = say(title);
  results.replaceChildren(el("div", { className: "notice" }, paragraphs.map((text) => el("p", {}, text))));
}

/** Show problem details (RFC 9457): each error at its field, those of no field in the list's place. */
function showProblem(form, problem) {
  const elsewhere = problem.errors.filter((error) => !markField(form, error)).map((error) => error.message);
  showNotice("refused", problem.title, ...(problem.errors.length ? elsewhere : [problem.detail ?? ""]));
  form.querySelector("[aria-invalid]")?.focus();
}

function markField(form, { field, message }) {
  const place = form.querySelector(`[data-field="${CSS.escape(field.split(".")[0])}"]`);
  if (!place) return false;
  const input = place.querySelector("input, textarea, select");
  const error = el("p", { className: "error", id: `${form.id}-${input.name}-error` }, message);
  input.setAttribute("aria-invalid", "true");
  input.setAttribute("aria-describedby", error.id);
  place.append(error);
  return true;
}

function clearErrors() {
  all(".error").forEach((error) => error.remove());
  all("[aria-invalid]").forEach((input) => ["aria-invalid", "aria-describedby"].forEach((name) => input.removeAttribute(name)));
}

/* Language, and the start */

function switchTo(chosen) {
  speak(chosen);
  document.documentElement.lang = chosen === "zh" ? "zh-CN" : "en";
  document.title = say("title");
  for (const one of all("[data-word]")) one.textContent = say(one.dataset.word);
  byId("language").textContent = say("other_language");
  byId("language").lang = chosen === "zh" ? "en" : "zh-CN";
  fillChoices();
  ask();
}

function submitted(event) {
  event.preventDefault();
  ask();
  if (matchMedia("(max-width: 820px)").matches) byId("answer").scrollIntoView(); // where the form stands above the list
}

function switchAudience() {
  for (const form of all("form")) form.hidden = form.id !== audience();
  results.replaceChildren();
  ask();
}

async function get(url) {
  return (await fetch(url)).json();
}

async function everyPlace() {
  const names = [];
  for (let total = 1; names.length < total; ) {
    const page = await get(`/v1/places?limit=100&offset=${names.length}`);
    total = page.items.length ? page.total : 0;
    names.push(...page.items.map((place) => place.full_name));
  }
  return names;
}

async function start() {
  byId("language").addEventListener("click", () => switchTo(language === "zh" ? "en" : "zh"));
  all("[name=audience]").forEach((choice) => choice.addEventListener("change", switchAudience));
  all("form").forEach((form) => form.addEventListener("submit", submitted));
  try {
    const [taxonomy, places] = await Promise.all([get("/v1/taxonomy"), everyPlace()]);
    ({ clusters, skill_levels: levels } = taxonomy);
    byId("places").replaceChildren(...places.map((value) => el("option", { value })));
    fillChoices();
    fitExamples(places);
  } finally {
    await ask(); // without suggestions the forms work as well, and say so when the service is gone
  }
}

await start();
