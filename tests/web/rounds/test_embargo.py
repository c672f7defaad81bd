"""Nothing of an unnamed form is seen before the round's last planned day is over, by anybody, on any page."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile, is_zipfile

import pytest
import time_machine
from flask import Flask

from service.collection.forms.publication import publish
from service.collection.invitations.planned_rounds import hindrance, open_planned, plan_round
from service.collection.models.errors import NotPossible
from service.collection.models.figures import RoundFigures, figures_id
from service.collection.models.form_meta import meta_of
from service.collection.models.hashing import Hasher
from service.collection.models.home import Home
from service.collection.models.round import Expected, PlannedRound, Round
from service.collection.models.tablet import Tablet
from service.collection.responses import submission
from service.collection.rounds.open_close import extend_round, open_round
from service.dates import day_at, now
from service.definitions import Form, Role
from service.repository import Store
from service.state import app_state
from tests.accounts_factory import account_with, signed_in
from tests.analysis.tally_factory import HOW_OFTEN, a_form, asks
from tests.round_closure import close_round
from tests.visitor import Visitor

LONG_ON_POSTGRES = True
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HASHER = Hasher([b"k" * 32])
DAYS = timedelta(days=1)
ROLES: tuple[Role, ...] = ("registered_manager", "safeguarding_lead", "independent_person")
SAID = {"fun": "always", "better": "Bedtime is too early"}


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as moved:
        yield moved


def form(**more: Any) -> Form:
    """A form that raises no alert."""
    return a_form(
        asks("fun", options=HOW_OFTEN),
        asks("better", "text", reporting={"verbatim": "always"}),
        **{"audience": "child", "readers": ["registered_manager", "safeguarding_lead"], **more},
    )


def ask(store: Store, home: Home, *forms: Form, expected: int = 12, days: int = 14) -> Round:
    publish(store, forms)
    return open_round(
        store,
        home,
        forms,
        title="Your views",
        reason="Reg 45 review",
        closes_on=day_at(now()) + days * DAYS,
        now=now(),
        expected=[Expected(each.id, expected) for each in forms],
    )


def answer(store: Store, round_: Round, home: Home, form: Form, *, times: int = 1) -> None:
    ref = round_.form_ref(form.id)
    assert ref is not None
    for _ in range(times):
        draft = submission.begin(store, round_, ref, "tablet", "en", now())
        submission.submit(store, draft.id, form, SAID, meta_of(round_, home, None, now()), HASHER, now())


def begin(store: Store, round_: Round, form: Form) -> None:
    ref = round_.form_ref(form.id)
    assert ref is not None
    submission.begin(store, round_, ref, "tablet", "en", now())


def everything(app: Flask, home: Home, round_: Round) -> dict[Any, Any]:
    """Every page and file about the home and the round that an account may open, and what the commands say."""
    found: dict[Any, Any] = {}
    for role, visitor in app.extensions["seats"].items():
        for rule in app.url_map.iter_rules():
            if "GET" in (rule.methods or ()) and rule.arguments <= {"home_id", "round_id"}:
                address = re.sub("<home_id>", home.id, re.sub("<round_id>", round_.id, rule.rule))
                if not address.startswith(("/healthz", "/account/second-factor", "/static")):
                    found[role, address] = seen(visitor, address)
    with app.app_context():
        found["rounds list"] = app.test_cli_runner().invoke(args=["rounds", "list"]).output
    return found


def seen(visitor: Visitor, address: str) -> Any:
    with visitor.client.session_transaction():
        reply = visitor.client.get(address, headers={"HX-Request": "true"})
    data = reply.get_data()
    if is_zipfile(BytesIO(data)):
        with ZipFile(BytesIO(data)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    text = re.sub(r'(name="csrf-token"[^>]*value=)"[^"]+"', r"\1", data.decode(errors="replace"))
    return reply.status_code, reply.headers.get("ETag"), text


def sit_down(app: Flask, home: Home) -> None:
    app.extensions["seats"] = {role: signed_in(app, account_with(app, role, home_id=home.id)) for role in ROLES}


@pytest.mark.parametrize("store_url", ["tiny"], indirect=True)  # what is shown does not hang on the engine
@pytest.mark.parametrize(
    "more",
    [{}, {"audience": "staff", "identity": "anonymous"}, {"audience": "staff", "identity": "pseudonymous"}],
    ids=["child", "anonymous", "pseudonymous"],
)
@pytest.mark.parametrize(("expected", "closed"), [(12, False), (12, True), (3, False)])
def test_no_page_and_no_file_changes_as_people_answer(
    app: Flask, store: Store, home: Home, clock: time_machine.Traveller,
    more: dict[str, Any], expected: int, closed: bool,
) -> None:  # fmt: skip
    asked = form(**more)
    sit_down(app, home)
    with store.transaction() as tx:
        tx[Tablet].put(Tablet("t", home.id, "Kitchen", now(), "x"))
    round_ = ask(store, home, asked, expected=expected)

    def look() -> dict[Any, Any]:
        if closed:
            with store.transaction() as tx:
                before = tx[Round].get(round_.id)
            close_round(store, round_.id, now())
        found = everything(app, home, round_)
        if closed and before is not None:
            with store.transaction() as tx:
                tx[Round].put(before)
        return found

    look()  # what is remembered of the first look is not what people answered
    nobody = look()
    assert sum(reply[0] == 200 for reply in nobody.values() if isinstance(reply, tuple)) > 40
    begin(store, round_, asked)
    answer(store, round_, home, asked)
    first = look()
    assert [where for where in nobody if first[where] != nobody[where]] == []
    answer(store, round_, home, asked, times=3)
    fourth = look()
    assert [where for where in nobody if fourth[where] != nobody[where]] == []


@pytest.mark.parametrize("store_url", ["tiny"], indirect=True)
def test_closing_early_shows_nothing_until_the_planned_last_day_is_over(
    app: Flask, store: Store, home: Home, clock: time_machine.Traveller
) -> None:
    asked = form()
    round_ = ask(store, home, asked)
    answer(store, round_, home, asked, times=11)
    manager_account = account_with(app, "registered_manager", home_id=home.id)
    closed = close_round(store, round_.id, now())
    for day in (0, 14):
        clock.move_to(NOON + day * DAYS)
        manager = signed_in(app, manager_account)
        for address in (f"/rounds/{round_.id}/results", f"/homes/{home.id}/comments?show=all"):
            page = manager.visit(address)
            assert home.name in page.text
            assert SAID["better"] not in page.text
    assert store[RoundFigures].get(figures_id(round_.id, asked.id)) is None
    assert "4 December 2026" in manager.visit(f"/rounds/{round_.id}/results").text
    clock.move_to(NOON + 15 * DAYS)
    manager = signed_in(app, manager_account)
    for address in (f"/rounds/{round_.id}/results", f"/homes/{home.id}/comments?show=all"):
        assert SAID["better"] in manager.visit(address).text
    assert "11 of 11 asked answered" in manager.visit(f"/rounds/{round_.id}/results").text, "readers see them whole"
    assert store[RoundFigures].get(figures_id(round_.id, asked.id)) is not None
    assert closed.closed_at == NOON


def test_the_latest_last_day_that_was_planned_counts(store: Store, home: Home) -> None:
    round_ = ask(store, home, form(), days=3)
    longer = extend_round(store, round_.id, round_.closes_on + 4 * DAYS, now())
    assert longer.embargoed_until == round_.closes_on + 4 * DAYS
    sooner = replace(longer, closes_on=round_.closes_on)
    assert not sooner.is_released(round_.closes_on + 4 * DAYS)
    assert sooner.is_released(round_.closes_on + 5 * DAYS)


@pytest.mark.parametrize("store_url", ["tiny"], indirect=True)
def test_of_named_forms_readers_see_at_once_what_was_said(app: Flask, store: Store, home: Home) -> None:
    asked = form(audience="social_worker", identity="named")
    round_ = ask(store, home, asked)
    answer(store, round_, home, asked)
    manager = signed_in(app, account_with(app, "registered_manager", home_id=home.id))
    assert SAID["better"] in manager.visit(f"/rounds/{round_.id}/results").text
    assert "1 of 12" in manager.visit(f"/homes/{home.id}").text


@pytest.mark.parametrize("store_url", ["tiny"], indirect=True)
@pytest.mark.parametrize(("times", "said"), [(4, False), (5, "at least 5"), (9, "at least 5"), (10, "at least 10")])
def test_counts_go_up_in_steps_of_five(app: Flask, store: Store, home: Home, times: int, said: str) -> None:
    asked = form()
    round_ = ask(store, home, asked)
    answer(store, round_, home, asked, times=times)
    manager = signed_in(app, account_with(app, "registered_manager", home_id=home.id))
    pages = [manager.visit(address).text for address in (f"/homes/{home.id}", f"/rounds/{round_.id}")]
    with app.app_context():
        pages.append(app.test_cli_runner().invoke(args=["rounds", "list"]).output)
    for page in pages:
        assert re.findall(r"at least \d+", page)[:1] == ([said] if said else [])


@pytest.mark.parametrize("store_url", ["tiny"], indirect=True)
@pytest.mark.parametrize(
    ("more", "whom"),
    [({}, "Children"), ({"audience": "staff", "identity": "anonymous"}, "Staff"), ({"audience": "parent"}, "Parents")],
)
def test_of_fewer_than_five_it_is_said_that_they_were_asked(
    app: Flask, store: Store, home: Home, clock: time_machine.Traveller, more: dict[str, Any], whom: str
) -> None:
    asked = form(**more)
    round_ = ask(store, home, asked, expected=4)
    answer(store, round_, home, asked, times=4)
    account = account_with(app, "registered_manager", home_id=home.id)
    for moment in (NOON, NOON + 20 * DAYS):
        clock.move_to(moment)
        manager = signed_in(app, account)
        page = manager.visit(f"/rounds/{round_.id}")
        assert f"{whom} were asked." in page.text
        assert not re.search(r"\b4\b (asked|answered|of)|of 4\b(?! December)", page.text)
    assert f"{whom} were asked" in manager.visit(f"/rounds/{round_.id}/results").text


def test_one_open_round_asks_an_unnamed_form_at_a_home(store: Store, home: Home) -> None:
    unnamed, named = form(), form(id="named", audience="social_worker", identity="named")
    round_ = ask(store, home, unnamed, named)
    with pytest.raises(NotPossible, match="only one survey at a time"):
        ask(store, home, unnamed)
    ask(store, home, named)
    close_round(store, round_.id, now())
    ask(store, home, unnamed)


def test_a_plan_waits_while_its_unnamed_form_is_asked(app: Flask, store: Store, home: Home) -> None:
    library = app_state(app).library
    round_ = ask(store, home, library["child-views"])
    today = day_at(now())
    plan_round(store, PlannedRound("p", home.id, "", "Views", "", ("child-views",), today, today + DAYS), now())
    plan = store[PlannedRound].get("p")
    assert plan is not None
    assert "only one survey at a time" in hindrance(store, plan, library, now())
    with pytest.raises(NotPossible, match="only one survey at a time"):
        open_planned(store, "p", library, now(), lambda _: pytest.fail("nobody is written to"))
    assert store[PlannedRound].get("p") == plan
    close_round(store, round_.id, now())
    assert not hindrance(store, plan, library, now())


@pytest.mark.parametrize("store_url", ["tiny"], indirect=True)
def test_neither_page_nor_command_opens_a_second_one(app: Flask, store: Store, home: Home) -> None:
    ask(store, home, app_state(app).library["child-views"])
    with app.app_context():
        done = app.test_cli_runner().invoke(
            args=["rounds", "open", "--home", home.id, "--form", "child-views", "--until", "2027-01-31"]
        )
    assert done.exit_code != 0
    assert "only one survey at a time" in done.output
    assert len(list(store[Round].all())) == 1
