"""Children's comments through the front door: by whom they are read, in what order, and what reading them does."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from service.accounts.account import Account
from service.collection.alert import Alert
from service.collection.asking import close_round, open_round
from service.collection.erasing import erase_responses
from service.collection.home import Home
from service.collection.publishing import publish
from service.collection.round import Round
from service.definitions import Form
from service.storage.store import KeptStore
from tests.manager import account_with, signed_in
from tests.tablet import unlocked
from tests.visitor import Page, Visitor

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)  # a Wednesday
PAGE = "/homes/larch-house/comments"
Write = Callable[..., str]


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as moved:
        yield moved


@pytest.fixture
def lead(app: Flask, clock: time_machine.Traveller, home: Home) -> Visitor:
    return signed_in(app, account_with(app, "safeguarding_lead", home_id=home.id, name="Lee Lead"))


@pytest.fixture
def manager_account(app: Flask, clock: time_machine.Traveller, home: Home) -> Account:
    return account_with(app, "registered_manager", home_id=home.id, name="Mo Amari")


@pytest.fixture
def manager(app: Flask, manager_account: Account) -> Visitor:
    return signed_in(app, manager_account)


@pytest.fixture
def write(app: Flask, asked: Round, lead: Visitor) -> Write:
    """A child writes something on the tablet and sends it; gives the response's id."""

    def written(words: str, question: str = "make_better", *, on: Round = asked, sent: bool = True) -> str:
        tablet = unlocked(app, on.home_id, on.id)
        tablet.visit("/tablet")
        begun = tablet.post(f"/tablet/start/{on.forms[0].form_id}")
        assert "/r/" in begun.location
        tablet.visit(begun.location)
        tablet.post(f"{begun.location}/draft", {question: words}, headers={"HX-Request": "true"})
        if sent:
            assert tablet.send(begun.location, {question: words}).response.request.path.endswith("/done")
        return str(begun.location).removeprefix("/r/")

    return written


@pytest.fixture
def enough(write: Write) -> list[str]:
    """As many comments as make a group."""
    words = [f"Comment number {number}" for number in range(5)]
    for each in words:
        write(each)
    return words


def comments(page: Page) -> list[str]:
    return re.findall(r"<blockquote[^>]*>(.*?)</blockquote>", page.html, re.DOTALL)


def ids(page: Page) -> list[str]:
    return re.findall(r'id="read-([0-9a-f]{32})"', page.html)


def kept(store: KeptStore, kind: str) -> list[Alert]:
    return [alert for alert in store.alerts.all() if alert.kind == kind]


def test_marked_ones_come_first_and_each_stands_without_who_or_when(
    store: KeptStore, lead: Visitor, enough: list[str], write: Write
) -> None:
    response_id = write("He hit me <b>twice</b>")
    page = lead.visit(PAGE)
    said = comments(page)
    assert said[0] == "He hit me &lt;b&gt;twice&lt;/b&gt;"
    assert sorted(said[1:]) == enough
    assert page.text.count("Read today: something in it worries") == 1
    assert page.text.count("in the week of 23 November 2026") == 6
    assert "25 November" not in page.text
    assert not re.search(r"\d[ap]m", page.text)
    assert response_id not in page.html, "two comments of one child cannot be joined"
    [entry] = [entry for entry in store.audit.all() if entry.kind == "answers_read"]
    assert entry.facts["form"] == "child-views"


def test_the_order_is_not_the_one_in_which_they_were_written(lead: Visitor, write: Write) -> None:
    words = [f"Comment number {number}" for number in range(8)]
    for each in words:
        write(each)
    said = comments(lead.visit(PAGE))
    assert said != words
    assert said == comments(lead.visit(PAGE)), "it does not move about either"


def test_a_comment_that_was_read_is_not_shown_again(store: KeptStore, lead: Visitor, enough: list[str]) -> None:
    page = lead.visit(PAGE)
    first = ids(page)[0]
    page = lead.send(PAGE, {"comment": first})
    assert "1 comment is kept as read." in page.text
    assert first not in ids(page)
    assert len(comments(page)) == 4
    [reading] = store.readings.all()
    assert reading.by_lead
    assert reading.id.endswith(":make_better")
    page = lead.send(PAGE, {"comment": ids(page)})
    assert "4 comments are kept as read." in page.text
    assert "Nothing waits to be read." in page.text
    assert "Nothing was new to read." in lead.send(PAGE, {"comment": [first, "nonsense"]}).text


def test_with_its_script_the_page_changes_in_place(lead: Visitor, enough: list[str], store: KeptStore) -> None:
    first = ids(lead.visit(PAGE))[0]
    reply = lead.post(PAGE, {"comment": first}, headers={"HX-Request": "true"})
    assert reply.status_code == 200
    assert f'id="read-{first}" tabindex="-1" role="status"' in reply.text
    assert len(list(store.readings.all())) == 1


