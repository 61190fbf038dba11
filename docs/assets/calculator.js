// <live-calculator> wraps a form that the page ships already answered. Python in a worker answers
// every change of it with HTML, which is laid over the old answer. What is asked, how it is called
// and what it comes to is known to Python alone: these scripts carry texts in and HTML out.

import { Charts, chartFile } from "./charts.js";
import { keyOf, morph, unfold } from "./morph.js";
import { python } from "./python.js";

let count = 0; // calculators that were on a page of this visit

// Answers with a problem come while one types ("1." before "1.5"): say so at a pause.
const PAUSE = 500;
const SETTLED = 150;
const NEAR = "400px";
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const idle = globalThis.requestIdleCallback ?? ((work) => setTimeout(work, 200));

// What a calculator waits for. While it reads a link it sends nothing else, because the form does
// not hold the inputs of the link yet; an edit made meanwhile becomes #question and is sent after.
//
//    link, preset, history     ┌────────────────┐  first reply: the form takes the inputs
//            ┌────────────────►│ reading a link │──────────┐
//            │                 │ #link          │          ▼
//       ┌─────────┐            └────────────────┘     ┌───────────┐ ──┐ newer edit: takes the
//       │ at rest │──────────────────────────────────►│  asking   │   │   older one's place
//       └─────────┘   edit, reset, other day          │ #question │ ◄─┘ preview of long work:
//            ▲                                        └───────────┘       shown, more to come
//            └───────────────────────────────────────────┘  whole reply, or an error
//
// When Python itself ends, #question stays, so that "Try again" sends it to the next Python.
class LiveCalculator extends HTMLElement {
  #lifetime; // its end ends every listener, when the page is left
  #path;
  #search; // the query string of the address
  #nextQuery; // the one that the address is to get
  #day = ""; // of the prices, where the address names one
  #listDay; // the day whose offers the choosers hold; before that, only the chosen one
  #key = ++count;
  #question = null; // the newest one, until it is answered whole: { request, address, shown }
  #link = null; // the question that reads a link, until the form is as the link has it
  #linkValues = {}; // by input, the text that the address gave it
  #answerRequest = ""; // the request, as JSON, that the answer on the page belongs to
  #answerValues = {}; // by input, the text in that request
  #problems = new Map(); // by input, the text that was refused and why
  #waiting = []; // functions to call once there is no question, or no Python
  #charts;
  #timers = {};

  connectedCallback() {
    this.form = this.querySelector("form");
    this.answer = this.querySelector(".answer__html");
    this.status = this.querySelector(".answer__status");
    this.bar = this.querySelector(".answer__progress");
    this.retry = this.querySelector(".answer__retry");
    this.speech = this.querySelector(".answer__said");
    this.#path = location.pathname;
    this.#lifetime = new AbortController();
    this.#charts = new Charts();
    this.#listen();
    this.form.reset(); // a browser may have kept what was typed before a reload
    this.#answerValues = this.#texts();
    this.#answerRequest = JSON.stringify(this.#request());
    this.#search = inputQuery();
    if (this.#search) this.#open();
    else this.#startWhenNear();
    this.#showProgress();
  }

  disconnectedCallback() {
    this.#lifetime.abort();
    this.#charts.end();
    Object.values(this.#timers).forEach(clearTimeout);
  }

  #listen() {
    const { signal } = this.#lifetime;
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
    python.addEventListener("change", () => this.#showProgress(), { signal });
    // The keyboard of a phone covers the bottom edge, where the headline stands.
    const visible = globalThis.visualViewport;
    visible?.addEventListener("resize", () => {
      const covered = Math.max(0, innerHeight - visible.height - visible.offsetTop);
      this.style.setProperty("--keyboard", `${Math.round(covered)}px`);
    }, { signal });
  }

  #startWhenNear() {
    if (navigator.connection?.saveData) return; // then at the first touch
    const near = new IntersectionObserver(([{ isIntersecting }]) => {
      if (!isIntersecting) return;
      near.disconnect();
      idle(() => this.isConnected && this.#start(), { timeout: 2000 });
    }, { rootMargin: NEAR });
    near.observe(this);
    this.#lifetime.signal.addEventListener("abort", () => near.disconnect());
  }

  #start() {
    python.start(JSON.parse(this.getAttribute("live")));
  }

  #showProgress() {
    const failed = python.state === "failed";
    this.bar.hidden = python.state !== "starting";
    this.bar.value = python.progress;
    if (failed) this.status.textContent = python.message || this.dataset.failed;
    else if (!this.retry.hidden) this.status.textContent = "";
    this.retry.hidden = !failed;
    if (failed) this.#stopWaiting();
    this.#fillChoosers();
  }

