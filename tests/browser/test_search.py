"""The questions that people ask lead, by their own words, to a page that answers them."""

from __future__ import annotations

from playwright.sync_api import Page, expect

# As asked in public threads, and the pages of which one is to be among the first results.
QUESTIONS = {
    "Which should I use, RAG or fine-tuning, or both?": (
        "choose/",
        "calculators/approach-fit/",
        "decision/",
        "choose/hybrid/",
    ),
    "Can fine-tuning teach new facts?": ("fine-tuning/facts-or-form/",),
    "At what volume does fine-tuning become cheaper than RAG?": (
        "calculators/break-even/",
        "choose/crossovers/",
    ),
    "What will this cost in production?": ("calculators/approach-cost/", "cost/", "cost/finance/"),
    "Why am I charged while nothing runs?": ("cost/hidden-floors/",),
    "Will my fine-tuned model be shut down? When?": (
        "decision/retirement-risk/",
        "reference/calendar/",
        "build-or-buy/hosted-fine-tuning/",
    ),
    "Does prompt caching make RAG unnecessary?": (
        "calculators/prompt-caching/",
        "choose/long-context/",
        "cost/caching-and-batch/",
    ),
    "Long context or RAG for documents?": ("choose/long-context/", "calculators/prompt-caching/"),
    "How much slower is serving with LoRA?": (
        "calculators/self-hosting/",
        "build-or-buy/self-hosting/",
    ),
    "How many adapters fit on one GPU?": (
        "calculators/self-hosting/",
        "build-or-buy/self-hosting/",
    ),
    "How many training examples do I need?": ("fine-tuning/data/", "decision/data-requirements/"),
    "How do I estimate training tokens and price before the job?": (
        "fine-tuning/training/",
        "calculators/training-run/",
    ),
    "Why does the tracker show $0 or a wrong price for my ft: model?": (
        "build-or-buy/hosted-fine-tuning/",
        "fine-tuning/training/",
        "fine-tuning/evaluation/",
    ),
    "How big must my evaluation set be?": (
        "calculators/evaluation-size/",
        "retrieval/evaluation/",
        "fine-tuning/evaluation/",
    ),
    "Can I trust an LLM judge?": ("retrieval/evaluation/", "calculators/evaluation-size/"),
    "How much latency does RAG add (p95)?": ("decision/latency/", "calculators/latency-budget/"),
    "What breaks when I change the embedding model?": ("retrieval/embeddings/",),
    "Self-host or API: where is break-even?": (
        "calculators/self-hosting/",
        "build-or-buy/self-hosting/",
    ),
    "Will the model fit in my VRAM?": ("build-or-buy/self-hosting/", "fine-tuning/methods/"),
    "How much RAM does my vector index need?": ("calculators/vector-index/",),
    "How do cache writes, 1-h TTL, tiers and batch stack?": ("cost/caching-and-batch/",),
    "What does data residency cost?": (
        "decision/data-residency/",
        "build-or-buy/lock-in-and-data-handling/",
    ),
    "How often must I re-train, and what does it cost?": ("fine-tuning/retraining/",),
    "Which vector database is cheapest at my size?": (
        "build-or-buy/vector-stores/",
        "calculators/vector-index/",
    ),
    # What has digits in its name.
    "gpt-4o": ("vendors/openai/",),
    "H100 hour": ("vendors/runpod/", "prices/accelerators/", "build-or-buy/self-hosting/"),
    "Llama 3.1 8B": ("build-or-buy/self-hosting/", "calculators/self-hosting/"),
    "Where do these prices come from and how old are they?": (
        "cost/finance/",
        "reference/conventions/",
        "reference/data/",
    ),
}
FIRST = 5
BOX = "input[data-md-component='search-query']"


def found(page: Page, question: str) -> list[str]:
    """The pages that search finds, the best first, each once."""
    box = page.locator(BOX)
    # The theme listens to keys.
    box.fill("")
    box.press("End")
    expect(page.locator(".md-search-result__item")).to_have_count(0)
    box.fill(question)
    box.press("End")
    page.locator(".md-search-result__item").first.wait_for()
    links = page.locator(".md-search-result__item > a").evaluate_all(
        "(links) => links.map((link) => new URL(link.href).pathname.slice(1))"
    )
    return list(dict.fromkeys(links))


def test_each_question_leads_to_its_page(page: Page) -> None:
    page.locator(BOX).click()
    expect(page.locator(".md-search-result__meta")).to_have_text("Type to start searching")
    missed = {}
    for question, wanted in QUESTIONS.items():
        first = found(page, question)[:FIRST]
        if not set(first) & set(wanted):
            missed[question] = first
    assert not missed
