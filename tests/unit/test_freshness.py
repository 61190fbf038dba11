"""The comparison with independent price lists, on small lists and a small book made here."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
import zipfile
from collections.abc import Iterator
from datetime import date
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from calculators.kernel.meters import FEEDS
from calculators.kernel.units import Quantity
from tests.conftest import ROOT
from tools.book import feeds, freshness
from tools.book.comparison import AGREES, DIFFERS, NO_BOOK, NO_FEED, Figure, Report, compare, shown
from tools.book.feeds import Feed, FeedError
from tools.book.proposal import propose
from tools.lint.driver import OF_OFFERS, rules
from tools.lint.project import Project
from tools.records import book as read_book

DAY = date(2026, 11, 20)

LARGE = {
    "litellm_provider": "acme",
    "mode": "chat",
    "input_cost_per_token": 3e-06,
    "output_cost_per_token": 1.5e-05,
    "max_input_tokens": 200_000,
}

GENAI = """
import datetime
from decimal import Decimal

from .types import *

raise SystemExit("a list is read, and never run")

providers: list[Provider] = [
    Provider(
        id='acme',
        name='Acme AI',
        api_pattern='x',
        extractors=[UsageExtractor(root='usage', mappings=[])],
        models=[
            %s
        ],
    ),
]
"""

LARGE_GENAI = """
ModelInfo(
    id='large',
    match=ClauseEquals(equals='large'),
    context_window=208000,
    prices=ModelPrice(input_mtok=Decimal('3'), output_mtok=Decimal('15')),
),
"""

DEARER = {"acme-large": LARGE | {"input_cost_per_token": 4e-06}}
DEARER_GENAI = LARGE_GENAI.replace("'3'", "'4'")

BOOK = """
vendor: Acme AI

sources:
  price-page:
    title: Acme AI, API pricing
    url: https://acme.example/pricing
    read: 2026-11-20

offers:
  acme/large:
    name: Acme Large
    kind: inference
    context_window: 200_000 tok
    facts_source: price-page
    feeds:
      genai-prices: acme/large
      litellm: acme-large
    rates:
      2026-03-01:
        input: 3.00 USD/Mtok
        output: 15.00 USD/Mtok
        source: price-page
        confidence: vendor page
