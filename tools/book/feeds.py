"""
Two independent price lists, read out of their packages' wheels in the terms of the book.

LiteLLM's is JSON, in US dollars a token and undated. genai-prices' is Python, in US dollars a
million tokens, dated and by the hour. Neither package is installed, imported or run. Neither
knows what training, hosting or storing costs.
"""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from calculators.kernel.units import Quantity

# What a list says: a meter, a size or `above()` of a meter, with a price or a number; and the
# day on which the model `ends`.
Figures = dict[str, Quantity | date]

RELEASED = "released.json"  # beside the wheels: file name to release date

# The list's name in the book, then its package.
PACKAGES = {"genai-prices": "genai_prices", "litellm": "litellm"}


class FeedError(Exception):
    """A price list that cannot be had or read."""


def above(meter: str, tokens: float) -> str:
    """The figure of a meter for prompts longer than so many tokens."""
    return f"{meter} above {tokens:,.0f} tok".replace(",", "_")


@dataclass(frozen=True, slots=True)
class Entry:
    """
    What a list says of one model on one day.

    `provider` is who serves it. `since` is the day from which these prices hold and `changes`
    are the days on which they will change, as far as the list says so. `text` is false for
    what reads or writes no text, and `over` is true once the list marks it as superseded.
    """

    key: str
    provider: str
    figures: Figures
    since: date | None = None
    changes: tuple[date, ...] = ()
    text: bool = True
    over: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Feed:
    """One price list. `released` bounds from above when any of its entries was last checked."""

    name: str
    title: str
    url: str
    released: date | None
    _models: Mapping[str, Any]

    def entry(self, key: str, day: date) -> Entry | None:
        """What the list says of that model on that day; None where it has no such model."""
        if key not in self._models:
            return None
        try:
            if self.name == "litellm":
                return _litellm_entry(key, self._models[key])
            return _genai_entry(key, self._models[key], day)
        except (AttributeError, InvalidOperation, KeyError, TypeError, ValueError) as error:
            raise FeedError(f"{self.title}: {key} is not in the known form: {error!r}") from None

    def entries(self, day: date) -> Iterator[Entry]:
        """What the list says of each of its models on that day."""
        for key in self._models:
            entry = self.entry(key, day)
            assert entry is not None
            yield entry


