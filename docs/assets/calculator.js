// <live-calculator> wraps a form that the page ships already answered. Python in a worker answers
// every change of it with HTML, which is laid over the old answer. What is asked, how it is called
// and what it comes to is known to Python alone: this file carries texts in and HTML out.

const ROOT = new URL("../", import.meta.url);
const beside = (path) => new URL(path, import.meta.url);

// One Python serves every calculator of a visit, whichever page it was started from.
class Python extends EventTarget {
  state = "idle"; // then "starting", then "ready" or "failed"
  done = 0;
  message = "";
  #live;
  #worker;
  #asked = 0;
  #waiting = new Map();

  start(live) {
    if (this.state !== "idle") return;
    this.#live = live;
    this.#turn("starting");
    try {
      this.#worker = new Worker(beside("worker.js"), { type: "module" });
    } catch {
      this.#turn("failed");
      return;
    }
    this.#worker.onmessage = ({ data }) => this.#hear(data);
    // A worker whose script does not load, or that this browser does not know as a module.
    this.#worker.onerror = () => this.#turn("failed");
    const urls = Object.entries(live).map(([name, path]) => [name, new URL(path, ROOT).href]);
    this.#worker.postMessage({ type: "start", live: Object.fromEntries(urls) });
  }

  restart() {
    this.#worker?.terminate();
    this.state = "idle";
    this.start(this.#live);
  }

  // The reply, or nothing where a newer request under that key has come before it. One that takes
  // long may be told `first` from what is done by then.
  ask(request, key, first) {
    if (this.state === "failed") return Promise.reject(new Error(this.message));
    const id = ++this.#asked;
    this.#worker.postMessage({ id, key, request: JSON.stringify(request) });
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject, first }));
  }

  #hear(data) {
    if (data.type === "progress") this.#turn("starting", data.done);
    else if (data.type) this.#turn(data.type, 1, data.message);
    else {
      const asked = this.#waiting.get(data.id);
      const reply = data.reply && JSON.parse(data.reply);
      if (data.more) {
        asked?.first(reply);
        return;
      }
      this.#waiting.delete(data.id);
      if (data.error) asked?.reject(new Error(data.error));
      else asked?.resolve(reply);
    }
  }

  #turn(state, done = 0, message = "") {
    Object.assign(this, { state, done, message });
    if (state === "failed") {
      for (const { reject } of this.#waiting.values()) reject(new Error(message));
      this.#waiting.clear();
    }
    this.dispatchEvent(new Event("change"));
  }
}

const python = new Python();
let calculators = 0; // that were ever on a page of this visit

// Answers with a problem come while one types ("1." before "1.5"): say so at a pause.
const PAUSE = 500;
const SETTLED = 150;
const NEAR = "400px";
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const idle = globalThis.requestIdleCallback ?? ((work) => setTimeout(work, 200));

class LiveCalculator extends HTMLElement {
  #ending; // ends every listener when the page is left
  #path;
  #search; // the query string of the address
  #query; // the one that the address is to have
  #on = ""; // the day of the prices, where the address names one
  #listed; // the day whose offers the choosers hold; before that, only the chosen one
  #key = ++calculators;
  #wish = null; // the newest request, until it is answered in full
  #opening = null; // the request for a link, until the form is as the link has it
  #answered = ""; // the request that the answer on the page belongs to
  #good = {}; // by input, the text in that request
  #refused = new Map(); // by input, the text that was refused and why
  #opened = {}; // by input, the text that the address gave it
  #charts;
  #timers = {};

