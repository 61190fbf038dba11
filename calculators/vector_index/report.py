"""Vector index: the answer in words and tables."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from calculators.billing.contradictions import contradictions
from calculators.billing.stores import second_index
from calculators.indexes.sizes import (
    INDEXES,
    PRECISIONS,
    Footprint,
    code_bytes,
    footprint,
    link_bytes,
    pgvector_pages,
    published_memory,
)
from calculators.kernel.calculator import Draft, Report
from calculators.kernel.facts import Facts
from calculators.kernel.offers import Offer
from calculators.kernel.results import Cell, Sentence, Table
from calculators.kernel.units import Quantity
from calculators.vector_index.formula import (
    _price,
    chunks,
    embedded,
    kept,
    own_dimensions,
    shape,
    slug_of,
    together,
)
from calculators.vector_index.inputs import VectorIndex

SHRINKS = (
    "Memory shrinks less than the vector, because links and ids keep their size; disk grows where "
    "the originals stay. What precision costs in recall depends on your vectors: measure it."
)

WEIGHS = (
    " a vector, whatever its length: little beside a long vector, much beside a short or a binary "
    "one."
)

HEADROOM = (
    "Vendors differ in the headroom that they put on top, not in what a vector takes. A rule is "
    "listed where it was published for this precision and index; the smallest leaves no room for "
    "anything else."
)

FREE = (
    ". A store whose minimum is not used up keeps the second index for nothing. The work of trying "
    "it out is not counted."
)

AS_FLOATS = (
    "The bills count 4-byte floats: the book does not know what each store charges for smaller "
    "ones. Memory and disk are those of your precision."
)


def uses(draft: Draft) -> tuple[str, ...]:
    """The offers that an answer rests on: the embeddings and every store."""
    stores = [offer.id for offer in draft.facts.on_sale("store")]
    return tuple(dict.fromkeys((draft.inputs.embedding, draft.inputs.next_embedding, *stores)))


def report(draft: Draft) -> Report:
    """The cheapest store, the size of the index, and the tables of how it comes about."""
    given, facts = draft.inputs, draft.facts
    vectors, dimensions = chunks(given, facts), own_dimensions(given, facts)
    mine = footprint(facts, vectors, dimensions, given.metadata_bytes, shape(given))
    band = rules(given, facts, vectors, dimensions)
    size: Sentence = (
        ". The index has ", Quantity.of(float(vectors), "vector"),
        f" of {_counted(dimensions)} and takes ", gigabytes(mine.memory), " of memory a copy",
    )  # fmt: skip
    if band:
        low, high = min(memory for _, memory in band), max(memory for _, memory in band)
        size += ("; by the vendors' rules ", gigabytes(low), " to ", gigabytes(high))
    ranked = sorted(
        (o for o in draft.options if not o.refused), key=lambda option: float(option.total)
    )
    finding: Sentence = ("What each store charges, by the size of the corpus",)
    headline: Sentence = ("No store of this book can keep the index on that day",)
    if ranked:
        headline = (f"{ranked[0].label} keeps the index for ", ranked[0].total, " a month")
        finding = (f"{ranked[0].label} is cheapest for your corpus",)
        if len(ranked) > 1:
            headline += (f"; next is {ranked[1].label} at ", ranked[1].total)
        turn = draft.flip("corpus_tokens")
        if turn:
            way = "above" if turn.at > turn.now else "below"
            finding += (f"; {draft.option(turn.winner).label} {way} ", turn.at)
    return Report(
        headline=(*headline, *size, "."),
        finding=finding,
        uses=uses(draft),
        tables=(
            corpus_table(given, facts, vectors, dimensions),
            precision_table(given, facts, vectors, dimensions),
            index_table(given, facts, vectors, dimensions),
            rules_table(given, facts, vectors, dimensions, mine, band),
            change_table(draft, vectors),
        ),
        warnings=warnings(draft, dimensions),
    )


def gigabytes(size: Any) -> Quantity:
    """Bytes as GB, of 1,000,000,000."""
    return Quantity.of(size.to("B") / 1e9, "GB")


def _bytes(each: Any) -> Quantity:
    return Quantity.of(each.to("B/vector"), "B")


def _counted(dimensions: Any) -> str:
    return f"{dimensions.to('dim/vector'):,.0f} dimensions"


def _copies(given: VectorIndex, size: Any) -> Quantity:
    return gigabytes(size * (given.replicas + 1))


def corpus_table(given: VectorIndex, facts: Facts, vectors: Any, dimensions: Any) -> Table:
    """From text to bytes."""
    tokens = embedded(given, facts, vectors)
    record = kept(facts, vectors, dimensions, given.metadata_bytes)
    raw = vectors * dimensions * facts.number("4 B/dim")
    rows: tuple[tuple[Cell, ...], ...] = (
        ("Chunks, one vector each", vectors.whole()),
        ("Tokens embedded, overlap twice", tokens.whole()),
        ("Dimensions", _counted(dimensions)),
        ("Vectors as 4-byte floats", gigabytes(raw)),
        ("With metadata, as a store bills it", gigabytes(record.size())),
    )
    more = tokens / given.corpus_tokens
    note: Sentence = (
        "With overlap ",
        Quantity.of(more.value * 100, "%"),
        " of the corpus is embedded.",
    )
    return Table("chunks", "From text to vectors", ("What", "How much"), rows, note)


def precision_table(given: VectorIndex, facts: Facts, vectors: Any, dimensions: Any) -> Table:
    """Each precision with the index as chosen."""
    full = code_bytes(facts, dimensions, "float32", given.product_dimensions)
    rows = []
    for precision, label in PRECISIONS.items():
        each = code_bytes(facts, dimensions, precision, given.product_dimensions)
        one = footprint(
            facts, vectors, dimensions, given.metadata_bytes, shape(given, precision=precision)
        )
        rows.append(
            (
                label + (" (yours)" if precision == given.precision else ""),
                _bytes(each),
                Quantity.of((full / each).value, ""),
                gigabytes(one.memory),
                gigabytes(one.disk),
            )
        )
    return Table(
        "precision",
        "By precision",
        ("Precision", "Bytes a vector", "Times smaller", "Memory a copy", "Disk a copy"),
        tuple(rows),
        (SHRINKS,),
    )


def index_table(given: VectorIndex, facts: Facts, vectors: Any, dimensions: Any) -> Table:
    """Each kind of index at the precision chosen."""
    flat = _kind(given, facts, vectors, dimensions, "flat")
    rows = []
    for kind, label in INDEXES.items():
        one = _kind(given, facts, vectors, dimensions, kind)
        rows.append(
            (
                label + (" (yours)" if kind == given.index else ""),
                _bytes((one.memory - flat.memory) / vectors),
                gigabytes(one.memory),
                gigabytes(one.disk),
                _copies(given, one.memory),
                _copies(given, one.disk),
            )
        )
    columns = (
        "Index", "Added in memory, a vector", "Memory a copy", "Disk a copy",
        "Memory, all copies", "Disk, all copies",
    )  # fmt: skip
    links = link_bytes(facts, given.connections)
    note: Sentence = ("The links of HNSW take ", _bytes(links), WEIGHS)
    return Table("graph", "By index", columns, tuple(rows), note)


def _kind(given: VectorIndex, facts: Facts, vectors: Any, dimensions: Any, kind: str) -> Footprint:
    return footprint(facts, vectors, dimensions, given.metadata_bytes, shape(given, index=kind))


def rules(
    given: VectorIndex, facts: Facts, vectors: Any, dimensions: Any
) -> tuple[tuple[Offer, Any], ...]:
    """Each vendor with a published rule that covers this index, and what it says, least first."""
    found = []
    for offer in facts.book.offers.values():
        memory = published_memory(facts, offer.id, vectors, dimensions, shape(given))
        if memory is not None:
            found.append((offer, memory))
    return tuple(sorted(found, key=lambda item: (float(item[1]), item[0].id)))


def rules_table(
    given: VectorIndex,
    facts: Facts,
    vectors: Any,
    dimensions: Any,
    mine: Footprint,
    band: Iterable[tuple[Offer, Any]],
) -> Table:
    """What vendors tell their customers to reckon with, beside the sum of the parts."""

    def row(name: str, formula: str, memory: Any) -> tuple[Cell, ...]:
        each = _bytes(memory / vectors)
        return (name, formula, each, gigabytes(memory), _copies(given, memory))

    rows = [row("The parts, added up", "codes + links + ids", mine.memory)]
    rows += [row(offer.name, _formula(facts, offer), memory) for offer, memory in band]
    if given.precision in ("float32", "float16", "binary") and given.index == "hnsw":
        pages = pgvector_pages(
            float(vectors), float(dimensions), given.precision, float(given.connections)
        )
        size = Quantity.of(pages, "B")
        rows.append(row("pgvector, pages on disk", "whole pages of 8 KiB", size))
    return Table(
        "rules",
        "What the vendors' rules say",
        ("Rule", "Formula", "Bytes a vector", "Memory a copy", "All copies"),
        tuple(rows),
        (HEADROOM,),
    )


def _formula(facts: Facts, offer: Offer) -> str:
    """A published rule in words: '1.1 × (vector + 8 B × m)'."""
    factor = facts.size(offer.id, "memory_factor").value
    link = facts.size(offer.id, "memory_link")
    inner = "vector" if link is None else f"(vector + {link.value:g} B × m)"
    return inner.strip("()") if factor == 1 else f"{factor:g} × {inner}"


def change_table(draft: Draft, vectors: Any) -> Table:
    """A change of the embedding model: what it costs once, and the months with both indexes."""
    given, facts = draft.inputs, draft.facts
    now = kept(facts, vectors, own_dimensions(given, facts), given.metadata_bytes)
    after = kept(
        facts, vectors, own_dimensions(given, facts, given.next_embedding), given.metadata_bytes
    )
    anew = embedded(given, facts, vectors) * _price(facts, given.next_embedding)
    rows = []
    for offer in facts.on_sale("store"):
        if draft.option(slug_of(offer)).refused:
            continue
        more = second_index(
            facts, facts.rates(offer.id), now, after, given.queries, given.top_k,
            given.corpus_change, together(given, facts),
        )  # fmt: skip
        rows.append((offer.name, anew.whole(), more.whole(), (anew + more).whole()))
    note: Sentence = (
        "For ", given.parallel_weeks, " the account keeps ", gigabytes(now.size() + after.size()),
        " instead of ", gigabytes(now.size()), FREE,
    )  # fmt: skip
    return Table(
        "model-change",
        "When the embedding model changes",
        ("Store", "Embed again", "Second index", "Each change"),
        tuple(rows),
        note,
    )


def warnings(draft: Draft, dimensions: Any) -> tuple[Sentence, ...]:
    """What a reader of this answer must know before using it."""
    given, facts = draft.inputs, draft.facts
    found: list[Sentence] = []
    native = facts.size(given.embedding, "dimensions")
    name = facts.offer(given.embedding).name
    if dimensions > native:
        found.append((f"{name} makes {_counted(native)}; you gave {_counted(dimensions)}.",))
    longest = facts.size(given.embedding, "max_input")
    if longest is not None and given.chunk_tokens > longest:
        found.append(
            (
                f"{name} reads ",
                longest,
                " and cuts off the rest, often silently.",
            )
        )
    if given.documents > 0:
        length = float(given.corpus_tokens) / float(given.documents)
        if length < float(given.chunk_tokens):
            words = ", so most chunks are whole documents."
            found.append(("A document has ", Quantity.of(length, "tok"), words))
    if given.precision != "float32":
        found.append((AS_FLOATS,))
    if given.index == "diskann" and given.precision == "float32":
        found.append(("DiskANN keeps codes in memory; with 4-byte floats it saves nothing there.",))
    return (*found, *contradictions(given))