def fetch(folder: Path) -> None:
    """
    Download the newest release of each list into `folder`, in place of what it holds of them.

    Raises:
        FeedError: pip could not download one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pip = (sys.executable, "-m", "pip")
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        options = ("--quiet", "--no-deps", "--only-binary", ":all:", "--dest", scratch)
        told = subprocess.run(
            [*pip, "download", "--disable-pip-version-check", *options, *PACKAGES],
            capture_output=True,
            text=True,
            check=False,
        )
        if told.returncode:
            raise FeedError(f"the price lists could not be downloaded:\n{told.stderr.strip()}")
        for package in PACKAGES.values():
            for old in folder.glob(f"{package}-*.whl"):
                old.unlink()
        new = [Path(shutil.move(path, folder)) for path in Path(scratch).glob("*.whl")]
    shown = subprocess.run([*pip, "download", "--help"], capture_output=True, text=True, check=True)
    index = re.search(r"\(default (https?://\S+?)/?\)", " ".join(shown.stdout.split()))
    released = {path.name: _release_date(index[1], path) for path in new} if index else {}
    (folder / RELEASED).write_text(json.dumps(released), encoding="utf-8")


def _release_date(index: str, wheel: Path) -> str:
    """The day on which the index received that wheel; empty where it does not say."""
    package = next(p for p, module in PACKAGES.items() if wheel.name.startswith(f"{module}-"))
    request = urllib.request.Request(
        f"{index}/{package}/", headers={"Accept": "application/vnd.pypi.simple.v1+json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            files = json.load(response)["files"]
        return next((f["upload-time"][:10] for f in files if f["filename"] == wheel.name), "")
    except (OSError, ValueError, KeyError, TypeError):
        return ""  # an older kind of index: the comparison stands without the date


def read(folder: Path) -> tuple[Feed, ...]:
    """
    The newest of each list among the wheels in `folder`.

    Raises:
        FeedError: one is missing, or not in the known form.
    """
    try:
        released = json.loads((folder / RELEASED).read_text(encoding="utf-8"))
    except FileNotFoundError:
        released = {}
    feeds = []
    for name, module in PACKAGES.items():
        wheels = sorted(folder.glob(f"{module}-*.whl"), key=lambda path: _version(path.name))
        if not wheels:
            raise FeedError(f"{folder} holds no wheel of {name}; leave out --feeds to download it")
        wheel = wheels[-1]
        day = released.get(wheel.name)
        when = date.fromisoformat(day) if day else None
        version = wheel.name.split("-")[1]
        try:
            with zipfile.ZipFile(wheel) as opened:
                if name == "litellm":
                    feeds.append(_litellm(opened, version, when))
                else:
                    feeds.append(_genai(opened, version, when))
        except (KeyError, SyntaxError, ValueError, zipfile.BadZipFile) as error:
            raise FeedError(f"{wheel.name} is not in the known form: {error}") from None
    return tuple(feeds)


def _version(wheel: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", wheel.split("-")[1])]


# LiteLLM.

# Meter to the field's stem and ending; a tier stands between the two.
_LITELLM_FIELDS = {
    "input": ("input_cost_per_token", ""),
    "cached_input": ("cache_read_input_token_cost", ""),
    "cache_write": ("cache_creation_input_token_cost", ""),
    "cache_write_1h": ("cache_creation_input_token_cost_above_1hr", ""),
    "output": ("output_cost_per_token", ""),
    "batch_input": ("input_cost_per_token", "_batches"),
    "batch_cached_input": ("cache_read_input_token_cost", "_batches"),
    "batch_cache_write": ("cache_creation_input_token_cost", "_batches"),
    "batch_output": ("output_cost_per_token", "_batches"),
}
_LITELLM_KINDS = {
    "chat": "inference",
    "completion": "inference",
    "responses": "inference",
    "embedding": "embedding",
    "rerank": "rerank",
}


def _litellm(wheel: zipfile.ZipFile, version: str, released: date | None) -> Feed:
    text = wheel.read("litellm/model_prices_and_context_window_backup.json")
    models = json.loads(text, parse_float=Decimal)
    models.pop("sample_spec", None)
    url = "https://github.com/BerriAI/litellm"
    return Feed("litellm", f"LiteLLM {version}", url, released, models)


def _litellm_entry(key: str, model: Mapping[str, Any]) -> Entry:
    kind = _LITELLM_KINDS.get(str(model.get("mode")), "")
    figures: Figures = {}
    for meter, (stem, ending) in _LITELLM_FIELDS.items():
        if stem + ending in model:
            figures[meter] = _per_token(model[stem + ending])
        tier = re.compile(rf"{stem}_above_(\d+)k_tokens{ending}")
        for field in model:
            if found := tier.fullmatch(field):
                figures[above(meter, int(found[1]) * 1000)] = _per_token(model[field])
    for band in model.get("tiered_pricing", ()):
        start = int(band["range"][0]) if "range" in band else 0
        for meter, (stem, ending) in _LITELLM_FIELDS.items():
            if stem + ending in band:
                figure = above(meter, start) if start else meter
                figures[figure] = _per_token(band[stem + ending])
    if cheap := model.get("off_peak_pricing"):
        # The plain prices are those of the peak hours; the book has it the other way round.
        figures = at_peak(figures)
        for meter, (stem, _) in _LITELLM_FIELDS.items():
            if stem in cheap and not meter.startswith("batch_"):
                figures[meter] = _per_token(cheap[stem])
    if model.get("input_cost_per_query"):
        figures["search"] = Quantity.of(float(model["input_cost_per_query"] * 1000), "USD/ksearch")
        figures.pop("input", None)
    if kind != "inference":
        figures.pop("output", None)
        figures.pop("batch_output", None)
    if not figures.get("cache_write", True):
        del figures["cache_write"]  # 0 is written for caches that are filled at no extra price
    window = {"inference": "context_window", "embedding": "max_input"}.get(kind)
    if window and model.get("max_input_tokens"):
        figures[window] = Quantity.of(float(model["max_input_tokens"]), "tok")
    if model.get("output_vector_size"):
        figures["dimensions"] = Quantity.of(float(model["output_vector_size"]), "dim")
    if model.get("prompt_cache_min_tokens"):
        figures["cache_minimum"] = Quantity.of(float(model["prompt_cache_min_tokens"]), "tok")
    uplift = model.get("regional_processing_uplift_multiplier_us")
    uplift = uplift or (model.get("provider_specific_entry") or {}).get("us")
    if uplift:
        figures["regional"] = Quantity.of(float(uplift * 100), "%")
    ends = _date(model.get("deprecation_date"))
    if ends:
        figures["ends"] = ends
    return Entry(
        key=key,
        provider=str(model.get("litellm_provider")),
        figures=figures,
        text=bool(kind) and "text" in (model.get("supported_output_modalities") or ["text"]),
    )


def _per_token(price: Decimal | int) -> Quantity:
    return Quantity.of(float(price * 1_000_000), "USD/Mtok")


def _date(text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None


def at_peak(figures: Figures) -> Figures:
    """The same prices, named as those of the peak hours."""
    hourly = ("input", "cached_input", "output")
    return {f"peak_{name}" if name in hourly else name: value for name, value in figures.items()}


# genai-prices.

# Its context windows are the whole of prompt and answer, often rounded, and are left out: the
# book's are the longest prompt.
_GENAI_FIELDS = {
    "input": "input_mtok",
    "cached_input": "cache_read_mtok",
    "cache_write": "cache_write_mtok",
    "cache_write_1h": "cache_write_1h_mtok",
    "output": "output_mtok",
}
_BATCH = {"processing": "batch"}
# How requests are recognised, which says nothing of prices.
_GENAI_UNREAD = {"api_pattern", "extractors", "match", "model_match", "provider_match"}


def _genai(wheel: zipfile.ZipFile, version: str, released: date | None) -> Feed:
    tree = ast.parse(wheel.read("genai_prices/data.py"))
    found = [
        node.value
        for node in tree.body
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "providers"
    ]
    if not found or found[0] is None:
        raise ValueError("no list of providers")
    models = {
        f"{provider['id']}/{model['id']}": model
        for provider in _value(found[0])
        for model in provider["models"]
    }
    url = "https://github.com/pydantic/genai-prices"
    return Feed("genai-prices", f"genai-prices {version}", url, released, models)


def _value(node: ast.expr) -> Any:
    """What stands there as plain values; a constructor's keywords become a mapping."""
    match node:
        case ast.List(elts=items):
            return [_value(item) for item in items]
        case ast.Call(func=ast.Name(id="Decimal"), args=[ast.Constant(value=str(text))]):
            return Decimal(text)
        case ast.Call(func=ast.Attribute(attr="date"), args=args):
            return date(*(ast.literal_eval(arg) for arg in args))
        case ast.Call(func=ast.Attribute(attr="time"), args=args, keywords=keywords):
            if any(ast.unparse(keyword.value) != "datetime.UTC" for keyword in keywords):
                raise ValueError(f"a time outside UTC: {ast.unparse(node)}")
            return time(*(ast.literal_eval(arg) for arg in args))
        case ast.Call(args=[], keywords=keywords):
            return {
                keyword.arg: _value(keyword.value)
                for keyword in keywords
                if keyword.arg not in _GENAI_UNREAD
            }
    return ast.literal_eval(node)


