// A long time without a network, or one large paste, makes an update that is larger than what the server takes at once. It is
// cut into pieces of which each builds only on what came before it, so that the server can take them one by one.
import * as encoding from "lib0/encoding";
import * as Y from "yjs";

// The server takes frames of 1 MiB; a character is at most three bytes, and structures take room beside the letters.
export const LARGEST_PIECE = 640 * 1024;
const LONGEST_RUN = 128 * 1024;
const MOST_DELETIONS = 40_000;

export function piecesOf(update, largest = LARGEST_PIECE) {
  if (update.length <= largest) return [update];
  const { structs, ds } = Y.decodeUpdate(update);
  return [...writingIn(structs.flatMap(shortRuns), largest), ...deletionsIn(ds)];
}

const endOf = (struct) => struct.id.clock + struct.length;
const isHighSurrogate = (unit) => unit >= 0xd800 && unit < 0xdc00;

function shortRuns(struct) {
  if (!(struct instanceof Y.Item) || !(struct.content instanceof Y.ContentString) || struct.length <= LONGEST_RUN) return [struct];
  const { str } = struct.content;
  const runs = [];
  for (let from = 0, to; from < str.length; from = to) {
    to = Math.min(from + LONGEST_RUN, str.length);
    if (to < str.length && isHighSurrogate(str.charCodeAt(to - 1))) to++;
    runs.push(runOf(struct, from, str.slice(from, to)));
  }
  return runs;
}

function runOf({ id, origin, rightOrigin, parent, parentSub }, from, words) {
  const at = Y.createID(id.client, id.clock + from);
  const before = from ? Y.createID(id.client, id.clock + from - 1) : origin;
  const isInside = from > 0;
  return new Y.Item(at, null, before, null, rightOrigin, isInside ? null : parent, isInside ? null : parentSub, new Y.ContentString(words));
}

// Of each replica's writing in turn as much as builds on what is already there.
function writingIn(structs, largest) {
  const queues = new Map();
  for (const struct of structs) {
    if (!queues.has(struct.id.client)) queues.set(struct.id.client, []);
    queues.get(struct.id.client).push(struct);
  }
  const firsts = new Map([...queues].map(([client, [first]]) => [client, first.id.clock]));
  const reached = new Map(firsts);
  const isThere = (id) => !id || !queues.has(id.client) || id.clock < reached.get(id.client);
  const isReady = (struct) => isThere(struct.origin) && isThere(struct.rightOrigin) && (!(struct.parent instanceof Y.ID) || isThere(struct.parent));
  const pieces = [];
  let piece = new Piece();
  for (let hasMoved = true; hasMoved; ) {
    hasMoved = false;
    for (const [client, queue] of queues) {
      let at = 0;
      for (; at < queue.length && isReady(queue[at]); at++) {
        if (piece.size + sizeOf(queue[at]) > largest && piece.size) {
          pieces.push(piece.written());
          piece = new Piece();
        }
        piece.add(queue[at]);
        reached.set(client, endOf(queue[at]));
        hasMoved = true;
      }
      queue.splice(0, at);
    }
  }
  for (const queue of queues.values()) for (const struct of queue) piece.add(struct);
  if (piece.size) pieces.push(piece.written());
  return pieces;
}

function sizeOf(struct) {
  return 32 + (struct.content instanceof Y.ContentString ? 3 * struct.length : 0);
}

class Piece {
  constructor() {
    this.size = 0;
    this.runs = [];
  }

  add(struct) {
    const last = this.runs.at(-1)?.at(-1);
    // The same replica may come again, after others: its runs must stand together.
    const own = last?.id.client === struct.id.client ? this.runs.at(-1) : this.runs.find(([first]) => first.id.client === struct.id.client);
    if (own) own.push(struct);
    else this.runs.push([struct]);
    this.size += sizeOf(struct);
  }

  written() {
    const encoder = new Y.UpdateEncoderV1();
    encoding.writeVarUint(encoder.restEncoder, this.runs.length);
    for (const run of this.runs) {
      encoding.writeVarUint(encoder.restEncoder, run.length);
      encoder.writeClient(run[0].id.client);
      encoding.writeVarUint(encoder.restEncoder, run[0].id.clock);
      for (const struct of run) struct.write(encoder, 0);
    }
    encoding.writeVarUint(encoder.restEncoder, 0);
    return encoder.toUint8Array();
  }
}

function deletionsIn(ds) {
  const all = [...ds.clients].flatMap(([client, ranges]) => ranges.map((range) => ({ client, ...range })));
  const pieces = [];
  for (let from = 0; from < all.length; from += MOST_DELETIONS) pieces.push(deletionsOnly(all.slice(from, from + MOST_DELETIONS)));
  return pieces;
}

function deletionsOnly(ranges) {
  const byClient = new Map();
  for (const range of ranges) byClient.has(range.client) ? byClient.get(range.client).push(range) : byClient.set(range.client, [range]);
  const encoder = new Y.UpdateEncoderV1();
  encoding.writeVarUint(encoder.restEncoder, 0);
  encoding.writeVarUint(encoder.restEncoder, byClient.size);
  for (const [client, own] of byClient) {
    encoding.writeVarUint(encoder.restEncoder, client);
    encoding.writeVarUint(encoder.restEncoder, own.length);
    for (const { clock, len } of own) {
      encoding.writeVarUint(encoder.restEncoder, clock);
      encoding.writeVarUint(encoder.restEncoder, len);
    }
  }
  return encoder.toUint8Array();
}