  // A page does not ship the offers that its choosers could hold: Python has them.
  async #fillChoosers() {
    const on = this.#day;
    if (python.state !== "ready" || this.#listDay === on) return;
    const choosers = [...this.form.querySelectorAll("select[data-more]")];
    const first = ({ options }) => [...options].find((option) => option.defaultSelected)?.value;
    const kept = Object.fromEntries(choosers.map((chooser) => [
      chooser.name,
      [first(chooser) ?? chooser.dataset.default, chooser.value],
    ]));
    this.#listDay = on;
    let lists;
    try {
      ({ lists } = await python.ask({ ...this.#calculator, kept, on }));
    } catch {
      this.#listDay = undefined; // Python has ended, and the page says so
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

  get #calculator() {
    return { slug: this.getAttribute("slug"), brief: this.getAttribute("brief") };
  }

  #texts() {
    return Object.fromEntries(this.#controls.map(({ name, value }) => [name, value]));
  }

  // A text that was refused is not asked again: the last good one stands in for it.
  #request() {
    const given = this.#texts();
    for (const [name, { text }] of this.#problems) {
      if (given[name] === text) given[name] = this.#answerValues[name] ?? "";
    }
    if (this.#day) given.on = this.#day;
    return { ...this.#calculator, given };
  }

  // The form as the address has it; without a query, as the page came.
  #open() {
    this.#nextQuery = undefined;
    this.#problems.clear();
    this.form.reset();
    const search = (this.#search = inputQuery());
    const query = Object.fromEntries(new URLSearchParams(search));
    this.#day = query.on ?? "";
    if (!search) {
      this.#fillChoosers();
      this.#ask(this.#request(), { address: false });
      return;
    }
    for (const control of this.#controls) {
      choose(control, query[control.name] || control.dataset.default);
    }
    this.#fillChoosers();
    this.#linkValues = this.#texts();
    this.#ask({ ...this.#calculator, search });
  }

  // Python knows what a link means that was made when inputs had other names or other defaults.
  #adopt(values) {
    for (const control of this.#controls) {
      const text = values[control.name];
      const touched = control.value !== this.#linkValues[control.name];
      if (text !== undefined && !touched) choose(control, text);
    }
  }

  // The part that the address names may stand in something folded, or be new.
  #reveal() {
    const part = document.getElementById(location.hash.slice(1));
    if (!part || !this.answer.contains(part)) return;
    for (let fold = part.closest("details"); fold; fold = fold.parentNode.closest("details")) {
      unfold(fold);
    }
    part.scrollIntoView();
  }

  #edit() {
    this.#ask(this.#request());
    clearTimeout(this.#timers.problems);
    this.#timers.problems = setTimeout(() => {
      this.#timers.problems = undefined;
      this.#showProblems();
    }, PAUSE);
  }

  // Questions and replies: the picture above the class

  // `address`: whether the address is to name what was asked.
  #ask(request, { address = true } = {}) {
    this.#start();
    this.#question = { request, address, shown: false };
    if (!this.#link) this.#send(this.#question);
  }

  async #send(question) {
    if (question.request.search) this.#link = question;
    try {
      const preview = (reply) => this.#receive(question, reply, false);
      const reply = await python.ask(question.request, this.#key, preview);
      if (reply) this.#receive(question, reply, true);
    } catch (error) {
      this.#fail(question, error);
    }
  }

  #receive(question, reply, whole) {
    if (this.#link === question) {
      this.#link = null;
      const current = question.request.search === this.#search;
      if (current) this.#adopt(reply.values);
      if (this.#question !== question) {
        if (current) this.#question.request = this.#request();
        this.#send(this.#question);
      }
    }
    if (this.#question !== question || !this.isConnected) return;
    if (whole) this.#question = null;
    this.#show(question, reply, whole);
    if (!this.#question) this.#stopWaiting();
  }

  #fail(question, error) {
    const wasLink = this.#link === question;
    if (wasLink) this.#link = null;
    if (python.state === "failed") return; // the question stays for another try
    if (this.#question !== question) {
      if (wasLink) this.#send(this.#question);
      return;
    }
    this.#question = null;
    this.answer.ariaBusy = null;
    this.status.textContent = `${this.dataset.fault} (${error.message})`;
    this.#stopWaiting();
  }

  // Resolves once the newest question is answered, or cannot be.
  #rest() {
    if (!this.#question || python.state === "failed") return null;
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #stopWaiting() {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  // An answer that is not whole yet is refined soon, and announced only then.
  #show(question, reply, whole) {
    const { request, address } = question;
    const given = request.given ?? this.#texts();
    for (const [name, message] of Object.entries(reply.problems)) {
      this.#problems.set(name, { text: given[name], message });
    }
    // A reply that comes after the pause, as while Python starts, is told at once.
    if (request.search || !this.#timers.problems) this.#showProblems();
    if (reply.problems.on) this.#day = "";
    if (reply.html === undefined) {
      // The other inputs go on working, with the last good value in place of the bad one.
      const rest = this.#request();
      const text = JSON.stringify(rest);
      if (text !== JSON.stringify(request) && text !== this.#answerRequest) this.#ask(rest);
      return;
    }
    for (const name of Object.keys(reply.problems)) given[name] = "";
    this.#answerValues = given;
    this.#update(reply.html, { flashing: !question.shown });
    this.#markFields(reply);
    this.answer.ariaBusy = whole ? null : "true";
    if (request.search && !question.shown) this.#reveal();
    question.shown = true;
    if (!whole) return;
    this.status.textContent = [reply.notice, reply.problems.on].filter(Boolean).join(" ");
    for (const figure of this.answer.querySelectorAll(".chart")) this.#charts.watch(figure);
    if (address) {
      this.#day = new URLSearchParams(reply.query).get("on") ?? "";
      this.#nextQuery = reply.query;
      clearTimeout(this.#timers.address);
      this.#timers.address = setTimeout(() => this.#writeAddress(), SETTLED);
    }
    this.#answerRequest = JSON.stringify(this.#request());
    this.#announce(reply.said);
  }

  // Browsers take long to do this, and refuse to do it often. On the way back to another page the
  // address is that page's already, and this one still here.
  #writeAddress() {
    if (this.#nextQuery === undefined || location.pathname !== this.#path) return;
    const { embed } = document.documentElement.dataset;
    const part = embed ? `=${encodeURIComponent(embed)}` : "";
    const frame = embed === undefined ? "" : `embed${part}&`;
    history.replaceState(history.state, "", `?${frame}${this.#nextQuery}${location.hash}`);
    this.#search = inputQuery();
    this.#nextQuery = undefined;
  }

  #update(html, { flashing }) {
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    const changes = new Set();
    morph(this.answer, fresh.content, changes);
    if (!flashing || calm.matches) return;
    flash(changes, getComputedStyle(this).getPropertyValue("--mark"));
  }

  #markFields({ changed, folds }) {
    for (const field of this.form.querySelectorAll("[data-field]")) {
      const name = field.dataset.field;
      markField(field, changed.includes(name) || this.#problems.has(name));
    }
    for (const fold of this.form.querySelectorAll("[data-fold]")) {
      fold.textContent = folds[fold.dataset.fold];
    }
  }

  #showProblems() {
    for (const control of this.#controls) {
      const problem = this.#problems.get(control.name);
      if (problem && problem.text !== control.value) this.#problems.delete(control.name);
      const message = this.#problems.get(control.name)?.message ?? "";
      const place = document.getElementById(`error-${control.name}`);
      if (place.textContent === message) continue;
      place.textContent = message;
      place.hidden = !message;
      control.ariaInvalid = message ? "true" : null;
      if (!message) continue;
      markField(control.closest("[data-field]"), true);
      this.#announce(message);
    }
  }

  #announce(text) {
    clearTimeout(this.#timers.speech);
    this.#timers.speech = setTimeout(() => (this.speech.textContent = text), 1000);
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
    this.#report(""); // what came of an earlier press
    if (button === this.retry) {
      python.restart();
      const { request, address } = this.#question ?? { request: this.#request() };
      this.#ask(request, { address });
    } else if (button.matches(".field__reset")) {
      const control = button.closest("[data-field]").querySelector("[name]");
      choose(control, control.dataset.default);
      control.focus();
      this.#edit();
    } else if (button.dataset.copy) {
      this.#copyLink(button.dataset.copy);
    } else if (button.dataset.take === "copy") {
      this.#copyRecord(button.nextElementSibling.value);
    } else if (button.dataset.take) {
      this.#save(this.#export({ record: button.nextElementSibling.value }));
    } else if (button.dataset.picture) {
      this.#save(this.#exportChart(button.closest(".chart"), button.dataset.picture));
    }
  }

  // A link to another case of this page changes the form, not the page.
  #follow(event) {
    this.#writeAddress(); // it is where one comes back to
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
    if (inputQuery() !== this.#search) this.#open();
  }

  // On paper, where a link cannot be followed, the whole of it is to be read.
  #print() {
    for (const mark of this.getAnimations({ subtree: true })) mark.finish();
    const share = this.querySelector(".answer__share");
    const pinned = this.querySelector("[data-copy]")?.dataset.copy;
    if (share && pinned) share.dataset.address = new URL(pinned, location.href).href;
  }

  // Taking the answer away

  // `outcome` names one of the page's own words for what came of it.
  #report(outcome) {
    const place = this.querySelector(".answer__copied");
    if (place) place.textContent = place.dataset[outcome] ?? "";
  }

