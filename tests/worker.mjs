// The worker as the page has it, in Node: for tests/site/test_parity.py.
// Reads {live, how, requests} from standard input; all requests come under one key, the next one as
// soon as the worker has told something of the last. Writes all that it says of them, as JSON.

import { readFileSync, writeSync } from "node:fs";

const { live, how, requests } = JSON.parse(readFileSync(0, "utf8"));
const headers = { "content-type": "application/wasm" };
globalThis.fetch = async (path) => new Response(readFileSync(path), { headers });

// On a machine as slow as this a first reply is always worth it.
let clock = 0;
performance.now = () => (clock += 1000);

const said = [];
let sent = 0;
const send = () => {
  if (sent === requests.length) return;
  const id = sent++;
  globalThis.onmessage({ data: { id, key: "one", request: requests[id] } });
};
globalThis.postMessage = (data) => {
  if (data.type === "failed") throw new Error(data.message);
  if (data.type) return;
  said.push(data);
  if (!data.dropped) send();
  if (data.id < requests.length - 1 || data.more) return;
  const told = Buffer.from(JSON.stringify(said));
  for (let at = 0; at < told.length; ) {
    try {
      at += writeSync(1, told, at);
    } catch (error) {
      if (error.code !== "EAGAIN") throw error; // the pipe is full; its reader is behind
    }
  }
  process.exit();
};

await import("../docs/assets/worker.js");
globalThis.onmessage({ data: { type: "start", live, how } });
send();
