"""What was published and stays, and what is generated and committed: `make fresh` renews it."""

from __future__ import annotations

from collections.abc import Iterator

from calculators import find
from tools import fresh
from tools.lint.project import Project, rule, rule_of_the_whole
from tools.lint.reading import Fault
from tools.promises import addresses
from tools.records import DataError
from tools.site import api
from views.glossary import entries

NAMES = ("tests", "published.yml")
ADDRESSES = ("tests", "published-addresses.txt")
PATHS = ("tests", "published-api.txt")


@rule
def generated_files_are_fresh(project: Project) -> Iterator[Fault]:
    """What is generated and committed is what `make fresh` would write."""
    for one in fresh.GENERATED:
        try:
            stale = one.stale()
        except (DataError, ValueError):
            continue  # its source is at fault, which another rule reports
        if stale:
            file = one.path.relative_to(project.root).as_posix()
            yield Fault(file, f"is stale: {stale}; run make fresh")


@rule
def names_of_inputs_stay(project: Project) -> Iterator[Fault]:
    """Names that links carry are only ever added to; a change needs an alias."""
    for slug, inputs in project.yaml(*NAMES)["inputs"].items():
        calculator = find(slug)
        if not calculator:
            message = f"{slug} is gone, which links carry; name it in a calculator's `formerly`"
            yield _lost(project, f"{slug}:", message)
            continue
        now = {one for field in calculator.inputs.fields() for one in (field.name, *field.formerly)}
        for name in sorted(set(inputs) - now):
            message = f"{slug} lost {name}, which links carry; name it in an input's `formerly`"
            yield _lost(project, f"{slug}:", message)


@rule
def ids_of_terms_stay(project: Project) -> Iterator[Fault]:
    """Links to a term of the glossary are only ever added to."""
    try:
        now = {entry.id for entry in entries(project.text("includes", "glossary.md"))}
    except ValueError:
        return  # which another rule reports
    for term in sorted(set(project.yaml(*NAMES)["glossary"]) - now):
        message = f"{term} is gone from the glossary, and links lead to it; bring it back"
        yield _lost(project, "glossary:", message)


@rule_of_the_whole
def ids_of_studies_stay(project: Project) -> Iterator[Fault]:
    """Links to a study and its findings are only ever added to."""
    studies = project.evidence.studies
    for study, findings in project.yaml(*NAMES)["evidence"].items():
        now = studies[study].findings if study in studies else {}
        for finding in sorted(set(findings) - set(now)):
            message = f"{study} lost {finding}, which links lead to; bring it back"
            yield _lost(project, f"{study}:", message)


def _lost(project: Project, text: str, message: str) -> Fault:
    """A fault of the line of tests/published.yml that begins with the text."""
    lines = project.text(*NAMES).splitlines()
    line = next((n for n, line in enumerate(lines, 1) if line.strip().startswith(text)), 0)
    return Fault("/".join(NAMES), message, line)


@rule
def addresses_stay(project: Project) -> Iterator[Fault]:
    """The addresses of pages and headings are only ever added to."""
    published = addresses.published(project.text(*ADDRESSES))
    for address in sorted(published - addresses.addresses()):
        message = f"{address} was published: say in redirects.yml where it is now"
        yield Fault("/".join(ADDRESSES), message)


@rule_of_the_whole
def paths_of_the_api_stay(project: Project) -> Iterator[Fault]:
    """The paths of the published data are only ever added to."""
    for path in sorted(api.published(project.text(*PATHS)) - api.paths()):
        message = f"{path} was published: bring it back; an offer that ends stays in the data"
        yield Fault("/".join(PATHS), message)
