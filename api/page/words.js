/** What the page says, in the language chosen. */

let words = {};
let language = "zh";

export async function readWords() {
  words = await (await fetch("/page/words.json")).json();
  return words;
}

export function useLanguage(chosen) {
  language = chosen;
}

export const inEnglish = () => language === "en";
export const currentLanguage = () => language;

/** The words called `key` ("excluded.full"), with {names} filled in; a name the page does not know is shown as it is. */
export function say(key, values = {}) {
  const found = key.split(".").reduce((part, name) => part?.[name], words[language]);
  return (found ?? key.split(".").pop()).replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

export const listed = (names) => names.join(language === "zh" ? "、" : ", ");
