/** What was chosen in every view, kept in the address behind the #, which browsers send to nobody. */

const text = { read: String, write: String };
const number = { read: (value) => (value === "" || Number.isNaN(Number(value)) ? "" : Number(value)), write: String };
const list = { read: (value) => value.split(",").filter(Boolean), write: (value) => value.join(",") };
const numbers = {
  read: (value) => Object.fromEntries(list.read(value).map((one) => one.split(":")).map(([name, share]) => [name, Number(share)])),
  write: (value) => Object.entries(value).map(([name, share]) => `${name}:${share}`).join(","),
};

const FIELDS = {
  learner: {
    goal: text, occupation: text, industry: text, skill_level: text, place: text, at: text, maximum_distance_km: number,
    schedules: list, modes: list, starts_by: text, k: number, weights: numbers, half_distance_km: number, online_policy: text,
    diversity: number, open: text, why: text,
  },
  enterprise: { needs: text, headcount: number, skill_level: text, place: text, at: text, industry: text, chosen: list, open: text },
  union: { measure: text, within_km: number, spot: text },
};
const ALWAYS = { learner: "goal", enterprise: "needs" }; // an empty one tells that nothing is meant to stand there

export const VIEWS = Object.keys(FIELDS);

/** The view, the language, and the fields of each view; one that is missing was never touched. */
export const state = { view: "learner", language: "zh", learner: {}, enterprise: {}, union: {} };

export const isEmpty = (value) => value === undefined || value === "" || (typeof value === "object" && !Object.keys(value).length);

/** The address of a view as it stands, such as #view=learner&goal=… */
export function address(view = state.view) {
  const parts = new URLSearchParams({ view });
  if (state.language !== "zh") parts.set("lang", state.language);
  for (const [name, kind] of Object.entries(FIELDS[view])) {
    const value = state[view][name];
    if (!isEmpty(value)) parts.set(name, kind.write(value));
    else if (name === ALWAYS[view] && Object.keys(state[view]).length) parts.set(name, "");
  }
  return `#${parts}`;
}

/** Take over what the address says; a view whose fields it does not speak of keeps them. */
export function readAddress() {
  const parts = new URLSearchParams(location.hash.slice(1));
  if (VIEWS.includes(parts.get("view"))) state.view = parts.get("view");
  state.language = parts.get("lang") === "en" ? "en" : "zh";
  const given = Object.entries(FIELDS[state.view]).filter(([name]) => parts.has(name));
  if (given.length) state[state.view] = Object.fromEntries(given.map(([name, kind]) => [name, kind.read(parts.get(name))]));
}

/** Change fields of the present view, and the address with them. */
export function change(fields) {
  Object.assign(state[state.view], fields);
  history.replaceState(null, "", address());
}
