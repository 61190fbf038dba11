// <price-table> wraps a table that is complete without it, and lets a reader filter its rows by
// words and sort them by a column. What a cell shows and sorts by was written by Python.

const words = new Intl.Collator("en", { numeric: true });

class PriceTable extends HTMLElement {
  #rows = [];
  #texts = new WeakMap();

  connectedCallback() {
    this.bodies = [...this.querySelectorAll("tbody")];
    this.box = this.querySelector("input");
    this.status = this.querySelector("[data-shown]");
    this.#rows = this.bodies.flatMap((body) => [...body.rows]);
    for (const head of this.querySelectorAll("thead th[data-sort]")) this.#offer(head);
    if (!this.box) return; // few rows need no filter
    this.box.value = ""; // a browser may have kept what was typed before a reload
    this.box.addEventListener("input", () => this.#filter());
  }

  #offer(head) {
    const title = head.querySelector("span");
    if (!title) return;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...title.childNodes);
    title.replaceWith(button);
    button.addEventListener("click", () => this.#sort(head));
  }

  #filter() {
    const wanted = this.box.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of this.#rows) {
      const text = this.#text(row);
      const fits = wanted.every((word) => text.includes(word));
      if (row.hidden === fits) row.hidden = !fits;
      shown += fits;
    }
    this.#gather();
    const said = this.status.dataset.shown;
    this.status.textContent = wanted.length
      ? said.replace("{shown}", shown).replace("{all}", this.#rows.length)
      : "";
  }

  // A part that is out of view keeps its height, unless it is hidden as a whole.
  #gather() {
    for (const body of this.bodies) body.hidden = [...body.rows].every((row) => row.hidden);
  }

  #text(row) {
    if (!this.#texts.has(row)) this.#texts.set(row, row.textContent.toLowerCase());
    return this.#texts.get(row);
  }

  #sort(head) {
    const column = head.cellIndex;
    const down = head.getAttribute("aria-sort") === "ascending";
    const number = head.dataset.sort === "number";
    const key = (row) => {
      const cell = row.cells[column];
      const value = cell.dataset.sort ?? (number ? "" : cell.textContent);
      return number && value !== "" ? Number(value) : value;
    };
    const keyed = this.#rows.map((row) => [key(row), row]);
    const way = down ? -1 : 1;
    // What has no value stands at the end, whichever way the others go.
    keyed.sort(([a], [b]) =>
      a === "" || b === "" ? (a === "") - (b === "")
        : way * (number ? a - b : words.compare(a, b)));
    this.#rows = keyed.map(([, row]) => row);
    const sizes = this.bodies.map((body) => body.rows.length);
    const rows = [...this.#rows];
    this.bodies.forEach((body, at) => body.replaceChildren(...rows.splice(0, sizes[at])));
    this.#gather();
    for (const other of this.querySelectorAll("th[aria-sort]")) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
  }
}

customElements.define("price-table", PriceTable);

// The theme puts a table of a page into a box that scrolls. Where it does, the keyboard reaches it.
const boxes = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    target.tabIndex = target.scrollWidth > target.clientWidth ? 0 : -1;
    target.role = "group";
    target.ariaLabel = "Table";
  }
});
globalThis.document$?.subscribe(() => {
  boxes.disconnect();
  for (const box of document.querySelectorAll(".md-typeset__scrollwrap")) boxes.observe(box);
});
