"""Whoever sees every workbook of a provider and of its homes, and reckons exactly, comes to no hidden figure."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from service.analysis.figures import Sign
from service.analysis.home_comparison import homes_beside
from service.analysis.merged_form import join
from service.analysis.reconciliation import Counting
from service.analysis.release_rules import protection
from service.analysis.tallies import Tally
from service.collection.models.published_form import FormRef
from service.collection.models.round import Round
from service.definitions import Form
from service.reports.dataset import InRound, Voice
from tests.analysis.attacker import Attacker, Cell, cells_of, heard, tallies_of
from tests.analysis.audience_figures import protected_all
from tests.analysis.tally_factory import a_form, asks, options
from tests.analysis.test_attacker import ATTACKS, SOME, derived, forms, rounds_of
from tests.reports.study import NOW

Answers = Sequence[dict[str, Any]]
# Which home each round is of: the first has had two, the others one each.
HOMES = (0, 0, 1, 2)
Pooling = Callable[[Form, Voice], Sequence[Tally]]


def voice_of(form: Form, rounds: Sequence[Answers], which: Sequence[int]) -> Voice:
    """What a workbook to hand on of these rounds is made from."""
    in_rounds = []
    for number in which:
        round_ = Round(
            id=f"round-{number}",
            home_id=f"home-{HOMES[number]}",
            title="Autumn",
            reason="",
            forms=(FormRef(form.id, form.version, form.fingerprint),),
            opened_at=NOW,
            closes_on=NOW.date(),
            closed_at=NOW + timedelta(days=1),
        )
        shield = protection([form], len(rounds[number]), still_open=False, to_hand_on=True)
        in_rounds.append(InRound(round_, shield, tuple(heard(rounds[number], form)), None))
    shield = protection([form], 0, still_open=False, to_hand_on=True)
    return Voice("Staff", join([form]), (), Counting().account(form.id, form.audience, [], 0), shield, tuple(in_rounds))


def workbooks(rounds: Sequence[Answers]) -> Iterator[list[int]]:
    """The rounds of every workbook that anybody has: of a round, of a home, of all homes, and of all since each day."""
    every = range(len(rounds))
    yield from ([number] for number in every)
    for home in {HOMES[number] for number in every}:
        yield [number for number in every if HOMES[number] == home]
    yield from ([number for number in every if number >= first] for first in every)


def as_shown(form: Form, voice: Voice) -> Sequence[Tally]:
    return voice.told


def look(
    attacker: Attacker, form: Form, rounds: Sequence[Answers], pooling: Pooling = as_shown, mine: Sequence[int] = ()
) -> None:
    """See all of these workbooks, sheet by sheet; `mine` are rounds whose every answer the attacker may read."""
    shown = [
        any(one.answered is not Sign.WITHHELD for one in voice_of(form, rounds, [number]).told)
        for number in range(len(rounds))
    ]

    def counted(which: Sequence[int]) -> tuple[int, ...]:
        """Whoever looks is told which rounds are withheld whole, and so left out of the sums of others."""
        return tuple(number for number in which if shown[number]) or tuple(which)

    for which in workbooks(rounds):
        voice = voice_of(form, rounds, which)
        together = pooling(form, voice)
        attacker.sees(together, *counted(which))
        homes = {home: counted([number for number in which if HOMES[number] == home]) for home in HOMES}
        homes = {home: of for home, of in homes.items() if of}
        said = [voice.told_at(f"home-{home}") for home in homes]
        for told, of in zip(said, homes.values(), strict=True):
            attacker.sees(told, *of)
        read_side_by_side(attacker, said, together, [*homes.values(), counted(which)])
    for number in mine:
        attacker.sees(tallies_of(join([form]), heard(rounds[number], form)), number)


def read_side_by_side(
    attacker: Attacker, said: Sequence[Sequence[Tally]], together: Sequence[Tally], counted: Sequence[tuple[int, ...]]
) -> None:
    """Work out from a share and its base, where both stand there, how many people it is: of so few that is certain."""
    for row in homes_beside(said, together):
        if row.measure not in ("chose", "first"):
            continue
        assert row.option is not None
        cell: Cell = (row.question.id, row.line, row.measure, row.option.value)
        for point, rounds in zip((*row.homes, row.together), counted, strict=True):
            if not isinstance(point.figure, Sign) and not isinstance(point.answered, Sign) and point.answered < 100:
                number = round(point.figure * point.answered / 100)
                assert attacker.shown.setdefault((rounds, cell), number) == number
                assert attacker.shown.setdefault((rounds, (*cell[:2], "answered")), int(point.answered)) is not None


def added_up_first(form: Form, voice: Voice) -> list[Tally]:
    """What is not enough: all homes as if they were one, protected afterwards."""
    said = [one for each in voice.in_rounds for one in each.heard]
    return protected_all(tallies_of(join([form]), said), protection([form], len(said), still_open=False))


@st.composite
def provider_studies(draw: st.DrawFn, most_ways: int) -> tuple[Form, list[list[dict[str, Any]]]]:
    form = draw(forms())
    rounds = rounds_of(draw, form, len(HOMES), most_ways)
    assume(len(rounds) > 2)
    return form, rounds


def worked_out(attacker: Attacker) -> list[Any]:
    """What is derived and somebody's: not the sum of what is shown and of zeros, which are nobody's."""
    return [
        ((rounds, cell), value)
        for (rounds, cell), value in derived(attacker)
        if value != sum(attacker.shown.get(((number,), cell), 0) for number in rounds)
    ]


@settings(SOME, max_examples=ATTACKS or 40)
@given(provider_studies(most_ways=12))
def test_nothing_hidden_of_a_home_can_be_worked_out_from_all_the_workbooks(
    study: tuple[Form, list[list[dict[str, Any]]]],
) -> None:
    form, rounds = study
    attacker = Attacker(form, *rounds)
    look(attacker, form, rounds)
    assert worked_out(attacker) == []


@settings(SOME, max_examples=ATTACKS or 40)
@given(provider_studies(most_ways=12))
@pytest.mark.long
def test_nor_by_somebody_who_reads_every_answer_of_another_home(
    study: tuple[Form, list[list[dict[str, Any]]]],
) -> None:
    form, rounds = study
    attacker = Attacker(form, *rounds)
    look(attacker, form, rounds, mine=[0, 1])
    # What they may read themselves is no secret from them.
    assert [found for found in worked_out(attacker) if not {0, 1} & set(found[0][0])] == []


def test_adding_homes_up_before_hiding_would_not_do() -> None:
    """Home by home with its small numbers hidden, and a total that is large enough to be shown: the rest is the few."""
    form = a_form(asks("safe", options=options("a", "b", "c"), required=True), identity="anonymous")
    few = [{"safe": value} for value in "aaaaaaabbc"]
    many = [{"safe": value} for value in "aaaaaabbbbbccccc"]
    rounds = [many, many, few]

    def found(pooling: Pooling) -> dict[Any, int]:
        attacker = Attacker(form, *rounds)
        look(attacker, form, rounds, pooling)
        return dict(attacker.derives())

    assert found(added_up_first)[(2,), ("safe", None, "chose", "c")] == 1
    assert found(as_shown) == {}
    assert cells_of(voice_of(form, rounds, [2]).told)["safe", None, "chose", "c"] is Sign.WITHHELD
