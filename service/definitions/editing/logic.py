"""Conditions as sentences, and the map of a form: what shows what."""

import math
from dataclasses import dataclass

from service.definitions.editing.condition_words import condition_text
from service.definitions.editing.document import Address, Json, find
from service.definitions.editing.places import expressions_of, items, question_with_inner, questions_of
from service.definitions.editing.pointers import names_used
from service.definitions.editing.words import called, item_of, quoted

FEWEST_MINUTES = 2
QUESTIONS_A_MINUTE = 4


@dataclass(frozen=True)
class MapQuestion:
    """A question on the map.

    `shown_when` is "" where no condition hides it. `shows` are the addresses of pages and questions, `raises` those of
    alerts. `depth` is 0 on the page itself.
    """

    address: Address
    label: str
    type: str
    depth: int
    shown_when: str
    shows: tuple[Address, ...]
    raises: tuple[Address, ...]


@dataclass(frozen=True)
class MapPage:
    """A page on the map."""

    address: Address
    title: str
    shown_when: str
    questions: tuple[MapQuestion, ...]


@dataclass(frozen=True)
class FormMap:
    """The whole form in order, and how long it takes."""

    pages: tuple[MapPage, ...]
    minutes: int


def shown_when(document: Json, address: Address) -> str:
    """When a question or page is shown, as a sentence; "" without a condition."""
    item = find(document, address)
    parts = []
    if address[-1:] == ("detail",):
        parts.append(f"{quoted(_label(find(document, address[:-1])))} is chosen")
    if isinstance(item, dict) and item.get("visible_if") is not None:
        parts.append(condition_text(document, item["visible_if"]))
    return f"Show this when {' and '.join(parts)}" if parts else ""


def raised_when(document: Json, alert: Address) -> str:
    """When an alert is raised, as a sentence."""
    found = find(document, alert)
    when = found.get("when") if isinstance(found, dict) else None
    return f"Raise this when {condition_text(document, when)}" if when is not None else ""


def map_of(document: Json) -> FormMap:
    """Pages and questions in order, with what shows what, and the estimated minutes."""
    uses = [(place, names_used(tree)) for place, tree in expressions_of(document)]
    pages = []
    for address, page in items(document, ("pages",)):
        inner = [
            each
            for here, question in items(document, (*address, "questions"))
            for each in question_with_inner(here, question)
        ]
        questions = tuple(_on_the_map(document, here, question, uses) for here, question in inner)
        pages.append(MapPage(address, str(page.get("title", "")), shown_when(document, address), questions))
    return FormMap(tuple(pages), estimated_minutes(document))


def estimated_minutes(document: Json) -> int:
    """How long the form takes: a quarter of a minute a question that everyone is asked."""
    asked = [
        question
        for address, question in questions_of(document)
        if question.get("type") not in ("group", "note") and not _is_sometimes_hidden(document, address)
    ]
    return max(FEWEST_MINUTES, math.ceil(len(asked) / QUESTIONS_A_MINUTE))


def _on_the_map(
    document: Json, address: Address, question: dict[str, Json], uses: list[tuple[Address, frozenset[str]]]
) -> MapQuestion:
    name = str(question.get("id"))
    names = {name, *_values_from(name, uses)}
    shows: list[Address] = []
    raises: list[Address] = []
    for place, used in uses:
        if place[-1] in ("visible_if", "when") and not used.isdisjoint(names):
            (raises if place[0] == "alerts" else shows).append(item_of(document, place))
    depth = sum(step in ("questions", "detail") for step in address[2:]) - 1
    return MapQuestion(
        address,
        called(document, address),
        str(question.get("type", "")),
        depth,
        shown_when(document, address),
        tuple(shows),
        tuple(raises),
    )


def _values_from(name: str, uses: list[tuple[Address, frozenset[str]]]) -> set[str]:
    """The computed values that rest on a question, through others too."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        wanted = waiting.pop()
        new = {f"computed.{place[1]}" for place, used in uses if place[0] == "computed" and wanted in used} - found
        found |= new
        waiting += new
    return found


def _is_sometimes_hidden(document: Json, address: Address) -> bool:
    if address[0] == "choice_lists" or "detail" in address:
        return True
    above = [find(document, address[:end]) for end in range(2, len(address) + 1, 2)]
    return any(isinstance(each, dict) and each.get("visible_if") is not None for each in above)


def _label(option: Json) -> str:
    return str(option.get("label") or option.get("value")) if isinstance(option, dict) else ""
