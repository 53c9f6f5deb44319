/** Forms and the fields that stand in them. */
import { city, clusterCalled } from "./city.js";
import { all, byId, element as el } from "./elements.js";
import { change, isEmpty } from "./state.js";
import { nameOf, say } from "./words.js";

const LISTS = ["schedules", "modes"];

/** Put a view's fields into its form, in the page's language. */
export function fill(form, fields) {
  for (const input of form.elements) {
    const value = fields[input.name];
    if (!input.name) continue;
    if (input.type === "checkbox") input.checked = (value ?? []).includes(input.value);
    else if (input.name === "industry") input.value = value ? nameOf(clusterCalled(value) ?? { name: value }) : "";
    else input.value = value ?? input.defaultValue ?? "";
  }
  showPoint(form.elements.place, fields);
  all("output", form).forEach((output) => tellRange(byId(output.htmlFor.value)));
}

function showPoint(input, { place, at }) {
  input.dataset.at = at ?? "";
  const [latitude, longitude] = (at ?? "").split(",");
  input.value = at ? say("point", { latitude, longitude }) : (place ?? "");
}

/** A view's fields as its form has them. */
export function read(form) {
  const fields = Object.fromEntries(LISTS.filter((name) => form.elements[name]).map((name) => [name, []]));
  for (const { name, type, value, checked, dataset } of form.elements) {
    if (!name) continue;
    if (type === "checkbox") checked && fields[name].push(value);
    else if (name === "industry") fields.industry = clusterCalled(value.trim())?.name ?? value.trim();
    else if (name === "place") Object.assign(fields, dataset.at ? { at: dataset.at, place: "" } : { at: "", place: value.trim() });
    else fields[name] = (type === "number" || type === "range") && value ? Number(value) : value.trim();
  }
  return fields;
}

/** Take over what is filled in, and call `live` with whether more may follow, as while one types. */
export function listen(form, live) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    change(read(form));
    live();
    if (matchMedia("(max-width: 820px)").matches) byId("answer").scrollIntoView(); // there the form stands above the list
  });
  form.addEventListener("input", ({ target }) => {
    if (target.name === "place") target.dataset.at = "";
    if (target.type === "range") tellRange(target);
    change(read(form));
    live(["text", "textarea", "number"].includes(target.type));
  });
}

/** The fields of a place that is a point, [longitude, latitude]. */
export const placedAt = ([longitude, latitude]) => ({ at: `${latitude.toFixed(4)},${longitude.toFixed(4)}`, place: "" });

export function tellRange(input) {
  const output = input.parentElement.querySelector("output");
  output.textContent = say("km", { km: input.value });
  input.setAttribute("aria-valuetext", output.textContent);
}

/** Fill the lists that one may choose from. */
export function fillChoices() {
  byId("industries").replaceChildren(...city.clusters.map((one) => el("option", { value: nameOf(one) })));
  byId("places").replaceChildren(...city.places.map((one) => el("option", { value: one.full_name })));
  for (const select of all("select[name=skill_level]")) {
    const chosen = select.value;
    select.replaceChildren(select.options[0], ...city.levels.map((one) => el("option", { value: one.level }, nameOf(one))));
    select.value = chosen;
  }
}

/** What of a request is sent: what a view's fields say, empty ones left out. */
export function requestOf({ place, at, open, why, chosen, ...fields }) {
  const body = Object.fromEntries(Object.entries(fields).filter(([, value]) => !isEmpty(value)));
  if (at) {
    const [latitude, longitude] = at.split(",").map(Number);
    body.location = { latitude, longitude, datum: "wgs84" };
  } else if (place) body.location = { place };
  return body;
}

/** Show each error of a problem at its field; return the messages of those that have none. */
export function markErrors(form, errors) {
  return errors.filter((error) => !markField(form, error)).map((error) => error.message);
}

function markField(form, { field, message }) {
  const place = form.querySelector(`[data-field="${CSS.escape(field.split(".")[0])}"]`);
  if (!place) return false;
  place.closest("details")?.setAttribute("open", "");
  const input = place.querySelector("input, textarea, select");
  const error = el("p", { className: "error", id: `${form.id}-${input.name}-error` }, message);
  input.setAttribute("aria-invalid", "true");
  input.setAttribute("aria-describedby", error.id);
  place.append(error);
  return true;
}

export function clearErrors(form) {
  all(".error", form).forEach((error) => error.remove());
  all("[aria-invalid]", form).forEach((input) => ["aria-invalid", "aria-describedby"].forEach((name) => input.removeAttribute(name)));
}
