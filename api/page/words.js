/** What the page says, in the language chosen. */
const words = await (await fetch("/page/words.json")).json();

export let language = "zh";

export function speak(chosen) {
  language = chosen;
}

/** The words called `key` ("excluded.full"), with {names} filled in; a name the page does not know is shown as it is. */
export function say(key, values = {}) {
  const found = key.split(".").reduce((part, name) => part?.[name], words[language]);
  return (found ?? key.split(".").pop()).replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** A record's name: its English one in English, where it has one. */
export const nameOf = (record) => (language === "en" && record.english_name) || record.name;

export const listed = (names) => names.join(language === "zh" ? "、" : ", ");
