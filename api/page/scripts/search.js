/** A field that searches courses while one types: the combobox of the ARIA Authoring Practices Guide. */
import { chinese, element as el } from "./elements.js";
import { get, latest } from "./service.js";
import { dots, say } from "./words.js";

const MILLISECONDS = 150;
const LISTED = 8;

/** A search field of its own `id`; `chosen(course)` is called with the course that is picked. */
export function courseSearch(id, chosen) {
  const input = el("input", { id, type: "search", role: "combobox", autocomplete: "off", placeholder: say("why_placeholder"), "aria-expanded": "false", "aria-controls": `${id}-list`, "aria-autocomplete": "list" });
  const options = el("ul", { id: `${id}-list`, role: "listbox", className: "options", hidden: true, "aria-label": say("why_label") });
  const told = el("p", { className: "quiet", role: "status" });
  const search = latest();
  let found = [];
  let active = -1;
  let timer = 0;

  const close = () => show([]);
  const pick = (course) => {
    input.value = course.title;
    close();
    chosen(course);
  };
  function show(courses) {
    found = courses;
    active = -1;
    options.hidden = !courses.length;
    input.setAttribute("aria-expanded", String(Boolean(courses.length)));
    input.removeAttribute("aria-activedescendant");
    options.replaceChildren(...courses.map((course, row) => option(course, row)));
  }
  function option(course, row) {
    const made = el("li", { id: `${id}-${row}`, role: "option", "aria-selected": "false" }, chinese("span", course.title), el("small", {}, dots(course.skill_level_name, course.provider)));
    made.addEventListener("mousedown", (event) => event.preventDefault());
    made.addEventListener("click", () => pick(course));
    return made;
  }
  function move(by) {
    active = (active + by + found.length) % found.length;
    [...options.children].forEach((one, row) => one.setAttribute("aria-selected", String(row === active)));
    options.children[active].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", `${id}-${active}`);
  }
  async function look() {
    const q = input.value.trim();
    const page = q ? await search((signal) => get("/v1/courses", { q, limit: LISTED }, signal)) : { items: [], total: 0 };
    if (!page) return;
    show(page.items);
    told.textContent = q ? say("why_found", { n: page.total }) : "";
  }
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => look().catch(() => (told.textContent = say("unreachable"))), MILLISECONDS);
  });
  input.addEventListener("keydown", (event) => {
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps && found.length) move(steps[event.key] + (active < 0 && event.key === "ArrowUp" ? 1 : 0));
    else if (event.key === "Enter" && found.length) pick(found[Math.max(active, 0)]);
    else if (event.key === "Escape" && found.length) close();
    else return;
    event.preventDefault();
  });
  input.addEventListener("blur", close);
  return el("div", { className: "search" }, el("label", { htmlFor: id }, say("why_label")), input, options, told);
}
