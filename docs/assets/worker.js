// The Python that built the page, answering again in the browser. It starts from an image of the
// memory of a Python that has imported everything; where that fails, in the ordinary way.
// The worker does not know what it carries: a request goes in as text, a reply comes out as text,
// and where the work takes long, a first reply from what is done by then.

// Shares of the wait, for the bar that shows it: only the image is counted byte by byte.
const FETCHED = 0.6;
const STARTED = 0.9;

// The ordinary way: an interpreter starts on compiled modules and imports what it needs.
export async function boot(live, report = () => {}, more = {}) {
  const app = fetched(live.app).then((response) => response.arrayBuffer());
  const [{ loadPyodide }] = await Promise.all([import(`${live.python}pyodide.mjs`), app]);
  report(FETCHED / 2, "starting");
  const python = await loadPyodide({
    ...more,
    indexURL: live.python,
    stdLibURL: live.modules,
    env: { ...more.env, PYTHONPATH: "/app.zip" },
    fsInit: async (files) => files.writeFile("/app.zip", new Uint8Array(await app)),
  });
  report(STARTED, "starting");
  return python;
}

// The short way: memory as tools/site/live.mjs left it is laid into a fresh WebAssembly instance.
// `_loadSnapshot` is not public, so the version of Pyodide is pinned exactly.
export async function restore(live, report = () => {}) {
  const image = read(live.image, report);
  const [{ loadPyodide }, { default: create }] = await Promise.all([
    import(`${live.python}pyodide.mjs`),
    import(`${live.python}pyodide.asm.mjs`),
  ]);
  return loadPyodide({
    indexURL: live.python,
    stdLibURL: live.empty,
    _loadSnapshot: image.head,
    createPyodideModule: async (given) => {
      const [module, whole] = await Promise.all([create(given), image.whole]);
      report(STARTED, "starting");
      lay(whole, module);
      return module;
    },
  });
}

async function fetched(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response;
}

// An image is four 32-bit words (size of memory, start of the heap, number of runs, length of the
// head), the head that Pyodide asks for, (gap, length) of each run as words, the bytes of the runs.
// Between runs memory is as WebAssembly's own data leaves it, and zero from the heap on.
const WORDS = 16;

function lay(whole, module) {
  const [size, heap, count, head] = new Uint32Array(whole.buffer, 0, 4);
  if (module.HEAPU8.length < size) module.growMemory(size);
  const memory = module.HEAPU8;
  memory.fill(0, heap, module._sbrk(0));
  const runs = new Uint32Array(whole.buffer, WORDS + head, 2 * count);
  let from = WORDS + head + runs.byteLength;
  let to = 0;
  for (let run = 0; run < runs.length; run += 2) {
    const length = runs[run + 1];
    to += runs[run];
    memory.set(whole.subarray(from, from + length), to);
    from += length;
    to += length;
  }
}

// Static hosts do not compress such a file, so it is gzipped and inflated here. Its head is there
// at once, so that WebAssembly is compiled while the rest is on its way.
function read(url, report) {
  let headed;
  const first = new Promise((resolve) => (headed = resolve));
  const whole = fetched(url).then((response) => inflated(response, report, headed));
  const head = Promise.race([first, whole.then(headOf)]);
  head.catch(() => {}); // Pyodide awaits it later; until then it may fail unheard.
  return { head, whole };
}

const headOf = (bytes) => {
  const [, , , length] = new Uint32Array(bytes.buffer, 0, 4);
  return bytes.slice(WORDS, WORDS + length);
};

async function inflated(response, report, headed) {
  const size = Number(response.headers.get("content-length"));
  let seen = 0;
  const counted = new TransformStream({
    transform(chunk, next) {
      seen += chunk.length;
      if (size) report(FETCHED * Math.min(seen / size, 1), "fetching");
      next.enqueue(chunk);
    },
  });
  const reader = response.body
    .pipeThrough(counted)
    .pipeThrough(new DecompressionStream("gzip"))
    .getReader();
  const chunks = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return joined(chunks);
    chunks.push(value);
    // The head is some hundred bytes, and shorter than any first chunk of this many.
    if (chunks.length === 1 && value.length > 4096) headed(headOf(value));
  }
}

