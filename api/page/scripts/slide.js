/** Lists whose entries move to their new places while one watches (FLIP: first, last, invert, play). */
import { refill } from "./elements.js";

const MILLISECONDS = 380;
const tops = (list) => new Map([...list.children].map((one) => [one.dataset.key, one.getBoundingClientRect().top]));

/** Put `entries` (elements with `data-key`) into `list`, each sliding from where it stood; return by key how many places it rose, null for new ones. */
export function slide(list, entries) {
  const before = tops(list);
  const order = [...before.keys()];
  refill(list, ...entries);
  if (order.length && !matchMedia("(prefers-reduced-motion: reduce)").matches) for (const one of list.children) move(one, before.get(one.dataset.key));
  return new Map(entries.map((one, place) => [one.dataset.key, order.includes(one.dataset.key) ? order.indexOf(one.dataset.key) - place : null]));
}

function move(one, before) {
  if (before === undefined) {
    one.animate([{ opacity: 0 }, { opacity: 1 }], MILLISECONDS);
    return;
  }
  const distance = before - one.getBoundingClientRect().top;
  if (distance) one.animate([{ transform: `translateY(${distance}px)` }, { transform: "none" }], { duration: MILLISECONDS, easing: "ease-in-out" });
}