"""


def wheel(path: Path, files: dict[str, str]) -> Path:
    """A wheel that pip accepts, with these files."""
    name, version = path.name.split("-")[:2]
    about = {
        f"{name}-{version}.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {name}\n"
        f"Version: {version}\n",
        f"{name}-{version}.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\n"
        "Tag: py3-none-any\n",
        f"{name}-{version}.dist-info/RECORD": "",
    }
    with zipfile.ZipFile(path, "w") as opened:
        for inner, text in (files | about).items():
            opened.writestr(inner, text)
    return path


def wheels(
    folder: Path,
    litellm: dict[str, Any] | None = None,
    genai: str = LARGE_GENAI,
    version: str = "1.2.0",
    released: str = "2026-11-12",
) -> Path:
    """Both lists as wheels in that folder."""
    folder.mkdir(exist_ok=True)
    models = {"sample_spec": {"mode": "one of: chat"}} | (
        {"acme-large": LARGE} if litellm is None else litellm
    )
    inside = {"litellm/model_prices_and_context_window_backup.json": json.dumps(models)}
    made = [
        wheel(folder / f"litellm-{version}-py3-none-any.whl", inside),
        wheel(
            folder / f"genai_prices-{version}-py3-none-any.whl",
            {"genai_prices/data.py": GENAI % genai},
        ),
    ]
    if released:
        days = {path.name: released for path in made}
        (folder / feeds.RELEASED).write_text(json.dumps(days), encoding="utf-8")
    return folder


def lists(folder: Path, **options: Any) -> tuple[Feed, Feed]:
    """genai-prices and LiteLLM with these models."""
    genai, litellm = feeds.read(wheels(folder / "feeds", **options))
    return genai, litellm


def data(folder: Path, text: str = BOOK) -> Path:
    """A book of one file."""
    file = folder / "data" / "offers" / "acme.yml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text.lstrip(), encoding="utf-8")
    return folder / "data"


def compared(folder: Path, text: str = BOOK, day: date = DAY, **options: Any) -> Report:
    return compare(read_book(data(folder, text)), lists(folder, **options), day)


def found(report: Report, figure: str, offer: str = "acme/large") -> Figure:
    """The one figure of that name."""
    (only,) = [f for f in report.figures if (f.offer, f.figure) == (offer, figure)]
    return only


def litellm_figures(folder: Path, **model: Any) -> dict[str, str]:
    _, litellm = lists(folder, litellm={"m": LARGE | model})
    entry = litellm.entry("m", DAY)
    assert entry
    return {name: shown(value) for name, value in entry.figures.items()}


def genai_figures(folder: Path, day: date, prices: str) -> dict[str, str]:
    text = f"ModelInfo(id='m', match=ClauseEquals(equals='m'), {prices})"
    genai, _ = lists(folder, genai=text)
    entry = genai.entry("acme/m", day)
    assert entry
    return {name: shown(value) for name, value in entry.figures.items()}


# Reading the lists.


def test_litellm_prices_a_token_and_the_book_a_million(tmp_path: Path) -> None:
    assert litellm_figures(
        tmp_path,
        cache_read_input_token_cost=3e-07,
        cache_creation_input_token_cost=3.75e-06,
        cache_creation_input_token_cost_above_1hr=6e-06,
        input_cost_per_token_batches=1.5e-06,
        output_cost_per_token_batches=7.5e-06,
        input_cost_per_token_priority=6e-06,
        prompt_cache_min_tokens=1024.0,
        regional_processing_uplift_multiplier_us=1.1,
        deprecation_date="2027-03-01",
    ) == {
        "input": "3.00 USD/Mtok",
        "cached_input": "0.30 USD/Mtok",
        "cache_write": "3.75 USD/Mtok",
        "cache_write_1h": "6.00 USD/Mtok",
        "output": "15.00 USD/Mtok",
        "batch_input": "1.50 USD/Mtok",
        "batch_output": "7.50 USD/Mtok",
        "context_window": "200_000 tok",
        "cache_minimum": "1_024 tok",
        "regional": "110 %",
        "ends": "2027-03-01",
    }


def test_litellm_tiers_in_either_spelling(tmp_path: Path) -> None:
    told = litellm_figures(
        tmp_path,
        input_cost_per_token_above_200k_tokens=6e-06,
        input_cost_per_token_above_200k_tokens_batches=3e-06,
        input_cost_per_token_above_200k_tokens_priority=9e-06,
        cache_creation_input_token_cost_above_1hr_above_200k_tokens=1.2e-05,
        tiered_pricing=[
            {"range": [0, 256000.0], "output_cost_per_token": 1.5e-05},
            {"range": [256000.0, 1e6], "output_cost_per_token": 3e-05},
        ],
    )
    assert {name: price for name, price in told.items() if "above" in name} == {
        "input above 200_000 tok": "6.00 USD/Mtok",
        "batch_input above 200_000 tok": "3.00 USD/Mtok",
        "cache_write_1h above 200_000 tok": "12.00 USD/Mtok",
        "output above 256_000 tok": "30.00 USD/Mtok",
    }


def test_litellm_plain_price_is_that_of_the_peak(tmp_path: Path) -> None:
    told = litellm_figures(
        tmp_path,
        off_peak_pricing={"input_cost_per_token": 1e-06, "output_cost_per_token": 5e-06},
    )
    assert (told["input"], told["peak_input"]) == ("1.00 USD/Mtok", "3.00 USD/Mtok")
    assert (told["output"], told["peak_output"]) == ("5.00 USD/Mtok", "15.00 USD/Mtok")


def test_litellm_reranker_by_the_search(tmp_path: Path) -> None:
    told = litellm_figures(
        tmp_path, mode="rerank", input_cost_per_token=0.0, input_cost_per_query=0.002
    )
    assert told == {"search": "2.00 USD/ksearch"}


def test_litellm_embedding(tmp_path: Path) -> None:
    told = litellm_figures(
        tmp_path, mode="embedding", output_cost_per_token=0.0, output_vector_size=1024
    )
    assert told == {
        "input": "3.00 USD/Mtok",
        "max_input": "200_000 tok",
        "dimensions": "1_024 dim",
    }


def test_litellm_writes_0_for_a_cache_filled_at_no_extra_price(tmp_path: Path) -> None:
    assert "cache_write" not in litellm_figures(tmp_path, cache_creation_input_token_cost=0.0)


DATED = """prices=[
    ConditionalPrice(prices=ModelPrice(input_mtok=Decimal('1'))),
    ConditionalPrice(
        constraint=StartDateConstraint(start_date=datetime.date(2026, 9, 1)),
        prices=ModelPrice(input_mtok=Decimal('2')),
    ),
    ConditionalPrice(
        constraint=StartDateConstraint(start_date=datetime.date(2026, 12, 1)),
        prices=ModelPrice(input_mtok=Decimal('4')),
    ),
]"""


@pytest.mark.parametrize(
    ("day", "price"),
    [
        ("2026-08-31", "1.00"),
        ("2026-09-01", "2.00"),
        ("2026-11-30", "2.00"),
        ("2026-12-01", "4.00"),
    ],
)
def test_genai_price_of_the_day(tmp_path: Path, day: str, price: str) -> None:
    told = genai_figures(tmp_path, date.fromisoformat(day), DATED)
    assert told == {"input": f"{price} USD/Mtok"}


def test_genai_says_since_when_and_what_will_change(tmp_path: Path) -> None:
    genai, _ = lists(tmp_path, genai=f"ModelInfo(id='m', {DATED})")
    entry = genai.entry("acme/m", DAY)
    assert entry
    assert (entry.since, entry.changes) == (date(2026, 9, 1), (date(2026, 12, 1),))


def test_genai_peak_hours_also_over_midnight(tmp_path: Path) -> None:
    told = genai_figures(
        tmp_path,
        DAY,
        """prices=[
            ConditionalPrice(prices=ModelPrice(input_mtok=Decimal('1'), output_mtok=Decimal('2'))),
            ConditionalPrice(
                constraint=TimeOfDateConstraint(
                    start_time=datetime.time(22, 30, tzinfo=datetime.UTC),
                    end_time=datetime.time(4, 0, tzinfo=datetime.UTC),
                ),
                prices=ModelPrice(input_mtok=Decimal('3'), output_mtok=Decimal('2')),
            ),
        ]""",
    )
    assert told == {
        "input": "1.00 USD/Mtok",
        "peak_input": "3.00 USD/Mtok",
        "output": "2.00 USD/Mtok",
    }


@pytest.mark.parametrize(("day", "batch"), [("2026-10-13", None), ("2026-10-14", "0.50 USD/Mtok")])
def test_genai_batch_and_tiers(tmp_path: Path, day: str, batch: str | None) -> None:
    told = genai_figures(
        tmp_path,
        date.fromisoformat(day),
        """prices=ModelPrice(
            input_mtok=TieredPrices(
                base=Decimal('1'), tiers=[Tier(start=272000, price=Decimal('2'))]
            ),
            cache_read_mtok=Decimal('0.1'),
        ),
        price_variants=[
            PriceVariant(when={'service_tier': 'flex'}, prices=ModelPrice(input_mtok=Decimal('9'))),
            PriceVariant(
                when={'processing': 'batch'},
                prices=ModelPrice(input_mtok=Decimal('0.5'), cache_read_mtok=Decimal('0.05')),
                constraint=StartDateConstraint(start_date=datetime.date(2026, 10, 14)),
            ),
        ]""",
    )
    assert told.pop("batch_input", None) == batch
    assert told.pop("batch_cached_input", None) == (batch and "0.05 USD/Mtok")
    assert told == {
        "input": "1.00 USD/Mtok",
        "input above 272_000 tok": "2.00 USD/Mtok",
        "cached_input": "0.10 USD/Mtok",
    }


def test_the_book_knows_the_lists_by_the_same_names() -> None:
    assert set(feeds.PACKAGES) == set(FEEDS)


def test_newest_version_is_read(tmp_path: Path) -> None:
    wheels(tmp_path, version="1.9.0")
    wheels(tmp_path, version="1.10.0")
    assert [feed.title for feed in feeds.read(tmp_path)] == [
        "genai-prices 1.10.0",
        "LiteLLM 1.10.0",
    ]


def test_missing_list_is_named(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="no wheel of genai-prices; leave out --feeds"):
        feeds.read(tmp_path)


@pytest.mark.parametrize(
    ("name", "files"),
    [
        ("litellm", {"litellm/other.json": "{}"}),
        ("litellm", {"litellm/model_prices_and_context_window_backup.json": "{"}),
        ("genai_prices", {"genai_prices/data.py": "providers = load()"}),
        ("genai_prices", {"genai_prices/data.py": "providers: list[Provider] = load('x')"}),
        ("genai_prices", {"genai_prices/data.py": "providers: list["}),
    ],
)
def test_unknown_form_is_said(tmp_path: Path, name: str, files: dict[str, str]) -> None:
    wheels(tmp_path)
    wheel(tmp_path / f"{name}-1.2.0-py3-none-any.whl", files)
    with pytest.raises(FeedError, match=f"{name}-1.2.0.* is not in the known form"):
        feeds.read(tmp_path)


def test_unknown_form_of_one_model_is_said(tmp_path: Path) -> None:
    _, litellm = lists(tmp_path, litellm={"odd": {"mode": "chat", "tiered_pricing": [7]}})
    with pytest.raises(FeedError, match=r"LiteLLM 1\.2\.0: odd is not in the known form"):
        litellm.entry("odd", DAY)


class Index(BaseHTTPRequestHandler):
    """A package index of the wheels in one folder, each received on 2026-11-11."""

    def __init__(self, folder: Path, *args: Any) -> None:
        self.folder = folder
        super().__init__(*args)

    def do_GET(self) -> None:
        name = self.path.strip("/").rpartition("/")[2]
        body, kind = b"", "application/octet-stream"
        if name.endswith(".whl"):
            body = (self.folder / name).read_bytes()
        else:
            module = name.replace("-", "_")
            received = "2026-11-11T10:00:00.000000Z"
            files = [
                {"filename": p.name, "url": f"/{p.name}", "hashes": {}, "upload-time": received}
                for p in self.folder.glob(f"{module}-*.whl")
            ]
            told = {"meta": {"api-version": "1.1"}, "name": name, "files": files}
            body, kind = json.dumps(told).encode(), "application/vnd.pypi.simple.v1+json"
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a package index that pip uses."""
    folder = tmp_path / "index"
    folder.mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Index, folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for name in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL", "PIP_NO_INDEX"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
        monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{server.server_port}/")
        yield folder
        server.shutdown()