def test_of_few_children_only_the_lead_reads_and_the_page_says_why(
    app: Flask, lead: Visitor, manager: Visitor, write: Write
) -> None:
    for number in range(4):
        write(f"Comment number {number}")
    assert len(comments(lead.visit(PAGE))) == 4
    page = manager.visit(PAGE)
    assert comments(page) == []
    title = "“What is it like where you live?” (Reg 45 review)"
    assert f"Not shown here, whether there are any or not: what was written in {title}" in page.text
    assert "the words could say who wrote them" in page.text
    write("Comment number 4")
    page = manager.visit(PAGE)
    assert len(comments(page)) == 5
    assert title not in page.text


def test_what_a_manager_has_read_still_waits_for_the_lead_and_not_the_other_way_round(
    app: Flask, lead: Visitor, manager: Visitor, enough: list[str]
) -> None:
    first, second, *_ = ids(manager.visit(PAGE))
    manager.send(PAGE, {"comment": first})
    assert first not in ids(manager.visit(PAGE))
    assert len(ids(lead.visit(PAGE))) == 5, "it may be about the manager"
    lead.send(PAGE, {"comment": [first, second]})
    assert len(ids(lead.visit(PAGE))) == 3
    assert len(ids(manager.visit(PAGE))) == 3


def test_what_worries_is_not_marked_for_those_who_were_not_told(
    manager: Visitor, enough: list[str], write: Write
) -> None:
    write("He hit me")
    page = manager.visit(PAGE)
    assert "He hit me" in comments(page)
    assert "worries" not in page.text
    assert "Read today" not in page.text


@pytest.mark.parametrize("role", ["responsible_individual", "independent_person"])
def test_whom_the_form_does_not_name_is_shown_none(app: Flask, enough: list[str], role) -> None:
    page = signed_in(app, account_with(app, role)).visit(PAGE)
    assert page.status == 200
    assert comments(page) == []
    assert "names your role among its readers" in page.text


@pytest.mark.parametrize("role", ["staff", "administrator"])
def test_who_never_reads_comments_is_not_let_in(app: Flask, home: Home, role) -> None:
    assert signed_in(app, account_with(app, role)).visit(PAGE).status == 403


def test_anonymous_comments_and_those_of_closed_rounds_wait_too(
    store: KeptStore, home: Home, lead: Visitor, library: dict[str, Form], asked: Round, write: Write
) -> None:
    form = Form.of({**library["child-views"].to_json(), "id": "quiet-views", "identity": "anonymous"})
    publish(store, [form])
    quiet = open_round(
        store, home, [form], title="Quietly", reason="Everyday", closes_on=NOON.date() + timedelta(days=9), now=NOON
    )
    write("Said quietly", on=quiet)
    write("Said before it closed")
    close_round(store, asked.id, NOON)
    page = lead.visit(PAGE)
    assert sorted(comments(page)) == ["Said before it closed", "Said quietly"]
    lead.send(PAGE, {"comment": ids(page)})
    assert comments(lead.visit(PAGE)) == []


def test_what_was_not_sent_in_waits_behind_its_alert_and_not_here(
    store: KeptStore, lead: Visitor, write: Write
) -> None:
    write("He hit me", sent=False)
    assert comments(lead.visit(PAGE)) == []
    assert kept(store, "words")


def test_reading_takes_on_the_alerts_that_asked_for_nothing_else(
    app: Flask, store: KeptStore, lead: Visitor, manager: Visitor, enough: list[str], write: Write
) -> None:
    write("He hit me")
    waiting = [alert for alert in store.alerts.all() if alert.state == "new"]
    assert {alert.rule for alert in waiting} == {"make_better", "words_to_read"}
    manager.visit(PAGE)
    manager.send(PAGE, {"comment": ids(manager.visit(PAGE))})
    assert all(alert.state == "new" for alert in store.alerts.all()), "whoever was not told does not move it"
    lead.send(PAGE, {"comment": ids(lead.visit(PAGE))})
    assert {alert.state for alert in store.alerts.all()} == {"taken"}
    assert "nobody is on" not in lead.visit("/homes").text


def test_what_was_read_behind_an_alert_does_not_wait_here(store: KeptStore, lead: Visitor, write: Write) -> None:
    write("The garden is nice")
    [alert] = store.alerts.all()
    lead.visit("/alerts")
    shown = lead.send(f"/alerts/{alert.id}/answer")
    assert "What would make living here better? The garden is nice" in shown.text
    assert "Not answered" not in shown.text, "of several questions only what was said"
    assert comments(lead.visit(PAGE)) == []


def test_reading_goes_with_the_response(app: Flask, store: KeptStore, lead: Visitor, write: Write) -> None:
    response_id = write("The garden is nice")
    lead.send(PAGE, {"comment": ids(lead.visit(PAGE))})
    assert [reading.response_id for reading in store.readings.all()] == [response_id]
    erase_responses(store, [response_id])
    assert list(store.readings.all()) == []


def test_a_home_without_comments_says_what_will_stand_there(lead: Visitor, asked: Round) -> None:
    assert "Nothing waits to be read." in lead.visit(PAGE).text
    assert PAGE in lead.visit("/homes/larch-house").links
    assert PAGE in lead.visit("/alerts").links