function joined(chunks) {
  const whole = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

// Where WebAssembly does not come or is spoilt, Pyodide only warns and waits for ever. Its own hook,
// `instantiateWasm`, tells no more; so the call that fails is listened to.
async function watched(way) {
  const { instantiateStreaming } = WebAssembly;
  try {
    return await new Promise((resolve, reject) => {
      WebAssembly.instantiateStreaming = (...given) => {
        const instance = instantiateStreaming(...given);
        instance.catch(reject);
        return instance;
      };
      way().then(resolve, reject);
    });
  } finally {
    WebAssembly.instantiateStreaming = instantiateStreaming;
  }
}

async function start(live, how, report) {
  const ways = how === "boot" || !live.image ? { boot } : { snapshot: restore, boot };
  let fault;
  for (const [name, way] of Object.entries(ways)) {
    try {
      const python = await watched(() => way(live, report));
      const { ask, rehearse, wake } = python.pyimport("start");
      wake();
      return { ask, rehearse, how: name };
    } catch (error) {
      console.warn(`The calculator did not start by ${name}:`, error);
      fault = error;
    }
  }
  throw fault;
}

function advice(error) {
  if (typeof WebAssembly !== "object") {
    return "This browser has no WebAssembly, which the calculators need to answer anew. "
      + "The answer shown is the one for the values the page came with.";
  }
  return "The calculator could not start, so the answer does not follow the inputs. "
    + `Check the connection, then reload the page. (${error?.message ?? error})`;
}

let ask;
let rehearse;
let turn = 0;
let rehearsal;
let failure;
let busy = false;
const queue = [];

// Milliseconds: of work between two looks at what has come in meanwhile, and of work still ahead
// that is worth a first reply before it is done.
const SLICE = 12;
const LONG = 150;
// Milliseconds without a question after which the next ones are prepared for.
const QUIET = 300;

// Until messages that wait have been heard; a timer would take four milliseconds.
const ears = new MessageChannel();
const breath = () => new Promise((resolve) => {
  ears.port1.onmessage = resolve;
  ears.port2.postMessage("");
});

// One answer at a time, in order. Of those under one key only the newest is worth it: an older one
// is let be, also half done.
async function work() {
  if (busy || !(ask || failure)) return;
  busy = true;
  while (queue.length) {
    await breath();
    const { id, key, request } = queue.shift();
    const newer = () => key !== undefined && queue.some((later) => later.key === key);
    postMessage({ id, ...(await answer(id, request, newer)) });
  }
  busy = false;
  rehearseIn(QUIET);
}

async function answer(id, request, newer) {
  if (newer()) return { dropped: true };
  if (failure) return { error: failure };
  let asked;
  try {
    asked = ask(request);
    const begun = performance.now();
    let heard = begun;
    let first = true;
    for (let done = asked.advance(); done < 1; done = asked.advance()) {
      const now = performance.now();
      if (now - heard < SLICE) continue;
      if (first && (now - begun) * (1 - done) > LONG * done) {
        postMessage({ id, reply: asked.reply(), more: true });
      }
      first = false;
      await breath();
      if (newer()) return { dropped: true };
      heard = performance.now();
    }
    return { reply: asked.reply() };
  } catch (error) {
    console.error(error);
    return { error: error.message.trim().split("\n").at(-1) };
  } finally {
    asked?.destroy();
  }
}

// While nobody asks, so that a reader's first answers are as quick as the later ones.
function rehearseIn(wait) {
  clearTimeout(rehearsal);
  rehearsal = setTimeout(() => {
    if (busy || queue.length || !rehearse) return;
    if (rehearse(turn++)) rehearseIn(0);
    else rehearse = undefined;
  }, wait);
}

async function begin({ live, how }) {
  const begun = performance.now();
  let done = 0;
  const report = (now, stage) => {
    done = Math.max(done, now);
    postMessage({ type: "progress", done, stage });
  };
  try {
    const ready = await start(live, how, report);
    ({ ask, rehearse } = ready);
    postMessage({ type: "ready", how: ready.how, ms: Math.round(performance.now() - begun) });
    rehearseIn(0);
  } catch (error) {
    failure = advice(error);
    postMessage({ type: "failed", message: failure });
  }
  work();
}

globalThis.onmessage = ({ data }) => {
  if (data.type === "start") {
    begin(data);
  } else {
    queue.push(data);
    work();
  }
};