def test_newest_lists_are_fetched_with_their_dates(tmp_path: Path, index: Path) -> None:
    wheels(index, version="1.9.0")
    wheels(index, version="1.10.0")
    old = wheels(tmp_path / "kept", version="1.8.0")
    feeds.fetch(old)
    assert sorted(path.name for path in old.iterdir()) == [
        "genai_prices-1.10.0-py3-none-any.whl",
        "litellm-1.10.0-py3-none-any.whl",
        feeds.RELEASED,
    ]
    assert {feed.released for feed in feeds.read(old)} == {date(2026, 11, 11)}


def test_failed_fetch_keeps_what_was_there(tmp_path: Path, index: Path) -> None:
    assert index
    old = wheels(tmp_path / "kept")
    with pytest.raises(FeedError, match="could not be downloaded"):
        feeds.fetch(old)
    assert len(feeds.read(old)) == 2


# Comparing.


def test_agreement(tmp_path: Path) -> None:
    report = compared(tmp_path)
    assert [f.verdict for f in report.figures] == [AGREES] * 3
    assert found(report, "input").feeds == {
        "genai-prices": "3.00 USD/Mtok",
        "litellm": "3.00 USD/Mtok",
    }
    (tally,) = report.tallies
    assert (tally.vendor, tally.compared, tally.agree, tally.differ) == ("Acme AI", 3, 3, 0)


