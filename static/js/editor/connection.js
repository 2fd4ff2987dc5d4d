// The WebSocket of a room: opened again whenever it ends, soon at first and then with growing pauses, until the server says why not.
const COME_BACK_AT_ONCE = new Set([1006, 1012, 4403]);
const RESTARTS = 1012;
const NOT_UNCHANGED = 1008;
const RIGHTS_CHANGED = 4403;
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 15_000;
// Most servers, databases and networks are back within minutes, and then nobody should sit before a page that still waits.
const SHORT_ABSENCE = 180_000;
const PAUSE_IN_SHORT_ABSENCE = 4_000;
// A server that says that it restarts is back in a moment: people wait for nothing but that.
const LONGEST_RESTART = 60_000;
const PAUSE_IN_RESTART = 1_500;
const LONGEST_OPENING = 10_000;
const REFUSALS_BEFORE_ASKING_WHY = 3;

// A network that has gone without a word is noticed by silence: first a question, then a new connection.
const LOOK_EVERY = 2_000;
const SILENCE_BEFORE_ASKING = 10_000;
const SILENCE_BEFORE_LEAVING = 20_000;
const PATIENCE_AFTER_WAKING = 4_000;

// Dispatches "open", "message" (detail: the data), "closed", "waiting" (retryAt has changed), "refused" (detail: the HTTP status).
export class Connection extends EventTarget {
  constructor(address, ping) {
    super();
    this.address = address;
    this.ping = ping;
    this.attempts = 0;
    this.refusals = 0;
    this.retryAt = null;
    this.restartsUntil = 0;
    this.awaySince = 0;
    this.reason = "";
    this.isEnded = false;
    addEventListener("online", () => this.wake());
    addEventListener("offline", () => this.abandon());
    addEventListener("focus", () => this.wake());
    document.addEventListener("visibilitychange", () => !document.hidden && this.wake());
    addEventListener("pagehide", () => this.rest());
    addEventListener("pageshow", (event) => event.persisted && this.open());
    setInterval(() => this.lookAfterSilence(), LOOK_EVERY);
  }

  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  get isOpen() {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  open() {
    clearTimeout(this.retry);
    this.retryAt = null;
    if (this.isEnded || (this.socket && this.socket.readyState <= WebSocket.OPEN)) return;
    const socket = new WebSocket(this.address);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.whenOpen();
    socket.onmessage = ({ data }) => this.whenHeard(data);
    socket.onclose = ({ code, reason }) => this.whenClosed(code, reason);
    this.socket = socket;
    this.wasOpened = false;
    this.heardAt = this.openedAt = performance.now();
    this.tell("waiting");
  }

  whenOpen() {
    this.wasOpened = true;
    this.refusals = 0;
    this.heardAt = performance.now();
    this.tell("open");
  }

  whenHeard(data) {
    this.heardAt = performance.now();
    this.hasToAnswerBy = null;
    this.tell("message", data);
  }

  send(frame) {
    if (!this.isOpen) return false;
    this.socket.send(frame);
    return true;
  }

  /** It works as it should: the next pause is a short one again. */
  isWell() {
    this.attempts = 0;
    this.reason = "";
  }

  // Closing a socket whose network is gone would wait for an answer that never comes: it is left behind instead.
  leave() {
    const { socket } = this;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close(1000);
    this.socket = null;
  }

  abandon() {
    if (!this.socket) return;
    this.leave();
    this.whenClosed(1006, "");
  }

  rest() {
    clearTimeout(this.retry);
    if (!this.socket) return;
    this.leave();
    this.tell("closed");
  }

  end() {
    this.isEnded = true;
    this.rest();
    this.retryAt = null;
    this.tell("waiting");
  }

  whenClosed(code, reason) {
    const { wasOpened } = this;
    const now = performance.now();
    this.socket = null;
    this.reason = code === NOT_UNCHANGED ? reason : "";
    const isExpected = wasOpened && COME_BACK_AT_ONCE.has(code) && this.attempts === 0;
    if (code === RIGHTS_CHANGED) this.mayBeRefused = true;
    if (this.attempts++ === 0) this.awaySince = now;
    if (code === RESTARTS) this.restartsUntil = now + LONGEST_RESTART;
    const isShort = now - this.awaySince < SHORT_ABSENCE;
    const longest = now < this.restartsUntil ? PAUSE_IN_RESTART : isShort ? PAUSE_IN_SHORT_ABSENCE : LONGEST_PAUSE;
    const pause = isExpected ? FIRST_PAUSE : Math.min(longest, FIRST_PAUSE * 1.6 ** this.attempts);
    // Jitter: after a deployment everybody would come back in the same instant.
    this.retryIn((code === NOT_UNCHANGED ? LONGEST_PAUSE : pause) * (0.4 + 0.6 * Math.random()));
    this.tell("closed");
    if (!wasOpened && (++this.refusals % REFUSALS_BEFORE_ASKING_WHY === 0 || this.mayBeRefused)) this.askWhyRefused();
  }

  retryIn(milliseconds) {
    clearTimeout(this.retry);
    this.retryAt = performance.now() + milliseconds;
    this.retry = setTimeout(() => this.open(), milliseconds);
    this.tell("waiting");
  }

  // A browser does not say why a socket was refused; the page itself does.
  async askWhyRefused() {
    this.mayBeRefused = false;
    try {
      const answer = await fetch(location.pathname, { method: "HEAD", redirect: "manual", cache: "no-store" });
      if (answer.ok || answer.status >= 500 || this.isOpen) return;
      this.end();
      this.tell("refused", answer.status);
    } catch {
      // Without a network there is nothing to learn.
    }
  }

  lookAfterSilence() {
    const now = performance.now();
    if (this.socket?.readyState === WebSocket.CONNECTING && now - this.openedAt > LONGEST_OPENING) this.abandon();
    if (!this.isOpen) return;
    const silence = now - this.heardAt;
    if (silence > SILENCE_BEFORE_LEAVING || (this.hasToAnswerBy && now > this.hasToAnswerBy)) this.abandon();
    else if (silence > SILENCE_BEFORE_ASKING) this.ping();
  }

  /** The lid was opened, the network came back, or somebody looks again: find out at once how things stand. */
  wake() {
    if (!this.isOpen) {
      if (this.retryAt !== null) this.tryNow();
      return;
    }
    if (performance.now() - this.heardAt < PATIENCE_AFTER_WAKING) return;
    this.hasToAnswerBy ??= performance.now() + PATIENCE_AFTER_WAKING;
    this.ping();
  }

  tryNow() {
    if (!this.isOpen) this.leave();
    this.open();
  }
}
