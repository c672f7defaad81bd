"""The questions, conditions and texts in a form's document, by their addresses.

The document may be faulty: what is not as the format has it is passed over.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from service.definitions.editing.document import Address, Json, find, names_in


@dataclass(frozen=True)
class ReadText:
    """A text that people read, with the path of its translations ("" for none)."""

    address: Address
    path: str
    text: str


def items(document: Json, address: Address) -> Iterator[tuple[Address, dict[str, Json]]]:
    """The objects of the list at this address, each with its own address."""
    yield from items_in(find(document, address), address)


def items_in(container: Json, address: Address) -> Iterator[tuple[Address, dict[str, Json]]]:
    """The objects of a list that stands at this address: going on from it is far quicker than from the document."""
    if isinstance(container, list):
        for name, item in zip(names_in(container, address), container, strict=False):
            if isinstance(item, dict):
                yield (*address, name), item


def questions_of(document: Json) -> Iterator[tuple[Address, dict[str, Json]]]:
    """Every question in document order, with those in groups and under options.

    The details of choice lists come last, each once.
    """
    for address, page in items(document, ("pages",)):
        yield from questions_in(page.get("questions"), (*address, "questions"))
    lists = find(document, ("choice_lists",))
    for name in names_in(lists, ("choice_lists",)):
        yield from _details(lists[name], ("choice_lists", name))


def questions_in(container: Json, address: Address) -> Iterator[tuple[Address, dict[str, Json]]]:
    """Every question of the list that stands at this address, and all that stand in them."""
    for here, question in items_in(container, address):
        yield from question_with_inner(here, question)


def question_with_inner(address: Address, question: dict[str, Json]) -> Iterator[tuple[Address, dict[str, Json]]]:
    """The question and all that stand in it."""
    yield address, question
    yield from questions_in(question.get("questions"), (*address, "questions"))
    yield from _details(question.get("options"), (*address, "options"))


def expressions_of(document: Json) -> Iterator[tuple[Address, Json]]:
    """Every condition, worked-out limit, rule and computed value."""
    for address, page in items(document, ("pages",)):
        yield from _expression(page, address, "visible_if")
    for address, question in questions_of(document):
        yield from _expression(question, address, "visible_if")
        validation = question.get("validation")
        for key in ("min", "max"):
            limit = validation.get(key) if isinstance(validation, dict) else None
            here = (*address, "validation", key)
            if isinstance(limit, dict) and isinstance(limit.get("value", limit), dict):
                yield ((*here, "value"), limit["value"]) if "value" in limit else (here, limit)
    for address, check in items(document, ("checks",)):
        yield from _expression(check, address, "rule")
    for address, alert in items(document, ("alerts",)):
        yield from _expression(alert, address, "when")
    computed = document.get("computed")
    if isinstance(computed, dict):
        yield from ((("computed", name), tree) for name, tree in computed.items())


def texts_of(document: Json) -> Iterator[ReadText]:
    """Every text in the base language, in document order."""
    yield from _plain(document, (), "", "title", "introduction", "thank_you")
    lists = document.get("choice_lists")
    for name in names_in(lists, ("choice_lists",)):
        yield from _option_texts(lists[name], ("choice_lists", name), f"choice_lists.{name}")
    for address, page in items(document, ("pages",)):
        yield from _plain(page, address, f"pages.{address[-1]}", "title", "description")
        yield from _question_texts(page.get("questions"), (*address, "questions"))
    for address, check in items(document, ("checks",)):
        yield from _plain(check, address, f"checks.{address[-1]}", "message")
    for address, alert in items(document, ("alerts",)):
        yield from _plain(alert, address, f"alerts.{address[-1]}", "show_respondent")
        if isinstance(alert.get("message"), str):
            yield ReadText((*address, "message"), "", alert["message"])


def translated_texts(document: Json) -> Iterator[ReadText]:
    """Every text in another language; its path is the one that it is kept under."""
    for language in names_in(document.get("translations"), ("translations",)):
        texts = document["translations"][language]
        if isinstance(texts, dict):
            for path, text in texts.items():
                if isinstance(text, str):
                    yield ReadText(("translations", language, path), path, text)


def _expression(holder: dict[str, Json], address: Address, key: str) -> Iterator[tuple[Address, Json]]:
    if holder.get(key) is not None:
        yield (*address, key), holder[key]


def _details(options: Json, address: Address) -> Iterator[tuple[Address, dict[str, Json]]]:
    for here, option in items_in(options, address):
        if isinstance(option.get("detail"), dict):
            yield from question_with_inner((*here, "detail"), option["detail"])


def _plain(holder: dict[str, Json], address: Address, path: str, *keys: str) -> Iterator[ReadText]:
    for key in keys:
        if isinstance(holder.get(key), str):
            yield ReadText((*address, key), f"{path}.{key}" if path else key, holder[key])


def _question_texts(questions: Json, address: Address) -> Iterator[ReadText]:
    for here, question in items_in(questions, address):
        yield from _one_question_texts(here, question)


def _one_question_texts(address: Address, question: dict[str, Json]) -> Iterator[ReadText]:
    path = f"questions.{question.get('id')}"
    yield from _plain(
        question, address, path, "label", "hint", "unit", "lowest_label", "highest_label", "required_message"
    )
    yield from _media_texts(question, address, path)
    validation = question.get("validation")
    for rule, limit in validation.items() if isinstance(validation, dict) else ():
        if isinstance(limit, dict):
            yield from _plain(limit, (*address, "validation", rule), f"{path}.validation.{rule}", "message")
    for here, row in items_in(question.get("rows"), (*address, "rows")):
        if isinstance(row.get("label"), str):
            yield ReadText((*here, "label"), f"{path}.rows.{here[-1]}", row["label"])
    yield from _option_texts(question.get("options"), (*address, "options"), f"{path}.options")
    yield from _option_texts(question.get("others"), (*address, "others"), f"{path}.others")
    yield from _question_texts(question.get("questions"), (*address, "questions"))


def _option_texts(options: Json, address: Address, path: str) -> Iterator[ReadText]:
    for here, option in items_in(options, address):
        if isinstance(option.get("label"), str):
            yield ReadText((*here, "label"), f"{path}.{here[-1]}", option["label"])
        yield from _media_texts(option, here, f"{path}.{here[-1]}")
        if isinstance(option.get("detail"), dict):
            yield from _one_question_texts((*here, "detail"), option["detail"])


def _media_texts(holder: dict[str, Json], address: Address, path: str) -> Iterator[ReadText]:
    if isinstance(holder.get("media"), dict):
        yield from _plain(holder["media"], (*address, "media"), f"{path}.media", "alt")
