// Words that wait on this device belong to whoever typed them: signing out takes them along, and nobody finds what another left.
import { forgetPerson, openDevice, reader, tidyDevice, unsentOn } from "./device.js";
import { ask } from "./dialogs.js";

const LONGEST_WAIT = 1_500;
const SIGN_OUT = 'form[action$="/logout/"]';

const atMost = (promise) => Promise.race([promise, new Promise((resolve) => setTimeout(resolve, LONGEST_WAIT))]);

async function unsentDocuments() {
  const device = await openDevice(reader());
  device.onversionchange = () => device.close();
  const rows = await unsentOn(device);
  device.close();
  return [...new Set(rows.map(({ title, number }) => `INC-${number} ${title ?? ""}`.trim()))];
}

async function leave(form, submitter) {
  const documents = (await atMost(unsentDocuments().catch(() => []))) ?? [];
  const question = `What you typed in ${documents.join(", ")} has not reached the server yet. Sign out and lose it?`;
  if (documents.length && !(await ask(question, "Sign out and lose it"))) return;
  await atMost(forgetPerson(reader()).catch(() => {}));
  form.dataset.left = "true";
  form.requestSubmit(submitter);
}

if (globalThis.indexedDB) {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches(SIGN_OUT) || form.dataset.left || !reader()) return;
    event.preventDefault();
    leave(form, event.submitter);
  });
  (globalThis.requestIdleCallback ?? setTimeout)(() => tidyDevice().catch(() => {}));
}
