// The Python that answers: one worker for all calculators of a visit, whichever page started it.

const ROOT = new URL("../", import.meta.url);
// The memory image saves computing and sends 2 MB more than the ordinary start. On a line that is
// slower than this, in Mbit/s, that takes longer. Browsers tell at most 10, or nothing.
const FAST = 10;

class Python extends EventTarget {
  state = "idle"; // then "starting", then "ready" or "failed"
  progress = 0; // of the start, from 0 to 1
  message = ""; // why it failed
  #files;
  #worker;
  #lastId = 0;
  #requests = new Map(); // by id, what waits for a reply

  // `files`: the parts of the bundle by name, as the page has them.
  start(files) {
    if (this.state !== "idle") return;
    this.#files = files;
    this.#change("starting");
    try {
      this.#worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
    } catch {
      this.#change("failed");
      return;
    }
    this.#worker.onmessage = ({ data }) => this.#receive(data);
    // The script does not load, or this browser does not know modules in workers.
    this.#worker.onerror = () => this.#change("failed");
    const urls = Object.entries(files).map(([name, path]) => [name, new URL(path, ROOT).href]);
    const { saveData, downlink } = navigator.connection ?? {};
    const how = saveData || downlink < FAST ? "boot" : "snapshot";
    this.#worker.postMessage({ type: "start", live: Object.fromEntries(urls), how });
  }

  restart() {
    this.#worker?.terminate();
    this.state = "idle";
    this.start(this.#files);
  }

  // The reply; or nothing, where a newer request with the same key came before it. `preview` gets
  // a first reply where the whole one takes long.
  ask(request, key, preview) {
    if (this.state === "failed") return Promise.reject(new Error(this.message));
    const id = ++this.#lastId;
    this.#worker.postMessage({ id, key, request: JSON.stringify(request) });
    return new Promise((resolve, reject) => this.#requests.set(id, { resolve, reject, preview }));
  }

  #receive(data) {
    if (data.type === "progress") {
      this.#change("starting", data.done);
    } else if (data.type) {
      this.#change(data.type, 1, data.message);
    } else {
      const request = this.#requests.get(data.id);
      const reply = data.reply && JSON.parse(data.reply);
      if (data.more) {
        request?.preview(reply);
        return;
      }
      this.#requests.delete(data.id);
      if (data.error) request?.reject(new Error(data.error));
      else request?.resolve(reply);
    }
  }

  #change(state, progress = 0, message = "") {
    Object.assign(this, { state, progress, message });
    if (state === "failed") {
      for (const { reject } of this.#requests.values()) reject(new Error(message));
      this.#requests.clear();
    }
    this.dispatchEvent(new Event("change"));
  }
}

export const python = new Python();
