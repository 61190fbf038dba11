// Turns the old answer into the new one in place. An element that is in both stays the same node,
// so that focus, selection, scrolling and what the reader unfolded stay.

// An element is the same if it has the same tag and key; text is the same as any text.
export const keyOf = (node) => node.id || node.getAttribute?.("aria-labelledby") || "";
const same = (old, fresh) => old.nodeName === fresh.nodeName && keyOf(old) === keyOf(fresh);

const unfolded = new WeakSet(); // by the reader, who has the last word on `open`
document.addEventListener("click", ({ target }) => {
  const summary = target.closest?.("summary");
  if (summary) unfolded.add(summary.parentNode);
});

export function unfold(details) {
  details.open = true;
  unfolded.add(details);
}

// Adds to `changes` the elements whose own text became another. A picture is left to charts.js.
export function morph(old, fresh, changes) {
  let at = old.firstChild;
  for (const wanted of [...fresh.childNodes]) {
    let match = at;
    while (match && !same(match, wanted)) match = match.nextSibling;
    if (!match) {
      old.insertBefore(wanted, at);
      continue;
    }
    while (at !== match) at = removeAndNext(at);
    at = match.nextSibling;
    if (match.nodeType === Node.ELEMENT_NODE) {
      copyAttributes(match, wanted);
      if (!match.matches(".chart__picture")) morph(match, wanted, changes);
    } else if (match.data !== wanted.data) {
      match.data = wanted.data;
      changes.add(old);
    }
  }
  while (at) at = removeAndNext(at);
}

function removeAndNext(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}

function copyAttributes(old, fresh) {
  const own = unfolded.has(old) ? "open" : "";
  for (const { name } of [...old.attributes]) {
    if (name !== own && !fresh.hasAttribute(name)) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (name !== own && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
}
