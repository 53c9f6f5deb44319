/** What is said of a course and its classes. */
import { chinese, element as el, optional, table } from "./elements.js";
import { get } from "./service.js";
import { dots, kilometres, say } from "./words.js";

/** Where a class is taught: {site, instance, distance_km}. */
export function where({ instance, site, distance_km: km }) {
  if (instance.mode === "online") return say("online");
  const area = [site?.district, site?.subdistrict].filter(Boolean).join("");
  if (!site) return say(`mode.${instance.mode}`);
  return dots(instance.mode === "at_enterprise" ? say("at_enterprise", { site: site.name }) : site.name, area, kilometres(km));
}

export function dates({ mode, start_date: start, end_date: end }) {
  if (!start) return say(mode === "at_enterprise" ? "by_arrangement" : "any_time");
  return end && end !== start ? say("until", { start, end }) : say("starts", { date: start });
}

export const schedule = (instance) => (instance.schedule ? say(`schedule.${instance.schedule}`) : "");
export const seats = ({ seats_left: left }) => (left === null ? say("seats_unlimited") : say("seats", { seats: left }));
export const fee = ({ fee_yuan: yuan }) => (yuan === 0 ? say("free") : yuan ? say("fee", { fee: yuan }) : "");

/** When, how many seats, what it costs. */
export function facts(instance) {
  const { enrolment_deadline: deadline, minimum_headcount: people, mode } = instance;
  const told = [
    dates(instance),
    schedule(instance),
    deadline && say("deadline", { date: deadline }),
    seats(instance),
    fee(instance),
    mode === "at_enterprise" && people && say("minimum", { people }),
  ];
  return el("p", { className: "facts" }, told.filter(Boolean).map((fact) => el("span", {}, fact)));
}

export function chips(course, ...further) {
  const hours = course.duration_hours;
  const plain = [course.skill_level_name, ...course.clusters, hours && say("hours", { hours }), course.credential];
  return el(
    "ul",
    { className: "chips" },
    plain.filter(Boolean).map((text) => el("li", {}, text)),
    optional(course.customisable, () => el("li", { className: "good" }, say("customisable"))),
    further.filter(Boolean),
    optional(course.illustrative, () => el("li", { className: "faint" }, say("illustrative"))),
  );
}

const details = new Map();

/** Everything about a course, asked for once. */
export function courseDetails(id) {
  if (!details.has(id)) details.set(id, get(`/v1/courses/${encodeURIComponent(id)}`));
  details.get(id).catch(() => details.delete(id));
  return details.get(id);
}

/** All classes of a course: what is taught when, where, for how many. */
export function classes(course) {
  const rows = course.course_instances.map((one) => [
    dots(dates(one), schedule(one)),
    one.site ? chinese("span", dots(one.mode === "at_site" ? "" : say(`mode.${one.mode}`), one.site.name)) : say(`mode.${one.mode}`),
    dots(seats(one), one.enrolment_deadline && say("deadline", { date: one.enrolment_deadline })),
    fee(one),
  ]);
  return table(say("classes_of", { title: course.title }), [say("dates"), say("taught_at"), say("seats_head"), say("fee_head")], rows);
}
