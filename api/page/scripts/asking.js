/** Asking the service: that one waits is shown, what went wrong is said, and questions do not pile up. */
import { clearErrors, markErrors } from "./form.js";
import { latest, Problem } from "./service.js";
import { notice, waiting } from "./told.js";
import { say } from "./words.js";

const TYPING_MILLISECONDS = 350;
const LIVE_MILLISECONDS = 100; // ten a second at most, however fast a slider moves

/** A function that asks (`ask(signal)`) and shows the answer (`show(answer)`); `form` may be null, `list` is where answers stand, `status` says how many. */
export function asking({ form, list, status, ask, show }) {
  const once = latest();
  return async function run() {
    if (form) clearErrors(form);
    list.setAttribute("aria-busy", "true");
    if (!list.childElementCount) {
      status.textContent = say("loading");
      list.append(...waiting());
    }
    const answer = await once(ask).catch((error) => fail(error, run));
    if (answer === null) return;
    if (answer) show(answer);
    list.removeAttribute("aria-busy");
  };

  function fail(error, again) {
    const refused = error instanceof Problem;
    if (!refused && !isUnreachable(error)) throw error;
    const elsewhere = refused && form ? markErrors(form, error.errors) : [];
    const title = refused ? error.message : say("unreachable");
    status.textContent = refused ? say("refused") : title;
    const told = refused ? [...elsewhere, error.errors.length ? "" : error.detail] : [say("unreachable_hint")];
    list.replaceChildren(notice(title, told, refused ? [] : [[say("retry"), again]]));
    if (refused) form?.querySelector("[aria-invalid]")?.focus();
  }
}

/** What `fetch` throws when nobody answers, and what reading a broken answer throws. */
const isUnreachable = (error) => error instanceof TypeError || error instanceof SyntaxError;

/** Let `run`, which fills `list`, be called often: at once and then every 100 ms, or, `typing`, when nothing more is typed. */
export function paced(run, list) {
  let timer = 0;
  let last = 0;
  return (typing = false) => {
    clearTimeout(timer);
    list.setAttribute("aria-busy", "true");
    const wait = typing ? TYPING_MILLISECONDS : Math.max(0, last + LIVE_MILLISECONDS - performance.now());
    timer = setTimeout(() => {
      last = performance.now();
      run();
    }, wait);
  };
}
