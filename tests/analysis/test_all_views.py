"""Whatever one reader may look at or take away says nothing but what is shown of each round: all of it, at once.

Two studies look alike in what is shown of each form and round, and differ in everything else: who said what, what each
hidden number is, what was written. Then every page and every file is the same to the last letter.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile, is_zipfile

import pytest
import time_machine
from flask import Flask

from service.analysis.figures import Sign
from service.analysis.merged_form import join
from service.analysis.release_rules import explained, protection
from service.analysis.tallies import Tally
from service.collection.forms.publication import publish
from service.collection.models.figures import RoundFigures, figures_id
from service.collection.models.home import Home
from service.collection.models.response import Ledger, Response, ledger_id
from service.collection.models.round import Expected, Round
from service.collection.rounds.open_close import open_round
from service.dates import day_at, now
from service.definitions import Form, Role
from service.repository import Store
from tests.accounts_factory import account_with, signed_in
from tests.analysis.attacker import heard, tallies_of
from tests.analysis.tally_factory import HOW_OFTEN, a_form, asks, options
from tests.round_closure import close_round, end_round
from tests.visitor import Visitor

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
CODES = {"codes": [{"system": "sccif-childrens-home/2026", "code": "C2"}]}
SAFE = {"codes": [{"system": "ofsted-child-questionnaire", "code": "safe"}]}
ABC = options("a", "b", "c")
PEOPLE = (16, 14)
Said = list[dict[str, Any]]


def asked_of(**more: Any) -> Form:
    """A form with a question of every kind that is added up; who is asked `then` and `why` depends on answers."""
    return a_form(
        asks("company", options=options("alone", "helping")),
        asks("safe", options=HOW_OFTEN, **CODES),
        asks("fun", options=HOW_OFTEN, **SAFE),
        asks("liked", "select_multiple", options=ABC),
        asks(
            "adults", "matrix", options=HOW_OFTEN, rows=[{"id": "day", "label": "Day"}, {"id": "night", "label": "N"}]
        ),
        asks("first", "rank", options=ABC, required=True),
        asks("years", "number", validation={"min": 0, "max": 60}),
        {**asks("then", options=ABC), "visible_if": {"==": [{"var": "safe"}, "never"]}},
        {**asks("why", "text"), "visible_if": {"==": [{"var": "safe"}, "never"]}},
        asks("moves", "group", repeat={"max": 3}, questions=[asks("days", "number"), asks("where", "text")]),
        asks("better", "text"),
        asks("quoted", "text", reporting={"verbatim": "always"}),
        **more,
    )


TEAM = asked_of(id="team", title="For the team", identity="anonymous", audience="staff")
CHILDREN = asked_of(id="children", title="Your views", audience="child")  # single answers are for the manager only


def one_way(number: int, people: int, which: int) -> dict[str, Any]:
    """What the person of this number says in the first of the two studies, or in the other one.

    Ten are alone and six are not, whoever they are; three answers to `safe` are exchanged; numbers add up alike.
    """
    turned = (number * 5 + which * 3) % people  # other people say the same
    often = ["always"] * 9 + (["sometimes"] * 4 + ["never"] * 3 if which else ["sometimes"] * 3 + ["never"] * 4)
    said: dict[str, Any] = {
        "company": "alone" if turned < 10 else "helping",
        "safe": often[number],
        "fun": "always" if (turned + 4) % people < 8 else "mostly",
        "liked": [["a"], ["a", "b"], ["b"], ["a", "b"]][turned % 4],
        "adults": {"day": "always" if turned < 6 else "mostly", "night": "never"},
        "first": [["a", "b", "c"], ["b", "c", "a"], ["b", "a", "c"], ["c", "b", "a"]][turned // 4]
        if which
        else [["a", "c", "b"], ["b", "c", "a"], ["c", "a", "b"], ["c", "b", "a"]][turned // 4],
        "years": 20 + (which + 1) * (number - 6 if number < 13 else 0),
        "moves": [{"days": number + which, "where": f"street {which}"}] * (1 + which) if turned < 8 else None,
        "better": f"secret {number} {which}",
        "quoted": f"aloud {number}",
    }
    if said["safe"] == "never":
        said |= {"then": "abc"[(number + which) % 3], "why": f"hidden {which}"}
    return {name: answer for name, answer in said.items() if answer is not None}


def told(form: Form, said: Said) -> list[Tally]:
    return tallies_of(join([form]), heard(said, form))


def look(form: Form, said: Said) -> Any:
    shield = protection([form], len(said), still_open=False, to_hand_on=True)
    return [(str(one.tally), one.hidden) for one in explained(told(form, said), shield)]


def keep(store: Store, round_: Round, form: Form, said: Sequence[Mapping[str, Any]]) -> None:
    """These answers and no others, under the same ids, and no figures of them yet."""
    with store.transaction() as tx:
        tx[RoundFigures].remove(figures_id(round_.id, form.id))
        tx[Ledger].put(Ledger(ledger_id(round_.id, form.id), round_.id, form.id, started=len(said)))
        for number, answers in enumerate(said):
            response = Response(
                f"{round_.id}-{form.id}-{number}", round_.id, form.id, 1, form.fingerprint, "en", "tablet", NOON, NOON
            )
            tx[Response].put(replace(response, answers=dict(answers), submitted_at=NOON))


def pages(app: Flask, seats: Sequence[Visitor], home: Home, rounds: Sequence[Round]) -> dict[Any, Any]:
    """All that there is about the home and its rounds, as each of these is shown it."""
    found: dict[Any, Any] = {}
    for rule in app.url_map.iter_rules():
        if rule.arguments not in ({"home_id"}, {"round_id"}) or "GET" not in (rule.methods or ()):
            continue
        if rule.endpoint == "alerts.comments":  # where the lead reads every word that a child writes
            continue
        ids = [home.id] if "home_id" in rule.arguments else [round_.id for round_ in rounds]
        queries = ["?audience=child", "?audience=staff&descriptor=sccif-childrens-home/2026 C2"]
        for query in ["", *(queries if rule.endpoint == "results.one" else [])]:
            for address in [re.sub("<[^>]+>", thing, rule.rule) + query for thing in ids]:
                for seat, visitor in enumerate(seats):
                    reply = visitor.client.get(address)
                    found[seat, address] = reply.status_code, read(reply.get_data())
    return found


def files(app: Flask, home: Home, rounds: Sequence[Round], folder: Path) -> dict[Any, Any]:
    """What is handed on of a round, of the home's rounds, and of all homes of the provider."""
    found: dict[Any, Any] = {}
    for number, which in enumerate(
        [
            [rounds[0].id],
            [rounds[1].id, "--json"],
            [rounds[0].id, "--csv"],
            ["--home", home.id],
            ["--home", home.id, "--csv"],
            ["--provider", home.provider],
        ]
    ):
        out = folder / str(number)
        with app.app_context():
            done = app.test_cli_runner().invoke(args=["export", *which, "--to-hand-on", "--out", str(out)])
        assert done.exit_code == 0, done.output
        [file] = out.iterdir()
        found[tuple(which)] = read(file.read_bytes())
    return found


