"""Routing and skip logic written by others, run through our engine."""

import json

import pytest

from service.answers.visibility import visible
from service.definitions import Form
from tests.answers.cases import CONFORMANCE, conformance_files

FILES = conformance_files()


@pytest.mark.skipif(not FILES, reason=f"the conformance cases are not at {CONFORMANCE}")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_respondent_is_shown_the_pages_that_others_worked_out(path):
    content = json.loads(path.read_text("utf-8"))
    form = Form.of(content["definition"])
    assert content["cases"]
    for case in content["cases"]:
        pages = visible(form, case["answers"], case["meta"]).pages
        assert list(pages) == case["pages"], f"answers {case['answers']}, meta {case['meta']}"
