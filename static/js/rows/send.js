// One change on its way to the server. The answer always has `problems`, sentences to be shown where the words stand.
import { token } from "../token.js";

const BROKEN = "something broke on our side.";
const REFUSALS = {
  403: "that was refused. Reload the page to see what you may do.",
  404: "it is no longer there, or no longer open to you.",
  413: "that is too large.",
  429: "too much at once. Wait a minute, then try again.",
};

export async function send(url, values) {
  let response;
  try {
    const headers = { Accept: "application/json", "HX-Request": "true", "X-CSRFToken": token() };
    response = await fetch(url, { method: "POST", headers, body: new URLSearchParams(values), redirect: "manual" });
  } catch {
    return { status: 0, problems: ["the server cannot be reached. It is tried again when the connection is back."] };
  }
  // Never to the sign-in page from here: what was typed would be gone.
  if (response.headers.has("HX-Redirect")) return { status: 401, problems: ["you are signed out. Sign in again in another tab, then try again."] };
  const isOurs = response.headers.get("Content-Type")?.includes("json");
  const said = isOurs ? await response.json() : {};
  return { ...said, status: response.status, problems: response.ok ? [] : (said.problems ?? [REFUSALS[response.status] ?? BROKEN]) };
}
