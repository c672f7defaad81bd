"""Two authors make random moves on a form: nothing breaks, nothing is lost, and everything can be undone."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.definitions.editing import (
    Move,
    MoveRefused,
    PlaceChanged,
    apply,
    find,
    finished,
    fitted,
    inverse,
    move_from_json,
    move_to_json,
    moves,
    prepared,
    rebased,
)
from service.definitions.editing.document import names_in
from service.definitions.editing.faults import faults_of
from service.definitions.editing.logic import map_of
from service.definitions.editing.places import expressions_of, items, questions_of, texts_of
from service.definitions.editing.question_defaults import QUESTION_TYPES
from service.definitions.editing.references import references_to_item
from service.definitions.loader import examine
from tests.paths import ROOT

STARTS = [
    prepared(json.loads(path.read_text()))
    for path in (
        ROOT / "forms" / "child-views.json",
        ROOT / "forms" / "visit-feedback.json",
        ROOT / "forms" / "staff-views.json",
        ROOT / "tests" / "forms" / "every-type.json",
        ROOT / "tests" / "forms" / "twelve-faults.json",
    )
]
STARTS.append(prepared({}))
WORDS = ["", "Yes", "never", "Do you feel safe?", "x: y", "{fun}", "safe\nwell: Very well", "fun", "<b>"]
TREES = [{"==": [{"var": "feel_safe"}, "never"]}, {"answered": "fun"}, {"var": "meta.today"}, True, {"if": []}, {}]
VALUES = [None, "Words", 3, True, [], {}, TREES[0], ["child"], [{"label": "An option"}, {"value": "a", "label": "A"}]]
FIELDS = ["label", "hint", "title", "visible_if", "options", "type", "id", "value", "media", "questions", "validation"]


def any_item(document: Any, random: Random) -> tuple[str, ...]:
    """Something in the form that has a name, or now and then something that it never had."""
    pages = [address for address, _ in items(document, ("pages",))]
    questions = [address for address, _ in questions_of(document)]
    options = [here for each in questions for here, _ in items(document, (*each, "options"))]
    others = [(key, name) for key in ("choice_lists", "computed") for name in names_in(document.get(key), (key,))]
    rest = [here for key in ("alerts", "checks") for here, _ in items(document, (key,))]
    groups = [group for group in (pages, questions, options, others, rest, [("pages", "gone")], [()]) if group]
    return random.choice(random.choice(groups))


def any_page(document: Any, random: Random) -> str:
    return random.choice([*names_in(document.get("pages"), ("pages",)), "gone"])


def any_sibling(document: Any, address: tuple[str, ...], random: Random) -> str | None:
    return random.choice([None, "", "gone", *names_in(find(document, address), address)])


def any_field(document: Any, random: Random) -> tuple[str, ...]:
    texts = [each.address for each in texts_of(document)]
    trees = [address for address, _ in expressions_of(document)]
    made = [(*any_item(document, random), random.choice(FIELDS)), ("translations", "cy", "title"), ("languages",)]
    return random.choice([*made, *(random.choice(group) for group in (texts, trees) if group)])


MAKERS: list[Callable[[Any, Random], Move]] = [
    lambda d, r: moves.add_page(d, any_sibling(d, ("pages",), r), r.choice(WORDS)),
    lambda d, r: moves.add_question(d, any_page(d, r), r.choice(QUESTION_TYPES), r.choice([None, ""]), r.choice(WORDS)),
    lambda d, r: moves.add_option(d, any_item(d, r), r.choice(WORDS), r.choice([None, "", "never"])),
    lambda d, r: moves.add_detail(d, any_item(d, r), r.choice(WORDS)),
    lambda d, r: moves.add_row(d, any_item(d, r), r.choice(WORDS)),
    lambda d, r: moves.paste_options(d, any_item(d, r), r.choice(WORDS), r.random() < 0.5),
    lambda d, r: moves.add_alert(d, {"when": r.choice(TREES)}),
    lambda d, r: moves.add_check(d, {"rule": r.choice(TREES), "questions": ["fun"]}),
    lambda d, r: moves.add_value(d, r.choice(WORDS), r.choice(TREES)),
    lambda d, r: moves.add_list(d, r.choice(WORDS), [{"label": "A"}]),
    lambda d, r: moves.change(d, any_field(d, r), r.choice([*VALUES, *WORDS])),
    lambda d, r: moves.change(d, (*any_item(d, r), "type"), r.choice(QUESTION_TYPES)),
    lambda d, r: moves.move_item(d, each := any_item(d, r), any_sibling(d, each[:-1], r)),
    lambda d, r: moves.move_item(d, any_item(d, r), r.choice([None, ""]), any_item(d, r)),
    lambda d, r: moves.duplicate(d, any_item(d, r)),
    lambda d, r: moves.delete(d, any_item(d, r)),
    lambda d, r: moves.delete(d, any_field(d, r)),
    lambda d, r: moves.rename(d, any_item(d, r), r.choice(["fun", "never", "a", "b", "c", "Not a name"])),
    lambda d, r: moves.replace_text(d, r.choice(WORDS), r.choice(WORDS)),
]


@dataclass
class Author:
    """Someone with a page open: what it shows, and how many moves that page knows."""

    view: Any
    seen: int = 0
    made: list[int] = field(default_factory=list)


def leaves(value: Any, here: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    names = names_in(value, here)
    if not names:
        return {here: value}
    parts = value.values() if isinstance(value, dict) else value
    return {
        at: leaf for name, part in zip(names, parts, strict=True) for at, leaf in leaves(part, (*here, name)).items()
    }


def touched(move: Move) -> set[tuple[str, ...]]:
    return {place for patch in move.patches for place in (patch.address, getattr(patch, "origin", patch.address))}


def untouched(document: Any, move: Move) -> dict[tuple[str, ...], Any]:
    places = touched(move)
    return {
        at: leaf
        for at, leaf in leaves(document).items()
        # what only became empty or full is in the neighbouring leaves
        if not any(at[: len(place)] == place or place[: len(at)] == at for place in places)
    }


STEP = st.tuples(st.integers(0, 1), st.integers(0, len(MAKERS)), st.integers(0, 2**32), st.booleans())


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(number=st.integers(0, len(STARTS) - 1), steps=st.lists(STEP, max_size=14))
def test_random_moves_of_two_authors(number: int, steps: list[tuple[int, int, int, bool]]) -> None:
    document = start = STARTS[number]
    history: list[Move] = []
    authors = (Author(start), Author(start))
    for who, kind, seed, looks_again in steps:
        author = authors[who]
        if looks_again:
            author.view, author.seen = document, len(history)
        try:
            if kind < len(MAKERS):
                move = rebased(MAKERS[kind](author.view, Random(seed)), history[author.seen :])
            elif author.made:
                last = author.made.pop()
                move = rebased(inverse(history[last]), history[last + 1 :])
            else:
                continue
            move = fitted(document, move)
        except (MoveRefused, PlaceChanged):
            continue
        after = apply(document, move)
        assert json.dumps(apply(after, inverse(move))["pages"] if "pages" in document else []) == json.dumps(
            document.get("pages", [])
        )
        assert apply(after, inverse(move)) == document
        assert untouched(after, move) == untouched(document, move)
        assert move_from_json(json.loads(json.dumps(move_to_json(move)))) == move
        assert prepared(after) == after
        if kind < len(MAKERS):
            author.made.append(len(history))
        history.append(move)
        document = after
    _hold_together(document)
    end = json.dumps(document, sort_keys=True)
    for move in reversed(history):
        document = apply(document, inverse(move))
    assert document == start
    for move in history:
        document = apply(document, move)
    assert json.dumps(document, sort_keys=True) == end


def _hold_together(document: Any) -> None:
    fresh = examine(json.loads(json.dumps(finished(document))))
    found = faults_of(document)
    assert [fault.sentence for fault in found] == [fault.sentence for fault in (*fresh.faults, *fresh.warnings)]
    map_of(document)
    for address, _ in [*items(document, ("pages",)), *questions_of(document)]:
        references_to_item(document, address)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    number=st.integers(0, len(STARTS) - 1),
    kinds=st.tuples(st.integers(0, len(MAKERS) - 1), st.integers(0, len(MAKERS) - 1)),
    seeds=st.tuples(st.integers(0, 2**32), st.integers(0, 2**32)),
)
def test_moves_at_different_places_apply_in_any_order(
    number: int, kinds: tuple[int, int], seeds: tuple[int, int]
) -> None:
    start = STARTS[number]
    try:
        one, two = (MAKERS[kind](start, Random(seed)) for kind, seed in zip(kinds, seeds, strict=True))
    except MoveRefused:
        return
    if any(a[: len(b)] == b or b[: len(a)] == a for a in touched(one) for b in touched(two)):
        return
    assert leaves(apply(apply(start, one), two)) == leaves(apply(apply(start, two), one))
