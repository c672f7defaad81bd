"""The whole of child-views is built from an empty document, by moves alone."""

import json
from collections.abc import Iterator
from typing import Any

from service.definitions import Form
from service.definitions.editing import Address, Json, Move, apply, finished, inverse, moves, prepared
from service.definitions.editing.faults import faults_of
from tests.paths import ROOT

SHIPPED = json.loads((ROOT / "forms" / "child-views.json").read_text())
APART = ("id", "version", "pages", "choice_lists", "alerts", "translations")
OF_OPTION = ("value", "label", "detail")


class Builder:
    """Someone who builds a form one move after the other."""

    def __init__(self) -> None:
        self.document: Json = prepared({})
        self.history: list[Move] = []

    def make(self, move: Move) -> None:
        self.document = apply(self.document, move)
        self.history.append(move)

    def named(self, address: Address, item: Json) -> Address:
        """Give what was just added, the last in its list, the id that it is to have."""
        here = self.document
        for step in address:
            here = here[step] if isinstance(here, dict) else next(each for each in here if step in each.values())
        added = (*address, here[-1]["id"])
        self.make(moves.rename(self.document, added, item["id"]))
        return (*address, item["id"])

    def fill(self, address: Address, item: Json, *apart: str) -> None:
        for key, value in item.items():
            if key not in ("id", "type", *apart):
                self.make(moves.change(self.document, (*address, key), value))

    def options(self, question: Address, options: Json) -> None:
        lines = "\n".join(f"{option['value']}: {option['label']}" for option in options)
        self.make(moves.paste_options(self.document, question, lines))
        place = question if question[0] == "choice_lists" else (*question, "options")
        for option in options:
            here = (*place, option["value"])
            self.fill(here, option, *OF_OPTION)
            for key in ("missing", "exclusive"):
                if key not in option:  # a way out comes with a new child's question, and says so by itself
                    self.make(moves.change(self.document, (*here, key), None))
            if "detail" in option:
                self.make(moves.add_detail(self.document, here, option["detail"]["label"]))
                self.make(moves.rename(self.document, (*here, "detail"), option["detail"]["id"]))
                self.fill((*here, "detail"), option["detail"])

    def question(self, page: str, question: Json) -> None:
        self.make(moves.add_question(self.document, page, question["type"]))
        address = self.named(("pages", page, "questions"), question)
        self.fill(address, question, "options")
        if isinstance(question.get("options"), list):
            self.options(address, question["options"])
        elif "options" in question:
            self.make(moves.change(self.document, (*address, "options"), question["options"]))


def built() -> Builder:
    builder = Builder()
    for key, value in SHIPPED.items():
        if key not in APART:
            builder.make(moves.change(builder.document, (key,), value))
    for name, options in SHIPPED["choice_lists"].items():
        builder.make(moves.add_list(builder.document, name))
        builder.options(("choice_lists", name), options)
    for page in SHIPPED["pages"]:
        builder.make(moves.add_page(builder.document, title=page["title"]))
        address = builder.named(("pages",), page)
        builder.fill(address, page, "questions")
        for question in page["questions"]:
            builder.question(page["id"], question)
    for alert in SHIPPED["alerts"]:
        builder.make(moves.add_alert(builder.document, {"message": alert["message"]}))
        builder.fill(builder.named(("alerts",), alert), alert)
    for address, text in translated():
        builder.make(moves.change(builder.document, address, text))
    for key in ("id", "version"):
        builder.make(moves.change(builder.document, (key,), SHIPPED[key]))
    return builder


def translated() -> Iterator[tuple[Address, Any]]:
    for language, texts in SHIPPED["translations"].items():
        for path, text in texts.items():
            yield ("translations", language, path), text


def test_child_views_is_built_from_nothing_and_undone_to_nothing() -> None:
    builder = built()
    document = builder.document
    assert Form.of(finished(document)).fingerprint == Form.of(SHIPPED).fingerprint
    assert [fault for fault in faults_of(document) if fault.kind == "error"] == []
    for move in reversed(builder.history):
        document = apply(document, inverse(move))
    assert document == {}
    for move in builder.history:
        document = apply(document, move)
    assert document == builder.document
