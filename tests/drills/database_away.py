"""PostgreSQL goes away while people answer, and comes back; the service stays."""

import contextlib
import random
import time
from collections.abc import Iterator

import psycopg

from tests.drills.environment import DrillEnvironment
from tests.drills.people import QUESTION, People, Person, Shown, assert_kept_on_screen
from tests.postgres import Postgres
from tests.wait_until import soon


def connections_cut(environment: DrillEnvironment, times: int, chance: random.Random) -> Shown:
    """R10: every connection of the service's is ended at a random moment."""
    environment.start()
    people = People(environment)
    with _nobody_starts_anew(environment, people), people.answering(8):
        for _ in range(times):
            people.wait_for_one_more()
            time.sleep(chance.uniform(0, 0.03))
            with psycopg.connect(environment.url) as connection:
                connection.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'sayso'"
                )
    return people.shown(f"R10 connections cut ({people.told_to_wait} told to try again)", times)


def database_stopped(environment: DrillEnvironment, times: int, chance: random.Random) -> Shown:
    """R10: it is stopped in the middle of submissions, every other time as if the power went, and started."""
    postgres = _own(environment)
    environment.start()
    people = People(environment)
    waiting, text = Person(environment), "what somebody said while nothing could be kept"
    address = waiting.begin(people.links.take())
    with _nobody_starts_anew(environment, people), people.answering(8):
        for number in range(times):
            people.wait_for_one_more()
            time.sleep(chance.uniform(0, 0.03))
            postgres.stop("immediate" if number % 2 else "fast")
            try:
                refused = waiting.post(address, {QUESTION: text})
                assert refused.status == 503, refused.status
                assert_kept_on_screen(refused, text)
            except AssertionError as fault:
                people.faults.append(str(fault))
            time.sleep(0.3)
            postgres.start()
    waiting.submit(address, text)
    people.sent.append(text)
    return people.shown(f"R10 PostgreSQL stopped ({people.told_to_wait} told to try again)", times)


def only_to_be_read(environment: DrillEnvironment, times: int) -> Shown:
    """R10: another server has taken over, and this one only answers questions."""
    environment.start()
    people = People(environment, some_leave=False)
    person, text = Person(environment), "what somebody said to a server that may only be read"
    address = person.begin(people.links.take())
    for _ in range(times):
        people.all_answer(2, 3)
        _say(environment, "alter system set default_transaction_read_only = on", "on")
        refused = person.post(address, {QUESTION: text})
        try:
            assert refused.status == 503, refused.status
            assert_kept_on_screen(refused, text)
        except AssertionError as fault:
            people.faults.append(str(fault))
        _say(environment, "alter system reset default_transaction_read_only", "off")
    person.submit(address, text)
    people.sent.append(text)
    return people.shown("R10 PostgreSQL may only be read", times)


def _say(environment: DrillEnvironment, words: str, setting: str) -> None:
    with psycopg.connect(environment.url, autocommit=True) as connection:
        connection.execute("set default_transaction_read_only = off")
        connection.execute(words.encode())
        connection.execute("select pg_reload_conf()")

    def is_so() -> bool:
        with psycopg.connect(environment.url) as another:
            return another.execute("show default_transaction_read_only").fetchone() == (setting,)

    soon(is_so)  # it takes its settings in when it next looks, and tells all who are connected before it lets others in


def _own(environment: DrillEnvironment) -> Postgres:
    assert environment.postgres is not None
    return environment.postgres


@contextlib.contextmanager
def _nobody_starts_anew(environment: DrillEnvironment, people: People) -> Iterator[None]:
    """The workers at the end are those of the beginning."""
    before = set(environment.workers())
    yield
    if set(environment.workers()) != before:
        people.faults.append("a worker started anew")