def test_difference_shows_all_sides(tmp_path: Path) -> None:
    report = compared(tmp_path, litellm={"acme-large": LARGE | {"input_cost_per_token": 4e-06}})
    differing = found(report, "input")
    assert differing.verdict == DIFFERS
    assert differing.book == differing.feeds["genai-prices"] == "3.00 USD/Mtok"
    assert differing.feeds["litellm"] == "4.00 USD/Mtok"
    assert (report.tallies[0].differ, report.tallies[0].explained) == (1, 0)


def test_a_float_is_not_a_difference(tmp_path: Path) -> None:
    text = BOOK.replace("input: 3.00", "input: 0.07")
    model = LARGE | {"input_cost_per_token": 7.000000000000001e-08}
    report = compared(tmp_path, text, litellm={"acme-large": model}, genai="")
    assert found(report, "input").verdict == AGREES


@pytest.mark.parametrize(
    ("sentence", "explained"),
    [
        ("LiteLLM has 4.00 USD/Mtok for input, the price before March.", True),
        ("LiteLLM has 4 USD/Mtok.", True),
        ("It was 3 until 2026-03-01, and LiteLLM still has 4.", True),
        ("LiteLLM has 4,000 or 4_000 or 0.4 or 5.00 USD/Mtok.", False),
        ("LiteLLM 4.0.1 has another price for large-4 on 2026-11-4.", False),
        ("LiteLLM has 14.00 USD/Mtok.", False),
        ("LiteLLM has another price.", False),
    ],
)
def test_explained_once_the_book_names_the_other_figure(
    tmp_path: Path, sentence: str, explained: bool
) -> None:
    text = BOOK + f"        disputed: {sentence}\n"
    model = LARGE | {"input_cost_per_token": 4e-06}
    report = compared(tmp_path, text, litellm={"acme-large": model})
    differing = found(report, "input")
    assert differing.verdict == DIFFERS
    assert differing.explained == (sentence if explained else "")
    assert bool(differing.remark) != explained
    assert report.tallies[0].explained == explained


@pytest.mark.parametrize(
    ("price", "explained"), [(2.5e-06, True), (3.3e-06, True), (2.6e-06, False)]
)
def test_a_dispute_may_mean_a_former_or_a_regional_price(
    tmp_path: Path, price: float, explained: bool
) -> None:
    block = BOOK[BOOK.index("      2026-03-01") :]
    former = block.replace("2026-03", "2026-01").replace("input: 3.00", "input: 2.50")
    text = BOOK.replace(block, former + block)
    text += "        disputed: LiteLLM has the price of another time or place.\n"
    text = text.replace("        source", "        regional: 110 %\n        source")
    models = {"acme-large": LARGE | {"input_cost_per_token": price}}
    assert bool(found(compared(tmp_path, text, litellm=models), "input").explained) == explained
    silent = text.partition("        disputed")[0]
    assert not found(compared(tmp_path, silent, litellm=models), "input").explained


def test_a_figure_left_out_is_explained_alike(tmp_path: Path) -> None:
    text = (
        BOOK + "        disputed: LiteLLM has 0.30 USD/Mtok for cached input, which is not sold.\n"
    )
    model = LARGE | {"cache_read_input_token_cost": 3e-07}
    lacking = found(compared(tmp_path, text, litellm={"acme-large": model}), "cached_input")
    assert lacking.verdict == NO_BOOK
    assert lacking.explained.startswith("LiteLLM has 0.30")


def test_tiers_left_out_are_explained_by_their_threshold(tmp_path: Path) -> None:
    text = BOOK + "        disputed: LiteLLM has prompts above 200,000 tokens, which are refused.\n"
    model = LARGE | {
        "input_cost_per_token_above_200k_tokens": 6e-06,
        "input_cost_per_token_above_400k_tokens": 9e-06,
    }
    report = compared(tmp_path, text, litellm={"acme-large": model})
    assert found(report, "input above 200_000 tok").explained
    assert not found(report, "input above 400_000 tok").explained


def test_a_dispute_that_is_over_is_named(tmp_path: Path) -> None:
    sentence = "LiteLLM has 4 USD/Mtok."
    text = BOOK + f"        disputed: {sentence}\n"
    assert compared(tmp_path, text).settled == (("acme/large", sentence),)
    assert compared(tmp_path, text, litellm=DEARER).settled == ()


def test_what_is_no_meter_of_the_kind_is_not_missed(tmp_path: Path) -> None:
    text = BOOK.replace("kind: inference", "kind: embedding").replace(
        "        output: 15.00 USD/Mtok\n", ""
    )
    text = text.replace("context_window: 200_000 tok", "max_input: 200_000 tok")
    figures = compared(tmp_path, text, litellm={}).figures
    assert {figure.figure for figure in figures} == {"input", "max_input"}


@pytest.mark.parametrize(("price", "doubtful"), [(1.49e-05, False), (1.51e-05, True), (0.0, True)])
def test_a_factor_above_five_is_probably_the_feed(
    tmp_path: Path, price: float, doubtful: bool
) -> None:
    model = LARGE | {"input_cost_per_token": price}
    report = compared(tmp_path, litellm={"acme-large": model})
    assert found(report, "input").doubtful == doubtful


