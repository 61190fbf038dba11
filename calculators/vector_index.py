"""Vector index: how big the index of a corpus is, and what each store charges for keeping it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from calculators.billing.contradictions import contradictions
from calculators.billing.stores import Index, second_index, store_load, store_month
from calculators.indexes.sizes import (
    INDEXES,
    ORIGINALS,
    PRECISIONS,
    Footprint,
    Shape,
    code_bytes,
    footprint,
    link_bytes,
    pgvector_pages,
    published_memory,
    tokens_embedded,
    vectors_of,
)
from calculators.kernel.calculator import Calculator, Draft, Preset, Report
from calculators.kernel.facts import Facts, Offer
from calculators.kernel.inputs import Inputs, choice, one_of, quantity
from calculators.kernel.results import Cell, Option, Sentence, Table
from calculators.kernel.units import Number, Quantity

GROUPS = {
    "corpus": "Corpus and chunks",
    "vectors": "Vectors",
    "index": "Index",
    "traffic": "Traffic",
    "change": "Change",
}
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


@dataclass(frozen=True, slots=True, kw_only=True)
class VectorIndex(Inputs):
    """The text, how it is cut and kept, and what happens to it."""

    corpus_tokens: Number = quantity(
        "20M tok",
        "Corpus",
        "All the text to be searched. 30,000 help articles of 670 tokens are 20 million.",
        group="corpus",
        low=1,
    )
    documents: Number = quantity(
        "0 document",
        "Documents",
        "How many documents the corpus is, because each ends with a chunk that is not full. 0 cuts "
        "the corpus as one text, as the other calculators do; short documents need the number.",
        group="corpus",
        rare=True,
    )
    chunk_tokens: Number = quantity(
        "400 tok/chunk",
        "Chunk",
        "Tokens in one chunk, and one vector each. Published defaults run from 200 to 800.",
        group="corpus",
        low=1,
        high=100_000,
    )
    chunk_overlap: Number = quantity(
        "10 %",
        "Chunk overlap",
        "Share of a chunk repeated in the next one. At 50 % there are twice as many vectors; one "
        "large vendor cuts so by default.",
        group="corpus",
        high=90,
    )
    metadata_bytes: Number = quantity(
        "2,000 B/chunk",
        "Metadata",
        "Text and fields kept beside each vector, on disk; the chunk's own text is about 4 bytes a "
        "token (rule of thumb for English).",
        group="corpus",
        rare=True,
    )
    embedding: str = choice(
        "embedding",
        "openai/text-embedding-3-small",
        "Embedding",
        "Its dimensions set the bytes of a vector, its price the cost of embedding again.",
        group="vectors",
    )
    dimensions: Number = quantity(
        "0 dim/vector",
        "Dimensions",
        "0 takes those of the embedding. Fewer, where the model was trained for shorter vectors "
        "(Matryoshka), cut bytes and bills in proportion.",
        group="vectors",
        high=100_000,
    )
    precision: str = one_of(
        PRECISIONS,
        "float32",
        "Precision",
        "What the index searches with. It sets the memory you run yourself; a managed store bills "
        "vectors as they are sent, which is counted as 4-byte floats.",
        group="vectors",
    )
    originals: str = one_of(
        ORIGINALS,
        "disk",
        "Full vectors",
        "Where the 4-byte originals are, if the index searches smaller ones: they rank the "
        "candidates again, which wins back most of what precision lost.",
        group="vectors",
        rare=True,
    )
    product_dimensions: Number = quantity(
        "8 dim/B",
        "Product code",
        "Product quantisation only: dimensions that share one byte. 8 is a 32nd of 4-byte floats "
        "(rule of thumb).",
        group="vectors",
        low=1,
        high=256,
        rare=True,
    )
    id_bytes: Number = quantity(
        "8 B/vector",
        "Id",
        "Bytes to tell which chunk a vector is: 8 in Faiss and hnswlib; with a version and ids of "
        "16 bytes it is nearer to 30, as one vendor counts them for 400 million vectors.",
        group="vectors",
        high=10_000,
        rare=True,
    )
    index: str = one_of(
        INDEXES,
        "hnsw",
        "Index",
        "The graph is fast and stays in memory; lists take little; DiskANN has its graph on disk.",
        group="index",
    )
    connections: Number = quantity(
        "16",
        "Connections",
        "m of HNSW, which has 2m links on its ground level; half the degree R of DiskANN. 16 is "
        "the default of most; 5 to 48 are used (Malkov and Yashunin).",
        group="index",
        low=2,
        high=1000,
        checked=(6, 64),
    )
    list_vectors: Number = quantity(
        "1,000",
        "Vectors in a list",
        "IVF only: the corpus is parted into so many vectors a list; pgvector's README starts from "
        "1,000.",
        group="index",
        low=1,
        rare=True,
    )
    replicas: Number = quantity(
        "1",
        "Replicas",
        "Further copies beside the first, for load and for a machine that fails (rule of thumb). "
        "Managed stores include theirs in the price.",
        group="index",
        high=1000,
    )
    queries: Number = quantity(
        "400k query/month",
        "Queries",
        "Searches in a month; an agent makes several for one question.",
        group="traffic",
    )
    top_k: Number = quantity(
        "5 chunk/query",
        "Top-k",
        "Chunks that a search returns; some stores bill the bytes.",
        group="traffic",
        low=1,
        high=1000,
        rare=True,
    )
    corpus_change: Number = quantity(
        "5 %/month",
        "Corpus change",
        "Share of the corpus that is embedded and written again each month (rule of thumb).",
        group="change",
    )
    embedding_life: Number = quantity(
        "24 month",
        "Embedding model's life",
        "Months until you change the model. Vectors of two models cannot be compared, so all text "
        "is embedded again (rule of thumb).",
        group="change",
        low=1,
        high=1200,
    )
    next_embedding: str = choice(
        "embedding",
        "openai/text-embedding-3-small",
        "Next embedding",
        "Nobody knows the next model; one like today's by default.",
        group="change",
        rare=True,
    )
    parallel_weeks: Number = quantity(
        "2 week",
        "Both indexes alive",
        "Weeks in which the old index answers while the new one is filled and tried out (rule of "
        "thumb).",
        group="change",
        high=520,
    )


def vector_index(given: VectorIndex, facts: Facts) -> tuple[Option, ...]:
    r"""
    A corpus of $T$ tokens, cut into chunks of $c$ tokens that overlap by a share $o$, makes

    $$
    V = \frac{T}{c\,(1 - o)} \quad \text{or, of } D \text{ documents,} \quad
    V = D \left\lceil \frac{T/D - c\,o}{c\,(1 - o)} \right\rceil
    $$

    vectors of $d$ dimensions. One copy takes in memory, with $b$ bytes a dimension, ids of $i$
    bytes and m connections,

    $$
    M = V \left[ d\,b + i + 4 \left( 2m + \frac{m}{m - 1} \right) \right]
    $$

    for an HNSW graph: 2m links on its ground level and m on each upper one, of which a vector has
    1 in m - 1 on average. Lists (IVF) have a full vector for each list instead of links; DiskANN
    has its links on disk. Product codes come with their codebook, 256 full vectors.
    Replicas multiply memory and disk. GB is 1,000,000,000 bytes.

    A store bills $V$ records of $4d$ bytes and metadata by its own meters and at least its
    minimum. Each month the changed share is embedded and written again. Once in the embedding
    model's life all text is embedded anew, and for some weeks both indexes are kept: the second
    one adds its load and its keep to the bill, as far as the store's minimum does not cover them.
    A store whose server has less memory than one copy needs is refused.
    """
    vectors = chunks(given, facts)
    now = kept(facts, vectors, own_dimensions(given, facts), given.metadata_bytes)
    after = kept(
        facts, vectors, own_dimensions(given, facts, given.next_embedding), given.metadata_bytes
    )
    need = footprint(facts, vectors, now.dimensions, given.metadata_bytes, shape(given)).memory
    tokens = embedded(given, facts, vectors)
    embedding = {
        "Corpus change embedded": tokens * given.corpus_change * _price(facts, given.embedding),
        "Model change: corpus embedded": tokens
        * _price(facts, given.next_embedding)
        / given.embedding_life,
    }
    first = {"Corpus embedded": tokens * _price(facts, given.embedding)}
    return tuple(
        _option(given, facts, offer, now, after, need, embedding, first)
        for offer in facts.on_sale("store")
    )


def _option(
    given: VectorIndex,
    facts: Facts,
    offer: Offer,
    now: Index,
    after: Index,
    need: Any,
    embedding: dict[str, Any],
    first: dict[str, Any],
) -> Option:
    slug, rates = slug_of(offer), facts.rates(offer.id)
    room = facts.size(offer.id, "memory")
    if room is not None and need > room:
        short, has = f"{need / 1e9:,.1f}", f"{room / 1e9:,.1f}"
        why = f"The index needs {short} GB of memory; the server of this plan has {has} GB."
        return Option(slug, offer.name, refused=why)
    lines = store_month(facts, rates, now, given.queries, given.top_k, given.corpus_change)
    lines["Model change: second index"] = (
        second_index(
            facts, rates, now, after, given.queries, given.top_k, given.corpus_change,
            together(given, facts),
        )
        / given.embedding_life
    )  # fmt: skip
    once = dict(first)
    if "write" in rates:
        once["First load"] = store_load(rates, now)
    return Option(slug, offer.name, lines | embedding, once)


def slug_of(offer: Offer) -> str:
    """The slug of a store's option: its id, safe in a link."""
    return offer.id.replace("/", "-")


