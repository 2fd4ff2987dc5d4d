// A connection whose server is away, without a page and in no time: prints, as JSON, when it was tried after the first one
// ended with the code given, in seconds. Usage: node come_back.mjs CODE SECONDS
import { Connection } from "../../static/js/editor/connection.js";

const [code, seconds] = process.argv.slice(2).map(Number);
let clock = 0;
let next = null;
const tried = [];

class AwayServer {
  constructor() {
    tried.push(clock);
    AwayServer.last = this;
  }
}
Object.assign(globalThis, {
  performance: { now: () => clock * 1000 },
  addEventListener() {},
  document: { addEventListener() {} },
  location: { pathname: "/" },
  fetch: () => Promise.reject(new Error("away")),
  setInterval() {},
  clearTimeout() {},
  setTimeout: (act, milliseconds) => (next = { act, at: clock + milliseconds / 1000 }),
  WebSocket: AwayServer,
});
Math.random = () => 1;

const connection = new Connection("ws://away/", () => {});
connection.open();
AwayServer.last.onopen();
connection.isWell();
AwayServer.last.onclose({ code, reason: "" });
while (next.at < seconds) {
  clock = next.at;
  next.act();
  AwayServer.last.onclose({ code: 1006, reason: "" });
}
console.log(JSON.stringify(tried.slice(1)));
process.exit();
