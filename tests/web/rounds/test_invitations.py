"""The list of those asked by letter: how far each has come, and what may be done."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from service.collection.invitations.invite import Addressee, decline, invite
from service.collection.models.home import Home
from service.collection.models.round import Round
from service.collection.rounds.open_close import open_round
from service.dates import day_at, now
from service.definitions import Form
from service.mail.email import Email, Words
from service.repository import Store
from tests.accounts_factory import manager_of
from tests.round_closure import end_round
from tests.visitor import Visitor
from tests.web.rounds.round_form_data import (
    PEOPLE,
    answer,
    changes,
    invited,
    letters_to,
)


def rows_of(visitor: Visitor, round_: Round, query: str = "") -> dict[str, str]:
    """The list's rows by name, each as its text."""
    page = visitor.visit(f"/rounds/{round_.id}/letters{query}")
    assert page.status == 200
    found = {}
    for row in re.findall(r"<tr id=.*?</tr>", page.html, re.DOTALL):
        text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)).strip()
        found[next(person.name for person in PEOPLE if text.startswith(person.name))] = text
    return found


def test_of_forms_with_names_it_says_who_has_answered(
    manager: Visitor, store: Store, larch: Home, round_: Round, library: dict[str, Form]
) -> None:
    answer(store, round_, larch, library["social-worker-views"], invited(store, round_, "Sam Okafor"))
    rows = rows_of(manager, round_)
    assert "Answered" in rows["Sam Okafor"]
    assert "Sent 20 November 2026" in rows["Priya Nair"]
    assert "social worker" in rows["Priya Nair"]
    assert rows_of(manager, round_, "?step=answered").keys() == {"Sam Okafor"}
    assert rows_of(manager, round_, "?step=nonsense").keys() == rows.keys()


@pytest.mark.parametrize("identity", ["pseudonymous", "anonymous"])
def test_of_forms_without_names_the_list_is_the_same_whoever_has_answered(
    manager: Visitor, store: Store, larch: Home, round_: Round, library: dict[str, Form], identity: str
) -> None:
    form = library["parent-views"]
    if identity == "anonymous":
        definition = form.to_json() | {"identity": "anonymous", "version": 99}
        form = Form.of(definition)
        end_round(store, round_.id, now())  # only one open survey may ask it
        round_ = ask_without_names(store, larch, form)

    def seen() -> str:
        page = manager.visit(f"/rounds/{round_.id}/letters")
        return re.sub(r'value="[^"]{30,}"', "", page.html)  # tokens of the page

    before = seen()
    answer(store, round_, larch, form, invited(store, round_, "Tina Webb"))
    assert seen() == before
    # what may be asked for goes the same way too, for whoever has answered and whoever has not
    said = {}
    for name in ("Tina Webb", "Max Hale"):
        one = invited(store, round_, name)
        replies = [manager.send(f"/invitations/{one.id}/{move}") for move in ("again", "correct", "revoke")]
        said[name] = [
            re.sub(name, "…", " ".join(re.findall(r'<p class="notice[^>]*>([^<]*)', page.html))) for page in replies
        ]
    assert said["Tina Webb"] == said["Max Hale"]
    rows = rows_of(manager, round_)
    assert rows["Tina Webb"].replace("tina", "max").replace("Tina Webb", "Max Hale") == rows["Max Hale"]
    assert "Taken back" in rows["Tina Webb"]
    assert invited(store, round_, "Tina Webb").answered, "what was answered stays"
    assert changes(store, "invited") == ["sent_again", "revoked"] * 2, "nor does the audit tell"


def ask_without_names(store: Store, home: Home, form: Form) -> Round:
    opened = open_round(
        store, home, [form], title="Quietly", reason="", closes_on=day_at(now()) + timedelta(days=14), now=now()
    )
    people = [Addressee(form.id, one.name, one.email, one.label, one.id) for one in PEOPLE if one.kind == "parent"]
    invite(store, opened, people, now(), lambda invitation, token: Words("Your views", token, token))
    with store.transaction() as tx:
        for letter in list(tx[Email].find("round_id", opened.id)):
            tx[Email].put(replace(letter, state="sent", left_at=now()))
    return opened