def chunks(given: VectorIndex, facts: Facts) -> Any:
    """Vectors of the corpus (chunk)."""
    return vectors_of(
        facts, given.corpus_tokens, given.documents, given.chunk_tokens, given.chunk_overlap
    )


def embedded(given: VectorIndex, facts: Facts, vectors: Any) -> Any:
    """Tokens to embed the corpus once (tok)."""
    return tokens_embedded(
        facts,
        given.corpus_tokens,
        given.documents,
        vectors,
        given.chunk_tokens,
        given.chunk_overlap,
    )


def own_dimensions(given: VectorIndex, facts: Facts, embedding: str = "") -> Any:
    """Dimensions of a vector (dim/chunk): as given, or those of an embedding, the first one."""
    if given.dimensions > 0:
        return given.dimensions
    return facts.size(embedding or given.embedding, "dimensions")


def kept(facts: Facts, vectors: Any, dimensions: Any, metadata: Any) -> Index:
    """The index as a managed store bills it: 4-byte floats and metadata."""
    return Index(vectors, dimensions, dimensions * facts.number("4 B/dim") + metadata)


def shape(given: VectorIndex, **changes: Any) -> Shape:
    """How the vectors are kept, with some of it changed."""
    return Shape(**{name: getattr(given, name) for name in Shape.__slots__} | changes)


