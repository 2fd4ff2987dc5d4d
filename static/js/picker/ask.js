// What the server suggests for some letters, kept for a moment: whoever goes back by one has it at once.
const KEPT_MS = 30_000;
const kept = new Map();
const people = new Map();
const keyOf = (url, words) => `${url} ${words}`;

/** Everybody this page has heard of, by the value that stands for them. */
export const known = (value) => people.get(value);
export const learn = (person) => people.set(person.value, person);

export function recall(url, words) {
  const answer = kept.get(keyOf(url, words));
  return answer && Date.now() - answer.at < KEPT_MS ? answer.found : null;
}

export async function ask(url, words, signal) {
  const headers = { Accept: "application/json", "HX-Request": "true" };
  const response = await fetch(`${url}?q=${encodeURIComponent(words)}`, { headers, signal });
  if (response.headers.has("HX-Redirect")) throw new Error("You are signed out. Sign in again in another tab.");
  if (!response.ok) throw new Error(response.status === 429 ? "Too much at once. Wait a minute." : "The search does not answer just now.");
  const { found } = await response.json();
  found.forEach(learn);
  kept.set(keyOf(url, words), { found, at: Date.now() });
  return found;
}
