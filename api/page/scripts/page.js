/** The page: three views of one service, on one map, in two languages. */
import { loadCity } from "./city.js";
import { all, byId } from "./elements.js";
import { listenEnterprise, placeEnterprise, showEnterprise } from "./enterprise.js";
import { fillChoices } from "./form.js";
import { listenLearner, placeLearner, showLearner } from "./learner.js";
import { drawMap } from "./map.js";
import { address, readAddress, state, VIEWS } from "./state.js";
import { notice } from "./told.js";
import { listenUnion, placeUnion, showUnion } from "./union.js";
import { LANGUAGES, say, speak } from "./words.js";

const SHOW = { learner: showLearner, enterprise: showEnterprise, union: showUnion };
const PLACE = { learner: placeLearner, enterprise: placeEnterprise, union: placeUnion };
const main = document.querySelector("main");

let map = null;

/** Show what the address says. */
async function show() {
  readAddress();
  await speak(state.language);
  const other = LANGUAGES.find((one) => one !== state.language);
  Object.assign(byId("language"), { textContent: say("other_language"), lang: other === "zh" ? "zh-CN" : "en" });
  showView();
  fillChoices();
  map.speak();
  SHOW[state.view](map);
  tellAddresses();
}

function showView() {
  main.dataset.view = state.view;
  for (const one of all("main [data-view]")) one.hidden = one.dataset.view !== state.view;
}

/** Let the links to the other views, and the switch of the language, keep what was chosen. */
function tellAddresses() {
  for (const view of VIEWS) {
    const link = document.querySelector(`nav [data-view=${view}]`);
    link.href = address(view);
    if (view === state.view) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

function listen() {
  addEventListener("hashchange", show);
  byId("language").addEventListener("click", () => {
    state.language = LANGUAGES.find((one) => one !== state.language);
    history.pushState(null, "", address());
    show();
  });
  for (const link of all("nav [data-view]")) link.addEventListener("focus", tellAddresses);
  for (const link of all("nav [data-view]")) link.addEventListener("pointerenter", tellAddresses);
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault(); // the address holds what was chosen
    byId("answer").focus();
  });
  listenLearner();
  listenEnterprise();
  listenUnion();
}

async function start() {
  byId("tuning").open = !matchMedia("(max-width: 820px)").matches; // on a phone the list comes first
  readAddress();
  showView(); // before anything is painted, so that nothing jumps
  const loading = loadCity();
  await speak(state.language);
  try {
    await loading;
  } catch {
    byId(`${state.view}-list`).replaceChildren(notice(say("unreachable"), [say("unreachable_hint")], [[say("retry"), () => location.reload()]]));
    return;
  }
  map = drawMap(byId("map"), (point, place) => PLACE[state.view](point, place));
  listen();
  await show();
}

await start();
