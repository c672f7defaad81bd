"""Our own sentences: there in every language, in the tone of the reader, with nothing left to fill in."""

import json
import re
from string import Formatter

import pytest

from service.answers.messages import FOLDER, Sentence, in_number, keys, languages, phrase
from service.definitions.form import Role
from service.locales import plural_forms
from tests.paths import ROOT

WORDS = {path.stem: json.loads(path.read_text("utf-8")) for path in FOLDER.glob("*.json")}


def texts(sentence: Sentence) -> list[str]:
    return [sentence] if isinstance(sentence, str) else list(sentence.values())


def places(sentence: Sentence) -> set[str]:
    return {name for text in texts(sentence) for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "You can skip any question and stop at any time."),
        ("en-GB", "You can skip any question and stop at any time."),
        ("en-x-easyread", "You can skip a question. You can stop at any time."),
        ("cy-x-easyread", "You can skip a question. You can stop at any time."),
        ("cy", "You can skip any question and stop at any time."),
        ("../../secrets", "You can skip any question and stop at any time."),
    ],
)
def test_a_language_without_its_own_words_falls_back(language: str, expected: str) -> None:
    assert phrase(language, "intro.skip") == expected


def test_a_child_is_told_in_other_words_and_otherwise_in_the_same() -> None:
    assert phrase("en", "reader.registered_manager") == "The registered manager"
    assert phrase("en", "reader.registered_manager.child") == "The manager"
    assert phrase("en", "next.child") == phrase("en", "next")


def test_a_value_with_braces_stays_as_it_is() -> None:
    assert phrase("en", "row", label="{0.__class__}", number=2) == "{0.__class__}: 2"


@pytest.mark.parametrize(
    ("number", "expected"),
    [(1, "1 minuta"), (2, "2 minuty"), (5, "5 minut"), (12, "12 minut"), (22, "22 minuty"), (25, "25 minut")],
)
def test_a_number_takes_the_plural_form_of_the_sentences_language(number: int, expected: str) -> None:
    polish = {
        "one": "{minutes} minuta",
        "few": "{minutes} minuty",
        "many": "{minutes} minut",
        "other": "{minutes} minuty",
    }
    values = {"home": "Dom 1", "minutes": number}
    assert in_number(polish, "pl", values).format(**values) == expected


def test_an_english_sentence_follows_english_plurals_for_a_reader_of_another_language() -> None:
    assert phrase("pl", "invited.minutes", minutes=1) == "About 1 minute"
    assert phrase("pl", "invited.minutes", minutes=5) == "About 5 minutes"


@pytest.mark.parametrize("language", languages())
def test_a_sentence_about_a_number_has_every_plural_form_of_its_language(language: str) -> None:
    for key, sentence in WORDS[language].items():
        if not isinstance(sentence, str):
            assert sentence.keys() == plural_forms(language), key


def test_a_key_that_nobody_wrote_is_an_error() -> None:
    with pytest.raises(KeyError):
        phrase("en", "no.such.key")


@pytest.mark.parametrize("language", languages())
def test_a_translation_has_no_key_of_its_own_and_the_same_places_to_fill(language: str) -> None:
    for key, sentence in WORDS[language].items():
        base = WORDS["en"].get(key, WORDS["en"].get(key.removesuffix(".child")))
        assert base is not None, key
        assert places(sentence) == places(base), key


def test_easy_read_keeps_its_sentences_short() -> None:
    for key, sentence in WORDS["en-x-easyread"].items():
        for part in re.split(r"(?<=[.!?])\s+", " ".join(texts(sentence))):
            assert len(part.split()) <= 15, f"{key}: {part}"


def test_every_role_and_identity_has_its_words() -> None:
    assert {f"reader.{role}" for role in Role.__args__} <= keys()
    assert {f"identity.{mode}" for mode in ("named", "pseudonymous", "anonymous")} <= keys()


def test_what_templates_and_code_say_is_there_and_nothing_more() -> None:
    sources = [*ROOT.glob("service/templates/**/*.html"), *ROOT.glob("service/**/*.py")]
    text = "\n".join(path.read_text("utf-8") for path in sources)
    said = set(re.findall(r"(?:phrase|say)\(\s*[\"']([a-z_.]+)[\"']", text))
    assert {key for key in said if not key.endswith(".")} <= keys()
    # What is put together from a part and a name: the part stands before a name in the source.
    begun = tuple(set(re.findall(r"[\"']([a-z_]+\.)(?:[\"'] ~|\{|%d)", text)))
    written = {key for key in keys() if f'"{key}"' in text or f"'{key}'" in text}
    unused = {key for key in keys() - written if not key.endswith(".child") and not key.startswith(begun)}
    assert unused == set()
