// How a page usually starts Pyodide, for tools/workbench/bench.py to measure against: as its documentation
// shows it, with the same Python sources in an archive beside it.

import { loadPyodide } from "./pyodide.mjs";

globalThis.onmessage = async ({ data: { request } }) => {
  const sources = fetch(new URL("sources.zip", import.meta.url)).then((got) => got.arrayBuffer());
  const python = await loadPyodide();
  python.unpackArchive(await sources, "zip");
  postMessage({ reply: python.pyimport("start").handle(request) });
};
