"""Decisions have reasons, measurements and an end, and their numbers are those of the code."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from service.analysis.cell_suppression import disclosed
from service.analysis.figures import Sign
from service.analysis.merged_form import join
from service.analysis.tallies import ChoiceTally
from service.definitions.form import SMALLEST_GROUP
from tests.analysis.attacker import heard, tallies_of
from tests.analysis.tally_factory import a_form, asks, of_each, options
from tests.docs.documents import text_of
from tests.paths import ROOT

FOLDER = ROOT / "docs" / "decisions"
PAGES = sorted(path for path in FOLDER.glob("*.md") if path.name != "README.md")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_it_says_why_what_was_measured_and_when_it_goes(page: Path) -> None:
    parts = dict(re.findall(r"^## (.+)\n((?:(?!^## ).*\n?)*)", page.read_text(), re.MULTILINE))
    assert {"Why", "What was measured", "When it goes"} <= parts.keys()
    assert len(re.findall(r"\d+", parts["What was measured"])) >= 3
    assert f"]({page.name})" in text_of("docs/decisions/README.md")


def lines_in(pattern: str) -> int:
    return sum(len(path.read_text().splitlines()) for path in ROOT.glob(pattern))


def number(page: str, pattern: str) -> int:
    found = re.search(pattern, text_of(f"docs/decisions/{page}.md"))
    assert found, f"{page} has no {pattern}"
    return int(found[1].replace(",", ""))


@pytest.mark.parametrize(
    ("page", "pattern", "sources"),
    [
        ("tinydb-on-a-journal", r"has ([\d,]+) lines", ["service/storage/embedded/*.py"]),
        ("no-psycopg-pool", r"about (\d+) lines", ["service/storage/postgres/pool.py"]),
        (
            "two-evaluators",
            r"visibility.py` \| (\d+) lines",
            ["service/definitions/expression.py", "service/answers/visibility.py"],
        ),
        ("two-evaluators", r"more.js` \| (\d+) lines", ["static/js/expression.js", "static/js/expression-more.js"]),
        ("two-evaluators", r"forms \| (\d+) lines", ["static/js/show-hide.js"]),
    ],
)
def test_lines_of_code_are_counted_to_a_twentieth(page: str, pattern: str, sources: list[str]) -> None:
    counted = sum(map(lines_in, sources))
    assert number(page, pattern) == pytest.approx(counted, rel=0.05), f"{counted} now"


@pytest.mark.parametrize("kind", ["expression", "visibility"])
def test_no_more_cases_are_claimed_than_there_are(kind: str) -> None:
    cases = json.loads((ROOT / f"tests/answers/{kind}_cases.json").read_text())
    claimed = number("two-evaluators", rf"(\d+) of {kind}")
    assert 0.9 * len(cases) <= claimed <= len(cases)


def test_openpyxl_is_pinned_as_the_writer_says() -> None:
    pinned = re.search(r'"openpyxl==([\d.]+)"', text_of("pyproject.toml"))
    assert pinned
    assert f"openpyxl {pinned[1]} exactly" in text_of("docs/decisions/excel-writer.md")
    assert "openpyxl.worksheet._writer import WorksheetWriter" in text_of("service/exporters/excel/stream.py")


def shown(split: Sequence[int]) -> list[int]:
    """The counts of chosen options that an unnamed form shows of two options, so many people having chosen each."""
    form = a_form(asks("one", options=options("a", "b")), identity="anonymous")
    answers = of_each("one", dict(zip("ab", split, strict=True)))
    [one] = disclosed(tallies_of(join([form]), heard(answers, form)), [form], SMALLEST_GROUP)
    assert isinstance(one.tally, ChoiceTally)
    return [count.number for count in one.tally.counts if not isinstance(count.number, Sign) and count.number]


def test_below_ten_people_no_chosen_option_is_counted() -> None:
    assert SMALLEST_GROUP == 5
    assert [split for people in range(5, 10) for split in splits(people) if shown(split)] == []
    assert [split for split in splits(10) if shown(split)] == [(5, 5)]


def splits(people: int) -> list[tuple[int, int]]:
    return [(first, people - first) for first in range(people + 1)]