def test_it_says_what_it_shows_and_what_it_does_not(manager: Visitor, round_: Round) -> None:
    page = manager.visit(f"/rounds/{round_.id}/letters")
    assert "Of “How is the child doing?” you see who has opened and who has answered." in page.text
    assert "Of “How is your child's care?” you see how far each letter has come, and not who has answered" in (
        page.text.replace("&#39;", "'")
    )


def test_the_servers_words_and_reasons_given_stand_beside_the_name(
    manager: Visitor, store: Store, round_: Round
) -> None:
    [letter] = letters_to(store, round_, "sam@example.org")
    with store.transaction() as tx:
        tx[Email].put(replace(letter, state="bounced", said="550 No such <b>user</b>"))
    decline(store, invited(store, round_, "Max Hale").id, "Ask Ada.", now())
    page = manager.visit(f"/rounds/{round_.id}/letters")
    assert "The mail server says: 550 No such &lt;b&gt;user&lt;/b&gt;" in page.html
    assert "They say: Ask Ada." in page.text


def test_a_new_link_a_right_address_and_taking_back(manager: Visitor, store: Store, round_: Round) -> None:
    sam = invited(store, round_, "Sam Okafor")
    manager.visit(f"/rounds/{round_.id}/letters")
    assert "A new letter to Sam Okafor waits to leave." in manager.send(f"/invitations/{sam.id}/again").text
    assert [letter.kind for letter in letters_to(store, round_, sam.email)] == ["invitation", "new_link"]
    page = manager.send(f"/invitations/{sam.id}/correct", {"email": "s.okafor@example.org"})
    assert "A letter to s.okafor@example.org waits to leave." in page.text
    assert invited(store, round_, "Sam Okafor").email == "s.okafor@example.org"
    assert "taken back" in manager.send(f"/invitations/{sam.id}/revoke").text
    assert "Taken back" in rows_of(manager, round_)["Sam Okafor"]
    assert changes(store, "invited") == ["sent_again", "corrected", "revoked"]


@pytest.mark.parametrize("email", ["", "sam", "a@b", "sam@example.org\nBcc: all@example.org", "x" * 300 + "@e.org"])
def test_an_address_that_is_none_is_refused_with_what_was_typed(
    manager: Visitor, store: Store, round_: Round, email: str
) -> None:
    sam = invited(store, round_, "Sam Okafor")
    manager.visit(f"/rounds/{round_.id}/letters")
    page = Visitor.read(manager.post(f"/invitations/{sam.id}/correct", {"email": email}))
    assert page.status == 422
    assert "This is no e-mail address." in page.text
    assert [found["value"] for found in page.fields if found.get("id") == f"email-{sam.id}"] == [email.strip()]
    assert invited(store, round_, "Sam Okafor") == sam


@pytest.mark.parametrize("move", ["again", "correct", "revoke"])
def test_nothing_is_done_about_whoever_has_answered_with_their_name(
    manager: Visitor, store: Store, larch: Home, round_: Round, library: dict[str, Form], move: str
) -> None:
    answer(store, round_, larch, library["social-worker-views"], invited(store, round_, "Sam Okafor"))
    sam = invited(store, round_, "Sam Okafor")
    manager.visit(f"/rounds/{round_.id}/letters")
    page = manager.send(f"/invitations/{sam.id}/{move}", {"email": "new@example.org"})
    assert "This cannot be done any more." in page.text
    assert invited(store, round_, "Sam Okafor") == sam


def test_somebody_elses_invitation_is_not_there(app: Flask, store: Store, round_: Round) -> None:
    sam = invited(store, round_, "Sam Okafor")
    stranger = manager_of(app, "another-home")
    stranger.visit("/account")
    for move in ("again", "correct", "revoke"):
        assert stranger.post(f"/invitations/{sam.id}/{move}", {"email": "me@example.org"}).status_code == 404
    assert invited(store, round_, "Sam Okafor") == sam
