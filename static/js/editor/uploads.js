// A file on its way to the server. It lives in this page alone until it has arrived: the shared text never holds a promise.
import { token } from "../token.js";

const KINDS = ["image/png", "image/jpeg", "image/gif", "image/webp"];
export const LARGEST_PICTURE = 10_000_000;
export const LARGEST_TEXT = 2_000_000;

/** Why a file need not even be sent, in a sentence; "" when the server shall decide. */
export function refusalOf({ name, size, type }) {
  const called = `“${name || "file"}”`;
  if (/^(image|video|audio)\//.test(type) && !KINDS.includes(type)) {
    return `${called} is not a kind of picture that every browser shows: attach it as PNG, JPEG, GIF or WebP.`;
  }
  if (size > LARGEST_PICTURE) return `${called} is larger than 10 MB, the most a picture may have: make it smaller first.`;
  if (!KINDS.includes(type) && size > LARGEST_TEXT) return `${called} is larger than 2 MB, the most a text may have: keep the lines that matter.`;
  return size ? "" : `${called} is empty.`;
}

// Dispatches "changed"; `state` is uploading, waiting (for the network), failed or done.
export class Upload extends EventTarget {
  constructor(address, file) {
    super();
    Object.assign(this, { address, file, name: file.name || "picture", percent: 0, state: "waiting", reason: "", mayRetry: false });
    this.whenOnline = () => this.state === "waiting" && this.start();
  }

  become(state, details = {}) {
    Object.assign(this, { state }, details);
    if (state === "waiting") addEventListener("online", this.whenOnline, { once: true });
    this.dispatchEvent(new Event("changed"));
  }

  start() {
    if (!navigator.onLine) return this.become("waiting");
    const request = new XMLHttpRequest();
    this.request = request;
    request.open("POST", this.address);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", token());
    request.upload.addEventListener("progress", ({ loaded, total }) => this.become("uploading", { percent: Math.floor((100 * loaded) / total) }));
    request.addEventListener("load", () => this.hear(request));
    request.addEventListener("error", () => (navigator.onLine ? this.fail("The server cannot be reached.", true) : this.become("waiting")));
    const form = new FormData();
    form.append("file", this.file, this.name);
    request.send(form);
    return this.become("uploading", { percent: 0 });
  }

  hear({ status, responseText, responseURL }) {
    if (status === 201) return this.become("done", { kept: JSON.parse(responseText) });
    if (status === 422) return this.fail(JSON.parse(responseText).problems.join(" "), false);
    if (status === 413) return this.fail("It is too large to send.", false);
    if (status === 403) return this.fail("It was refused: the document may have been closed, or your rights have changed.", true);
    if (status < 400 || responseURL.includes("/login/")) return this.fail("You are signed out. Sign in again in another tab, then retry.", true);
    return this.fail(status === 404 ? "This document is no longer open to you." : "Something broke on our side.", true);
  }

  fail(reason, mayRetry) {
    return this.become("failed", { reason, mayRetry });
  }

  stop() {
    removeEventListener("online", this.whenOnline);
    this.request?.abort();
  }
}
