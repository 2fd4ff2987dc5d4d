// What was sent over this socket and is not yet acknowledged. Large amounts go out a few pieces at a time.
import { piecesOf } from "./pieces.js";

const MOST_ON_THE_WAY = 2 * 1024 * 1024;
const EMPTY_UPDATE = 2;

export class Outbox {
  /** `send(step, update)` says whether it could. */
  constructor(send) {
    this.send = send;
    this.begin();
  }

  /** A new socket counts from nothing. */
  begin() {
    this.queue = [];
    this.onTheWay = [];
    this.bytes = 0;
    this.sent = 0;
  }

  add(step, update) {
    for (const piece of piecesOf(update)) this.queue.push({ step, piece });
    return this.flush();
  }

  flush() {
    while (this.queue.length && this.bytes < MOST_ON_THE_WAY) {
      const { step, piece } = this.queue[0];
      if (!this.send(step, piece)) return false;
      this.queue.shift();
      this.sent++;
      if (piece.length <= EMPTY_UPDATE) continue;
      this.onTheWay.push({ number: this.sent, bytes: piece.length });
      this.bytes += piece.length;
    }
    return true;
  }

  acknowledge(count) {
    while (this.onTheWay.length && this.onTheWay[0].number <= count) this.bytes -= this.onTheWay.shift().bytes;
    this.flush();
  }

  get isEmpty() {
    return !this.queue.length && !this.onTheWay.length;
  }
}
