"""Short forms of the drills, through the front door: nothing acknowledged is lost, whatever happens to the service."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.drills.concurrency import answer_at_once, send_three_times
from tests.drills.database_away import connections_cut, database_stopped, only_to_be_read
from tests.drills.environment import DrillEnvironment
from tests.drills.full_disk import no_room, not_to_be_written
from tests.drills.kills import kill_workers, restart_while_asked
from tests.drills.people import Shown
from tests.drills.retention import nothing_left
from tests.drills.store_moves import there_and_back
from tests.postgres import Postgres


@pytest.fixture
def chance() -> random.Random:
    return random.Random(22)


TWO = {"WEB_CONCURRENCY": "2"}


@pytest.fixture(scope="module")
def on_tiny(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DrillEnvironment]:
    """One service for all that it is meant to outlive: to start one takes longer than most of what is done to it."""
    environment = DrillEnvironment(tmp_path_factory.mktemp("tiny"), settings=TWO)
    yield environment
    environment.stop()


@pytest.fixture(scope="module")
def on_postgres(tmp_path_factory: pytest.TempPathFactory, postgres: Postgres) -> Iterator[DrillEnvironment]:
    environment = DrillEnvironment(tmp_path_factory.mktemp("postgres"), postgres, settings=TWO)
    yield environment
    environment.stop()


@pytest.fixture(params=["on_tiny", pytest.param("on_postgres", marks=pytest.mark.long)])
def environment(request: pytest.FixtureRequest) -> DrillEnvironment:
    """The service on each engine."""
    found: DrillEnvironment = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def alone_on_tiny(tmp_path: Path) -> Iterator[DrillEnvironment]:
    """A place for a service of its own."""
    environment = DrillEnvironment(tmp_path)
    yield environment
    environment.stop()


@pytest.fixture
def alone_on_postgres(tmp_path: Path, postgres: Postgres) -> Iterator[DrillEnvironment]:
    environment = DrillEnvironment(tmp_path, postgres)
    yield environment
    environment.stop()


@pytest.fixture(params=["alone_on_tiny", pytest.param("alone_on_postgres", marks=pytest.mark.long)])
def alone(request: pytest.FixtureRequest) -> DrillEnvironment:
    """A place for a service of its own on each engine."""
    found: DrillEnvironment = request.getfixturevalue(request.param)
    return found


def assert_well(shown: Shown) -> None:
    assert shown.ok, shown
    assert shown.acknowledged > 5, "a drill in which nobody answered has shown nothing"


def test_killed_workers_lose_nothing_that_was_acknowledged(
    environment: DrillEnvironment, chance: random.Random
) -> None:
    assert_well(kill_workers(environment, 10, chance))


def test_what_many_send_at_once_is_what_is_kept(environment: DrillEnvironment) -> None:
    shown = answer_at_once(environment, 2, 4, 15)
    assert_well(shown)
    assert shown.acknowledged == 60 + 15, "submissions, and every fourth person's draft before"


def test_the_same_sent_three_times_at_once_is_kept_once(environment: DrillEnvironment) -> None:
    assert_well(send_three_times(environment, 2, 8))


def test_a_service_told_to_end_in_the_middle_of_submissions_loses_none(
    environment: DrillEnvironment, chance: random.Random
) -> None:
    assert_well(restart_while_asked(environment, 1, 10, chance))


def test_a_full_disk_keeps_the_answers_on_screen_and_takes_them_later(alone_on_tiny: DrillEnvironment) -> None:
    assert_well(no_room(alone_on_tiny, 1))


def test_a_folder_that_may_not_be_written_to_keeps_the_answers_on_screen(alone_on_tiny: DrillEnvironment) -> None:
    assert_well(not_to_be_written(alone_on_tiny, 1))


def test_connections_that_are_cut_are_made_anew(on_postgres: DrillEnvironment, chance: random.Random) -> None:
    assert_well(connections_cut(on_postgres, 5, chance))


def test_a_database_that_was_stopped_is_used_again_when_it_is_back(
    on_postgres: DrillEnvironment, chance: random.Random
) -> None:
    assert_well(database_stopped(on_postgres, 2, chance))


def test_a_database_that_may_only_be_read_keeps_the_answers_on_screen(on_postgres: DrillEnvironment) -> None:
    assert_well(only_to_be_read(on_postgres, 1))


def test_nothing_is_left_of_what_is_past_its_time_or_erased(alone: DrillEnvironment, chance: random.Random) -> None:
    assert_well(nothing_left(alone, 40, chance))


def test_a_backup_made_meanwhile_and_a_move_and_back_lose_nothing(alone: DrillEnvironment, postgres: Postgres) -> None:
    assert_well(there_and_back(alone, postgres, 10))
