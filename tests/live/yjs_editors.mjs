// Yjs itself at the socket, without anything of ours: several replicas edit one text at random through the servers given,
// lose their line at times, and print the text that each ends with, as JSON.
// Usage: node yjs_editors.mjs SEED EDITS COOKIE NUMBER PORT…   (one replica for each port)
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import * as syncProtocol from "y-protocols/sync";
import * as Y from "yjs";

const [seedText, editsText, cookie, number, ...ports] = process.argv.slice(2);
let seed = Number(seedText);
const LETTERS = ["a", "bc", "é", "\n", "😀", "漢"];

function random() {
  seed = (seed * 1103515245 + 12345) & 0x7fffffff;
  return seed / 0x7fffffff;
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

class Editor {
  constructor(port) {
    this.port = port;
    this.doc = new Y.Doc();
    this.text = this.doc.getText("summary");
    this.doc.on("update", (update, origin) => {
      if (origin !== this) this.send((encoder) => syncProtocol.writeUpdate(encoder, update));
    });
  }

  open() {
    return new Promise((resolve, reject) => {
      const origin = `http://localhost:${this.port}`;
      const headers = { Cookie: `sessionid=${cookie}`, Origin: origin };
      this.socket = new WebSocket(`ws://localhost:${this.port}/ws/postmortems/${number}/`, { headers });
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
    const at = Math.floor(random() * (limit + 1));
    const unit = this.text.toString().charCodeAt(at);
    return unit >= 0xdc00 && unit < 0xe000 ? at - 1 : at;
  }

  edit() {
    const at = this.place(this.text.length);
    const to = this.place(Math.min(this.text.length, at + 3));
    if (random() < 0.75 || to <= at) this.text.insert(at, LETTERS[Math.floor(random() * LETTERS.length)]);
    else this.text.delete(at, to - at);
  }

  async work(edits) {
    for (let done = 0; done < edits; done++) {
      if (random() < 0.04) {
        await this.close();
        this.edit();
        await this.open();
      }
      this.edit();
      await pause(random() * 8);
    }
  }
}

const editors = ports.map((port) => new Editor(port));
await Promise.all(editors.map((editor) => editor.open()));
await Promise.all(editors.map((editor) => editor.work(Number(editsText))));
for (let waited = 0; waited < 100; waited++) {
  await pause(100);
  if (new Set(editors.map((editor) => editor.text.toString())).size === 1) break;
}
await pause(300);
console.log(JSON.stringify(editors.map((editor) => editor.text.toString())));
await Promise.all(editors.map((editor) => editor.close()));