  connectedCallback() {
    this.form = this.querySelector("form");
    this.answer = this.querySelector(".answer__html");
    this.status = this.querySelector(".answer__status");
    this.bar = this.querySelector(".answer__progress");
    this.retry = this.querySelector(".answer__retry");
    this.said = this.querySelector(".answer__said");
    this.#path = location.pathname;
    this.#ending = new AbortController();
    this.#charts = new Charts();
    this.#listen();
    this.form.reset(); // a browser may have kept what was typed before a reload
    this.#good = this.#texts();
    this.#answered = JSON.stringify(this.#request());
    this.#search = asked();
    if (this.#search) this.#open();
    else this.#await();
    this.#progress();
  }

  disconnectedCallback() {
    this.#ending.abort();
    this.#charts.end();
    Object.values(this.#timers).forEach(clearTimeout);
  }

  #listen() {
    const { signal } = this.#ending;
    const start = () => this.#start();
    this.form.addEventListener("focusin", start, { signal });
    this.form.addEventListener("pointerdown", start, { signal });
    this.form.addEventListener("input", () => this.#edit(), { signal });
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#edit();
    }, { signal });
    this.addEventListener("click", (event) => this.#press(event), { signal });
    // Before the theme's own listener, which takes another case for another page.
    document.addEventListener("click", (event) => this.#follow(event), { signal, capture: true });
    addEventListener("returned", (event) => this.#return(event), { signal });
    addEventListener("hashchange", () => this.#reveal(), { signal });
    addEventListener("beforeprint", () => this.#print(), { signal });
    python.addEventListener("change", () => this.#progress(), { signal });
    // The keyboard of a phone covers the bottom edge, where the headline stands.
    const seen = globalThis.visualViewport;
    seen?.addEventListener("resize", () => {
      const covered = Math.max(0, innerHeight - seen.height - seen.offsetTop);
      this.style.setProperty("--keyboard", `${Math.round(covered)}px`);
    }, { signal });
  }

  #await() {
    if (navigator.connection?.saveData) return; // then at the first touch
    const near = new IntersectionObserver(([{ isIntersecting }]) => {
      if (!isIntersecting) return;
      near.disconnect();
      idle(() => this.isConnected && this.#start(), { timeout: 2000 });
    }, { rootMargin: NEAR });
    near.observe(this);
    this.#ending.signal.addEventListener("abort", () => near.disconnect());
  }

  #start() {
    python.start(JSON.parse(this.getAttribute("live")));
  }

  #progress() {
    const failed = python.state === "failed";
    this.bar.hidden = python.state !== "starting";
    this.bar.value = python.done;
    if (failed) this.status.textContent = python.message || this.dataset.failed;
    else if (!this.retry.hidden) this.status.textContent = "";
    this.retry.hidden = !failed;
    this.#list();
  }

  // A page does not ship the offers that its choosers could hold: Python has them.
  async #list() {
    const on = this.#on;
    if (python.state !== "ready" || this.#listed === on) return;
    const choosers = [...this.form.querySelectorAll("select[data-more]")];
    const first = ({ options }) => [...options].find((option) => option.defaultSelected)?.value;
    const kept = Object.fromEntries(choosers.map((chooser) => [
      chooser.name,
      [first(chooser) ?? chooser.dataset.default, chooser.value],
    ]));
    this.#listed = on;
    let lists;
    try {
      ({ lists } = await python.ask({ ...this.#question, kept, on }));
    } catch {
      this.#listed = undefined; // Python has ended, and the page says so
      return;
    }
    for (const chooser of choosers) {
      const { value } = chooser;
      chooser.innerHTML = lists[chooser.name];
      for (const option of chooser.options) {
        option.defaultSelected = option.value === kept[chooser.name][0];
      }
      choose(chooser, value);
    }
  }

  // What the form holds

  get #controls() {
    return [...this.form.elements].filter((control) => control.name);
  }

  #texts() {
    return Object.fromEntries(this.#controls.map(({ name, value }) => [name, value]));
  }

  #request() {
    const given = this.#texts();
    for (const [name, { text }] of this.#refused) {
      if (given[name] === text) given[name] = this.#good[name] ?? "";
    }
    if (this.#on) given.on = this.#on;
    return { ...this.#question, given };
  }

  get #question() {
    return { slug: this.getAttribute("slug"), brief: this.getAttribute("brief") };
  }

  // The form as the address has it; without a query, as the page came.
  #open() {
    this.#query = undefined;
    this.#refused.clear();
    this.form.reset();
    const search = (this.#search = asked());
    const query = Object.fromEntries(new URLSearchParams(search));
    this.#on = query.on ?? "";
    if (!search) {
      this.#list();
      this.#ask(this.#request(), { address: false });
      return;
    }
    for (const control of this.#controls) {
      choose(control, query[control.name] || control.dataset.default);
    }
    this.#list();
    this.#opened = this.#texts();
    this.#ask({ ...this.#question, search });
  }

  // Python knows what a link means that was made when inputs had other names or other defaults.
  #adopt(values) {
    for (const control of this.#controls) {
      const text = values[control.name];
      const touched = control.value !== this.#opened[control.name];
      if (text !== undefined && !touched) choose(control, text);
    }
  }

  // The part that the address names may stand in something folded, or be new.
  #reveal() {
    const part = document.getElementById(location.hash.slice(1));
    if (!part || !this.answer.contains(part)) return;
    for (let fold = part.closest("details"); fold; fold = fold.parentNode.closest("details")) {
      fold.open = true;
      unfolded.add(fold);
    }
    part.scrollIntoView();
  }

  #edit() {
    this.#ask(this.#request());
    clearTimeout(this.#timers.problems);
    this.#timers.problems = setTimeout(() => this.#showProblems(), PAUSE);
  }

  // A newer request takes the place of an older one that is being answered, but for a link: what
  // the form holds is not known before Python has read that.
  #ask(request, { address = true } = {}) {
    this.#start();
    this.#wish = { request, address };
    if (!this.#opening) this.#send(this.#wish);
  }

  async #send(asked) {
    if (asked.request.search) this.#opening = asked;
    try {
      const first = (reply) => this.#hear(asked, reply, true);
      const reply = await python.ask(asked.request, this.#key, first);
      if (reply) this.#hear(asked, reply, false);
    } catch (error) {
      const held = this.#opening === asked;
      if (held) this.#opening = null;
      if (python.state === "failed") return; // the wish stays for another try
      if (asked !== this.#wish) {
        if (held) this.#send(this.#wish);
        return;
      }
      this.#wish = null;
      this.answer.ariaBusy = null;
      this.status.textContent = `${this.dataset.fault} (${error.message})`;
    }
  }

  #hear(asked, reply, more) {
    if (this.#opening === asked) {
      this.#opening = null;
      const stays = asked.request.search === this.#search;
      if (stays) this.#adopt(reply.values);
      if (this.#wish !== asked) {
        if (stays) this.#wish.request = this.#request();
        this.#send(this.#wish);
      }
    }
    if (this.#wish !== asked || !this.isConnected) return;
    if (!more) this.#wish = null;
    this.#show(asked, reply, more);
  }

  // With `more` to come it is refined soon, and announced only then.
  #show(wish, reply, more) {
    const { request, address, begun } = wish;
    const asked = JSON.stringify(request);
    const given = request.given ?? this.#texts();
    for (const [name, message] of Object.entries(reply.problems)) {
      this.#refused.set(name, { text: given[name], message });
    }
    if (request.search) this.#showProblems();
    if (reply.problems.on) this.#on = "";
    if (reply.html === undefined) {
      // The other inputs go on working, with the last good value in place of the bad one.
      const rest = this.#request();
      const text = JSON.stringify(rest);
      if (text !== asked && text !== this.#answered) this.#ask(rest);
      return;
    }
    for (const name of Object.keys(reply.problems)) given[name] = "";
    this.#good = given;
    this.#lay(reply.html, { flashing: !begun });
    this.#mark(reply);
    this.answer.ariaBusy = more ? "true" : null;
    if (request.search && !begun) this.#reveal();
    wish.begun = true;
    if (more) return;
    this.status.textContent = [reply.notice, reply.problems.on].filter(Boolean).join(" ");
    for (const figure of this.answer.querySelectorAll(".chart")) this.#charts.watch(figure);
    if (address) {
      this.#on = new URLSearchParams(reply.query).get("on") ?? "";
      this.#query = reply.query;
      clearTimeout(this.#timers.address);
      this.#timers.address = setTimeout(() => this.#readdress(), SETTLED);
    }
    this.#answered = JSON.stringify(this.#request());
    this.#say(reply.said);
  }

  // Browsers take long to do this, and refuse to do it often. On the way back to another page the
  // address is that page's already, and this one still here.
  #readdress() {
    if (this.#query === undefined || location.pathname !== this.#path) return;
    const { embed } = document.documentElement.dataset;
    const framed = embed === undefined ? "" : embed ? `embed=${encodeURIComponent(embed)}&` : "embed&";
    history.replaceState(history.state, "", `?${framed}${this.#query}${location.hash}`);
    this.#search = asked();
    this.#query = undefined;
  }

  #mark({ changed, folds }) {
    for (const field of this.form.querySelectorAll("[data-field]")) {
      const name = field.dataset.field;
      const differs = changed.includes(name) || this.#refused.has(name);
      changing(field, differs);
    }
    for (const fold of this.form.querySelectorAll("[data-fold]")) {
      fold.textContent = folds[fold.dataset.fold];
    }
  }

  #showProblems() {
    for (const control of this.#controls) {
      const refused = this.#refused.get(control.name);
      if (refused && refused.text !== control.value) this.#refused.delete(control.name);
      const message = this.#refused.get(control.name)?.message ?? "";
      const place = document.getElementById(`error-${control.name}`);
      if (place.textContent === message) continue;
      place.textContent = message;
      place.hidden = !message;
      control.ariaInvalid = message ? "true" : null;
      if (!message) continue;
      changing(control.closest("[data-field]"), true);
      this.#say(message);
    }
  }

  #lay(html, { flashing }) {
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    const marks = new Set();
    morph(this.answer, fresh.content, marks);
    if (flashing && !calm.matches) flash(marks, getComputedStyle(this).getPropertyValue("--mark"));
  }

  #say(text) {
    clearTimeout(this.#timers.said);
    this.#timers.said = setTimeout(() => (this.said.textContent = text), 1000);
  }

  // What is pressed

  #press(event) {
    const { target } = event;
    // The browser goes to a part of this page; the theme would fetch the page again for it.
    if (target.closest("a[href^='#']")) event.stopPropagation();
    const part = target.closest(".answer__html .headerlink");
    if (part) this.#copyPart(part);
    const button = target.closest("button");
    if (!button) return;
    this.#tell(""); // what an earlier press came to
    if (button === this.retry) {
      python.restart();
      const wish = this.#wish ?? { request: this.#request() };
      this.#wish = null;
      this.#ask(wish.request, wish);
    } else if (button.matches(".field__reset")) {
      const control = button.closest("[data-field]").querySelector("[name]");
      choose(control, control.dataset.default);
      control.focus();
      this.#edit();
    } else if (button.dataset.copy) {
      this.#copy(button.dataset.copy);
    } else if (button.dataset.take === "copy") {
      this.#copyRecord(button.nextElementSibling.value);
    } else if (button.dataset.take) {
      this.#save(this.#made({ record: button.nextElementSibling.value }));
    } else if (button.dataset.picture) {
      this.#save(this.#drawn(button.closest(".chart"), button.dataset.picture));
    }
  }

  // Taking the answer away

  #tell(what) {
    const told = this.querySelector(".answer__copied");
    if (told) told.textContent = told.dataset[what] ?? "";
  }