def test_a_list_without_hours_states_the_peak(tmp_path: Path) -> None:
    text = BOOK.replace("input: 3.00", "peak_input: 3.00").replace(
        "        output: 15.00", "        input: 1.50 USD/Mtok\n        output: 15.00"
    )
    report = compared(tmp_path, text, genai="")
    assert found(report, "peak_input").verdict == AGREES
    assert found(report, "input").verdict == NO_FEED


def test_what_only_one_side_states(tmp_path: Path) -> None:
    text = BOOK.replace("        output:", "        batch_input: 1.50 USD/Mtok\n        output:")
    model = LARGE | {"cache_read_input_token_cost": 3e-07}
    report = compared(tmp_path, text, litellm={"acme-large": model})
    assert found(report, "batch_input").verdict == NO_FEED
    assert found(report, "cached_input").verdict == NO_BOOK
    assert report.tallies[0].compared == 3


def test_tiers_are_compared_by_their_threshold(tmp_path: Path) -> None:
    text = BOOK + "        above:\n          200_000 tok:\n            input: 6.00 USD/Mtok\n"
    model = LARGE | {"input_cost_per_token_above_200k_tokens": 7e-06}
    differing = found(
        compared(tmp_path, text, litellm={"acme-large": model}), "input above 200_000 tok"
    )
    assert (differing.book, differing.feeds) == ("6.00 USD/Mtok", {"litellm": "7.00 USD/Mtok"})
    assert differing.verdict == DIFFERS


TUNED = """
  acme/large-tuned:
    name: Acme Large, tuned
    kind: tuning
    base: acme/large
    feeds:
      litellm: acme-tuned
    rates:
      2026-03-01:
        training: 25.00 USD/Mtok
        premium: 150 %
        source: price-page
        confidence: vendor page
"""


def test_a_premium_is_compared_as_the_price_it_makes(tmp_path: Path) -> None:
    models = {
        "acme-large": LARGE,
        "acme-tuned": LARGE | {"input_cost_per_token": 4.5e-06, "output_cost_per_token": 2e-05},
    }
    report = compared(tmp_path, BOOK + TUNED, litellm=models)
    assert found(report, "input", "acme/large-tuned").verdict == AGREES
    assert found(report, "output", "acme/large-tuned").verdict == DIFFERS
    assert not [f for f in report.figures if f.figure == "training"]


END = """      2026-12-31:
        withdrawn: Acme replaced it by Acme Larger.
        source: price-page
        confidence: vendor page
"""


@pytest.mark.parametrize(("day", "verdict"), [("2026-12-31", AGREES), ("2027-01-31", DIFFERS)])
def test_the_day_on_which_an_offer_ends(tmp_path: Path, day: str, verdict: str) -> None:
    model = LARGE | {"deprecation_date": day}
    report = compared(tmp_path, BOOK + END, litellm={"acme-large": model})
    assert found(report, "ends").verdict == verdict


def test_an_ended_offer_has_no_price_to_contradict(tmp_path: Path) -> None:
    model = LARGE | {"input_cost_per_token": 9e-06, "deprecation_date": "2026-12-31"}
    report = compared(tmp_path, BOOK + END, day=date(2027, 1, 1), litellm={"acme-large": model})
    assert [(f.figure, f.verdict) for f in report.figures] == [("ends", AGREES)]


def test_a_price_that_the_book_says_is_not_published(tmp_path: Path) -> None:
    text = (
        BOOK.partition("    rates:")[0] + "    not_published: Not found.\n    source: price-page\n"
    )
    report = compared(tmp_path, text)
    assert found(report, "input").verdict == NO_BOOK


SOON = """ModelInfo(id='large', prices=[
    ConditionalPrice(prices=ModelPrice(input_mtok=Decimal('3'), output_mtok=Decimal('15'))),
    ConditionalPrice(
        constraint=StartDateConstraint(start_date=datetime.date(2026, 12, 1)),
        prices=ModelPrice(input_mtok=Decimal('6'), output_mtok=Decimal('15')),
    ),
])"""


def test_an_announced_change_that_the_book_lacks(tmp_path: Path) -> None:
    report = compared(tmp_path, genai=SOON)
    (late,) = [f for f in report.figures if f.day != DAY]
    assert (late.day, late.figure, late.verdict) == (date(2026, 12, 1), "input", DIFFERS)
    assert (late.book, late.feeds) == ("3.00 USD/Mtok", {"genai-prices": "6.00 USD/Mtok"})


def test_an_announced_change_that_the_book_has(tmp_path: Path) -> None:
    block = BOOK[BOOK.index("      2026-03-01") :].replace("2026-03", "2026-12")
    report = compared(tmp_path, BOOK + block.replace("input: 3", "input: 6"), genai=SOON)
    (late,) = [f for f in report.figures if f.day != DAY]
    assert (late.day, late.figure, late.verdict) == (date(2026, 12, 1), "input", AGREES)


def test_on_a_later_day_that_day_is_compared(tmp_path: Path) -> None:
    report = compared(tmp_path, day=date(2026, 12, 1), genai=SOON)
    assert found(report, "input").feeds["genai-prices"] == "6.00 USD/Mtok"


