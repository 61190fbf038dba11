// Pyodide in Node, for tools/site/bundle.py: reads one job from standard input as JSON.
//   compile   sources -> the .pyc files of Pyodide's own Python, and what they import of its library
//   snapshot  compiled archives -> the memory of a Python that has imported them

import { readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { boot } from "../../docs/assets/worker.js";

const job = JSON.parse(readFileSync(0, "utf8"));

process.on("uncaughtException", ({ message }) => {
  process.exitCode = 1; // Node itself would print the whole of Pyodide's one long line
  console.error(message);
});

// The same sources have to give the same bytes: no clock, no chance, no host's name in memory.
Date.now = () => 0;
performance.now = () => 0;
globalThis.crypto.getRandomValues = (array) => array.fill(0);
globalThis.fetch = async (path) => new Response(readFileSync(path));

const start = (more = {}) => boot(job.live, () => {}, {
  ...more,
  lockFileContents: job.lock,
  env: { LANG: "C.UTF-8", HOME: "/", PYTHONHASHSEED: "0" },
  _sysExecutable: "python",
});

function write(python, root, files) {
  for (const [path, text] of Object.entries(files)) {
    python.FS.mkdirTree(dirname(`${root}/${path}`));
    python.FS.writeFile(`${root}/${path}`, text);
  }
  python.pyimport("sys").path.insert(0, root);
}

const workshop = (python) => {
  write(python, "/workshop", { "workshop.py": readFileSync(job.workshop, "utf8") });
  return python.pyimport("workshop");
};

async function compile() {
  const python = await start();
  write(python, "/app", job.sources);
  python.pyimport("start");
  const tools = workshop(python);
  const imported = tools.imported().toJs();
  const base64 = (bytes) => Buffer.from(bytes.toJs()).toString("base64");
  const files = (compiled) => (
    Object.fromEntries(compiled.map(([path, bytes]) => [path, base64(bytes)]))
  );
  const sources = Object.entries(job.sources);
  writeFileSync(job.out, JSON.stringify({
    imported,
    files: files(sources.map(([path, text]) => [path, tools.compiled(text, path, 0)])),
    library: files(job.library ? imported.map((path) => [path, tools.compiled_library(path)]) : []),
  }));
}

// Writes zeros over memory that is free, so that it costs nothing in the image: takes all of it
// while the heap may not grow, from the largest piece down, then gives it back in order.
function scrub(module) {
  const take = (allocate, release, sizes) => {
    const held = [];
    for (const size of sizes) {
      for (let at = allocate(size); at; at = allocate(size)) {
        module.HEAPU8.fill(0, at, at + size);
        held.push(at);
      }
    }
    return () => held.reverse().forEach((at) => release(at));
  };
  const powers = Array.from({ length: 23 }, (_, index) => 2 ** (26 - index));
  const small = Array.from({ length: 64 }, (_, index) => 512 - 8 * index);
  const large = take(module._malloc, module._free, powers);
  const blocks = take(module._PyObject_Malloc, module._PyObject_Free, small);
  blocks();
  large();
  module.HEAPU8.fill(0, module.___stack_low, module.stackSave());
}

async function snapshot() {
  const { default: create } = await import(`${job.live.python}pyodide.asm.mjs`);
  let growing = true;
  let plain; // what WebAssembly itself puts into memory
  let begun; // what its constructors make of that
  const python = await start({
    _makeSnapshot: true,
    createPyodideModule: (given) => {
      const instantiate = given.instantiateWasm;
      given.instantiateWasm = (imports, receive) => {
        const grow = imports.env.emscripten_resize_heap;
        imports.env.emscripten_resize_heap = (size) => growing && grow(size);
        return instantiate(imports, (instance, module) => {
          plain = new Uint8Array(instance.exports.memory.buffer).slice();
          receive(instance, module);
        });
      };
      given.onRuntimeInitialized = () => (begun = given.HEAPU8.slice());
      return create(given);
    },
  });
  const { rehearse } = python.pyimport("start");
  for (let turn = 0; rehearse(turn); turn++);
  const tools = workshop(python);
  tools.tidy();
  tools.destroy();
  growing = false;
  scrub(python._module);
  const whole = python.makeMemorySnapshot();
  const [, beginning] = new Uint32Array(whole.buffer, 0, 2);
  const head = whole.subarray(0, beginning);
  const heap = python._module.___heap_base;
  writeFileSync(job.out, packed(head, whole.subarray(beginning), heap, plain, begun));
}

// The format is explained at `lay` in worker.js. Runs that are near each other are written as one.
const NEAR = 32;

function packed(head, memory, heap, plain, begun) {
  const differs = (at) => (at < heap
    ? memory[at] !== plain[at] || begun[at] !== plain[at]
    : memory[at] !== 0);
  const runs = [];
  const pieces = [];
  let last = 0;
  for (let at = 0; at < memory.length; at++) {
    if (!differs(at)) continue;
    let end = at + 1;
    for (let ahead = end; ahead < memory.length && ahead < end + NEAR; ahead++) {
      if (differs(ahead)) end = ahead + 1;
    }
    runs.push(at - last, end - at);
    pieces.push(memory.subarray(at, end));
    at = last = end;
  }
  const bytes = (...words) => new Uint8Array(Uint32Array.from(words).buffer);
  return Buffer.concat([
    bytes(memory.length, heap, runs.length / 2, head.length), head, bytes(...runs), ...pieces,
  ]);
}

await { compile, snapshot }[process.argv[2]]();
