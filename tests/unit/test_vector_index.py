"""Laws of the size of an index and of what stores charge for it."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calculators.approach_cost import CALCULATOR as APPROACH_COST
from calculators.billing.search import VECTOR_STORE
from calculators.billing.stores import STORAGE
from calculators.indexes import sizes
from calculators.kernel.book import Book
from calculators.kernel.explore import Case
from calculators.kernel.facts import Facts
from calculators.kernel.items import within
from calculators.vector_index import CALCULATOR
from calculators.vector_index.formula import MODEL_CHANGE_SECOND_INDEX, slug_of
from calculators.vector_index.presets import PRESETS

PRECISION = st.sampled_from(list(sizes.PRECISIONS))
INDEX = st.sampled_from(list(sizes.INDEXES))
ORIGINALS = st.sampled_from(list(sizes.ORIGINALS))
LENGTH = st.floats(8, 10_000)
COUNT = st.floats(1, 1e9)


@pytest.fixture(scope="module")
def plain(today: Facts) -> Facts:
    return today.floats()


def shape(**changes: Any) -> sizes.Shape:
    usual: dict[str, Any] = {
        "precision": "float32",
        "index": "hnsw",
        "originals": "disk",
        "product_dimensions": 8.0,
        "connections": 16.0,
        "list_vectors": 1000.0,
        "id_bytes": 8.0,
    }
    return sizes.Shape(**usual | changes)


def costs(today: Facts, **texts: str) -> dict[str, float]:
    result = CALCULATOR.answer(today, texts)
    assert not result.reading.problems
    return {o.slug: float(o.total) for o in result.options if not o.refused}


@given(count=COUNT, dimensions=LENGTH, more=st.floats(1, 10), precision=PRECISION, index=INDEX,
       originals=ORIGINALS)  # fmt: skip
def test_more_vectors_and_longer_ones_take_more(
    plain: Facts,
    count: float,
    dimensions: float,
    more: float,
    precision: str,
    index: str,
    originals: str,
) -> None:
    kind = shape(precision=precision, index=index, originals=originals)
    before = sizes.footprint(plain, count, dimensions, 0.0, kind)
    for after in (
        sizes.footprint(plain, count * more, dimensions, 0.0, kind),
        sizes.footprint(plain, count, dimensions * more, 0.0, kind),
        sizes.footprint(plain, count, dimensions, 100.0, kind),
    ):
        assert after.memory >= before.memory * (1 - 1e-12)
        assert after.disk >= before.disk * (1 - 1e-12)


@given(count=st.floats(1000, 1e9), dimensions=LENGTH, index=INDEX)
def test_a_coarser_precision_never_takes_more_memory(
    plain: Facts, count: float, dimensions: float, index: str
) -> None:
    order = ["float32", "float16", "int8", "int4", "binary"]
    found = [
        sizes.footprint(plain, count, dimensions, 0.0, shape(precision=p, index=index)).memory
        for p in order
    ]
    assert found == sorted(found, reverse=True)


@given(count=COUNT, dimensions=LENGTH, precision=PRECISION)
def test_an_index_takes_more_than_none(
    plain: Facts, count: float, dimensions: float, precision: str
) -> None:
    def memory(index: str) -> float:
        kind = shape(precision=precision, index=index)
        return float(sizes.footprint(plain, count, dimensions, 0.0, kind).memory)

    assert memory("flat") == memory("diskann")
    assert memory("flat") < memory("ivf")
    assert memory("flat") < memory("hnsw")


@given(count=COUNT, dimensions=LENGTH)
def test_originals_on_disk_add_a_full_vector_and_in_memory_too(
    plain: Facts, count: float, dimensions: float
) -> None:
    dropped, disk, memory = (
        sizes.footprint(plain, count, dimensions, 0.0, shape(precision="int8", originals=kept))
        for kept in ("dropped", "disk", "memory")
    )
    full = count * dimensions * 4
    assert disk.disk - dropped.disk == pytest.approx(full, rel=1e-6)
    assert disk.memory == dropped.memory
    assert memory.memory - disk.memory == pytest.approx(full, rel=1e-6)
    assert memory.disk == disk.disk


@given(
    corpus=st.floats(1, 1e11),
    documents=st.floats(1, 1e6),
    chunk=st.floats(1, 5000),
    overlap=st.floats(0, 0.9),
)
def test_chunks_hold_the_whole_corpus(
    plain: Facts, corpus: float, documents: float, chunk: float, overlap: float
) -> None:
    """A document of average length fits its chunks, and would not fit one fewer."""
    found = sizes.vectors_of(plain, corpus, documents, chunk, overlap)
    each, length, stride = found / documents, corpus / documents, chunk * (1 - overlap)
    assert each == pytest.approx(round(each))
    held = chunk + (each - 1) * stride
    assert held >= length * (1 - 1e-9)
    assert each == pytest.approx(1) or held - stride <= length * (1 + 1e-9)
    tokens = sizes.tokens_embedded(plain, corpus, documents, found, chunk, overlap)
    assert tokens >= corpus * (1 - 1e-12)


@given(count=st.integers(1, 10**9), dimensions=st.integers(8, 4000), m=st.integers(4, 100))
def test_pages_hold_their_vectors(count: int, dimensions: int, m: int) -> None:
    size = sizes.pgvector_pages(count, dimensions, "float16", m)
    assert size % 8192 == 0
    assert size >= count * (2 * dimensions + 12 * m)
    assert sizes.pgvector_pages(count + 1000, dimensions, "float16", m) >= size


def test_published_rules_give_what_their_pages_print(plain: Facts) -> None:
    """To the byte: 1,000,000 vectors by the rules as they are printed, in bytes a vector."""
    expected = {
        ("aws/opensearch-serverless", "float32"): 1.1 * (4 * 256 + 8 * 16),
        ("aws/opensearch-serverless", "int8"): 1.1 * (256 + 8 * 16),
        ("elastic/serverless-vector", "float32"): 4 * 256 + 4 * 16,
        ("elastic/serverless-vector", "int8"): 256 + 4 + 4 * 16,
        ("elastic/serverless-vector", "int4"): 256 / 2 + 4 + 4 * 16,
        ("elastic/serverless-vector", "binary"): 256 / 8 + 14 + 4 * 16,
        ("scylladb/vector-search", "int8"): 1.2 * (256 + 16 * 16),
        ("qdrant/standard", "float32"): 1.5 * 4 * 256,
        ("weaviate/flex", "float32"): 2 * 4 * 256,
    }
    for (offer, precision), each in expected.items():
        found = sizes.published_memory(plain, offer, 1e6, 256.0, shape(precision=precision))
        assert found == pytest.approx(each * 1e6), (offer, precision)


def test_no_rule_is_stretched(plain: Facts) -> None:
    """A rule said of one precision or index says nothing of another."""
    for offer, changes in (
        ("qdrant/standard", {"precision": "int8"}),
        ("aws/opensearch-serverless", {"index": "ivf"}),
        ("elastic/serverless-vector", {"precision": "product"}),
        ("pinecone/standard", {}),
    ):
        assert sizes.published_memory(plain, offer, 1e6, 256.0, shape(**changes)) is None


def test_rules_are_a_band_about_the_parts(today: Facts) -> None:
    """Vendors put headroom on the parts: between a hundredth less and twice as much."""
    result = CALCULATOR.answer(today, {})
    table = next(t for t in result.tables if t.slug == "rules")
    parts, *others = (row[3].value for row in table.rows)  # type: ignore[union-attr]
    assert all(0.98 * parts < other < 2 * parts for other in others)
    assert len(others) == 6


def test_a_store_bills_what_approach_cost_says(today: Facts) -> None:
    """The same index in the same store has the same items in both calculators."""
    result = CALCULATOR.answer(today, {"corpus_tokens": "3B", "queries": "2M"})
    for offer in today.on_sale("store"):
        option = result.option(slug_of(offer))
        if option.refused:
            continue
        other = APPROACH_COST.answer(
            today, {"corpus_tokens": "3B", "requests": "2M", "vector_store": offer.id}
        ).option("retrieval")
        shared = [item for item in option.lines if within(VECTOR_STORE, item) in other.lines]
        assert STORAGE in shared
        for item in shared:
            theirs = other.lines[within(VECTOR_STORE, item)]
            assert option.lines[item].value == pytest.approx(theirs.value), (offer.id, item.id)


def test_every_store_on_sale_is_an_option_and_its_slug_is_safe(today: Facts, book: Book) -> None:
    for facts in (today, book.on(book.day.replace(month=10, day=8))):
        reading = CALCULATOR.inputs.read({}, facts)
        options = CALCULATOR.formula(reading.inputs, facts)
        assert [o.label for o in options] == [o.name for o in facts.on_sale("store")]
        slugs = [option.slug for option in options]
        assert len(set(slugs)) == len(slugs)
        assert all(slug.replace("-", "").replace(".", "").isalnum() for slug in slugs)


@settings(max_examples=40)
@given(
    name=st.sampled_from(
        ["corpus_tokens", "queries", "metadata_bytes", "corpus_change", "top_k", "parallel_weeks"]
    ),
    factor=st.floats(1, 100),
    tokens=st.floats(1e6, 1e11),
)
def test_more_of_anything_billed_never_costs_less(
    today: Facts, name: str, factor: float, tokens: float
) -> None:
    inputs = CALCULATOR.inputs.read({"corpus_tokens": f"{tokens:.0f}"}, today).inputs
    case = Case.of(CALCULATOR.formula, inputs, today)
    before = case.costs()
    after = case.costs(**{name: getattr(case.given, name) * factor})
    for slug, cost in after.items():
        if cost is not None:
            earlier = before[slug]
            assert earlier is not None
            assert cost >= earlier * (1 - 1e-9), slug


def test_a_longer_life_of_the_model_costs_less(today: Facts) -> None:
    short = costs(today, corpus_tokens="5B", embedding_life="6")
    long = costs(today, corpus_tokens="5B", embedding_life="36")
    assert all(long[slug] < short[slug] for slug in short)


@given(corpus=st.floats(1e3, 1e12))
def test_a_second_index_never_pays_and_may_be_free(today: Facts, corpus: float) -> None:
    case = Case.of(CALCULATOR.formula, CALCULATOR.inputs.read({}, today).inputs, today)
    for option in case.options(corpus_tokens=corpus):
        if not option.refused:
            assert option.lines[MODEL_CHANGE_SECOND_INDEX] >= -1e-9
    tiny = {o.slug: o for o in case.options(corpus_tokens=1e3)}
    assert tiny["turbopuffer-launch"].lines[MODEL_CHANGE_SECOND_INDEX] == 0


def test_precision_and_index_change_no_bill_and_say_so(today: Facts) -> None:
    """The book does not know what stores charge for smaller vectors, and does not guess."""
    one = CALCULATOR.answer(today, {"corpus_tokens": "2B"})
    other = CALCULATOR.answer(today, {"corpus_tokens": "2B", "precision": "binary"})
    for option in one.options:
        if not option.refused:
            assert float(other.option(option.slug).total) == float(option.total)
    assert any("4-byte floats" in str(warning) for warning in other.warnings)


@pytest.mark.parametrize(
    ("given_", "words"),
    [
        ({"dimensions": "4096"}, "4,096"),
        ({"chunk_tokens": "20k"}, "cuts off"),
        ({"documents": "1M"}, "whole documents"),
        ({"index": "diskann"}, "saves nothing"),
        ({}, "least charge"),
    ],
)
def test_what_a_reader_must_know_is_said(today: Facts, given_: dict[str, str], words: str) -> None:
    said = " ".join(str(part) for w in CALCULATOR.answer(today, given_).warnings for part in w)
    assert words in said


def test_a_plan_refuses_what_its_server_cannot_hold(today: Facts) -> None:
    """And takes it again where a coarser precision fits the memory."""
    big = {"corpus_tokens": "100M"}
    refused = {o.slug: o.refused for o in CALCULATOR.answer(today, big).options}
    assert [slug for slug, why in refused.items() if why] == ["supabase-pro"]
    smaller = CALCULATOR.answer(today, big | {"precision": "float16"})
    assert not smaller.option("supabase-pro").refused


def test_presets_differ(today: Facts) -> None:
    heads = [CALCULATOR.answer(today, preset.given).headline for preset in PRESETS]
    assert len({str(head) for head in heads}) == len(PRESETS)


def test_sizes_grow_by_the_published_amount() -> None:
    """1,536 dimensions fit one to a page, so half the bytes are twice as many on it."""
    one = sizes.pgvector_pages(1000, 1536, "float32", 16)
    assert one == 1000 * 8192
    assert sizes.pgvector_pages(1000, 1536, "float16", 16) == one / 2
    assert math.isclose(sizes.pgvector_pages(1700, 1536, "binary", 16), 100 * 8192)
