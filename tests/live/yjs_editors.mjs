// Yjs itself at the socket, without anything of ours: replicas that edit one text at random through the servers given and
// lose their line at times. A line of JSON on stdin opens a schedule, {id, seed, edits, cookie, document, ports}, with one
// replica for each port; its answer {id} says that all is typed. {id} asks, as often as need be, how its replicas stand now:
// {id, stands: [[text, state vector in base64], …]}. {id, ends: true} closes it, without an answer.
import { createInterface } from "node:readline";
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import * as syncProtocol from "y-protocols/sync";
import * as Y from "yjs";

const LETTERS = ["a", "bc", "é", "\n", "😀", "漢", "👩‍💻"];
const LONGEST_PAUSE = 12;
const LINE_BREAKS = 0.06;
const MOST_WITHOUT_A_LINE = 5;

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function dice(seed) {
  let state = seed;
  return () => (state = (state * 1103515245 + 12345) & 0x7fffffff) / 0x80000000;
}

class Editor {
  constructor({ cookie, document, edits }, port, random) {
    Object.assign(this, { cookie, document, edits, port, random });
    this.doc = new Y.Doc();
    this.text = this.doc.getText("summary");
    this.doc.on("update", (update, origin) => {
      if (origin !== this) this.send((encoder) => syncProtocol.writeUpdate(encoder, update));
    });
  }

  open() {
    return new Promise((resolve, reject) => {
      const origin = `http://localhost:${this.port}`;
      const headers = { Cookie: `sessionid=${this.cookie}`, Origin: origin };
      this.socket = new WebSocket(`ws://localhost:${this.port}/ws/postmortems/${this.document}/`, { headers });
      this.socket.binaryType = "arraybuffer";
      this.socket.onopen = () => {
        this.send((encoder) => syncProtocol.writeSyncStep1(encoder, this.doc));
        resolve();
      };
      this.socket.onerror = () => reject(new Error("the socket was refused"));
      this.socket.onmessage = (message) => this.hear(new Uint8Array(message.data));
    });
  }

  close() {
    return new Promise((resolve) => {
      this.socket.onclose = resolve;
      this.socket.close();
    });
  }

  send(write) {
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, 0);
    write(encoder);
    this.socket.send(encoding.toUint8Array(encoder));
  }

  hear(data) {
    const decoder = decoding.createDecoder(data);
    if (decoding.readVarUint(decoder) !== 0) return;
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, 0);
    syncProtocol.readSyncMessage(decoder, encoder, this.doc, this);
    if (encoding.length(encoder) > 1) this.socket.send(encoding.toUint8Array(encoder));
  }

  // Never in the middle of a surrogate pair, as no editor does.
  place(limit) {
    const at = Math.floor(this.random() * (limit + 1));
    const unit = this.text.toString().charCodeAt(at);
    return unit >= 0xdc00 && unit < 0xe000 ? at - 1 : at;
  }

  edit() {
    const at = this.place(this.text.length);
    const to = this.place(Math.min(this.text.length, at + 3));
    if (this.random() < 0.75 || to <= at) this.text.insert(at, LETTERS[Math.floor(this.random() * LETTERS.length)]);
    else this.text.delete(at, to - at);
  }

  async work() {
    for (let done = 0; done < this.edits; done++) {
      if (this.random() < LINE_BREAKS) {
        await this.close();
        for (let count = this.random() * MOST_WITHOUT_A_LINE; count > 0; count--) this.edit();
        await this.open();
      }
      this.edit();
      await pause(this.random() * LONGEST_PAUSE);
    }
  }

  get stand() {
    return [this.text.toString(), Buffer.from(Y.encodeStateVector(this.doc)).toString("base64")];
  }
}

const schedules = new Map();
const say = (words) => process.stdout.write(`${JSON.stringify(words)}\n`);

async function hear({ id, ends, ...schedule }) {
  if (ends) {
    await Promise.all(schedules.get(id).map((editor) => editor.close()));
    schedules.delete(id);
  } else if (schedules.has(id)) {
    say({ id, stands: schedules.get(id).map((editor) => editor.stand) });
  } else {
    const editors = schedule.ports.map((port, place) => new Editor(schedule, port, dice(schedule.seed + place)));
    schedules.set(id, editors);
    await Promise.all(editors.map((editor) => editor.open()));
    await Promise.all(editors.map((editor) => editor.work()));
    say({ id });
  }
}

createInterface({ input: process.stdin }).on("line", (line) => hear(JSON.parse(line)));
