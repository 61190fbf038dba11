"""Prompt caching: the whole corpus in every prompt, cached or not, or retrieval."""

from __future__ import annotations

from calculators.kernel.calculator import Calculator
from calculators.prompt_caching.formula import prompt_caching
from calculators.prompt_caching.inputs import GROUPS, PromptCaching
from calculators.prompt_caching.presets import PRESETS
from calculators.prompt_caching.report import report

CALCULATOR = Calculator(
    slug="prompt-caching",
    question="Whole corpus in the prompt, or retrieval?",
    inputs=PromptCaching,
    groups=GROUPS,
    formula=prompt_caching,
    report=report,
    along="corpus_tokens",
    decades=(3, 7),
    presets=PRESETS,
    rising=(),  # a request keeps the cache warm for the next
    leading=("corpus_tokens", "requests", "active_hours", "cache_ttl", "model", "top_k"),
)
