"""What small forms show and keep; tests/browser/ holds the page's script to the same table."""

import pytest

from service.answers.visibility import visible
from tests.answers.cases import form_of, shown, spelled, visibility_cases


@pytest.mark.parametrize("case", visibility_cases(), ids=lambda case: case["name"])
def test_a_form_shows_and_keeps_what_the_table_says(case):
    found = shown(visible(form_of(case["form"]), case["answers"], case["meta"]))
    assert {part: spelled(found[part]) for part in case["shown"]} == {
        part: spelled(expected) for part, expected in case["shown"].items()
    }
