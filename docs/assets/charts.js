// Draws the charts of a live answer when they come into view. The library is large, so it is loaded
// only then. It runs without `eval`, which the site's policy forbids.

const NEAR = "400px";
const OPTIONS = {
  mode: "vega-lite",
  renderer: "svg",
  ast: true,
  actions: false,
  tooltip: false,
  defaultStyle: false,
};

let library;

async function loadLibrary() {
  // Each needs the one before it.
  for (const name of ["vega", "vega-lite", "vega-embed"]) {
    await loadScript(`live/charts/${name}.js`);
  }
  return globalThis.vegaEmbed;
}

function loadScript(path) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = new URL(path, import.meta.url);
    script.onload = resolve;
    script.onerror = () => {
      script.remove();
      library = undefined; // so that the next chart tries again
      reject(new Error(`${path} did not load`));
    };
    document.head.append(script);
  });
}

async function draw(place, spec) {
  const embed = await (library ??= loadLibrary());
  return embed(place, spec, OPTIONS);
}

// The chart as a file: `kind` is "svg" or "png".
export async function chartFile(spec, kind) {
  const { view } = await draw(document.createElement("div"), spec);
  const file = kind === "svg"
    ? new Blob([await view.toSVG()], { type: "image/svg+xml" })
    : await view.toCanvas(2).then((canvas) => new Promise((resolve) => canvas.toBlob(resolve)));
  view.finalize();
  return file;
}

export class Charts {
  #views = new Map(); // by figure, the drawing in it
  #specs = new WeakMap(); // by figure, the specification that was drawn last
  #busy = new WeakSet();
  #near = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) if (isIntersecting) this.#update(target);
  }, { rootMargin: NEAR });

  // Draws the figure now if it is in view, else when it comes into view.
  watch(figure) {
    this.#near.unobserve(figure); // only what is observed anew is reported anew
    this.#near.observe(figure);
  }

  end() {
    this.#near.disconnect();
    for (const view of this.#views.values()) view.finalize();
  }

  // One drawing at a time; a specification that came meanwhile is drawn next.
  async #update(figure) {
    if (this.#busy.has(figure)) return;
    this.#busy.add(figure);
    while (figure.isConnected && this.#specs.get(figure) !== figure.dataset.spec) {
      this.#specs.set(figure, figure.dataset.spec);
      const success = await this.#redraw(figure);
      figure.querySelector(".chart__failed").hidden = success;
      if (!success) figure.querySelector(".chart__numbers").open = true;
    }
    this.#busy.delete(figure);
  }

  async #redraw(figure) {
    const picture = figure.querySelector(".chart__picture");
    const canvas = document.createElement("div");
    canvas.className = "chart__canvas";
    try {
      picture.append(canvas); // unseen, as wide as the picture
      const view = await draw(canvas, JSON.parse(figure.dataset.spec));
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