def asked_still(store: Store, rounds: Sequence[Round]) -> bool:
    return any(round_.is_open(day_at(now())) for each in rounds if (round_ := store[Round].get(each.id)) is not None)


def read(data: bytes) -> Any:
    """What a reply holds; of a workbook or an archive, each of its parts."""
    if is_zipfile(BytesIO(data)):
        with ZipFile(BytesIO(data)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    return re.sub(r'(name="csrf-token"[^>]*value=)"[^"]+"', r"\1", data.decode(errors="replace"))


@pytest.mark.parametrize("store_url", ["tiny"], indirect=True)  # what is shown does not hang on the engine
def test_two_studies_that_look_alike_are_the_same_on_every_page_and_in_every_file(
    app: Flask, store: Store, home: Home, tmp_path: Path
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        publish(store, [TEAM, CHILDREN])
        rounds = []
        for title in ("Summer", "Autumn"):
            rounds.append(
                open_round(
                    store, home, [TEAM, CHILDREN], title=title, reason="Reg 45 review",
                    closes_on=NOON.date() + timedelta(days=9), now=now(),
                    expected=[Expected(form.id, 18) for form in (TEAM, CHILDREN)],
                )
            )  # fmt: skip
            clock.shift(timedelta(minutes=1))
            close_round(store, rounds[-1].id, now())  # only one open round asks an unnamed form
        with store.transaction() as tx:
            for round_ in rounds:
                tx[Round].put(round_)
        roles: tuple[Role, ...] = ("responsible_individual", "safeguarding_lead", "independent_person")
        seats = [signed_in(app, account_with(app, role, home_id=home.id)) for role in roles]

        def views(which: int) -> dict[Any, Any]:
            for people, round_ in zip(PEOPLE, rounds, strict=True):
                for form in (TEAM, CHILDREN):
                    keep(store, round_, form, [one_way(person, people, which) for person in range(people)])
            if asked_still(store, rounds):
                return pages(app, seats[-1:], home, rounds)
            return pages(app, seats, home, rounds) | files(app, home, rounds, tmp_path / str(which))

        assert views(0) == views(1), "while the rounds are open"
        for round_ in rounds:
            end_round(store, round_.id, now())
        before, after = views(0), views(1)
    for people in PEOPLE:
        one, other = ([one_way(person, people, which) for person in range(people)] for which in (0, 1))
        assert look(TEAM, one) == look(TEAM, other)
        differ = [
            first.question.id
            for first, second in zip(told(TEAM, one), told(TEAM, other), strict=True)
            if first != second
        ]
        assert set(differ) >= {"safe", "first", "years", "then", "moves", "days"}
    assert len(before) > 60
    assert sum(reply[0] == 200 for reply in before.values() if isinstance(reply, tuple)) > 30
    assert Sign.WITHHELD.value in str(before[2, f"/rounds/{rounds[0].id}/results"])
    assert [where for where in before if before[where] != after[where]] == []
