"""The examples of the guides for those who add data keep every rule of an offer."""

from __future__ import annotations

import re

import pytest

from calculators.kernel.evidence import Evidence
from tests.conftest import ROOT
from tests.made_up import project_of, records
from tools.lint import evidence
from tools.lint.driver import OF_OFFERS, rules
from tools.lint.reading import strictly


def example(file: str, number: int) -> str:
    """That YAML example of a guide."""
    examples: list[str] = re.findall(
        r"```yaml\n(.*?)```", (ROOT / file).read_text("utf-8"), flags=re.DOTALL
    )
    return examples[number]


@pytest.mark.parametrize("file", ["data/README.md", "CONTRIBUTING.md"])
def test_the_example_of_a_price_is_sound(file: str) -> None:
    sound, faults = strictly(records(example(file, 0)))
    assert faults == []
    assert set(sound["offers/acme"]["offers"]) == {"acme/large"}
    assert [fault for rule in rules(OF_OFFERS) for fault in rule(project_of(sound))] == []


def test_the_example_of_a_study_is_sound() -> None:
    sound, faults = strictly(records(example("data/README.md", 1), "evidence/acme"))
    assert faults == []
    assert Evidence.parse(sound).study("acme-2024").finding("mrr")
    of_studies = [rule for rule in rules([evidence]) if not rule.whole]
    assert [fault for rule in of_studies for fault in rule(project_of(sound))] == []