  // On paper, where a link cannot be followed, the whole of it is to be read.
  #print() {
    for (const mark of this.getAnimations({ subtree: true })) mark.finish();
    const share = this.querySelector(".answer__share");
    const pinned = this.querySelector("[data-copy]")?.dataset.copy;
    if (share && pinned) share.dataset.address = new URL(pinned, location.href).href;
  }

  async #copy(link) {
    const { href } = new URL(link, location.href);
    await this.#put(href, () => navigator.clipboard.writeText(href));
  }

  async #copyPart(part) {
    const pinned = this.querySelector("[data-copy]")?.dataset.copy;
    if (!pinned) return;
    await this.#copy(pinned + part.hash);
    part.dataset.said = this.querySelector(".answer__copied").textContent;
    setTimeout(() => delete part.dataset.said, 2000);
  }

  // The clipboard is asked at once, with what is still being made: later the press is forgotten.
  async #copyRecord(record) {
    const made = this.#made({ record });
    const as = (type, of) => made.then((reply) => new Blob([of(reply)], { type }));
    const text = made.then((reply) => reply.text);
    await this.#put(text, () => navigator.clipboard.write([new ClipboardItem({
      "text/plain": as("text/plain", (reply) => reply.text),
      "text/html": as("text/html", (reply) => reply.html),
    })]));
  }

  async #put(text, copy) {
    const field = this.querySelector(".answer__by-hand");
    field.hidden = true;
    try {
      await copy();
      this.#tell("said");
    } catch {
      try {
        field.value = await text;
        field.hidden = false;
        field.focus();
        field.select();
        this.#tell("failed");
      } catch {
        this.#tell("fault");
      }
    }
  }

  // What Python makes of the answer on the page; `page` is where others find it.
  async #made(wanted) {
    this.#start();
    if (python.state !== "ready") this.#tell("waits");
    while (this.#wish && python.state !== "failed") { // until the newest answer is there
      await new Promise((done) => setTimeout(done, SETTLED));
    }
    const page = document.querySelector("link[rel=canonical]")?.href
      ?? location.origin + location.pathname;
    const reply = await python.ask({ ...JSON.parse(this.#answered), page, ...wanted });
    if (reply.problems) throw new Error(Object.values(reply.problems).join(" "));
    return reply;
  }

  // A chart as a file by itself.
  async #drawn(figure, kind) {
    const made = await this.#made({
      spec: figure.dataset.spec,
      title: figure.querySelector("figcaption").textContent,
      part: key(figure.closest("section")),
    });
    if (kind === "json") return { ...made, name: `${made.name}.vl.json` };
    const embed = await (library ??= load());
    const { view } = await embed(document.createElement("div"), made.spec, EMBEDDED);
    const blob = kind === "svg"
      ? new Blob([await view.toSVG()], { type: "image/svg+xml" })
      : await view.toCanvas(2).then((canvas) => new Promise((done) => canvas.toBlob(done)));
    view.finalize();
    return { name: `${made.name}.${kind}`, blob };
  }

  async #save(made) {
    try {
      const { name, media, text, blob } = await made;
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob ?? new Blob([text], { type: media }));
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
      this.#tell("saved");
    } catch (error) {
      console.warn("Nothing was saved:", error);
      this.#tell("fault");
    }
  }

  // A link to another case of this page changes the form, not the page.
  #follow(event) {
    this.#readdress(); // it is where one comes back to
    const link = event.target.closest?.("a[href*='?']");
    const plain = !event.button && !event.metaKey && !event.ctrlKey && !event.shiftKey;
    if (!link || !plain || link.target || link.origin !== location.origin) return;
    if (link.pathname !== this.#path) return;
    event.preventDefault();
    event.stopPropagation();
    history.pushState(null, "", link.href);
    this.#open();
  }

  // `popstate`, as the page's head hands it on; the theme would fetch this page again, for a part
  // of it too.
  #return(event) {
    if (location.pathname !== this.#path) return;
    event.preventDefault();
    if (asked() !== this.#search) this.#open();
  }
}

