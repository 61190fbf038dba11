"""A calculator, its answer or its chart in other people's pages: the HTML to put there."""

from __future__ import annotations

from html import escape

# What of a page is shown, by the word of its form: the text after `embed=` in its address.
SHOWN = {"frame": "", "frame-answer": "answer", "frame-chart": "curve"}
FORMS = {
    "frame": "calculator",
    "frame-answer": "answer alone",
    "frame-chart": "chart alone",
}
# A frame tells its height to the page around it, which takes it from the guide alone.
SCRIPT = """\
<script>
  addEventListener("message", ({ source, data }) => {
    for (const frame of document.querySelectorAll("iframe[data-crossover]")) {
      const height = Number(data?.crossover?.height);
      if (frame.contentWindow === source && height > 0) frame.height = Math.ceil(height);
    }
  });
</script>
"""


def frame(link: str, title: str, form: str) -> str:
    """The frame of an answer; `link` is the answer's, with its inputs and its day."""
    page, _, query = link.partition("?")
    shown = SHOWN[form]
    address = f"{page}?embed{f'={shown}' if shown else ''}" + (f"&{query}" if query else "")
    return (
        f'<iframe data-crossover src="{escape(address)}" title="{escape(title)}" '
        f'width="100%" height="800" style="border: 0" loading="lazy"></iframe>\n{SCRIPT}'
    )
