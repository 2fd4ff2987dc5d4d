// htmx, and what a person is told when a request of it fails. Its settings stand in <meta name="htmx-config">.
import "htmx.org";
import { toast } from "./toasts.js";

const REFUSALS = {
  401: "You are signed out. Reload the page to sign in again.",
  403: "That was refused: your role does not include it, or this page is from before you last signed in. Reload to see.",
  404: "It is no longer there, or no longer open to you. Reload to see where things stand.",
  413: "That is too large to send.",
  503: "The database cannot be reached just now. Nothing you typed is lost from this page: try again in a moment.",
  429: "Too much at once. Wait a minute, then try again.",
};
// The server answered these with markup that says why; htmx has put it in place.
const EXPLAINED = [400, 409, 422];

// A part that asks again because of news has not been asked by anybody: it will ask once more when the page is connected.
const isOfItself = ({ sourceElement }) => sourceElement?.getAttribute("hx-trigger")?.includes("from:body");

document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
  const { status, headers } = ctx.response;
  if (EXPLAINED.includes(status) || (status >= 500 && isOfItself(ctx))) return;
  const id = headers.get("X-Request-ID");
  const broken = `Something broke on our side; nothing you typed is lost from this page.${id ? ` Request ${id}.` : ""}`;
  toast(REFUSALS[status] ?? broken, "danger");
});

document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
  if (!ctx || ctx.response || isOfItself(ctx)) return;
  toast("The server cannot be reached. Nothing was sent; try again when you are back online.", "danger");
});
