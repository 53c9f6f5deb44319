/** What counts how much: a slider for each part of the score, the half-distance, and how alike courses may be. */
import { city } from "./city.js";
import { byId, element as el } from "./elements.js";
import { preference } from "./parts.js";
import { kilometres, percent, say } from "./words.js";

const ONLINE = ["neutral", "near", "far"];

/** Draw the sliders as `fields` have them; `changed` is called with the fields that differ from then on. */
export function drawTuning(root, fields, changed) {
  const defaults = percentages(city.policy.weights.learner);
  const weights = { ...defaults, ...fields.weights };
  const rows = Object.keys(defaults).map((name) => {
    const input = slider(`weight-${name}`, { max: 100, step: 1, value: weights[name] });
    input.addEventListener("input", () => {
      weights[name] = Number(input.value);
      if (Object.values(weights).some(Boolean)) changed({ weights: { ...weights } });
    });
    return row(preference(name), input, el("output", { htmlFor: input.id }));
  });
  const half = slider("half-distance", { min: 0.5, max: 30, step: 0.5, value: fields.half_distance_km || city.policy.half_distance_km });
  half.addEventListener("input", () => {
    half.nextElementSibling.textContent = kilometres(Number(half.value));
    changed({ half_distance_km: Number(half.value) });
  });
  const diversity = slider("diversity", { max: 0.5, step: 0.05, value: fields.diversity === "" || fields.diversity === undefined ? city.policy.diversity : fields.diversity });
  diversity.addEventListener("input", () => {
    diversity.nextElementSibling.textContent = diversity.value;
    changed({ diversity: Number(diversity.value) });
  });
  const online = el("select", { id: "online-policy" }, ONLINE.map((value) => el("option", { value }, say(`online_policy.${value}`))));
  online.value = fields.online_policy || "neutral";
  online.addEventListener("change", () => changed({ online_policy: online.value === "neutral" ? "" : online.value }));
  const reset = el("button", { type: "button", className: "plain", id: "reset" }, say("reset"));
  reset.addEventListener("click", () => {
    const none = { weights: {}, half_distance_km: "", diversity: "", online_policy: "" };
    drawTuning(root, none, changed);
    changed(none);
  });
  root.replaceChildren(
    el("p", { className: "note" }, say("tuning_hint")),
    el("div", { className: "sliders" }, rows,
      row(say("half_distance"), half, el("output", { htmlFor: half.id }, kilometres(Number(half.value)))),
      row(say("diversity"), diversity, el("output", { htmlFor: diversity.id }, diversity.value)),
      row(say("online_policy_label"), online, null)),
    reset,
  );
}

/** Say what share each part really has in an answer: they sum to 100 %, and what nothing was said to has none. */
export function tellShares({ weights, no_part: none }) {
  for (const [name, share] of Object.entries(weights)) {
    const input = byId(`weight-${name}`);
    if (!input) continue;
    input.disabled = name in none;
    input.parentElement.title = none[name] ?? "";
    input.nextElementSibling.textContent = name in none ? say("no_part") : percent(share);
    input.setAttribute("aria-valuetext", name in none ? none[name] : percent(share));
  }
}

const percentages = (shares) => Object.fromEntries(Object.entries(shares).map(([name, share]) => [name, Math.round(1000 * share) / 10]));

function slider(id, { min = 0, max, step, value }) {
  return Object.assign(el("input", { type: "range", id }), { min, max, step, value });
}

const row = (label, input, output) => el("div", { className: "slider" }, el("label", { htmlFor: input.id }, label), input, output);
