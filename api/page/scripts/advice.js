/** What to change when nothing fits, and what it would bring: each change is really asked for. */
import { post } from "./service.js";
import { kilometres, say } from "./words.js";

const FAR_KM = 100;
const PEOPLE = [20, 50];

/** The changes that could help against what excluded classes: [words, fields to change]. */
function possible(body, excluded) {
  const farther = { too_far: [[say("advice.farther", { km: kilometres(FAR_KM) }), { maximum_distance_km: FAR_KM }]] };
  const helps = {
    ...farther,
    mode_unwanted: [[say("advice.modes"), { modes: [] }]],
    starts_too_late: [[say("advice.starts"), { starts_by: "" }]],
    level_out_of_reach: [[say("advice.level"), { skill_level: "" }]],
    too_few_people: PEOPLE.filter((n) => n > (body.headcount ?? 0)).map((n) => [say("advice.people", { n }), { headcount: n }]),
  };
  return Object.keys(excluded).flatMap((name) => helps[name] ?? []);
}

/** Ask what each change would bring; return [words with the number of courses, fields] of those that bring any, most first. */
export async function advice(url, body, excluded, bodyOf) {
  const asked = possible(body, excluded).map(async ([words, fields]) => {
    const answer = await post(url, { ...bodyOf(fields), k: 1 });
    return { words, fields, courses: answer.eligible_courses };
  });
  const brought = (await Promise.all(asked)).filter(({ courses }) => courses > 0);
  return brought.sort((one, other) => other.courses - one.courses).map(({ words, fields, courses }) => [say("advice.brings", { change: words, n: courses }), fields]);
}
