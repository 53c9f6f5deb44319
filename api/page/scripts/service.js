/** Calls of the service. */
import { language } from "./words.js";

const PATIENCE_SECONDS = 5;

/** What the service refused, as RFC 9457 problem details. */
export class Problem extends Error {
  constructor(details) {
    super(details.title);
    this.errors = details.errors ?? [];
    this.detail = details.detail ?? "";
  }
}

const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, 1000 * seconds));

async function call(path, options) {
  const response = await fetch(path, options);
  const wait = Number(response.headers.get("Retry-After"));
  if (response.status === 429 && wait && wait <= PATIENCE_SECONDS) {
    await pause(wait);
    return call(path, options);
  }
  const answer = await response.json();
  if (!response.ok) throw new Problem(answer);
  return answer;
}

export const get = (path, parameters = {}, signal = undefined) => {
  const given = Object.entries(parameters).filter(([, value]) => value !== "" && value !== null && value !== undefined);
  const query = new URLSearchParams(given).toString();
  return call(query ? `${path}?${query}` : path, { headers: { "Accept-Language": language }, signal });
};

export const post = (path, body, signal = undefined) =>
  call(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "Accept-Language": language },
    body: JSON.stringify({ ...body, language }),
    signal,
  });

/** Ask one thing at a time: a newer question ends the one under way, whose answer nobody sees. */
export function latest() {
  let current = null;
  return async (ask) => {
    current?.abort();
    const mine = (current = new AbortController());
    try {
      const answer = await ask(mine.signal);
      return mine.signal.aborted ? null : answer;
    } catch (error) {
      if (mine.signal.aborted) return null;
      throw error;
    }
  };
}
