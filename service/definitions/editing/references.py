"""What refers to a question, option, value or list, in words."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from service.definitions.editing.condition_words import condition_text
from service.definitions.editing.document import Address, Json, find, is_named_list, name_key
from service.definitions.editing.places import expressions_of, items, question_with_inner, questions_in, texts_of
from service.definitions.editing.pointers import names_used, users_of, uses_value, with_pipes
from service.definitions.editing.words import called, field_called, item_of


@dataclass(frozen=True)
class Mention:
    """A place that refers to something, and how, as a sentence."""

    address: Address
    sentence: str


def references_to(document: Json, name: str) -> tuple[Mention, ...]:
    """What refers to a name: `feel_safe`, `matrix.row`, `computed.worried`."""
    return tuple(_of_names(document, [name]))


def references_to_item(document: Json, address: Address) -> tuple[Mention, ...]:
    """What would break if the item were deleted, outside the item itself."""
    found = list(dict.fromkeys(_of_item(document, address)))
    return tuple(each for each in found if each.address[: len(address)] != address)


def _of_item(document: Json, address: Address) -> Iterator[Mention]:
    if len(address) == 2 and address[0] == "computed":
        yield from _of_names(document, [f"computed.{address[1]}"])
        return
    if len(address) == 2 and address[0] == "choice_lists":
        for question in users_of(document, address).values():
            yield Mention((*question, "options"), f"{called(document, question)} uses this list")
        return
    if not address or item_of(document, address) != address:
        return
    yield from _of_names(document, [str(question.get("id")) for _, question in _questions_of_item(document, address)])
    home = address[:-1]
    if home[-1:] == ("rows",):
        yield from _of_names(document, [f"{find(document, home[:-1]).get('id')}.{address[-1]}"])
    elif is_named_list(home) and name_key(home) == "value":
        yield from _of_value(document, users_of(document, home), address[-1])


def _questions_of_item(document: Json, address: Address) -> Iterator[tuple[Address, dict[str, Json]]]:
    item = find(document, address)
    if not isinstance(item, dict):
        return
    if "type" in item or address[-2] == "questions" or address[-1] == "detail":
        yield from question_with_inner(address, item)
    elif isinstance(item.get("detail"), dict):
        yield from question_with_inner((*address, "detail"), item["detail"])
    else:
        yield from questions_in(item.get("questions"), (*address, "questions"))


def _of_names(document: Json, names: Collection[str]) -> Iterator[Mention]:
    for address, tree in expressions_of(document):
        if not names_used(tree).isdisjoint(names):
            yield Mention(address, _use(document, address, tree))
    for address, check in items(document, ("checks",)):
        asked = check.get("questions")
        for name in names:
            if isinstance(asked, list) and name in asked:
                yield Mention((*address, "questions"), f"{called(document, address)} is shown at it")
    for text in texts_of(document):
        if any(with_pipes(text.text, {name: ""}) != text.text for name in names):
            yield Mention(text.address, f"{field_called(document, text.address)} fills in its answer")


def _of_value(document: Json, questions: Mapping[str, Address], value: str) -> Iterator[Mention]:
    for address, tree in expressions_of(document):
        if uses_value(tree, questions, value):
            yield Mention(address, _use(document, address, tree))
    for question in questions.values():
        default = find(document, (*question, "default"))
        if default == value or (isinstance(default, list) and value in default):
            yield Mention((*question, "default"), f"{called(document, question)} starts with it")


def _use(document: Json, address: Address, tree: Json) -> str:
    """How an expression uses a name: “Why not?” is shown when …"""
    name = called(document, item_of(document, address))
    if address[-1] == "visible_if":
        return f"{name} is shown when {condition_text(document, tree)}"
    if address[-1] == "when":
        return f"{name} is raised when {condition_text(document, tree)}"
    if address[-1] == "rule":
        return f"{name} needs that {condition_text(document, tree)}"
    if address[0] == "computed":
        return f"{name} is {condition_text(document, tree)}"
    return f"{field_called(document, address)} is {condition_text(document, tree)}"
