"""Whoever is no reader may look, act and wait: nothing tells who of an unnamed form has answered, or what."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import time_machine

from service import create_app
from service.accounts.roles import MAY, ROLES
from service.config import config_from
from service.definitions import Role
from tests.web.results.acting_attacker import ActingAttacker, Files, Seen, differences
from tests.web.results.twin_world import NOBODY, NOON, Deed, Moment, TwinWorld

SENT = Deed("sent")


class Attackers:
    """One attacker for each role, each in a world of their own, made when they are wanted."""

    def __init__(self, folder: Path, clock: time_machine.Traveller) -> None:
        self.folder, self.clock = folder, clock
        self.made: dict[str, ActingAttacker] = {}
        self.worlds: list[TwinWorld] = []
        self.tried: dict[str, set[tuple[str, str]]] = {}  # actions, with the doors of all who looked after them

    def of(self, role: Role) -> ActingAttacker:
        if role not in self.made:
            telling = next((each.telling for each in self.made.values()), set())
            self.made[role] = ActingAttacker(self.world(role), role, telling=telling)
        return self.made[role]

    def world(self, role: Role, *, posted: bool = True) -> TwinWorld:
        """A world of whose unnamed forms another role is the reader."""
        reader = next(one for one in ROLES if one != role and "take_workbooks" in MAY[one])
        folder = self.folder / f"{role}-{posted}"
        app = create_app(
            config_from(
                {
                    "SAYSO_STORE_URL": f"tinydb:{folder / 'store'}",
                    "SAYSO_INSTANCE_DIR": str(folder),
                    "SAYSO_HTMX_SOURCE": "local",
                }
            )
        )
        self.worlds.append(TwinWorld(app, self.clock, reader, posted))
        return self.worlds[-1]


@pytest.fixture(scope="module")
def attackers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attackers]:
    with time_machine.travel(NOON, tick=False) as clock:
        found = Attackers(tmp_path_factory.mktemp("attackers"), clock)
        yield found
        for world in found.worlds:
            world.store.close()


@pytest.fixture(
    params=[
        pytest.param(role, marks=() if role in ("registered_manager", "safeguarding_lead") else pytest.mark.long)
        for role in ROLES
    ]
)
def attacker(request: pytest.FixtureRequest, attackers: Attackers) -> ActingAttacker:
    return attackers.of(request.param)


def moment_after(attacker: ActingAttacker, deed: Deed, start: Moment | None = None, **later: float) -> Moment:
    """The moment after one person of each unnamed form did this."""
    world = attacker.world
    world.go_back(start or world.start)
    world.happens(deed)
    world.time_passes(**later)
    return world.moment()


def moment_with(attacker: ActingAttacker, others: int) -> Moment:
    """The moment after as many others of each unnamed form answered."""
    attacker.world.go_back(attacker.world.start)
    attacker.world.others_answer(others)
    return attacker.world.moment()


def seen_at(attacker: ActingAttacker, moment: Moment, files: Files = "survey") -> list[Seen]:
    attacker.goes_back(moment)
    attacker.looks(files)
    return attacker.seen


def told(one: Sequence[Seen], other: Sequence[Seen]) -> str:
    """What tells two worlds apart."""
    return "\n".join(line[:200] for line in differences(one, other))


def test_no_action_tells_whether_anybody_has_answered(attacker: ActingAttacker, attackers: Attackers) -> None:
    moments = [moment_after(attacker, deed, minutes=1) for deed in (NOBODY, SENT)]
    problems = []
    for action in attacker.actions:
        walks = []
        for moment in moments:
            attacker.goes_back(moment)
            changed = attacker.presses(action)
            tried = attackers.tried.get(action.rule, set())
            if changed and not attacker.doors <= tried:  # else somebody has looked behind the same doors
                attacker.looks("survey" if changed & attacker.telling and not tried else "none")
            walks.append(attacker.seen)
        attackers.tried[action.rule] = attackers.tried.get(action.rule, set()) | attacker.doors
        problems += [f"{action}: {line[:200]}" for line in differences(*walks)]
    assert not problems, "\n".join(problems[:20])


def lived(attacker: ActingAttacker, deed: Deed) -> list[Seen]:
    """A survey with everything done in it, until the last planned day is over."""
    attacker.goes_back(attacker.world.start)
    attacker.answers()
    for action in attacker.actions:
        attacker.presses(action)
        if action is attacker.actions[len(attacker.actions) // 2]:
            attacker.world.happens(deed)
            attacker.looks("none")
    attacker.world.time_passes(days=6)
    attacker.sit_down()
    attacker.looks()
    return attacker.seen


def test_a_survey_in_which_everything_was_done_tells_nothing(attacker: ActingAttacker) -> None:
    assert not told(lived(attacker, NOBODY), lived(attacker, Deed("sent", who=1, option="never")))


def test_afterwards_of_fewer_than_five_not_even_how_many_answered_is_told(attacker: ActingAttacker) -> None:
    start = moment_with(attacker, 1)
    nobody, one = (seen_at(attacker, moment_after(attacker, deed, start, days=9)) for deed in (NOBODY, SENT))
    assert not told(nobody, one)


def test_afterwards_of_fewer_than_ten_how_many_answered_is_told_and_no_more(attacker: ActingAttacker) -> None:
    start = moment_with(attacker, 6)
    nobody, begun, one, two = (
        seen_at(attacker, moment_after(attacker, deed, start, days=9))
        for deed in (NOBODY, Deed("begun"), SENT, Deed("sent", who=1, option="never"))
    )
    assert not told(nobody, begun)
    assert not told(one, two)
    without, with_one = ([line for line in differences(nobody, one) if f": {sign}" in line] for sign in "-+")
    for before, after in zip(without, with_one, strict=True):
        assert re.sub(r"\b6\b", "7", before.replace(": -", ": +", 1)) == after


def test_afterwards_many_people_show_figures_that_say_nobody(attacker: ActingAttacker) -> None:
    start = moment_with(attacker, 10)
    one, other = (seen_at(attacker, moment_after(attacker, Deed("sent", who=who), start, days=9)) for who in (0, 1))
    assert not told(one, other)


def test_before_any_email_has_left_nothing_tells_that_somebody_has_begun(attackers: Attackers) -> None:
    """As where the tablet was taken away again, or the first copy came on paper."""
    world = attackers.world("registered_manager", posted=False)
    manager, walks = ActingAttacker(world, "registered_manager"), []
    for deed in (NOBODY, Deed("begun"), SENT):
        world.go_back(world.start)
        world.happens(deed)
        seen_at(manager, world.moment())
        manager.presses(next(action for action in manager.actions if action.rule.endswith("<round_id>/take-back")))
        walks.append(manager.seen)
    assert not told(walks[0], walks[1])
    assert not told(walks[0], walks[2])


def test_the_comparison_sees_what_may_be_seen(attackers: Attackers) -> None:
    """Who answered by name is told to a manager at once, and what a reader of the form may read as well."""
    manager = attackers.of("registered_manager")
    world = manager.world
    reader, walks = ActingAttacker(world, world.reader), []
    for option in ("", "always", "never"):
        world.go_back(world.start)
        if option:
            world.says_by_name(option)
        world.time_passes(minutes=1)
        moment = world.moment()
        walks.append([seen_at(each, moment) for each in (manager, reader)])
    (nobody, unread), (one, read), (other, read_otherwise) = walks
    assert "1 of 1 answered" in told(nobody, one)
    assert not told(one, other), "what they said is for readers"
    assert told(unread, read)
    assert "never" in told(read, read_otherwise)