// The query of the address, without what only says how much of the page is shown.
function asked() {
  const parts = location.search.slice(1).split("&");
  const rest = parts.filter((part) => part && part.split("=")[0] !== "embed").join("&");
  return rest && `?${rest}`;
}

// A chooser may not hold it yet, and an offer of the past is not on the list of today.
function choose(control, text) {
  control.value = text;
  if (control.value !== text) control.add(new Option(text, text, false, true));
}

// An input that differs from its default is marked and shows its way back.
function changing(field, differs) {
  field.classList.toggle("is-changed", differs);
  field.querySelector(".field__reset").hidden = !differs;
}

// Laying a new answer over the old one. What is alike stays the very node it was, so that focus,
// selection, scrolling and what was unfolded stay too. `marks` collects where a text has changed.

const key = (node) => node.id || node.getAttribute?.("aria-labelledby") || "";
const alike = (old, fresh) => old.nodeName === fresh.nodeName && key(old) === key(fresh);
const unfolded = new WeakSet();
document.addEventListener("click", ({ target }) => {
  const summary = target.closest?.("summary");
  if (summary) unfolded.add(summary.parentNode);
});

function morph(old, fresh, marks) {
  let at = old.firstChild;
  for (const wanted of [...fresh.childNodes]) {
    let found = at;
    while (found && !alike(found, wanted)) found = found.nextSibling;
    if (!found) {
      old.insertBefore(wanted, at);
      continue;
    }
    while (at !== found) at = removed(at);
    at = found.nextSibling;
    if (found.nodeType === Node.ELEMENT_NODE) {
      dress(found, wanted);
      if (!found.matches(".chart__picture")) morph(found, wanted, marks);
    } else if (found.data !== wanted.data) {
      found.data = wanted.data;
      marks.add(old);
    }
  }
  while (at) at = removed(at);
}

