"""Dates and numbers in the respondent's language, on pages, in emails and on paper."""

from datetime import date
from typing import Any

import pytest
from flask import Flask

from service.answers.piping import shown
from service.collection.invitations.emails import writer
from service.collection.invitations.invite import Addressee, invite, linked
from service.collection.models.home import Home
from service.collection.models.round import Round
from service.collection.rounds.open_close import open_round
from service.dates import now
from service.definitions import Form
from service.repository import Store
from service.state import app_state
from tests.accounts_factory import manager_of
from tests.visitor import Visitor

LAST_DAY = date(2099, 11, 22)
QUESTIONS: list[dict[str, Any]] = [
    {"id": "since", "type": "date", "label": "Since when?", "validation": {"max": {"value": "2026-03-31"}}},
    {"id": "month", "type": "date", "precision": "month", "label": "Which month?"},
    {"id": "word", "type": "text", "label": "One letter", "validation": {"max_length": {"value": 1}}},
]
SAID = {"id": "said", "type": "note", "label": "Since {since}, in {month}"}


def form_in(*languages: str, drafts_days: int = 60) -> Form:
    return Form.of(
        {
            "format": "survey-definition/1",
            "id": "dates",
            "version": 1,
            "audience": "social_worker",
            "title": "Dates",
            "languages": list(languages),
            "identity": "named",
            "retention": {"drafts_days": drafts_days},
            "pages": [{"id": "only", "title": "Only", "questions": [*QUESTIONS, SAID]}],
        }
    )


def ask(store: Store, home: Home, form: Form) -> tuple[Round, str]:
    """A round that asks this form until the last day, and the link of one invited person."""
    round_ = open_round(store, home, [form], title="Dates", reason="Reg 45", closes_on=LAST_DAY, now=now())
    [(_, token)] = invite(store, round_, [Addressee("dates", "Sam", "sam@example.org")], now())
    return round_, f"/i/{token}"


@pytest.mark.parametrize(
    ("language", "day", "day_answered", "month"),
    [
        ("en", "22 November 2099", "1 May 2026", "June 2026"),
        ("en-x-easyread", "22 November 2099", "1 May 2026", "June 2026"),
        ("cy", "22 Tachwedd 2099", "1 Mai 2026", "Mehefin 2026"),
        ("pl", "22 listopada 2099", "1 maja 2026", "czerwiec 2026"),
        ("ur", "22 نومبر، 2099", "1 مئی، 2026", "جون 2026"),
        ("tlh", "22 November 2099", "1 May 2026", "June 2026"),
    ],
)
def test_dates_are_in_the_respondents_language(
    visitor: Visitor, store: Store, home: Home, language: str, day: str, day_answered: str, month: str
) -> None:
    _, link = ask(store, home, form_in("en", language))
    assert day in visitor.visit(f"{link}?language={language}").text
    begun = visitor.send(link, {"language": language})
    address = begun.response.request.path
    assert day in visitor.visit(f"{address}?language={language}").text
    answers = {"since": "2026-05-01", "month.month": "06", "month.year": "2026", "form-language": language}
    judged = visitor.send(address, answers)
    assert judged.status == 422
    assert day_answered in judged.text
    assert month in judged.text


def test_a_month_given_where_a_day_is_asked_gets_no_day() -> None:
    assert shown("since", form_in("pl"), "2026-05", "pl") == "maj 2026"
    assert shown("since", form_in("pl"), "in May", "pl") == "in May"


def test_a_limit_and_the_names_of_months_are_in_the_respondents_language(
    visitor: Visitor, store: Store, home: Home
) -> None:
    _, link = ask(store, home, form_in("en", "pl"))
    visitor.visit(link)
    address = visitor.send(link).response.request.path
    page = visitor.send(address, {"since": "2026-05-01", "form-language": "pl"})
    assert "31 marca 2026" in page.text
    assert ">czerwiec</option>" in page.html


def test_emails_and_paper_write_dates_in_their_language(app: Flask, store: Store, home: Home, visitor: Visitor) -> None:
    round_, link = ask(store, home, form_in("cy", "en"))
    found = linked(store, link.removeprefix("/i/"))
    assert found is not None
    email = writer("invitation", round_, home, app_state(app).form, "https://sayso.example.org")(found, "token")
    assert "22 Tachwedd 2099" in email.subject
    assert "22 Tachwedd 2099" in email.text
    sheet = manager_of(app, home.id).visit(f"/rounds/{round_.id}/paper/dates?language=cy")
    assert "22 Tachwedd 2099" in sheet.text


def test_one_of_a_thing_is_said_in_the_singular(visitor: Visitor, store: Store, home: Home) -> None:
    _, link = ask(store, home, form_in("en", drafts_days=1))
    visitor.visit(link)
    address = visitor.send(link).response.request.path
    assert "Write 1 character or fewer." in visitor.send(address, {"word": "ab"}).text
    elsewhere = Visitor(visitor.app).visit(link)
    assert "is deleted after 1 day if you do not send it" in elsewhere.text
