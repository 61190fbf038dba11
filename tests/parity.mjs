// Answers requests with the bundle that the browser gets, in Node: for tests/site/test_parity.py.
// Reads {live, how, requests} from standard input; writes [reply] and what chance gives, as JSON.

import { readFileSync, writeSync } from "node:fs";
import { boot, restore } from "../docs/assets/worker.js";

const { live, how, requests } = JSON.parse(readFileSync(0, "utf8"));
process.on("uncaughtException", ({ message }) => {
  process.exitCode = 1; // Node itself would print the whole of Pyodide's one long line
  console.error(message);
});
globalThis.fetch = async (path) => new Response(readFileSync(path));

const python = await { boot, snapshot: restore }[how](live);
const { ask, wake } = python.pyimport("start");
wake();
const chance = python.pyimport("random").random();
const replies = requests.map((text) => {
  const asked = ask(text);
  while (asked.advance() < 1);
  return asked.reply();
});
const told = Buffer.from(JSON.stringify({ replies, chance }));
for (let at = 0; at < told.length; ) {
  try {
    at += writeSync(1, told, at);
  } catch (error) {
    if (error.code !== "EAGAIN") throw error; // the pipe is full; its reader is behind
  }
}