  async #copyLink(link) {
    const { href } = new URL(link, location.href);
    await this.#copy(href, () => navigator.clipboard.writeText(href));
  }

  async #copyPart(part) {
    const pinned = this.querySelector("[data-copy]")?.dataset.copy;
    if (!pinned) return;
    await this.#copyLink(pinned + part.hash);
    part.dataset.said = this.querySelector(".answer__copied").textContent;
    setTimeout(() => delete part.dataset.said, 2000);
  }

  // The clipboard is asked at once, with what is still being made: later the press is forgotten.
  async #copyRecord(record) {
    const reply = this.#export({ record });
    const blob = (type, field) => reply.then((made) => new Blob([made[field]], { type }));
    const text = reply.then((made) => made.text);
    await this.#copy(text, () => navigator.clipboard.write([new ClipboardItem({
      "text/plain": blob("text/plain", "text"),
      "text/html": blob("text/html", "html"),
    })]));
  }

  // Where the clipboard refuses, the text stands in a field, to be copied by hand.
  async #copy(text, write) {
    const field = this.querySelector(".answer__by-hand");
    field.hidden = true;
    try {
      await write();
      this.#report("said");
    } catch {
      try {
        field.value = await text;
        field.hidden = false;
        field.focus();
        field.select();
        this.#report("failed");
      } catch {
        this.#report("fault");
      }
    }
  }

  // What Python makes of the answer on the page, as { name, media, text }. `page` is where others
  // find the page.
  async #export(form) {
    this.#start();
    if (python.state !== "ready") this.#report("waits");
    await this.#rest();
    const page = document.querySelector("link[rel=canonical]")?.href
      ?? location.origin + location.pathname;
    const reply = await python.ask({ ...JSON.parse(this.#answerRequest), page, ...form });
    if (reply.problems) throw new Error(Object.values(reply.problems).join(" "));
    return reply;
  }

  async #exportChart(figure, kind) {
    const reply = await this.#export({
      spec: figure.dataset.spec,
      title: figure.querySelector("figcaption").textContent,
      part: keyOf(figure.closest("section")),
    });
    if (kind === "json") return { ...reply, name: `${reply.name}.vl.json` };
    return { name: `${reply.name}.${kind}`, blob: await chartFile(reply.spec, kind) };
  }

  async #save(file) {
    try {
      const { name, media, text, blob } = await file;
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob ?? new Blob([text], { type: media }));
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
      this.#report("saved");
    } catch (error) {
      console.warn("Nothing was saved:", error);
      this.#report("fault");
    }
  }
}

// The query of the address, without what only says how much of the page is shown.
function inputQuery() {
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
function markField(field, differs) {
  field.classList.toggle("is-changed", differs);
  field.querySelector(".field__reset").hidden = !differs;
}

function flash(elements, colour) {
  for (const element of elements) {
    element.animate({ backgroundColor: [colour, "transparent"] }, { duration: 1400 });
  }
}

customElements.define("live-calculator", LiveCalculator);