function removed(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}

function dress(old, fresh) {
  const kept = unfolded.has(old) ? "open" : "";
  for (const { name } of [...old.attributes]) {
    if (name !== kept && !fresh.hasAttribute(name)) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (name !== kept && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
}

function flash(elements, colour) {
  for (const element of elements) {
    element.animate({ backgroundColor: [colour, "transparent"] }, { duration: 1400 });
  }
}

// Charts of a live answer, drawn when they come into view. The library is large and is loaded only
// then; it works without `eval`, which the site's policy forbids.

let library;
const EMBEDDED = {
  mode: "vega-lite",
  renderer: "svg",
  ast: true,
  actions: false,
  tooltip: false,
  defaultStyle: false,
};

function loaded(path) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = beside(path);
    script.onload = resolve;
    script.onerror = () => {
      script.remove();
      library = undefined; // the next chart may have more luck
      reject(new Error(`${path} did not load`));
    };
    document.head.append(script);
  });
}

async function load() {
  // Each needs the one before it.
  for (const name of ["vega", "vega-lite", "vega-embed"]) await loaded(`live/charts/${name}.js`);
  return globalThis.vegaEmbed;
}

class Charts {
  #views = new Map(); // by figure, what stands there
  #drawn = new WeakMap(); // by figure, the specification that was taken up last
  #busy = new WeakSet();
  #near = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) if (isIntersecting) this.#draw(target);
  }, { rootMargin: NEAR });

  watch(figure) {
    // Observed anew, it is reported anew, if it is in view.
    this.#near.unobserve(figure);
    this.#near.observe(figure);
  }

  end() {
    this.#near.disconnect();
    for (const view of this.#views.values()) view.finalize();
  }

  // One drawing at a time; a newer specification is seen when it is done.
  async #draw(figure) {
    if (this.#busy.has(figure)) return;
    this.#busy.add(figure);
    while (figure.isConnected && this.#drawn.get(figure) !== figure.dataset.spec) {
      this.#drawn.set(figure, figure.dataset.spec);
      const drawn = await this.#embed(figure);
      figure.querySelector(".chart__failed").hidden = drawn;
      if (!drawn) figure.querySelector(".chart__numbers").open = true;
    }
    this.#busy.delete(figure);
  }

  async #embed(figure) {
    const picture = figure.querySelector(".chart__picture");
    const canvas = document.createElement("div");
    canvas.className = "chart__canvas";
    try {
      const embed = await (library ??= load());
      picture.append(canvas); // unseen, as wide as the picture
      const view = await embed(canvas, JSON.parse(figure.dataset.spec), EMBEDDED);
      this.#views.get(figure)?.finalize();
      this.#views.set(figure, view);
      picture.replaceChildren(canvas);
      return true;
    } catch (error) {
      console.warn("The chart was not drawn:", error);
      picture.replaceChildren();
      return false;
    }
  }
}

customElements.define("live-calculator", LiveCalculator);
