"""What a block of prices, an offer and a data sheet may hold, and the unit of each figure."""

from __future__ import annotations

KINDS = (
    "inference",
    "embedding",
    "rerank",
    "tuning",
    "training",
    "store",
    "retrieval",
    "rental",
)

EVENTS = ("closed_to_new_customers", "training_ends", "notice")

FEEDS = ("genai-prices", "litellm")

CONFIDENCE = ("vendor page", "two feeds agree", "one secondary source")

# Every meter a block may have, by kind of offer, with the unit that its text must fit.
# A meter new to the book is added here first, with what it means in data/README.md.
_TOKENS = {
    "input": "USD/tok",
    "cached_input": "USD/tok",
    "cache_write": "USD/tok",
    "cache_write_1h": "USD/tok",
    "cache_write_12h": "USD/tok",
    "output": "USD/tok",
    "batch_input": "USD/tok",
    "batch_cached_input": "USD/tok",
    "batch_cache_write": "USD/tok",
    "batch_output": "USD/tok",
}

METERS: dict[str, dict[str, str]] = {
    "inference": _TOKENS
    | {
        "peak_input": "USD/tok",
        "peak_cached_input": "USD/tok",
        "peak_output": "USD/tok",
        "cache_storage": "USD/tok/h",
        "regional": "%",
    },
    "embedding": {"input": "USD/tok", "batch_input": "USD/tok", "regional": "%"},
    "rerank": {
        "input": "USD/tok",
        "search": "USD/search",
        "documents_per_search": "chunk/search",
    },
    "tuning": {
        "training": "USD/tok",
        "training_developer": "USD/tok",
        "training_hour": "USD/h",
        "validation": "USD/tok",
        "validation_once": "USD/tok",
        "minimum": "USD/run",
    }
    | _TOKENS
    | {
        "premium": "%",
        "regional": "%",
        "hosting": "USD/h",
        "adapter": "USD/month",
        "storage": "USD/B/month",
        "idle_deletion": "day",
    },
    "training": {
        "training": "USD/tok",
        "validation_once": "USD/tok",
        "input": "USD/tok",
        "output": "USD/tok",
    },
    "store": {
        "plan": "USD/month",
        "minimum": "USD/month",
        "storage": "USD/B/month",
        "storage_included": "B",
        "dimension": "USD/dim/month",
        "read": "",  # USD for what `read_size` counts: read units, or bytes
        "read_size": "",
        "read_floor": "",
        "read_large": "",  # the price beyond `read_large_above` of one search, and so on
        "read_large_above": "",
        "read_huge": "",
        "read_huge_above": "",
        "write": "",
        "write_size": "",
        "returned": "USD/B",
        "search": "USD/search",
        "node": "USD/h",
        "backup": "USD/B/month",
    },
    "retrieval": {
        "plan": "USD/month",
        "search": "USD/search",
        "searches_included": "search/month",
        "storage": "USD/B/month",
        "storage_daily": "USD/B/h",
        "storage_included": "B",
    },
    "rental": {"hour": "USD/h"},
}

# Undated figures of an offer, and the unit each is given in to a formula: a window holds the
# tokens of one request, and a vector has so many dimensions.
SIZES = {
    "adapters": "adapter",
    "cache_lifetime": "min",
    "cache_minimum": "tok",
    "context_window": "tok",
    "dimensions": "dim",
    "max_input": "tok",
    "memory": "B",
    "memory_binary": "B",
    "memory_factor": "%",
    "memory_link": "B",
    "memory_scalar": "B",
}

PER = {
    "adapters": "/deployment",
    "cache_lifetime": "",
    "cache_minimum": "/request",
    "context_window": "/request",
    "dimensions": "/vector",
    "max_input": "/chunk",
    "memory": "",
    "memory_binary": "/vector",
    "memory_factor": "",
    "memory_link": "/vector",
    "memory_scalar": "/vector",
}

# What is written of things that have no price, by collection, and which figures each must have.
# An accelerator: peaks are of dense matrices, `reached` the best measured product of two of them,
# `link` what it sends to the others of its machine, `slot` what one without a link does. A model:
# the shape of its layers; those with a `window` or a fixed `state` are counted apart, the rest
# attend to everything.
SHEETS: dict[str, dict[str, str]] = {
    "accelerators": {
        "memory": "B",
        "bandwidth": "B/s",
        "bf16": "FLOP/s",
        "fp8": "FLOP/s",
        "fp4": "FLOP/s",
        "bf16_reached": "FLOP/s",
        "fp8_reached": "FLOP/s",
        "fp4_reached": "FLOP/s",
        "link": "B/s",
        "slot": "B/s",
    },
    "models": {
        "parameters": "parameter",
        "layers": "layer",
        "width": "dim",
        "feed_forward": "dim",
        "heads": "",
        "kv_heads": "",
        "head_width": "dim",
        "vocabulary": "",
        "tables": "",
        "latent": "dim",
        "window": "tok",
        "window_layers": "layer",
        "state": "dim",
        "state_layers": "layer",
        "dense_layers": "layer",
        "experts": "",
        "experts_active": "",
        "expert_width": "dim",
        "experts_shared": "",
    },
}

SHEET_NEEDS = {
    "accelerators": ("memory", "bf16"),
    "models": ("layers", "width", "heads", "head_width", "vocabulary", "tables"),
}

MODEL = "model"  # the kind of a choice among the models of the book, which are no offers

MULTIPLIED = tuple(_TOKENS)