@pytest.mark.parametrize(
    ("read", "released", "since", "newer"),
    [
        ("2026-11-20", "2026-11-12", "", "book: "),
        ("2026-11-01", "2026-11-12", "", "genai-prices: "),
        ("2026-11-12", "2026-11-12", "", "unclear: "),
        ("2026-11-12", "", "", "unclear: "),
        ("2026-11-12", "2026-11-12", "2026, 11, 13", "genai-prices: "),
        ("2026-11-12", "2026-11-12", "2026, 9, 1", "genai-prices: "),
        ("2026-11-12", "2026-11-12", "2026, 2, 1", "book: "),
    ],
)
def test_which_side_is_newer(
    tmp_path: Path, read: str, released: str, since: str, newer: str
) -> None:
    price = "prices=ModelPrice(input_mtok=Decimal('4'))"
    rule = f"StartDateConstraint(start_date=datetime.date({since}))" if since else "None"
    genai = f"ModelInfo(id='large', prices=[ConditionalPrice(constraint={rule}, {price})])"
    text = BOOK.replace("read: 2026-11-20", f"read: {read}")
    differing = found(compared(tmp_path, text, genai=genai, released=released), "input")
    assert differing.newer.startswith(newer), differing.newer


def test_names_that_a_list_does_not_know(tmp_path: Path) -> None:
    report = compared(tmp_path, litellm={"acme-huge": LARGE})
    assert report.lost_keys == (("acme/large", "LiteLLM 1.2.0", "acme-large"),)


def test_offers_compared_with_nothing(tmp_path: Path) -> None:
    text = BOOK.replace(
        "    feeds:\n      genai-prices: acme/large\n      litellm: acme-large\n", ""
    )
    assert compared(tmp_path, text).unlisted == (("Acme AI", "acme/large"),)


# New models and old sources.


def test_new_models(tmp_path: Path) -> None:
    models = {
        "acme-large": LARGE,
        "acme-large-2026-05-01": LARGE,
        "eu.acme-large": LARGE,
        "acme-9": LARGE | {"litellm_provider": "other"},
        "acme-8": LARGE | {"mode": "image_generation"},
        "acme-7-image": LARGE | {"supported_output_modalities": ["image"]},
        "acme-6": LARGE | {"deprecation_date": "2026-11-20"},
        "acme-5": LARGE | {"input_cost_per_token": 0.0},
        "acme-4.1": LARGE,
        "acme-4-20b": LARGE,
        "acme-4.2-1m": LARGE,
        "acme-3": LARGE | {"mode": "rerank", "input_cost_per_query": 0.002},
    }
    genai = (
        LARGE_GENAI
        + """
        ModelInfo(id='acme-4-2-1m', prices=ModelPrice(input_mtok=Decimal('3'))),
        ModelInfo(id='acme-4-3', deprecated=True, prices=ModelPrice(input_mtok=Decimal('3'))),
        ModelInfo(id='acme-4-4-tts', prices=ModelPrice(input_mtok=Decimal('3'))),
    """
    )
    report = compared(tmp_path, litellm=models, genai=genai)
    assert [(m.model, m.feeds) for m in report.new_models] == [
        ("acme/acme-4-2-1m", ("genai-prices", "litellm")),
        ("acme-4.1", ("litellm",)),
        ("acme-4-20b", ("litellm",)),
        ("acme-3", ("litellm",)),
    ]
    assert report.new_models[1].input == "3.00 USD/Mtok"
    assert report.new_models[3].input == "2.00 USD/ksearch"


def test_ten_new_models_of_a_vendor_are_enough(tmp_path: Path) -> None:
    models = {f"acme-{number}": LARGE for number in range(1, 30)} | {"acme-large": LARGE}
    report = compared(tmp_path, litellm=models)
    assert [m.model for m in report.new_models] == [f"acme-{n}" for n in range(29, 19, -1)]


@pytest.mark.parametrize(("day", "old"), [("2027-01-19", 0), ("2027-01-20", 1)])
def test_sources_not_read_for_sixty_days(tmp_path: Path, day: str, old: int) -> None:
    report = compared(tmp_path, day=date.fromisoformat(day))
    assert len(report.old_sources) == old
    assert [(s.title, s.days) for s in report.old_sources] == [("Acme AI, API pricing", 61)] * old


def test_the_source_of_a_former_price_need_not_be_read_again(tmp_path: Path) -> None:
    launch = """  launch:
    title: Introducing Acme Large
    url: https://acme.example/launch
    read: 2026-01-01
"""
    first = BOOK[BOOK.index("      2026-03-01") :].replace("2026-03", "2026-01")
    text = BOOK.replace("  price-page:\n", launch + "  price-page:\n").replace(
        "    rates:\n", "    rates:\n" + first.replace("source: price-page", "source: launch")
    )
    assert compared(tmp_path, text).old_sources == ()


# Proposing.


def proposed(folder: Path, text: str = BOOK, **options: Any) -> str:
    """The patch for that book."""
    where = data(folder, text)
    facts, made = read_book(where), lists(folder, **options)
    report = compare(facts, made, DAY)
    patch = propose(facts, report, made, where)
    assert (where / "offers" / "acme.yml").read_text(encoding="utf-8") == text.lstrip()
    return patch


def applied(folder: Path, patch: str) -> Path:
    """The book with the patch applied by git, once it has passed every rule of the book."""
    subprocess.run(["git", "init", "--quiet", folder], check=True)
    subprocess.run(["git", "apply", "-"], cwd=folder, input=patch, text=True, check=True)
    assert [fault for rule in rules(OF_OFFERS) for fault in rule(Project(folder))] == []
    return folder / "data"


