/** The page: two forms, one answer. What it says is in words.json; what it shows comes from the service. */
import { answerParts } from "./answer.js";
import { element as el } from "./elements.js";
import { currentLanguage, inEnglish, readWords, say, useLanguage } from "./words.js";

const URLS = { learner: "/v1/recommendations", enterprise: "/v1/enterprise-recommendations" };
const byId = (id) => document.getElementById(id);
const forms = { learner: byId("learner"), enterprise: byId("enterprise") };
const results = byId("list");

let latest = null; // the request under way or answered last; a newer one aborts it
let taxonomy = { clusters: [], skill_levels: [] };

async function get(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response.json();
}

/* The form */

const audience = () => document.querySelector("[name=audience]:checked").value;

function named(record) {
  return language === "en" ? record.english_name || record.name : record.name;
}

function fillChoices() {
  byId("industries").replaceChildren(...taxonomy.clusters.map((cluster) => el("option", { value: named(cluster) })));
  const select = byId("learner-level");
  const chosen = select.value;
  const levels = taxonomy.skill_levels.map((level) => el("option", { value: level.level }, named(level)));
  select.replaceChildren(select.options[0], ...levels);
  select.value = chosen;
}

/** An industry picked from the list is shown in the language of the page; one in the user's own words stays. */
function translateIndustry(field) {
  const cluster = taxonomy.clusters.find((one) => [one.name, one.english_name].includes(field.value));
  if (cluster) field.value = named(cluster);
}

/** Prefill a working example; a place or an industry that this network does not have is replaced or left out. */
function prefill(places) {
  const industries = new Set(taxonomy.clusters.map((cluster) => cluster.name));
  for (const [name, form] of Object.entries(forms)) {
    for (const [field, value] of Object.entries(words.example[name])) {
      if (field === "industry" && !industries.has(value)) continue;
      const known = field !== "location.place" || places.includes(value);
      const inputs = [...form.querySelectorAll(`[name="${field}"]`)];
      if (inputs[0].type === "checkbox") inputs.find((input) => input.value === value).checked = true;
      else inputs[0].value = known ? value : (places.at(-1) ?? "");
    }
  }
}

/** The request's body: the fields under their names, empty ones left out, `location.place` nested. */
function bodyOf(form) {
  const body = { language };
  for (const input of form.elements) {
    if (!input.name || !input.value.trim() || (input.type === "checkbox" && !input.checked)) continue;
    const value = input.type === "number" ? Number(input.value) : input.value.trim();
    if (input.type === "checkbox") (body[input.name] ??= []).push(value);
    else if (input.name === "location.place") body.location = { place: value };
    else body[input.name] = value;
  }
  return body;
}

async function ask() {
  const form = forms[audience()];
  latest?.abort();
  const mine = (latest = new AbortController());
  clearErrors();
  byId("status").textContent = say("loading");
  results.setAttribute("aria-busy", "true");
  if (!results.childElementCount) results.append(...Array.from({ length: 4 }, () => el("div", { className: "card waiting" })));
  try {
    const response = await fetch(URLS[form.id], {
      method: "POST",
      headers: { "Content-Type": "application/json", "Accept-Language": language },
      body: JSON.stringify(bodyOf(form)),
      signal: mine.signal,
    });
    const answer = await response.json();
    if (response.ok) show(answer);
    else showProblem(form, answer);
  } catch (error) {
    if (mine.signal.aborted) return;
    console.warn(error);
    showNotice(say("unreachable"), say("unreachable_hint"), el("button", { type: "button", className: "go", onclick: ask }, say("retry")));
  }
  results.removeAttribute("aria-busy");
}

/* What went wrong, or came back empty */

function clearErrors() {
  document.querySelectorAll(".field .error").forEach((error) => error.remove());
  document.querySelectorAll("[aria-invalid]").forEach((input) => {
    input.removeAttribute("aria-invalid");
    input.removeAttribute("aria-describedby");
  });
}

function showNotice(title, ...rest) {
  byId("status").textContent = title;
  const parts = rest.map((part) => (typeof part === "string" ? el("p", {}, part) : part));
  results.replaceChildren(el("div", { className: "notice" }, el("h3", {}, title), ...parts));
}

/** Show a problem (RFC 9457): each error at its field, those without a field in the list's place. */
function showProblem(form, problem) {
  const elsewhere = (problem.errors ?? []).filter((error) => !markField(form, error));
  const messages = elsewhere.map((error) => error.message);
  if (!problem.errors?.length && problem.detail) messages.push(problem.detail);
  showNotice(problem.title, ...messages, say("failed_hint"));
  form.querySelector("[aria-invalid]")?.focus();
}

function markField(form, { field, message }) {
  const place = form.querySelector(`[data-field="${CSS.escape(field.split(".")[0])}"]`);
  if (!place) return false;
  const input = place.querySelector("input, textarea, select");
  const error = el("p", { className: "error", id: `${input.id || input.name}-error` }, message);
  input.setAttribute("aria-invalid", "true");
  input.setAttribute("aria-describedby", error.id);
  place.append(error);
  return true;
}

/* Language, and the start */

function speak(chosen) {
  language = chosen;
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  document.title = say("title");
  document.querySelectorAll("[data-word]").forEach((one) => (one.textContent = say(one.dataset.word)));
  Object.assign(byId("language"), { textContent: language === "zh" ? "English" : "中文", lang: language === "zh" ? "en" : "zh-CN" });
  fillChoices();
  document.querySelectorAll("[name=industry]").forEach(translateIndustry);
}

async function everyPlace() {
  const names = [];
  for (let total = 1; names.length < total; ) {
    const page = await get(`/v1/places?limit=100&offset=${names.length}`);
    if (!page.items.length) break;
    total = page.total;
    names.push(...page.items.map((place) => place.full_name));
  }
  return names;
}

async function start() {
  words = await get("/page/words.json");
  byId("status").textContent = say("loading");
  let places = [];
  try {
    [taxonomy, places] = await Promise.all([get("/v1/taxonomy"), everyPlace()]);
  } catch (error) {
    console.warn(error); // the forms work without suggestions
  }
  byId("places").replaceChildren(...places.map((value) => el("option", { value })));
  fillChoices();
  prefill(places);
  document.querySelectorAll("[name=audience]").forEach((choice) =>
    choice.addEventListener("change", () => {
      for (const [name, form] of Object.entries(forms)) form.hidden = name !== audience();
      results.replaceChildren();
      ask();
    }),
  );
  for (const form of Object.values(forms)) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      ask();
    });
  }
  byId("language").addEventListener("click", () => {
    speak(language === "zh" ? "en" : "zh");
    ask();
  });
  await ask();
}

start();
