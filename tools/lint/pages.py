"""Pages: no typed price, fixed ids, a day of review, a place in the navigation, citations."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pathspec

from calculators import CALCULATORS
from calculators.kernel.evidence import EvidenceError
from tools.lint.project import Page, Project, rule, rule_of_the_whole
from tools.lint.reading import Fault
from views.book import columns, offers

# Made from data, which have days of their own.
UNDATED = ("vendors", "prices")
PRICE = re.compile(r"[$€£]\s?[0-9][0-9.,]*|[0-9][0-9.,]* ?(?:USD|dollars?)")
HEADING = re.compile(r"^#{2,6} (.*)$", re.MULTILINE)
REVIEWED = re.compile(r"^reviewed: (\d{4}-\d\d-\d\d)$", re.MULTILINE)
CITED = re.compile(r'\{\{ (?:found\("([^"]+)", "([^"]+)"\)|cite\("([^"]+)"\)) \}\}')


@rule
def pages_have_no_typed_price(project: Project) -> Iterator[Fault]:
    """A price on a page is a macro, so that it moves with the data."""
    for page in project.guide:
        for price in PRICE.finditer(page.text):
            message = f"write {price[0].rstrip('.,')} as a macro, so that it moves with the data"
            yield page.fault(message, page.line(price.start()))


@rule
def headings_have_fixed_ids(project: Project) -> Iterator[Fault]:
    """Every heading below the title has an id of its own, because people link it."""
    for page in project.pages:
        for heading in HEADING.finditer(page.prose):
            if not re.search(r"\{ #[a-z0-9-]+ \}$", heading[1]):
                words = re.sub(r"\{.*\}$", "", heading[1]).lower()
                name = re.sub(r"[^a-z0-9]+", "-", words).strip("-") or "like-this"
                line = page.prose.count("\n", 0, heading.start()) + 1
                message = f"give '{heading[0]}' an id that never changes, such as {{ #{name} }}"
                yield page.fault(message, line)


@rule
def pages_have_a_day_of_review(project: Project) -> Iterator[Fault]:
    """A page says in its head when somebody last read it against its sources."""
    for page in _reviewed(project):
        if not REVIEWED.search(page.text):
            yield page.fault("say in its head when it was reviewed: reviewed: 2026-11-22", 1)


@rule_of_the_whole
def no_page_was_reviewed_after_its_sources(project: Project) -> Iterator[Fault]:
    """The day of review is not after the newest day on which a source of the data was read."""
    day = project.book.day.isoformat()
    for page in _reviewed(project):
        for reviewed in REVIEWED.finditer(page.text):
            if reviewed[1] > day:
                message = f"reviewed is after {day}, when a source was last read; write that day"
                yield page.fault(message, page.line(reviewed.start()))
            break


def _reviewed(project: Project) -> Iterator[Page]:
    return (page for page in project.guide if page.folder not in UNDATED)


@rule
def pages_are_in_the_navigation(project: Project) -> Iterator[Fault]:
    """Every page is in the `nav` of mkdocs.yml, or named by its `not_in_nav`."""
    listed = set(_leaves(project.settings["nav"]))
    apart = pathspec.GitIgnoreSpec.from_lines(project.settings.get("not_in_nav", "").splitlines())
    for page in project.pages:
        if page.source not in listed and not apart.match_file(page.source):
            yield page.fault(f"add {page.source} to the nav of mkdocs.yml")
    for source in sorted(listed - {page.source for page in project.pages}):
        line = project.text("mkdocs.yml").partition(source)[0].count("\n") + 1
        yield Fault("mkdocs.yml", f"nav: there is no docs/{source}; write it or remove it", line)


def _leaves(nav: object) -> Iterator[str]:
    """The pages of a navigation, in order."""
    if isinstance(nav, str):
        yield nav
    elif isinstance(nav, list):
        for entry in nav:
            yield from _leaves(entry)
    elif isinstance(nav, dict):
        for entry in nav.values():
            yield from _leaves(entry)


@rule_of_the_whole
def citations_name_what_there_is(project: Project) -> Iterator[Fault]:
    """The study and the finding that a page cites are in data/evidence/."""
    for page in project.pages:
        for cited in CITED.finditer(page.text):
            study, finding, alone = cited.groups()
            try:
                one = project.evidence.study(study or alone)
                if finding:
                    one.finding(finding)
            except EvidenceError as error:
                message = f"{error}; name one that there is"
                yield page.fault(message, page.line(cited.start()))


@rule_of_the_whole
def vendors_have_pages(project: Project) -> Iterator[Fault]:
    """Every vendor has a page, and every page of a vendor has a vendor in data/."""
    vendors = {offers.slug(offer) for offer in project.book.offers.values()}
    pages = {page.source.removeprefix("vendors/").removesuffix(".md") for page in _vendors(project)}
    for vendor in sorted(vendors - pages):
        message = f'write it by the model of its neighbours, with {{{{ vendor("{vendor}") }}}}'
        yield Fault(f"docs/vendors/{vendor}.md", message)
    for page in sorted(pages - vendors):
        message = "no file of data/ has offers of this vendor; remove the page, or add its offers"
        yield Fault(f"docs/vendors/{page}.md", message)


@rule
def pages_of_vendors_have_their_offers(project: Project) -> Iterator[Fault]:
    """The page of a vendor shows the offers of that vendor."""
    for page in _vendors(project):
        macro = f'{{{{ vendor("{page.source[8:-3]}") }}}}'
        if macro not in page.text:
            yield page.fault(f"show the offers of the vendor with {macro}")


def _vendors(project: Project) -> Iterator[Page]:
    return (
        page
        for page in project.pages
        if page.folder == "vendors" and not page.source.endswith("/index.md")
    )


@rule
def kinds_have_a_table_of_prices(project: Project) -> Iterator[Fault]:
    """Every kind of offer that a table can show is in one, on one page of docs/prices/."""
    text = "".join(page.text for page in project.pages if page.folder == "prices")
    for kind in columns.KINDS:
        macro = f'{{{{ prices("{kind}") }}}}'
        if text.count(macro) != 1:
            yield Fault(
                "docs/prices/", f"have {macro} once in all pages, not {text.count(macro)} times"
            )
    for kind in sorted({offer.kind for offer in project.book.offers.values()} - set(columns.KINDS)):
        yield Fault("views/book/columns.py", f"KINDS: say which columns the table of {kind} has")


@rule
def calculators_are_in_four_places(project: Project) -> Iterator[Fault]:
    """A calculator has a module, an entry in CALCULATORS, golden cases and a page of one name."""
    root = project.root
    modules = [p.stem for p in (root / "calculators").glob("*.py") if p.stem != "__init__"]
    modules += [path.parent.name for path in (root / "calculators").glob("*/formula.py")]
    golden = {path.stem for path in (root / "tests" / "golden").glob("*.yml")}
    pages = {page.source for page in project.pages}
    slugs = {name.replace("_", "-") for name in modules}
    for slug in sorted(slugs | golden | set(CALCULATORS) | _written(pages)):
        module = slug.replace("-", "_")
        places = {
            f"calculators/{module}.py": slug in slugs,
            "calculators/__init__.py": slug in CALCULATORS and CALCULATORS[slug].slug == slug,
            f"tests/golden/{slug}.yml": slug in golden,
            f"docs/calculators/{slug}.md": f"calculators/{slug}.md" in pages,
        }
        for file, there in places.items():
            if not there:
                yield Fault(file, f"{slug} is not here; a calculator is in {' and '.join(places)}")


def _written(sources: set[str]) -> set[str]:
    """The slugs of the pages of calculators."""
    matches = (re.fullmatch(r"calculators/([^/]+)\.md", source) for source in sources)
    return {page[1] for page in matches if page}


@rule
def pages_of_calculators_ask_their_question(project: Project) -> Iterator[Fault]:
    """The page of a calculator has its question for a title, and the calculator itself."""
    pages = {page.source: page for page in project.pages}
    for slug, calculator in CALCULATORS.items():
        page = pages.get(f"calculators/{slug}.md")
        for words in (f'calculator("{slug}"', f"# {calculator.question}\n") if page else ():
            if page and words not in page.text:
                yield page.fault(f"write {words.strip()} into it")
