"""A form in any writing system and any Unicode normal form works from its file to the thank-you page."""

import json
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from service.collection.models.home import Home
from service.collection.models.response import Response
from service.config import Config
from service.repository import Store
from tests.visitor import Visitor

# Each in letters that Unicode can spell in more than one way; the first two have no composed form in NFC.
WORDS = {
    "Bengali": "পড়া",
    "Punjabi": "ਸ਼ਹਿਰ",
    "Vietnamese": "tiếng Việt",
    "Welsh": "tŷ",
    "French": "Café",
}
SPELT = {
    "composed": {"Bengali": "প\u09dc\u09be", "Punjabi": "\u0a36ਹਿਰ"},
    "NFC": {name: unicodedata.normalize("NFC", word) for name, word in WORDS.items()},
    "NFD": {name: unicodedata.normalize("NFD", word) for name, word in WORDS.items()},
    "NFKC": {name: unicodedata.normalize("NFKC", word) for name, word in WORDS.items()},
}
CASES = [(form, name) for form, words in SPELT.items() for name in words]


def definition(word: str, mark: str) -> dict[str, object]:
    """A form with the word in its title, a question, an option's value and label, and a condition.

    `mark` makes it like no other: what the process remembers of other forms is of no help.
    """
    return {
        "format": "survey-definition/1",
        "id": "words",
        "version": 1,
        "audience": "social_worker",
        "title": f"About {word}",
        "introduction": mark,
        "thank_you": f"Thanks for {word}.",
        "languages": ["en"],
        "identity": "named",
        "pages": [
            {
                "id": "page",
                "title": word,
                "questions": [
                    {
                        "id": "which",
                        "type": "select_one",
                        "label": f"Which {word}?",
                        "options": [{"value": word, "label": f"The {word}"}, {"value": "other", "label": "Another"}],
                    },
                    {
                        "id": "why",
                        "type": "text",
                        "label": f"Why {word}?",
                        "visible_if": {"==": [{"var": "which"}, word]},
                    },
                ],
            }
        ],
    }


@pytest.fixture
def config(config: Config, tmp_path: Path) -> Config:
    """The settings, with a folder of forms of its own."""
    (tmp_path / "forms").mkdir()
    return replace(config, forms_dir=tmp_path / "forms")


@pytest.mark.parametrize(("form", "name"), CASES)
def test_a_form_works_from_its_file_to_the_thank_you_page(
    app: Flask, config: Config, request: pytest.FixtureRequest, form: str, name: str
) -> None:
    word = SPELT[form][name]
    (config.forms_dir / "words.json").write_text(
        json.dumps(definition(word, request.node.name), ensure_ascii=False), "utf-8"
    )
    store: Store = request.getfixturevalue("store")
    home: Home = request.getfixturevalue("home")
    run = app.test_cli_runner().invoke
    with app.app_context():
        checked = run(args=["forms", "check"])
        assert checked.exit_code == 0, checked.output
        opened = run(args=["rounds", "open", "--home", home.id, "--form", "words", "--until", "2099-12-31"])
        assert opened.exit_code == 0, opened.output
        people = config.forms_dir.parent / "people.csv"
        people.write_text("form,name,email,label\nwords,Sam Okafor,sam@example.org,a try\n")
        invited = run(args=["invite", opened.stdout.strip(), str(people)])
        assert invited.exit_code == 0, invited.output
    visitor, kept = Visitor(app), unicodedata.normalize("NFC", word)
    link = "/i/" + invited.stdout.strip().rpartition("/")[2]
    visitor.visit(link)
    page = visitor.send(link)
    assert page.status == 200
    assert kept in page.text
    value = next(found["value"] for found in page.fields if found.get("name") == "which")
    done = visitor.send(page.response.request.path, {"which": value, "why": f"Because of {word}."})
    assert done.status == 200
    assert done.response.request.path.endswith("/done")
    assert f"Thanks for {kept}." in done.text
    [response] = store[Response].all()
    assert response.answers == {"which": kept, "why": f"Because of {kept}."}
