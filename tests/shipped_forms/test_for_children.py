"""The forms that children are asked, and all that we ourselves say in them, read with ease at nine and in easy read."""

import json
from collections.abc import Mapping

import pytest

from service.answers.messages import FOLDER, keys, phrase
from service.answers.reader_text import reader_text
from service.definitions import Form, load_library
from service.definitions.checks.plain_words import LONGEST_SENTENCE, OLDEST_READER
from service.definitions.form import EASY_READ
from service.definitions.readability import reading_age, sentences, word_count
from service.definitions.translation import localised, paths
from tests.paths import ROOT

FORMS = {name: form for name, form in load_library(ROOT / "forms").items() if form.audience == "child"}
EASY = f"en-{EASY_READ}"
# not on a child's page, tablet or thank-you: letters, faults of what no child is asked, other readers
NOT_FOR_CHILDREN = (
    "letter.", "not_me.", "invited.", "elsewhere.", "anew.", "ended.", "again.", "unknown.", "taken_back.", "gone.",
    "answered.", "language.", "month.", "fault.", "paper.", "row", "doubts.", "reader.administrator",
    "reader.responsible_individual", "closed.",
)  # fmt: skip


def texts_of(form: Form, language: str) -> Mapping[str, str]:
    """Everything of a form that its respondent reads in this language, by its path."""
    staff = {f"alerts.{rule.id}.message" for rule in form.alerts}
    return {path: text for path, text in paths(localised(form, language)).items() if path not in staff}


def test_there_is_a_form_for_each_age() -> None:
    assert {"child-views", "child-views-first"} <= set(FORMS)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_all_of_it_is_there_in_easy_read(form: Form) -> None:
    """A form for the youngest is in easy read alone; any other has every text in it, and not just the base language."""
    assert EASY in form.languages
    if form.base_language != EASY:
        assert [path for path in texts_of(form, form.base_language) if not form.translations[EASY].get(path)] == []


@pytest.mark.parametrize(
    ("form_id", "language"), [(name, language) for name, form in FORMS.items() for language in form.languages]
)
def test_a_child_of_nine_reads_every_text_with_ease_and_no_sentence_is_long(form_id: str, language: str) -> None:
    texts = texts_of(FORMS[form_id], language)
    assert len(texts) > 20
    assert {path: text for path, text in texts.items() if reading_age(text) > OLDEST_READER} == {}
    assert too_long(texts) == {}


@pytest.mark.parametrize("language", ["en", EASY])
def test_what_we_say_to_a_child_ourselves_reads_as_well(language: str) -> None:
    said = {
        key: phrase(language, f"{key}.child")
        for key in {name.removesuffix(".child") for name in keys()}
        if not key.startswith(NOT_FOR_CHILDREN)
    }
    assert {key: text for key, text in said.items() if reading_age(text) > OLDEST_READER} == {}
    assert too_long(said) == {}


def test_easy_read_says_for_itself_whatever_is_long_in_plain_english() -> None:
    """A sentence with a comma is two thoughts; easy read has one at a time, so it has words of its own there."""
    own = json.loads((FOLDER / f"{EASY}.json").read_text("utf-8"))
    for key in ("identity.pseudonymous.child", "unsent", "talk.told.child", "talk.done.child", "intro.skip"):
        assert key in own


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_the_first_page_says_who_is_told_when_a_child_is_not_safe(form: Form) -> None:
    for language in form.languages:
        said = f"{localised(form, language).introduction} {' '.join(reader_text(form, language).sentences)}"
        assert "must tell someone" in said
        assert "safeguarding lead the same day" in said
        assert "skip any question" in said
        assert "You can stop" in said
    assert {role for rule in form.alerts for role in rule.notify} == {"safeguarding_lead"}
    dangers = [rule for rule in form.alerts if rule.severity in ("urgent", "same_day")]
    assert all("safeguarding lead now" in str(rule.show_respondent) for rule in dangers)


def too_long(texts: dict[str, str]) -> dict[str, str]:
    return {
        path: sentence
        for path, text in texts.items()
        for sentence in sentences(text)
        if word_count(sentence) > LONGEST_SENTENCE
    }
