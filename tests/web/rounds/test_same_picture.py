"""The same picture pressed again: one child is one voice, until the safeguarding lead says that there were more."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from service.audit import Entry
from service.collection.follow_up.progress import FormProgress, progress_of
from service.collection.models.alert import Alert
from service.collection.models.figures import RoundFigures, figures_id
from service.collection.models.home import Child, Home
from service.collection.models.picture_decision import PictureDecision
from service.collection.models.response import Response
from service.collection.models.round import Expected, Round
from service.collection.retention.erasure import erase_responses
from service.collection.rounds.open_close import open_round
from service.dates import day_at, now
from service.definitions import Form
from service.reports.dataset import Voice, load_dataset
from service.repository import Store
from service.state import app_state
from tests.accounts_factory import account_with, signed_in
from tests.round_closure import end_round, released
from tests.tablet import unlocked
from tests.visitor import Visitor

FORM = "child-views"
PICTURES = ("kite", "boat", "sun", "moon", "star")
SECRET = "The food is cold on Sundays."
TITLE = "The same picture again"


@pytest.fixture
def round_(store: Store, home: Home, library: dict[str, Form], clock: time_machine.Traveller) -> Round:
    """Five children are asked."""
    with store.transaction() as tx:
        for number, picture in enumerate(PICTURES, 1):
            tx[Child].put(Child(f"c-{picture}", home.id, number, picture, "older"))
    forms, until = [library[FORM]], day_at(now()) + timedelta(days=14)
    expected = [Expected(FORM, 5)]
    return open_round(store, home, forms, title="Views", reason="", closes_on=until, now=now(), expected=expected)


@pytest.fixture
def tablet(app: Flask, round_: Round) -> Visitor:
    return unlocked(app, round_.home_id, round_.id)


@pytest.fixture
def lead(app: Flask, home: Home) -> Visitor:
    return signed_in(app, account_with(app, "safeguarding_lead", home_id=home.id))


@pytest.fixture
def answer(tablet: Visitor, clock: time_machine.Traveller):
    """A child presses a picture, answers and hands the tablet back."""

    def answering(picture: str, feel_safe: str = "always") -> None:
        clock.shift(timedelta(minutes=3))
        tablet.visit("/tablet")
        tablet.send("/tablet/picture", {"child": f"c-{picture}"})
        address = tablet.post(f"/tablet/start/{FORM}", {"child": f"c-{picture}"}).location
        tablet.visit(address)
        answers = {"company": "alone", "feel_safe": feel_safe, "what_is_good": SECRET}
        assert tablet.post(address, answers).status_code == 303

    return answering


@pytest.fixture
def look(app: Flask, store: Store, round_: Round):
    """What readers see of the children's form."""

    def looking() -> Voice:
        roles = ("registered_manager", "safeguarding_lead")
        with released(store, round_.id, now()):
            [voice] = load_dataset(
                store, [store[Round].get(round_.id)], app_state(app).form, b"k" * 32, now(), roles
            ).voices
        return voice

    return looking


def progress(app: Flask, store: Store, round_: Round) -> FormProgress:
    [form] = progress_of(store, round_, app_state(app).form).by_form
    return form


def decide(lead: Visitor, round_: Round, picture: str, people: str = "2", reason: str = "Two sisters share it.") -> str:
    lead.visit(f"/rounds/{round_.id}")
    sent = {"form": FORM, "child": f"c-{picture}", "people": people, "reason": reason}
    return lead.send(f"/rounds/{round_.id}/same-picture", sent).text


def safe(voice: Voice) -> list[str]:
    return sorted(str(each.answers["feel_safe"]) for each in voice.counted)


def test_the_same_picture_three_times_counts_once_with_the_newest_answers(answer, look) -> None:
    for said in ("always", "mostly", "sometimes"):
        answer("kite", said)
    voice = look()
    assert (voice.people, safe(voice)) == (1, ["sometimes"])
    assert len(voice.sent) == 3, "all are kept"
    assert (voice.account.submitted, voice.account.repeated, voice.account.agrees) == (3, 2, True)


def test_six_of_five_have_never_answered(app: Flask, store: Store, round_: Round, tablet: Visitor, answer) -> None:
    for picture in (*PICTURES, "kite"):
        answer(picture)
    tablet.visit("/tablet")
    tablet.post(f"/tablet/start/{FORM}", {"child": "c-boat"})
    told = progress(app, store, round_)
    assert (told.asked, told.opened, told.answered) == (5, 5, 5)


def test_a_home_of_three_with_five_responses_shows_no_figures(store: Store, round_: Round, answer) -> None:
    for picture in ("kite", "kite", "boat", "boat", "sun"):
        answer(picture)
    end_round(store, round_.id, now())
    kept = store[RoundFigures].get(figures_id(round_.id, FORM))
    assert kept is not None
    assert kept.people == 3
    assert kept.no_figures