def test_a_proposal_adds_a_block_and_keeps_the_history(tmp_path: Path) -> None:
    patch = proposed(tmp_path, litellm=DEARER, genai="")
    assert [line for line in patch.splitlines()[2:] if line.startswith("-")] == []
    offer = read_book(applied(tmp_path, patch)).offer("acme/large")
    assert [block.start for block in offer.blocks] == [date(2026, 3, 1), date(2026, 11, 12)]
    new = offer.blocks[1]
    assert new.meters == {
        "input": Quantity.parse("4.00 USD/Mtok"),
        "output": Quantity.parse("15.00 USD/Mtok"),
    }
    assert new.confidence == "one secondary source"
    assert "LiteLLM 1.2.0" in new.note
    assert new.first_seen
    assert (new.source.title.partition(",")[0], new.source.read) == (
        "LiteLLM 1.2.0",
        date(2026, 11, 12),
    )


def test_a_proposal_stands_between_the_price_before_and_the_one_after(tmp_path: Path) -> None:
    long = "        above:\n          200_000 tok:\n            input: 6.00 USD/Mtok\n"
    long += "            output: 20.00 USD/Mtok\n"
    text = BOOK.replace("        source: price-page\n", long + "        source: price-page\n")
    model = DEARER["acme-large"] | {"input_cost_per_token_above_200k_tokens": 8e-06}
    patch = proposed(tmp_path, text + END + TUNED, litellm={"acme-large": model}, genai="")
    offer = read_book(applied(tmp_path, patch)).offer("acme/large")
    assert [block.start.isoformat() for block in offer.blocks] == [
        "2026-03-01",
        "2026-11-12",
        "2026-12-31",
    ]
    (tier,) = offer.blocks[1].tiers
    assert tier.meters["input"] == Quantity.parse("8.00 USD/Mtok")
    assert tier.meters["output"] == Quantity.parse("20.00 USD/Mtok")


def test_a_proposal_of_an_announced_change_bears_its_date(tmp_path: Path) -> None:
    patch = proposed(tmp_path, genai=SOON)
    new = read_book(applied(tmp_path, patch)).offer("acme/large").blocks[-1]
    assert (new.start, new.first_seen) == (date(2026, 12, 1), False)
    assert new.meters["input"] == Quantity.parse("6.00 USD/Mtok")


def test_a_proposal_of_two_changes_builds_one_on_the_other(tmp_path: Path) -> None:
    twice = SOON.replace("'15'", "'16'")
    model = LARGE | {"output_cost_per_token": 1.6e-05}
    patch = proposed(tmp_path, litellm={"acme-large": model}, genai=twice)
    _, now, soon = read_book(applied(tmp_path, patch)).offer("acme/large").blocks
    assert (now.start, now.confidence) == (date(2026, 11, 12), "two feeds agree")
    assert (soon.start, soon.confidence) == (date(2026, 12, 1), "one secondary source")
    assert [block.meters["input"].to("USD/Mtok") for block in (now, soon)] == [3, 6]
    assert [block.meters["output"].to("USD/Mtok") for block in (now, soon)] == [16, 16]


def test_a_proposal_may_begin_after_the_day_of_the_book(tmp_path: Path) -> None:
    patch = proposed(tmp_path, litellm=DEARER, genai="", released="2026-12-24")
    new = read_book(applied(tmp_path, patch)).offer("acme/large").blocks[-1]
    assert (new.start, new.source.read) == (date(2026, 12, 24), date(2026, 12, 24))


def test_a_proposal_keeps_the_note_and_names_a_newer_list_apart(tmp_path: Path) -> None:
    text = BOOK.replace(
        "sources:\n",
        "sources:\n  litellm:\n    title: LiteLLM 1.1.0, its list\n"
        "    url: https://acme.example/list\n    read: 2026-09-01\n",
    ).replace("facts_source: price-page", "facts_source: litellm")
    note = '        note: "Busy hours: 01:00 to 04:00 UTC."\n'
    patch = proposed(tmp_path, text + note, litellm=DEARER, genai="")
    new = read_book(applied(tmp_path, patch)).offer("acme/large").blocks[-1]
    assert new.note.startswith("Busy hours: 01:00 to 04:00 UTC. From LiteLLM 1.2.0 alone;")
    assert new.source.title.startswith("LiteLLM 1.2.0,")
    assert "litellm-1.2.0:" in patch


def test_a_proposal_takes_the_source_that_is_there(tmp_path: Path) -> None:
    first = proposed(tmp_path, litellm=DEARER, genai="")
    once = (applied(tmp_path, first) / "offers" / "acme.yml").read_text(encoding="utf-8")
    small = BOOK[BOOK.index("  acme/large:") :].replace("large", "small")
    models = DEARER | {"acme-small": LARGE | {"input_cost_per_token": 5e-06}}
    patch = proposed(tmp_path, once + small, litellm=models, genai="")
    assert "title:" not in "".join(line for line in patch.splitlines() if line[:1] == "+")
    offers = read_book(applied(tmp_path, patch)).offers
    assert [len(offer.blocks) for offer in offers.values()] == [2, 2]


