// A page that stands in a frame of another, by `?embed` in its address: the stylesheet hides the
// site around it. Here one part of an answer is picked, links lead out of the frame, and the page
// around is told the height.

const { embed } = document.documentElement.dataset;
const article = document.querySelector("article");
if (embed !== undefined && article) {
  const sheet = new CSSStyleSheet();
  document.adoptedStyleSheets.push(sheet);
  const answer = document.querySelector(".answer__html");
  const guide = document.querySelector(".embedded a");

  // After every answer anew: a part may come and go, and the link to the guide follows the inputs.
  const pick = () => {
    const part = embed && document.getElementById(embed)?.closest(".answer__section");
    const kept = part && `.then-and-now, .answer__day, [aria-labelledby="${CSS.escape(embed)}"]`;
    sheet.replaceSync(part ? `.answer__html > :not(${kept}) { display: none !important }` : "");
    guide.href = document.querySelector("[data-copy]")?.dataset.copy ?? location.pathname;
  };
  pick();
  if (answer) {
    const changes = { childList: true, subtree: true, attributeFilter: ["data-copy"] };
    new MutationObserver(pick).observe(answer, changes);
  }

  // Before the theme and the calculator, which would open a page of the site in the frame.
  addEventListener("click", ({ target }) => {
    const link = target.closest?.("a[href]");
    if (link && (link.origin !== location.origin || link.pathname !== location.pathname)) {
      link.target = "_blank";
      link.relList.add("noopener");
    }
  }, { capture: true });

  const tell = () => {
    const height = Math.ceil(article.getBoundingClientRect().bottom + scrollY);
    parent.postMessage({ crossover: { height } }, "*");
  };
  if (parent !== window) new ResizeObserver(tell).observe(article);
}