def test_where_the_lead_says_two_children_both_count(
    app: Flask, store: Store, round_: Round, lead: Visitor, answer, look
) -> None:
    for said in ("always", "mostly", "sometimes"):
        answer("kite", said)
    for picture in ("boat", "sun", "moon"):
        answer(picture)
    assert progress(app, store, round_).answered == 0, "four people are not yet a step of five"
    assert "Saved." in decide(lead, round_, "kite")
    assert (look().people, safe(look()), look().account.repeated) == (5, ["always"] * 3 + ["mostly", "sometimes"], 1)
    told = progress(app, store, round_)
    assert (told.opened, told.answered) == (5, 5)
    [entry] = [entry for entry in store[Entry].all() if entry.kind == "picture_decided"]
    assert entry.facts == {"round": round_.id}
    assert "Saved." in decide(lead, round_, "kite", "1", "The same child after all.")
    [decision] = store[PictureDecision].all()
    assert (decision.people, decision.reason) == (1, "The same child after all.")
    assert look().people == 4


def test_only_the_lead_sees_it_and_no_answer_with_it(
    app: Flask, store: Store, home: Home, round_: Round, lead: Visitor, answer
) -> None:
    address = f"/rounds/{round_.id}"
    others = [
        signed_in(app, account_with(app, role, home_id=home.id))
        for role in ("registered_manager", "responsible_individual", "independent_person")
    ]
    assert TITLE not in lead.visit(address).text
    answer("kite", "never")
    answer("kite")
    page = lead.visit(address)
    assert TITLE in page.text
    assert "Kite, number 1" in page.text
    assert "answered 2 times, counted as 1 child" in page.text
    assert SECRET not in page.text
    assert "c-boat" not in page.html
    for other in others:
        shown = other.visit(address)
        assert TITLE not in shown.text
        assert "c-kite" not in shown.html
        assert other.post(f"{address}/same-picture", {"form": FORM, "child": "c-kite"}).status_code == 403
    assert not list(store[PictureDecision].all())


def test_the_alerts_of_all_remain(store: Store, answer) -> None:
    for _ in range(3):
        answer("kite", "never")
    raised = [alert.response_id for alert in store[Alert].all() if alert.rule == "child_not_safe"]
    assert len(set(raised)) == 3


@pytest.mark.parametrize(
    ("people", "reason", "picture", "said"),
    [
        ("2", "", "kite", "Enter a reason."),
        ("3", "x", "kite", "Enter a number of children from 1 to 2."),
        ("0", "x", "kite", "Enter a number of children from 1 to 2."),
        ("", "x", "kite", "Enter how many children these were."),
        ("two", "x", "kite", "such as 4"),
        ("2", "x", "boat", "has not answered this form more than once"),
    ],
)
def test_what_cannot_be_decided_is_said_and_not_kept(
    store: Store, round_: Round, lead: Visitor, answer, people: str, reason: str, picture: str, said: str
) -> None:
    answer("kite")
    answer("kite")
    answer("boat")
    assert said in decide(lead, round_, picture, people, reason)
    assert not list(store[PictureDecision].all())


def test_final_figures_are_decided_about_no_more(store: Store, round_: Round, lead: Visitor, answer) -> None:
    answer("kite")
    answer("kite")
    end_round(store, round_.id, now())
    assert "The figures of this survey are final" in lead.visit(f"/rounds/{round_.id}").text
    assert "The figures of this survey are final" in decide(lead, round_, "kite")
    assert not list(store[PictureDecision].all())


def test_figures_that_an_earlier_version_kept_of_all_responses_stay(
    store: Store, round_: Round, lead: Visitor, answer, look
) -> None:
    for said in ("always", "mostly"):
        answer("kite", said)
    end_round(store, round_.id, now())
    kept = store[RoundFigures].get(figures_id(round_.id, FORM))
    assert kept is not None
    with store.transaction() as tx:
        tx[RoundFigures].put(replace(kept, people=2, by_person=False))
    assert (look().people, look().account.repeated) == (2, 0)
    assert TITLE not in lead.visit(f"/rounds/{round_.id}").text


def test_a_decision_goes_with_the_last_response_it_was_about(
    store: Store, round_: Round, lead: Visitor, answer
) -> None:
    answer("kite")
    answer("kite")
    decide(lead, round_, "kite")
    first, second = store[Response].all()
    erase_responses(store, [first.id])
    assert list(store[PictureDecision].all())
    erase_responses(store, [second.id])
    assert not list(store[PictureDecision].all())
