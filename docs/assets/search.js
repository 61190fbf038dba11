// The worker behind the theme's search box. It speaks the theme's messages and searches with
// MiniSearch. Library and sections are loaded when a reader first types.

const [SETUP, READY, QUESTION, RESULT] = [0, 1, 2, 3]; // the theme's kinds of messages
const MOST_PAGES = 40;
const MOST_SECTIONS = 6; // of one page
const TEASER = 40; // words
const NEAR = 12; // words asked for that are looked at together, to choose a teaser

let separator; // what separates words, as set in mkdocs.yml
let loading; // the library's index and the sections by address, once they are wanted
let latest; // the newest question

addEventListener("message", async ({ data: { type, data } }) => {
  if (type === SETUP) {
    separator = new RegExp(data.config.separator);
    postMessage({ type: READY });
  } else if (type === QUESTION) {
    latest = data;
    const found = words(data).length ? await library() : undefined;
    // What has been typed meanwhile is heard first, and alone is answered.
    await new Promise((resolve) => setTimeout(resolve));
    if (data === latest) postMessage({ type: RESULT, data: answer(data, found) });
  }
});

// A word without full stops and currency signs at its ends; those within stay, as in "3.1".
const bare = (word) => /[\p{L}\p{N}](?:.*[\p{L}\p{N}])?/su.exec(word)?.[0] ?? "";
const words = (text) => text.split(separator).map(bare).filter(Boolean);

async function load() {
  importScripts("live/search/minisearch.js");
  const response = await fetch(new URL("../search/sections.json", location));
  if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
  const sections = new Map(
    (await response.json()).map(([address, title, text]) => [address, { address, title, text }]),
  );
  const index = new MiniSearch({
    idField: "address",
    fields: ["title", "page", "text"],
    extractField: (section, field) =>
      field === "page" ? sections.get(pageOf(section.address)).title : section[field],
    tokenize: words,
    searchOptions: {
      boost: { title: 3 },
      prefix: (word, at, all) => word.length > 2 || at === all.length - 1,
      fuzzy: (word) => (word.length > 4 && !/\P{L}/u.test(word) ? 0.2 : false),
    },
  });
  index.addAll([...sections.values()]);
  return { index, sections };
}

const pageOf = (address) => address.split("#")[0];

function library() {
  loading ??= load();
  loading.catch(() => (loading = undefined)); // the next letter tries again
  return loading;
}

function answer(question, found) {
  if (!found) return { items: [] };
  const { index, sections } = found;
  const asked = [...new Set(words(question).map((word) => word.toLowerCase()))];
  const hits = index
    .search(question)
    .map((hit) => ({ ...hit, score: hit.score * (1 + hit.queryTerms.length / asked.length) }))
    .sort((one, other) => other.score - one.score);

  const pages = new Map();
  for (const hit of hits) {
    const page = pageOf(hit.id);
    if (!pages.has(page) && pages.size < MOST_PAGES) pages.set(page, []);
    if (pages.get(page)?.length < MOST_SECTIONS) pages.get(page).push(hit);
  }
  const items = [...pages].map(([page, listed]) => {
    // The theme wants the page itself in each group.
    const missing = listed.every((hit) => hit.id !== page);
    const group = missing ? [...listed, { ...NO_HIT, id: page }] : listed;
    return group.map((hit) => item(sections.get(hit.id), hit, asked));
  });
  const last = asked.at(-1);
  const completions = hits.map(({ terms }) => terms.find((term) => term.startsWith(last)));
  return { items, suggest: completions.filter(Boolean).slice(0, 1) };
}

const NO_HIT = { score: 0, terms: [], queryTerms: [] };

// What the theme shows of a section: title and teaser as HTML, and which words are in it or not.
function item({ address, title, text }, { score, terms, queryTerms }, asked) {
  const hits = new Set(terms);
  const listed = score ? asked.filter((word) => word.length > 3 || queryTerms.includes(word)) : [];
  return {
    location: address,
    title: pieces(title).map((piece) => marked(piece, hits)).join(""),
    text: teaser(pieces(text), hits),
    score,
    terms: Object.fromEntries(listed.map((word) => [word, queryTerms.includes(word)])),
  };
}

// Words at even places, and what separates them at odd ones.
const pieces = (text) => text.split(new RegExp(`(${separator.source})`));

// The stretch of a text in which most of the words are.
function teaser(all, hits) {
  const places = [...all.keys()].filter((at) => hits.has(bare(all[at]).toLowerCase()));
  let start = 0;
  let most = 0;
  for (const [nth, at] of places.entries()) {
    const near = places.slice(nth, nth + NEAR).filter((one) => one < at + 2 * TEASER);
    const count = new Set(near.map((one) => all[one].toLowerCase())).size;
    if (count > most) [start, most] = [at, count];
  }
  const from = start < TEASER ? 0 : start - TEASER / 2;
  const end = from + 2 * TEASER;
  const shown = all.slice(from, end).map((piece) => marked(piece, hits)).join("");
  return `${from ? "… " : ""}${shown.trim()}${end < all.length ? " …" : ""}`;
}

function marked(piece, hits) {
  const word = bare(piece);
  if (!hits.has(word.toLowerCase())) return escaped(piece);
  return piece.split(word).map(escaped).join(`<mark>${escaped(word)}</mark>`);
}

const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (text) => text.replace(/[&<>"]/g, (letter) => ENTITIES[letter]);
