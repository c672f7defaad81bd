"""A definition is cleaned before anything else is done with it: its fingerprint knows one spelling only."""

import json
import unicodedata

import pytest

from service.definitions import Form, examine, examine_text, form_files, form_from
from service.text import LONGEST_TEXT
from tests.definitions.full_form import RICH
from tests.paths import ROOT


def spelt(form: str, definition: object) -> bytes:
    return unicodedata.normalize(form, json.dumps(definition, ensure_ascii=False)).encode()


@pytest.mark.parametrize("word", ["Café", "tŷ", "tiếng Việt", "প\u09dc\u09be", "\u0a36ਹਿਰ"])
def test_the_same_words_have_the_same_fingerprint_however_they_are_spelt(word: str) -> None:
    definition = {**RICH, "title": word}
    forms = [examine_text(spelt(form, definition)).form for form in ("NFC", "NFD")]
    assert len({form.fingerprint for form in (*forms, form_from(definition)) if form}) == 1
    assert form_from(definition).title == unicodedata.normalize("NFC", word)


def test_shipped_forms_keep_the_fingerprint_of_what_their_file_says() -> None:
    for path in form_files(ROOT / "forms"):
        form = examine_text(path.read_bytes()).form
        assert form is not None
        assert form.fingerprint == Form.of(json.loads(path.read_bytes())).fingerprint, path.name


def test_two_keys_that_are_spelt_alike_are_a_fault() -> None:
    found = examine({**RICH, "Caf\u00e9": 1, "Cafe\u0301": 2})
    assert "this key stands here more than once" in {fault.sentence for fault in found.faults}


def test_a_text_without_end_is_a_fault() -> None:
    found = examine({**RICH, "title": "x" * (LONGEST_TEXT + 1)})
    assert [str(fault) for fault in found.faults] == ["title: the text is too long"]
