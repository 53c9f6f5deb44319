/** What the page says, in the language chosen. */
import { all } from "./elements.js";

export const LANGUAGES = ["zh", "en"];
export let language = "zh";
const loaded = {};

/** Speak `chosen` from now on, and say what stands in the page already in it. */
export async function speak(chosen) {
  loaded[chosen] ??= await (await fetch(`/page/words/${chosen}.json`)).json();
  language = chosen;
  document.documentElement.lang = chosen === "zh" ? "zh-CN" : "en";
  document.title = say("title");
  for (const one of all("[data-word]")) one.textContent = say(one.dataset.word);
  for (const one of all("[data-label]")) one.setAttribute("aria-label", say(one.dataset.label));
}

/** The words called `key` ("excluded.full"), with {names} filled in; a name the page does not know is shown as it is. */
export function say(key, values = {}) {
  const found = key.split(".").reduce((part, name) => part?.[name], loaded[language]);
  return String(found ?? key.split(".").pop()).replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** A record's name: its English one in English, where it has one. */
export const nameOf = (record) => (language === "en" && record.english_name) || record.name;

export const listed = (names) => names.join(language === "zh" ? "、" : ", ");
export const dots = (...texts) => texts.filter(Boolean).join(" · ");
export const kilometres = (km) => (km === null || km === undefined ? "" : say("km", { km: km < 100 ? km.toFixed(1) : Math.round(km) }));
export const percent = (share) => `${Math.round(100 * share)}%`;
export const number = (value) => value.toLocaleString(language === "zh" ? "zh-CN" : "en");