def together(given: VectorIndex, facts: Facts) -> Any:
    """Months in which both indexes are kept."""
    return given.parallel_weeks / facts.number("730 h/month")


def _price(facts: Facts, embedding: str) -> Any:
    return facts.rates(embedding)["input"]


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
        turn = next((flip for flip in draft.flips if flip.field.name == "corpus_tokens"), None)
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


PRESETS = (
    Preset("Support bot", {}),
    Preset(
        "Contract extraction", {"corpus_tokens": "200M", "chunk_tokens": "600", "queries": "30k"}
    ),
    Preset(
        "Code assistant",
        {
            "corpus_tokens": "300M",
            "documents": "400k",
            "chunk_overlap": "0",
            "embedding": "voyage/voyage-code-4",
            "next_embedding": "voyage/voyage-code-4",
            "queries": "5M",
            "corpus_change": "30",
        },
    ),
    Preset(
        "Medical coding",
        {"corpus_tokens": "40M", "documents": "150k", "chunk_tokens": "300", "queries": "1M"},
    ),
    Preset(
        "Internal search",
        {"corpus_tokens": "2B", "documents": "2M", "queries": "50k", "corpus_change": "10"},
    ),
    Preset(
        "Regulated bank",
        {
            "corpus_tokens": "10B",
            "precision": "int8",
            "replicas": "2",
            "queries": "300k",
            "dimensions": "1024",
            "embedding": "openai/text-embedding-3-large",
            "next_embedding": "openai/text-embedding-3-large",
        },
    ),
)

CALCULATOR = Calculator(
    slug="vector-index",
    question="How big is the index and what does each store charge?",
    inputs=VectorIndex,
    groups=GROUPS,
    formula=vector_index,
    report=report,
    along="corpus_tokens",
    decades=(6, 11),
    presets=PRESETS,
    leading=("corpus_tokens", "chunk_tokens", "embedding", "precision", "index", "queries"),
)
