"""What somebody with a link meets at the front door: beginning, another browser, a new link, not being meant."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from service.answers.reader_text import reader_text
from service.collection.forms.publication import publish
from service.collection.invitations.emails import writer
from service.collection.invitations.invite import Addressee, correct, invite, linked, revoke, send_again
from service.collection.models.home import Home
from service.collection.models.invitation import Invitation, Link
from service.collection.models.response import Ledger, Receipt, Response, ledger_id
from service.collection.models.round import Round
from service.collection.rounds.open_close import open_round
from service.dates import day_at, now
from service.definitions import Form, load_library
from service.mail.email import Email
from service.state import app_state
from service.storage.record_types import RECORD_TYPES
from service.storage.store import RecordStore
from service.web.respondent.invitation import masked
from tests.paths import ROOT
from tests.round_closure import close_round
from tests.visitor import Page, Visitor

LONG_ON_POSTGRES = True
SECRET = "Warm and calm, and the garden."


@dataclass
class Asked:
    """Somebody who was asked: their invitation as it is now, their links, the letters to them."""

    store: RecordStore
    app: Flask
    round: Round
    home: Home
    id: str
    token: str

    @property
    def link(self) -> str:
        return f"/i/{self.token}"

    @property
    def invitation(self) -> Invitation:
        found = self.store[Invitation].get(self.id)
        assert found is not None
        return found

    @property
    def letters(self) -> list[Email]:
        return list(self.store[Email].find("invitation_id", self.id))

    @property
    def code(self) -> str:
        """The digits in the newest letter."""
        return str(re.findall(r"Your code is (\d{6})", self.letters[-1].text)[0])

    @property
    def drafts(self) -> list[Response]:
        return list(self.store[Response].find("round_id", self.round.id))

    def change(self, **changes: Any) -> None:
        with self.store.transaction() as tx:
            tx[Invitation].put(replace(self.invitation, **changes))

    def writes(self, kind: Any) -> Callable[[Invitation, str], Any]:
        return writer(kind, self.round, self.home, app_state(self.app).form, "https://sayso.example.org")


Ask = Callable[..., Asked]


@pytest.fixture
def ask(app: Flask, store: RecordStore, home: Home, round_: Round) -> Ask:
    def done(email: str = "sam@example.org", form_id: str = "social-worker-views", round_: Round = round_) -> Asked:
        person = Addressee(form_id, "Sam Okafor", email, "the review in November")
        [(_, token)] = invite(store, round_, [person], now())
        found = linked(store, token)
        assert found is not None
        return Asked(store, app, round_, home, found.id, token)

    return done


@pytest.fixture
def sam(ask: Ask) -> Asked:
    return ask()


def begin(visitor: Visitor, asked: Asked, words: str = SECRET) -> str:
    """Begin in this browser and say something; gives the address of the form."""
    visitor.visit(asked.link)
    address = visitor.send(asked.link).response.request.path
    if words:
        visitor.send(f"{address}/draft", {"make_better": words}, headers={"HX-Request": "true"})
    return str(address)


def another(app: Flask, asked: Asked) -> Visitor:
    """A second browser that has looked at the link."""
    visitor = Visitor(app)
    visitor.visit(asked.link)
    return visitor


def everything(store: RecordStore) -> dict[str, list[Any]]:
    """All that is kept, as it lies in the store."""
    with store.engine.snapshot() as frozen:
        return {kind.table: list(frozen.all(kind.table)) for kind in RECORD_TYPES}


# --- looking and beginning ---


def used(asked: Asked, visitor: Visitor) -> None:
    visitor.send(begin(visitor, asked), {"child_safe": "mostly"})


STATES: dict[str, tuple[Callable[[Asked, Visitor], object], int, str]] = {
    "fresh": (lambda asked, visitor: None, 200, "Larch House is asking for your views about the review in November."),
    "begun here": (lambda asked, visitor: begin(visitor, asked), 200, "Carry on"),
    "begun elsewhere": (
        lambda asked, visitor: begin(Visitor(asked.app), asked),
        200,
        "You have begun this on another device",
    ),
    "declined": (
        lambda asked, visitor: asked.change(declined_at=now(), declined="No"),
        200,
        "If you want to answer after all",
    ),
    "used": (used, 200, "You have answered already"),
    "expired": (
        lambda asked, visitor: asked.change(expires_on=day_at(now()) - timedelta(days=1)),
        410,
        "This link has ended",
    ),
    "revoked": (lambda asked, visitor: revoke(asked.store, asked.id, now()), 410, "This link has ended"),
    "replaced": (
        lambda asked, visitor: correct(asked.store, asked.id, "jo@example.org", now(), asked.writes("invitation")),
        410,
        "This link has ended",
    ),
    "closed": (lambda asked, visitor: close_round(asked.store, asked.round.id, now()), 410, "talk to the manager"),
    "unknown": (lambda asked, visitor: setattr(asked, "token", "x" * 43), 404, "We do not know this link"),
}


@pytest.mark.parametrize("state", STATES)
def test_a_link_says_in_plain_words_how_it_stands_and_looking_at_it_changes_nothing(
    visitor: Visitor, sam: Asked, state: str
) -> None:
    happen, status, words = STATES[state]
    happen(sam, visitor)
    before = everything(sam.store)
    page = visitor.visit(sam.link)
    assert (page.status, words in page.text) == (status, True), page.text
    assert SECRET not in page.html
    assert "sam@example.org" not in page.html
    scanner = Visitor(sam.app).client
    for address in (sam.link, *(f"{sam.link}/{part}" for part in ("code", "again", "not-me", "not-me/", "x"))):
        for client in (visitor.client, scanner):
            for look in (client.get, client.head):
                assert look(address).status_code < 500
                assert look(address, headers={"Purpose": "prefetch"}).status_code < 500
    for draft in sam.drafts:
        for part in ("", "/done", "/draft", "/withdraw"):
            assert visitor.client.get(f"/r/{draft.id}{part}").status_code < 500
            assert visitor.client.head(f"/r/{draft.id}{part}").status_code < 500
    assert everything(sam.store) == before


@pytest.mark.parametrize("state", STATES)
def test_no_press_counts_that_does_not_come_from_our_own_page(
    app: Flask, visitor: Visitor, sam: Asked, state: str
) -> None:
    STATES[state][0](sam, visitor)
    foreign = another(app, sam).token
    before = everything(sam.store)
    for part in ("", "/code", "/again", "/not-me"):
        for token in ("", "wrong", foreign):
            values = {"digits": "000000", "reason": "rather_not", "anew": "yes", "csrf-token": token}
            reply = Visitor(app).client.post(sam.link + part, data=values)
            assert reply.status_code in (200, 400, 404, 410)
            assert "Thank you for telling" not in reply.text
    assert everything(sam.store) == before


def test_a_press_on_a_page_that_was_open_too_long_asks_for_one_more(visitor: Visitor, sam: Asked) -> None:
    visitor.visit(sam.link)
    page = visitor.send(sam.link, {"csrf-token": "stale"})
    assert page.status == 400
    assert "press the button once more" in page.text
    assert visitor.send(sam.link).response.request.path.startswith("/r/")
    written = {"reason": "no_longer", "words": "I have moved on.", "csrf-token": "stale"}
    assert "I have moved on." in visitor.send(f"{sam.link}/not-me", written).html


def test_the_first_page_says_how_long_until_when_and_who_reads(visitor: Visitor, sam: Asked) -> None:
    text = visitor.visit(sam.link).text
    for words in (
        "How is the child doing?",
        "About 3 minutes",
        "Open until",
        "Who reads your answers: the registered manager and the responsible individual.",
        "Nothing has been started by opening this page.",
        "I am not the right person",
    ):
        assert words in text


def test_the_form_says_who_reads_what_once_and_in_the_same_words(visitor: Visitor, sam: Asked) -> None:
    text = reader_text(load_library(ROOT / "forms")["social-worker-views"], "en")
    first = visitor.visit(sam.link).text
    assert f"{text.line} {text.kept}" in first
    page = visitor.visit(begin(visitor, sam, "")).text
    assert [page.count(words) for words in text.sentences] == [1] * len(text.sentences)


def test_the_first_press_says_when_it_was_opened_and_later_ones_do_not(visitor: Visitor, sam: Asked) -> None:
    visitor.visit(sam.link)
    assert sam.invitation.opened_at is None
    address = begin(visitor, sam)
    opened = sam.invitation.opened_at
    assert opened is not None
    assert begin(visitor, sam) == address
    assert sam.invitation.opened_at == opened
    assert len(sam.drafts) == 1


def test_a_form_in_several_languages_begins_in_the_one_that_was_chosen(visitor: Visitor, ask: Ask) -> None:
    asked = ask(form_id="child-views")
    page = visitor.visit(asked.link)
    assert f"{asked.link}?language=en-x-easyread" in page.html
    visitor.visit(f"{asked.link}?language=en-x-easyread")
    visitor.send(f"{asked.link}?language=en-x-easyread")
    assert [draft.language for draft in asked.drafts] == ["en-x-easyread"]


# --- another browser ---


def test_half_on_one_device_and_with_the_code_half_on_another(app: Flask, visitor: Visitor, sam: Asked) -> None:
    address = begin(visitor, sam)
    other = another(app, sam)
    page = other.send(f"{sam.link}/code")
    assert "We have sent a code to s•••@e•••.org" in page.text
    [field] = [found for found in page.fields if found.get("name") == "digits"]
    assert (field["inputmode"], field["autocomplete"]) == ("numeric", "one-time-code")
    assert [(letter.kind, letter.to) for letter in sam.letters] == [("code", "sam@example.org")]
    page = other.send(f"{sam.link}/code", {"digits": sam.code})
    assert page.response.request.path == address
    assert SECRET in page.html
    assert other.send(address, {"make_better": SECRET, "child_safe": "mostly"}).status == 200
    [draft] = sam.drafts
    assert (draft.answers["child_safe"], draft.answers["make_better"]) == ("mostly", SECRET)
    assert "You have answered already" in visitor.visit(sam.link).text
    assert visitor.visit(address).response.request.path == f"{address}/done", "the first device knows that it was sent"


def test_a_wrong_code_shows_nothing_and_five_end_it(app: Flask, visitor: Visitor, sam: Asked) -> None:
    begin(visitor, sam)
    other = another(app, sam)
    other.send(f"{sam.link}/code")
    wrong = f"{(int(sam.code) + 1) % 1_000_000:06}"
    said = []
    for _ in range(5):
        page = other.send(f"{sam.link}/code", {"digits": wrong})
        assert page.status == 422
        assert page.title.startswith("Error:")
        assert SECRET not in page.html
        said.append("That is not the code" in page.text)
    assert said == [True] * 4 + [False]
    assert "does not work any more" in page.text
    assert other.send(f"{sam.link}/code", {"digits": sam.code}).status == 422, "nor the right one after that"
    assert other.visit(f"{sam.link}/code").response.request.path == sam.link
    other.send(f"{sam.link}/code")
    assert other.send(f"{sam.link}/code", {"digits": sam.code}).response.request.path.startswith("/r/")


def test_after_five_codes_no_more_are_sent_that_day(app: Flask, visitor: Visitor, sam: Asked) -> None:
    begin(visitor, sam)
    other = another(app, sam)
    assert [other.send(f"{sam.link}/code").status for _ in range(6)] == [200] * 5 + [429]
    assert len(sam.letters) == 5
    assert [letter.state for letter in sam.letters].count("waiting") == 1


def test_without_something_begun_elsewhere_there_is_no_code(app: Flask, visitor: Visitor, sam: Asked) -> None:
    visitor.visit(sam.link)
    for values in ({}, {"digits": "123456"}):
        assert visitor.send(f"{sam.link}/code", values).response.request.path == sam.link
    begin(visitor, sam)
    assert "Carry on" in visitor.send(f"{sam.link}/code").text
    assert sam.letters == []


def test_a_press_on_start_without_an_answer_is_nothing_to_ask_for_a_code_for(
    app: Flask, visitor: Visitor, sam: Asked
) -> None:
    begin(visitor, sam, words="")
    other = another(app, sam)
    assert "begun" not in other.visit(sam.link).text
    assert other.send(sam.link).response.request.path.startswith("/r/")


def test_another_browser_may_begin_anew_and_the_first_to_send_counts(app: Flask, visitor: Visitor, sam: Asked) -> None:
    address = begin(visitor, sam)
    other = another(app, sam)
    page = other.send(sam.link, {"anew": "yes"})
    anew = page.response.request.path
    assert anew.startswith("/r/")
    assert anew != address
    assert SECRET not in page.html
    assert visitor.visit(sam.link).text.count("Carry on") == 1
    assert visitor.send(sam.link).response.request.path == address, "each browser goes on with its own"
    assert other.send(anew, {"child_safe": "mostly"}).status == 200
    assert sam.invitation.answered
    page = visitor.visit(address)
    assert "You have sent your answers from another browser" in page.text
    assert SECRET not in page.html
    visitor.send(f"{address}/withdraw", {"withdraw": "yes"})
    assert [draft.answers for draft in sam.drafts] == [{"child_safe": "mostly"}]
    assert sam.store[Ledger].get(ledger_id(sam.round.id, "social-worker-views")).withdrawn == 1


def test_what_is_sent_second_from_a_page_that_was_open_is_kept_and_flagged(
    app: Flask, visitor: Visitor, sam: Asked
) -> None:
    address = begin(visitor, sam)
    other = another(app, sam)
    anew = other.send(sam.link, {"anew": "yes"}).response.request.path
    visitor.visit(address)
    assert other.send(anew, {"child_safe": "mostly"}).status == 200
    assert visitor.send(address, {"child_safe": "never"}).status == 200
    assert sorted((draft.conflict, draft.answers["child_safe"]) for draft in sam.drafts) == [
        (False, "mostly"),
        (True, "never"),
    ]


def test_a_link_handed_out_by_hand_has_no_code_and_begins_anew(app: Flask, visitor: Visitor, ask: Ask) -> None:
    asked = ask(email="")
    address = begin(visitor, asked)
    other = another(app, asked)
    page = other.visit(asked.link)
    assert "You can carry on there." in page.text
    assert "digits" not in page.names()
    assert other.send(f"{asked.link}/code").status == 429
    elsewhere = other.send(asked.link)
    assert elsewhere.response.request.path not in (address, asked.link)
    assert SECRET not in elsewhere.html
    assert asked.letters == []


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("sam@example.org", "s•••@e•••.org"),
        ("s@nhs.uk", "s•••@n•••.uk"),
        ("sam.okafor@mail.northshire.gov.uk", "s•••@m•••.uk"),
        ("sam@localhost", "s•••@l•••"),
        ("<b>@x.y", "<•••@x•••.y"),
    ],
)
def test_an_address_is_known_again_by_its_owner_and_by_nobody_else(address: str, shown: str) -> None:
    assert masked(address) == shown


# --- a new link ---


@pytest.mark.parametrize(
    ("happen", "sent"),
    [
        (lambda asked: asked.change(expires_on=day_at(now()) - timedelta(days=1)), ["sam@example.org"]),
        (
            lambda round_: correct(round_.store, round_.id, "jo@example.org", now(), round_.writes("invitation")),
            ["jo@example.org"],
        ),
        (lambda round_: revoke(round_.store, round_.id, now()), []),
        (lambda asked: asked.change(expires_on=day_at(now()) - timedelta(days=1), email=""), []),
        (lambda asked: asked.change(revoked_at=now(), answered=True), []),
    ],
    ids=["expired", "replaced", "revoked", "without an address", "answered"],
)
def test_a_new_link_goes_to_the_invited_address_and_the_page_says_the_same_whether_or_not(
    app: Flask, visitor: Visitor, sam: Asked, happen: Callable[[Asked], object], sent: list[str]
) -> None:
    happen(sam)
    page = visitor.visit(sam.link)
    assert page.status == 410
    assert "Ask for a new link" in page.text
    page = visitor.send(f"{sam.link}/again")
    assert page.status == 200
    assert (
        page.text.rpartition("Please look at your e-mail")[2]
        == " If Larch House is still asking you, a new link is on its way to the address that the letter went to. "
        "It may take a few minutes. If none comes, please ask the manager of Larch House."
    )
    new = [letter for letter in sam.letters if letter.kind == "new_link"]
    assert [letter.to for letter in new] == sent
    for letter in new:
        [token] = set(re.findall(r"/i/([\w-]{43})", letter.text))
        assert Visitor(app).visit(f"/i/{token}").status == 200


def test_a_new_link_may_be_asked_for_three_times_a_day(visitor: Visitor, sam: Asked) -> None:
    correct(sam.store, sam.id, "sam@example.org", now(), sam.writes("invitation"))
    visitor.visit(sam.link)
    assert {visitor.send(f"{sam.link}/again").status for _ in range(5)} == {200}
    assert [letter.kind for letter in sam.letters].count("new_link") == 3


def test_a_token_that_nobody_has_tells_nothing(visitor: Visitor, sam: Asked) -> None:
    visitor.visit(sam.link)
    for part in ("", "/code", "/again", "/not-me"):
        page = visitor.send(f"/i/{'x' * 43}{part}", {"digits": "123456", "reason": "rather_not"})
        assert page.status == 404
        assert "ask whoever sent you the letter" in page.text
        assert "Larch" not in page.text


# --- what was begun, after its link has ended ---


def test_what_was_begun_with_a_revoked_link_is_kept_but_not_sent_until_a_new_link(visitor: Visitor, sam: Asked) -> None:
    address = begin(visitor, sam)
    token = visitor.token
    revoke(sam.store, sam.id, now())
    assert visitor.visit(address).status == 410
    page = visitor.send(address, {"make_better": SECRET, "child_safe": "mostly", "csrf-token": token})
    assert page.status == 410
    assert "it was not sent" in page.text
    [draft] = sam.drafts
    assert (draft.submitted_at, draft.answers["child_safe"]) == (None, "mostly")
    send_again(sam.store, sam.id, now(), sam.writes("new_link"))
    assert SECRET in visitor.visit(address).html


def test_what_was_begun_at_a_wrong_address_is_deleted_and_nobody_is_thanked_for_it(
    visitor: Visitor, sam: Asked
) -> None:
    address = begin(visitor, sam)
    token = visitor.token
    correct(sam.store, sam.id, "jo@example.org", now(), sam.writes("invitation"))
    page = visitor.send(address, {"child_safe": "mostly", "csrf-token": token})
    assert page.status == 410
    assert "This cannot be sent any more" in page.text
    assert sam.drafts == []


# --- not the right person ---


def test_whoever_is_not_meant_says_who_is_and_the_manager_reads_it(visitor: Visitor, sam: Asked) -> None:
    begin(visitor, sam)
    page = visitor.visit(f"{sam.link}/not-me")
    assert SECRET not in page.html
    told = {"reason": "somebody_else", "name": " Jo \n Marsh", "email": "jo@example.org", "words": " Since May.\nYes. "}
    page = visitor.send(f"{sam.link}/not-me", told)
    assert "Thank you for telling us" in page.text
    assert sam.invitation.declined == (
        "Somebody else should answer this\nThe right person: Jo Marsh, jo@example.org\nSince May.\nYes."
    )
    assert not sam.invitation.is_waiting
    assert "Jo Marsh" not in repr(everything(sam.store)), "it is sealed"
    begin(Visitor(sam.app), sam, words="")
    page = visitor.visit(sam.link)
    visitor.send(sam.link)
    assert not sam.invitation.is_waiting, "going on with what was begun before is no change of mind"


def test_beginning_after_all_takes_it_back(visitor: Visitor, sam: Asked) -> None:
    visitor.visit(f"{sam.link}/not-me")
    visitor.send(f"{sam.link}/not-me", {"reason": "rather_not"})
    assert not sam.invitation.is_waiting
    begin(visitor, sam)
    assert sam.invitation.is_waiting
    assert sam.invitation.declined == ""


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({}, "Choose what fits best."),
        ({"reason": "because"}, "Choose what fits best."),
        ({"reason": "rather_not", "email": "jo at example"}, "Enter an e-mail address"),
        ({"reason": "rather_not", "email": "jo@example.org, x@example.org"}, "Enter an e-mail address"),
        ({"reason": "rather_not", "name": "x" * 121}, "Make this shorter."),
        ({"reason": "rather_not", "words": "x" * 1001}, "Make this shorter."),
    ],
)
def test_what_cannot_be_read_is_asked_once_more_and_nothing_is_lost(
    visitor: Visitor, sam: Asked, told: dict[str, str], sentence: str
) -> None:
    visitor.visit(f"{sam.link}/not-me")
    page = visitor.send(f"{sam.link}/not-me", {"words": "My own words", **told})
    assert page.status == 422
    assert page.title.startswith("Error:")
    assert page.text.count(sentence) == 2, "above, and beside the field"
    assert told.get("words", "My own words") in page.html
    assert sam.invitation.is_waiting


@pytest.mark.parametrize("nasty", ["NUL\x00 in it", "<script>alert(1)</script>", "{{7*7}}{0}", "👩🏽‍🚀", "=1+1"])
def test_nasty_words_are_kept_as_words(visitor: Visitor, sam: Asked, nasty: str) -> None:
    visitor.visit(f"{sam.link}/not-me")
    assert visitor.send(f"{sam.link}/not-me", {"reason": "cannot_say", "name": nasty, "words": nasty}).status == 200
    assert sam.invitation.declined.endswith(nasty.replace("\x00", ""))


# --- a form that promises that nobody can be found ---


def test_after_an_anonymous_answer_nothing_leads_from_the_person_to_it(
    app: Flask, visitor: Visitor, store: RecordStore, home: Home, library: dict[str, Form], ask: Ask
) -> None:
    form = Form.of({**library["social-worker-views"].to_json(), "id": "anonymous-views", "identity": "anonymous"})
    publish(store, [form])
    asked = ask(
        form_id=form.id,
        round_=open_round(
            store, home, [form], title="", reason="", closes_on=day_at(now()) + timedelta(days=9), now=now()
        ),
    )
    fresh = asked.invitation
    send_again(store, asked.id, now(), asked.writes("new_link"))
    newer = re.findall(r"/i/([\w-]{43})", asked.letters[-1].text)[0]
    first = begin(visitor, asked, "half of it")
    other = another(app, asked)
    other.send(f"{asked.link}/code")
    address = other.send(f"{asked.link}/code", {"digits": asked.code}).response.request.path
    assert address == first
    assert other.send(address, {"make_better": SECRET}).status == 200
    assert asked.invitation == replace(fresh, answered=True)
    assert [letter.kind for letter in asked.letters] == ["new_link"], "a code goes only to a person who has begun"
    [kept] = asked.drafts
    assert kept.answers == {"make_better": SECRET}
    assert kept.id not in repr([asked.invitation, *store[Link].all(), *store[Receipt].all()])
    for token in (asked.token, newer):
        page: Page = visitor.visit(f"/i/{token}")
        assert page.status == 200
        assert "You have answered already" in page.text
        assert SECRET not in page.html
        assert visitor.send(f"/i/{token}/again").status == 200
    assert {letter.kind for letter in asked.letters} == {"new_link"}, "a new link comes whether or not they answered"
