"""Made-up data that keep every rule, and projects that differ from the checkout in a few files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from tools.lint.project import Page, Project
from tools.lint.reading import Data

# A file that keeps every rule; a meter of each kind that some rule looks at.
PRICES = """\
vendor: Acme AI
sources:
  page:
    title: Acme AI, API pricing
    url: https://acme.example/pricing
    read: 2026-11-20
offers:
  acme/large:
    name: Acme Large
    kind: inference
    context_window: 200_000 tok
    facts_source: page
    feeds:
      genai-prices: acme/acme-large
      litellm: acme/acme-large
    rates:
      2026-03-01:
        input: 3.00 USD/Mtok
        cached_input: 0.30 USD/Mtok
        output: 15.00 USD/Mtok
        batch_input: 1.50 USD/Mtok
        batch_output: 7.50 USD/Mtok
        source: page
        confidence: vendor page
      2026-09-15:
        input: 2.00 USD/Mtok
        output: 10.00 USD/Mtok
        above:
          100_000 tok:
            input: 4.00 USD/Mtok
            output: 20.00 USD/Mtok
        source: page
        confidence: two feeds agree
      2027-03-01:
        withdrawn: Replaced by Acme Larger.
        source: page
        confidence: vendor page
    lifecycle:
      2026-12-01:
        event: notice
        source: page
        note: Acme announced the end.
  acme/large-tuned:
    name: Acme Large, fine-tuned
    kind: tuning
    base: acme/large
    rates:
      2026-11-20:
        training: 10 USD/Mtok
        premium: 150 %
        source: page
        confidence: vendor page
        dated: first seen
      2027-03-01:
        withdrawn: Replaced by Acme Larger.
        source: page
        confidence: vendor page
  acme/rank:
    name: Acme Rank
    kind: rerank
    feeds:
      litellm: acme-rank
    rates:
      2026-11-20:
        search: 2 USD/ksearch
        documents_per_search: 100 chunk/search
        source: page
        confidence: vendor page
  acme/rented:
    name: Acme card
    kind: rental
    accelerator: h100-sxm-80gb
    rates:
      2026-11-20:
        hour: 3.00 USD/h
        source: page
        confidence: vendor page
  acme/second:
    name: Acme Second
    kind: inference
    context_window: 200_000 tok
    facts_source: page
    feeds:
      litellm: acme-large
    not_published: Acme sells it by the year.
    source: page
  acme/store:
    name: Acme Store
    kind: store
    rates:
      2026-11-20:
        plan: 25 USD/month
        read: 16 USD/MRU
        read_size: 1 RU/GB/search
        read_floor: 0.25 RU/search
        write: 2 USD/GB
        source: page
        confidence: vendor page
  acme/vector:
    name: Acme Vector
    kind: embedding
    dimensions: 1_024 dim
    max_input: 8_191 tok
    facts_source: page
    not_published: Acme sells it by the year.
    source: page
"""

STUDIES = """\
studies:
  acme-2024:
    cited: Acme
    authors: Ada and Bob
    title: How often our reranker helps
    venue: Acme blog
    year: 2024
    url: https://acme.example/reranking
    kind: vendor benchmark
    run_by: Bolt
    interest: sells it
    topics: [reranking, latency]
    models: Acme Rank 1
    setting: 300 questions
    findings:
      mrr:
        figure: MRR of .61 & then .74
        setting: ten candidates
        basis: verified
        shows: Reranking helped there.
        does_not_show: Anything of other corpora.
      seconds:
        figure: 0.3 s more
        setting: ten candidates
        basis: derived
        basis_note: from its log
        topics: [latency]
        shows: What it costs.
        does_not_show: The tail.
  beta-2023:
    cited: Beta et al.
    title: A paper
    venue: Proceedings
    year: 2023
    url: https://beta.example/
    kind: paper
    topics: [chunking]
    setting: a corpus
    findings:
      none:
        figure: no difference
        setting: a corpus
        basis: quoted
        shows: Nothing moved.
        does_not_show: Other corpora.
"""


def records(text: str, name: str = "offers/acme") -> dict[str, Any]:
    """The records of one file of data/, all scalars text."""
    return {name: yaml.load(text, Loader=yaml.BaseLoader)}


def project_of(sound: dict[str, Any]) -> Project:
    """A project with these records alone, read as if they kept the form."""
    project = Project(Path("nowhere"))
    project.data = Data(sound, {}, ())
    return project


class Edited(Project):
    """The checkout with other texts in some files, by their paths from the root."""

    def __init__(self, real: Project, edits: Mapping[str, str]) -> None:
        super().__init__(real.root)
        self.edits = edits
        self.data = real.data
        texts = {page.file: page.text for page in real.pages}
        texts |= {file: text for file, text in edits.items() if file.startswith("docs/")}
        self.pages = tuple(Page(*page) for page in sorted(texts.items()))

    def text(self, *path: str) -> str:
        return self.edits.get("/".join(path), super().text(*path))