def _genai_entry(key: str, model: Mapping[str, Any], day: date) -> Entry:
    given = model["prices"]
    conditional = given if isinstance(given, list) else [{"prices": given}]
    variants = [v for v in model.get("price_variants") or () if v["when"] == _BATCH]
    rules = [rule["constraint"] for rule in (*conditional, *variants) if rule.get("constraint")]
    hours = {time()} | {rule[end] for rule in rules for end in _HOURS if end in rule}

    held: dict[str, list[Quantity]] = {}
    since = None
    for hour in sorted(hours):
        # The last rule that holds wins; where none does, the first.
        rule = next((r for r in reversed(conditional) if _holds(r, day, hour)), conditional[0])
        for name, price in _genai_figures(rule["prices"]).items():
            held.setdefault(name, []).append(price)
        since = since or (rule.get("constraint") or {}).get("start_date")
    figures: Figures = {name: min(prices, key=float) for name, prices in held.items()}
    for name, prices in held.items():
        if max(prices, key=float) != figures[name]:
            figures[f"peak_{name}"] = max(prices, key=float)
    for variant in reversed(variants):
        if _holds(variant, day, time()):
            batch = _genai_figures(variant["prices"]).items()
            figures |= {f"batch_{name}": p for name, p in batch if name.split()[0] in _BATCHED}
    starts = {rule["start_date"] for rule in rules if "start_date" in rule}
    asked = (field for rule in conditional for field in rule["prices"])
    return Entry(
        key=key,
        provider=key.partition("/")[0],
        figures=figures,
        since=since,
        changes=tuple(sorted(start for start in starts if start > day)),
        text=not any(_NOT_TEXT.search(name) for name in (key, *asked)),
        over=bool(model.get("deprecated")),
    )


_NOT_TEXT = re.compile(r"audio|image|ocr|realtime|transcribe|tts|video|whisper")
_HOURS = ("start_time", "end_time")
_BATCHED = ("input", "cached_input", "cache_write", "output")


def _holds(rule: Mapping[str, Any], day: date, hour: time) -> bool:
    constraint = rule.get("constraint")
    if not constraint:
        return True
    if "start_date" in constraint:
        return bool(day >= constraint["start_date"])
    start, end = (constraint[name] for name in _HOURS)
    return bool(start <= hour < end if start <= end else hour >= start or hour < end)


def _genai_figures(prices: Mapping[str, Any]) -> dict[str, Quantity]:
    figures = {}
    for meter, field in _GENAI_FIELDS.items():
        price = prices.get(field)
        if isinstance(price, Mapping):
            for tier in price["tiers"]:
                figures[above(meter, tier["start"])] = _per_mtok(tier["price"])
            price = price["base"]
        if price is not None:
            figures[meter] = _per_mtok(price)
    return figures


def _per_mtok(price: Decimal) -> Quantity:
    return Quantity.of(float(price), "USD/Mtok")