def test_both_lists_against_the_book_are_two_that_agree(tmp_path: Path) -> None:
    patch = proposed(tmp_path, litellm=DEARER, genai=DEARER_GENAI)
    new = read_book(applied(tmp_path, patch)).offer("acme/large").blocks[-1]
    assert new.confidence == "two feeds agree"
    assert "LiteLLM 1.2.0" in new.note
    assert "genai-prices 1.2.0" in new.note


@pytest.mark.parametrize(
    ("text", "options"),
    [
        pytest.param(BOOK, {}, id="agreement"),
        pytest.param(BOOK, {"litellm": DEARER}, id="another list agrees with the book"),
        pytest.param(
            BOOK + "        disputed: LiteLLM has 4 USD/Mtok.\n",
            {"litellm": DEARER, "genai": ""},
            id="explained",
        ),
        pytest.param(
            BOOK,
            {"litellm": {"acme-large": LARGE | {"input_cost_per_token": 3e-03}}, "genai": ""},
            id="probably the feed",
        ),
        pytest.param(
            BOOK,
            {"litellm": {"acme-large": LARGE | {"max_input_tokens": 1}}, "genai": ""},
            id="not a price",
        ),
        pytest.param(
            BOOK.replace("2026-03-01", "2026-11-12"),
            {"litellm": DEARER, "genai": ""},
            id="no newer than the book's block",
        ),
        pytest.param(
            BOOK + TUNED,
            {
                "litellm": {
                    "acme-large": LARGE,
                    "acme-tuned": LARGE | {"output_cost_per_token": 2e-05},
                }
            },
            id="priced as a share of another",
        ),
    ],
)
def test_nothing_to_propose(tmp_path: Path, text: str, options: dict[str, Any]) -> None:
    if "premium" in text:
        options["litellm"]["acme-tuned"]["input_cost_per_token"] = 4.5e-06
    assert proposed(tmp_path, text, **options) == ""


# The command.


def run(folder: Path, *options: str) -> int:
    where = ("--data", folder / "data", "--feeds", folder / "feeds", "--patch", folder / "x.patch")
    return freshness.main([*map(str, where), *options])


def test_the_report_for_a_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data(tmp_path)
    wheels(tmp_path / "feeds", litellm=DEARER)
    assert run(tmp_path) == 0
    told = capsys.readouterr().out
    assert "in force on 2026-11-20" in told
    assert "genai-prices 1.2.0 (2026-11-12), LiteLLM 1.2.0 (2026-11-12)" in told
    assert [line.split() for line in told.splitlines() if line.startswith("Acme AI")] == [
        ["Acme", "AI", "3", "2", "1", "0", "0", "0"]
    ]
    (row,) = [line for line in told.splitlines() if line.startswith("acme/large")]
    assert "3.00 USD/Mtok  3.00 USD/Mtok  4.00 USD/Mtok" in row
    assert not (tmp_path / "x.patch").exists()


def test_the_report_for_a_program(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data(tmp_path)
    wheels(tmp_path / "feeds", litellm=DEARER)
    assert run(tmp_path, "--json", "--on", "2026-11-19") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["day"] == "2026-11-19"
    assert told["tallies"][0]["differ"] == 1
    assert {figure["verdict"] for figure in told["figures"]} == {AGREES, DIFFERS}


def test_the_report_for_an_issue_fits_and_calls_no_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data(tmp_path)
    odd = {f"acme-{n}`|@someone <b>": LARGE for n in range(20)} | DEARER
    wheels(tmp_path / "feeds", litellm=odd)
    assert run(tmp_path, "--markdown") == 0
    told = capsys.readouterr().out
    (row, *_) = [line for line in told.splitlines() if "@someone" in line]
    assert row.startswith("| `Acme AI` | `acme-19\\|@someone <b>` | `3.00 USD/Mtok` |")
    many = freshness.Section("Many", "", ("a",), [("x" * 500,)] * 1000)
    cut = freshness.as_markdown([many])
    assert len(cut) < 65_536
    assert f"And {1000 - cut.count('xx`')} more" in cut


def test_the_command_writes_the_patch(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = data(tmp_path)
    wheels(tmp_path / "feeds", litellm=DEARER, genai=DEARER_GENAI)
    assert run(tmp_path, "--propose") == 0
    assert "git apply" in capsys.readouterr().err
    assert (where / "offers" / "acme.yml").read_text(encoding="utf-8") == BOOK.lstrip()
    patch = (tmp_path / "x.patch").read_text(encoding="utf-8")
    assert len(read_book(applied(tmp_path, patch)).offer("acme/large").blocks) == 2


def test_it_says_why_it_cannot_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data(tmp_path)
    (tmp_path / "feeds").mkdir()
    assert run(tmp_path) == 2
    assert "holds no wheel" in capsys.readouterr().err
    wheels(tmp_path / "feeds")
    shutil.rmtree(tmp_path / "data" / "offers")
    assert run(tmp_path) == 2
    assert "the book is empty" in capsys.readouterr().err


def test_the_job_that_writes_issues_runs_nothing_else() -> None:
    text = (ROOT / ".github" / "workflows" / "freshness.yml").read_text(encoding="utf-8")
    jobs = yaml.load(text, Loader=yaml.BaseLoader)["jobs"]
    assert jobs["compare"]["permissions"] == {"contents": "read"}
    assert jobs["report"]["permissions"] == {"issues": "write"}
    (step,) = jobs["report"]["steps"]
    assert "uses" not in step
    assert "${{" not in step["run"], "what a list says must not become part of a script"
