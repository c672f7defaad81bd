"""Forms on paper through the front door: what is printed, how it is found again, who may key it in, what is kept."""

import re
from dataclasses import astuple, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from service.accounts.account import Account
from service.answers.condition_text import only_if
from service.answers.reader_text import reader_text
from service.audit import Entry
from service.collection.follow_up.progress import progress_of
from service.collection.invitations.invite import Addressee, invite
from service.collection.models.alert import Alert
from service.collection.models.home import Child, Home
from service.collection.models.invitation import Invitation
from service.collection.models.response import Ledger, Response, ledger_id
from service.collection.models.round import Round
from service.collection.responses.paper_codes import LETTERS, as_code, paper_code
from service.collection.responses.submission import begin
from service.collection.rounds.open_close import open_round
from service.dates import now
from service.definitions import Expression, Form, Role, load_library, localised
from service.mail.email import Email
from service.repository import Store
from service.state import app_state
from service.web.http.respondent_session import SessionResponse
from service.web.paper.print_layout import Printed
from tests.accounts_factory import account_with, signed_in
from tests.paths import ROOT
from tests.round_closure import close_round
from tests.visitor import Page, Visitor

LONG_ON_POSTGRES = True
SHIPPED = sorted(path.stem for path in (ROOT / "forms").glob("*.json") if path.stem != "form.schema")
LIBRARY = dict(load_library(ROOT / "forms"))


def told(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace("&#39;", "'")


def address(round_: Round, form_id: str, rest: str = "") -> str:
    return f"/rounds/{round_.id}/paper/{form_id}{rest}"


def code_of(round_: Round, form_id: str) -> str:
    ref = round_.form_ref(form_id)
    assert ref is not None
    return paper_code(round_.id, ref)


@pytest.fixture
def lead(app: Flask) -> Visitor:
    return signed_in(app, account_with(app, "safeguarding_lead", name="Jo Smith"))


def key_in(visitor: Visitor, round_: Round, form_id: str, values: dict[str, Any]) -> Page:
    page = visitor.visit(address(round_, form_id, "/key"))
    assert page.status == 200, page.text
    sent = {"copy": page.value("copy"), "form-language": page.value("form-language"), **values}
    return visitor.send(address(round_, form_id, "/key"), sent)


def on_tablet(visitor: Visitor, store: Store, round_: Round, form_id: str, values: dict[str, Any]) -> None:
    """Answer in the browser of a tablet that was unlocked and handed over."""
    ref = round_.form_ref(form_id)
    assert ref is not None
    begun = begin(store, round_, ref, "tablet", "en", now())
    with visitor.client.session_transaction() as session:
        session["responses"] = {begun.id: astuple(SessionResponse(round_.id, form_id, "en", "tablet"))}
    assert visitor.visit(f"/r/{begun.id}").status == 200
    visitor.send(f"/r/{begun.id}", values)


def but_for_how_it_came(kept: Response) -> Response:
    then = datetime(2026, 1, 1, tzinfo=UTC)
    assert kept.submitted_at is not None
    return replace(kept, id="", channel="paper", keyed_by="", started_at=then, saved_at=then, submitted_at=then)


def responses(store: Store, round_: Round) -> list[Response]:
    return list(store[Response].find("round_id", round_.id))


class TestThePaper:
    @pytest.mark.parametrize("form_id", SHIPPED)
    def test_every_shipped_form_has_all_its_ids_and_options_on_paper(
        self, lead: Visitor, home: Home, form_id: str
    ) -> None:
        form = LIBRARY[form_id]
        for language in form.languages:
            page = lead.visit(f"/forms/{form_id}/paper?language={language}")
            assert page.status == 200
            ids = re.findall(r'data-id="([^"]+)"', page.html)
            assert sorted(ids) == sorted(form.questions), language
            assert ids == list(dict.fromkeys(ids)), "each stands once"
            for placed in localised(form, language).placed():
                assert f'<small class="id">{placed.question.id}</small>' in page.html
                if hasattr(placed.question, "rows"):
                    assert re.findall(r'data-row="([^"]+)"', page.html)
            assert "Code" not in told(page.html), "nothing leads back to a form outside a round"

    def test_a_sheet_says_who_reads_it_whom_to_give_it_to_and_by_when(self, lead: Visitor, round_: Round) -> None:
        page = lead.visit(address(round_, "child-views"))
        words = told(page.html)
        for said in (
            "Who will see this?",
            "The safeguarding lead, who helps to keep children safe",
            *reader_text(LIBRARY["child-views"], "en").sentences,
            "You can leave any question out.",
            "Jo Smith, safeguarding lead",
            "Amina, your advocate",
            "Childline",
            code_of(round_, "child-views"),
        ):
            assert said in words, said
        assert "data:image/svg+xml" in page.html

    def test_the_code_is_of_the_form_in_the_round_and_of_nobody(self, lead: Visitor, round_: Round, app: Flask) -> None:
        staff = signed_in(app, account_with(app, "staff", home_id=round_.home_id))
        mine, theirs = (each.visit(address(round_, "staff-views")).html for each in (lead, staff))
        assert mine == theirs
        codes = {code_of(round_, ref.form_id) for ref in round_.forms}
        assert len(codes) == len(round_.forms)

    def test_the_round_leads_to_its_paper_and_its_paper_to_each_form(self, lead: Visitor, round_: Round) -> None:
        assert f"/rounds/{round_.id}/paper" in lead.visit(f"/rounds/{round_.id}").links
        links = lead.visit(f"/rounds/{round_.id}/paper").links
        for ref in round_.forms:
            assert any(link.startswith(address(round_, ref.form_id)) for link in links)
            assert address(round_, ref.form_id, "/key") in links

    def test_large_print_and_easy_read_are_other_sheets_with_the_same_code(self, lead: Visitor, round_: Round) -> None:
        large = lead.visit(address(round_, "child-views", "?size=large")).html
        easy = lead.visit(address(round_, "child-views", "?language=en-x-easyread")).html
        assert '<html lang="en" class="child large">' in large
        assert '<html lang="en-x-easyread" class="child easy">' in easy
        assert all(code_of(round_, "child-views") in html for html in (large, easy))

    def test_a_form_nobody_knows_or_that_the_round_does_not_ask_is_not_there(
        self, lead: Visitor, round_: Round
    ) -> None:
        for nowhere in ("/forms/moon/paper", address(round_, "moon"), address(round_, "annex-a-2021-22", "/key")):
            assert lead.visit(nowhere).status == 404

    def test_named_forms_ask_for_a_name_and_others_do_not(self, lead: Visitor, round_: Round) -> None:
        assert "Your name</p>" in lead.visit(address(round_, "social-worker-views")).html
        assert "Your name</p>" not in lead.visit(address(round_, "staff-views")).html


class TestConditionsInWords:
    @pytest.mark.parametrize(
        ("tree", "sentence"),
        [
            ({"==": [{"var": "feel_safe"}, "never"]}, "Only if you said “Never” to question 6."),
            ({"==": ["never", {"var": "feel_safe"}]}, "Only if you said “Never” to question 6."),
            ({"!=": [{"var": "feel_safe"}, "always"]}, "Only if you did not say “Always” to question 6."),
            ({"!": [{"==": [{"var": "feel_safe"}, "always"]}]}, "Only if you did not say “Always” to question 6."),
            (
                {"in": [{"var": "feel_safe"}, ["mostly", "sometimes", "never"]]},
                "Only if you said “Most of the time”, “Sometimes” or “Never” to question 6.",
            ),
            ({"in": ["school", {"var": "unsafe_where"}]}, "Only if you said “School or college” to question 7."),
            (
                {"any_in": [{"var": "unsafe_where"}, ["school", "online"]]},
                "Only if you said “School or college” or “Online or on my phone” to question 7.",
            ),
            ({"answered": "unsafe_other"}, "Only if you answered “Where is that?”."),
            (
                {"and": [{"==": [{"var": "fun"}, "never"]}, {"answered": "feel_safe"}]},
                "Only if you said “Never” to question 2 and you answered question 6.",
            ),
            ({">": [{"var": "fun"}, 3]}, "Only if your answer to question 2 is more than 3."),
            ({">": [3, {"var": "fun"}]}, "Only if your answer to question 2 is less than 3."),
            ({">": [{"var": "computed.worried"}, 0]}, "If this is about you."),
            ({"==": [{"var": "feel_safe"}, "no_such_value"]}, "If this is about you."),
            ({"==": [{"count": {"var": "unsafe_where"}}, 2]}, "If this is about you."),
            ({"or": [{"answered": "fun"}, {">": [{"var": "computed.x"}, 1]}]}, "If this is about you."),
            (True, "If this is about you."),
        ],
    )
    def test_a_plain_comparison_is_said_and_the_rest_is_left_to_the_reader(self, tree: Any, sentence: str) -> None:
        form = LIBRARY["child-views"]
        numbers = Printed(form, "en").numbers
        said = only_if(Expression(tree), form, numbers, Printed(form, "en").say)
        assert said == sentence

    @pytest.mark.parametrize("form_id", SHIPPED)
    def test_every_condition_of_a_shipped_form_stands_beside_its_question(
        self, lead: Visitor, home: Home, form_id: str
    ) -> None:
        form = LIBRARY[form_id]
        page = lead.visit(f"/forms/{form_id}/paper")
        sometimes = [each for each in form.placed() if each.question.visible_if is not None]
        details = [each for each in form.placed() if each.question.id in _details(form)]
        assert page.html.count('class="only"') >= len(sometimes) + len([each for each in details if not each.group])


def _details(form: Form) -> set[str]:
    found = set()
    for placed in form.placed():
        if getattr(placed.question, "options", None) is not None:
            found |= {option.detail.id for option in form.options(placed.question) if option.detail}  # type: ignore[arg-type]
    return found


class TestTheCode:
    def test_it_is_read_however_it_is_spelled(self, round_: Round) -> None:
        code = code_of(round_, "child-views")
        for typed in (code, code.lower(), code.replace("-", ""), f" {code[:3]} {code[4:]} "):
            assert as_code(typed) == code

    def test_one_wrong_letter_or_two_swapped_are_always_noticed(self, round_: Round) -> None:
        for ref in round_.forms:
            letters = paper_code(round_.id, ref).replace("-", "")
            for place, letter in enumerate(letters):
                for other in LETTERS:
                    if other != letter:
                        assert as_code(letters[:place] + other + letters[place + 1 :]) is None
                for second in range(place + 1, len(letters)):
                    if letters[second] != letter:
                        swapped = list(letters)
                        swapped[place], swapped[second] = swapped[second], swapped[place]
                        assert as_code("".join(swapped)) is None

    def test_typed_in_it_leads_to_the_form_and_so_does_the_square(self, lead: Visitor, round_: Round) -> None:
        code = code_of(round_, "staff-views")
        lead.visit("/paper")
        for reply in (lead.post("/paper", {"code": code.lower()}), lead.client.get(f"/paper?code={code}")):
            assert reply.status_code == 303
            assert reply.location == address(round_, "staff-views", "/key")

    @pytest.mark.parametrize("typed", ["", "K7Q-4TE", "hello", "💥" * 40, "AAAAAA"])
    def test_mistyped_it_is_asked_for_again(self, lead: Visitor, round_: Round, typed: str) -> None:
        lead.visit("/paper")
        page = lead.send("/paper", {"code": typed})
        assert page.status == 422
        assert "That is not a code as we print them" in page.text

    def test_of_another_home_it_leads_nowhere(self, app: Flask, round_: Round) -> None:
        stranger = signed_in(app, account_with(app, "safeguarding_lead", home_id="harbour-view"))
        stranger.visit("/paper")
        page = stranger.send("/paper", {"code": code_of(round_, "staff-views")})
        assert page.status == 422
        assert "No form of your homes has this code" in page.text


class TestWhoMay:
    @pytest.mark.parametrize(
        ("role", "form_id", "status"),
        [
            ("safeguarding_lead", "child-views", 200),
            ("safeguarding_lead", "staff-views", 200),
            ("independent_person", "staff-views", 200),
            ("registered_manager", "child-views", 200),
            ("registered_manager", "staff-views", 403),  # about the manager: the manager reads no single answer
            ("responsible_individual", "staff-views", 200),
            ("responsible_individual", "child-views", 403),
            ("staff", "child-views", 403),
            ("administrator", "child-views", 403),
        ],
    )
    def test_only_readers_and_those_trusted_with_any_form_key_it_in(
        self, app: Flask, round_: Round, role: Role, form_id: str, status: int
    ) -> None:
        visitor = signed_in(app, account_with(app, role, home_id=round_.home_id))
        page = visitor.visit(address(round_, form_id, "/key"))
        assert page.status == status
        visitor.visit("/account")
        sent = visitor.post(address(round_, form_id, "/key"), {"fun": "always", "child_safe": "always"})
        assert (sent.status_code == 403) == (status == 403)
        if status == 403 and role in ("registered_manager", "responsible_individual"):
            assert "Whoever keys in a paper copy reads it" in page.text

    @pytest.mark.parametrize("role", ["staff", "administrator", "registered_manager"])
    def test_everybody_of_the_home_may_print(self, app: Flask, round_: Round, role: Role) -> None:
        visitor = signed_in(app, account_with(app, role, home_id=round_.home_id))
        for ref in round_.forms:
            assert visitor.visit(address(round_, ref.form_id)).status == 200
        assert visitor.visit(f"/rounds/{round_.id}/paper").status == 200

    def test_a_closed_round_is_printed_and_keyed_in_no_more(self, lead: Visitor, store: Store, round_: Round) -> None:
        page = lead.visit(address(round_, "child-views", "/key"))
        close_round(store, round_.id, now())
        late = lead.send(address(round_, "child-views", "/key"), {"copy": page.value("copy"), "fun": "always"})
        for page in (
            late,
            lead.visit(address(round_, "child-views")),
            lead.visit(address(round_, "child-views", "/key")),
        ):
            assert page.status == 410
            assert "can be printed and keyed in no more" in page.text
        assert "can be printed and keyed in no more" in lead.visit(f"/rounds/{round_.id}/paper").text
        assert responses(store, round_) == []


VALUES = {"company": "alone", "feel_safe": "never", "unsafe_where": ["school", "other"], "unsafe_other": "The bus"}


class TestKeyingIn:
    def test_what_is_kept_is_what_the_tablet_would_have_kept(
        self, app: Flask, lead: Visitor, visitor: Visitor, store: Store, round_: Round
    ) -> None:
        hidden = {"fun": "always", "important_people": "not_say", "made_up": "x"}
        key_in(lead, round_, "child-views", {**VALUES, **hidden})
        on_tablet(visitor, store, round_, "child-views", {**VALUES, **hidden})
        paper, tablet = sorted(responses(store, round_), key=lambda each: each.channel)
        assert (paper.channel, tablet.channel) == ("paper", "tablet")
        account = next(each for each in store[Account].all() if each.name == "Jo Smith")  # type: ignore[attr-defined]
        assert paper.keyed_by == account.id
        assert but_for_how_it_came(paper) == but_for_how_it_came(tablet)

    def test_an_answer_to_a_question_that_was_not_theirs_is_left_out(
        self, lead: Visitor, store: Store, round_: Round
    ) -> None:
        key_in(lead, round_, "child-views", {**VALUES, "feel_safe": "always"})
        [kept] = responses(store, round_)
        assert kept.answers == {"company": "alone", "feel_safe": "always"}

    def test_alerts_are_raised_by_paper_as_by_any_answer(
        self, app: Flask, lead: Visitor, store: Store, round_: Round
    ) -> None:
        key_in(lead, round_, "child-views", VALUES)
        [kept] = responses(store, round_)
        alerts = [each for each in store[Alert].all() if each.kind == "answer"]
        assert alerts
        assert {each.response_id for each in alerts} == {kept.id}
        assert [each for each in store[Email].all() if each.kind == "alert"]

    def test_it_is_counted_and_remembered(self, app: Flask, lead: Visitor, store: Store, round_: Round) -> None:
        for _ in range(5):
            page = key_in(lead, round_, "staff-views", {"child_safe": "always"})
        assert "You have keyed in 5 today" in page.text
        forms = {each.form_id: each for each in progress_of(store, round_, app_state(app).form).by_form}
        assert forms["staff-views"].answered == 5
        entries = [each for each in store[Entry].all() if each.kind == "keyed_in"]
        assert [each.facts["form"] for each in entries] == ["staff-views"] * 5
        assert {each.home_id for each in entries} == {round_.home_id}
        ledger = store[Ledger].get(ledger_id(round_.id, "staff-views"))
        assert ledger is not None
        assert ledger.started == 5

    def test_sent_twice_it_is_kept_once(self, lead: Visitor, store: Store, round_: Round) -> None:
        page = lead.visit(address(round_, "child-views", "/key"))
        for _ in range(3):
            lead.send(address(round_, "child-views", "/key"), {"copy": page.value("copy"), "fun": "always"})
        assert len(responses(store, round_)) == 1
        assert len([each for each in store[Entry].all() if each.kind == "keyed_in"]) == 1

    def test_an_empty_copy_is_not_kept_and_a_wrong_answer_is_asked_for_again(
        self, lead: Visitor, store: Store, round_: Round
    ) -> None:
        page = key_in(lead, round_, "child-views", {"fun": "", "unsafe_other": "  "})
        assert page.status == 422
        assert "Nothing has been keyed in yet" in page.text
        page = key_in(lead, round_, "child-views", {"fun": "on_the_moon"})
        assert page.status == 422
        assert "Choose from the answers that are listed" in page.text
        assert responses(store, round_) == []

    def test_it_may_be_said_whose_copy_it_is_and_only_of_this_home(
        self, lead: Visitor, store: Store, round_: Round, home: Home
    ) -> None:
        with store.transaction() as tx:
            tx[Child].put(Child("c-1", home.id, 7, "kite", "older"))
            tx[Child].put(Child("c-2", "harbour-view", 8, "boat", "older"))
        page = lead.visit(address(round_, "child-views", "/key"))
        assert "7 – kite" in page.text
        assert "8 – boat" not in page.text
        for child in ("c-1", "c-2", ""):
            key_in(lead, round_, "child-views", {"fun": "always", "child-of-home": child})
        assert [each.child_id for each in responses(store, round_)] == ["c-1", "", ""]

    def test_who_was_asked_by_letter_and_answers_on_paper_is_asked_no_more(
        self, app: Flask, lead: Visitor, store: Store, round_: Round
    ) -> None:
        person = Addressee("social-worker-views", "Sam Okafor", "sam@example.org", "the review")
        invite(store, round_, [person], now())
        [invitation] = store[Invitation].find("round_id", round_.id)
        page = lead.visit(address(round_, "social-worker-views", "/key"))
        assert "Sam Okafor – the review" in page.text
        key_in(lead, round_, "social-worker-views", {"child_safe": "always", "who-was-asked": invitation.id})
        assert store[Invitation].get(invitation.id).answered  # type: ignore[union-attr]
        assert "Sam Okafor" not in lead.visit(address(round_, "social-worker-views", "/key")).text
        forms = {each.form_id: each for each in progress_of(store, round_, app_state(app).form).by_form}
        assert (forms["social-worker-views"].asked, forms["social-worker-views"].answered) == (1, 1)
        [kept] = responses(store, round_)
        lead.send(address(round_, "social-worker-views", "/take-back"), {"copy": kept.id})
        assert not store[Invitation].get(invitation.id).answered  # type: ignore[union-attr]

    def test_of_an_anonymous_form_nothing_says_who_keyed_it_or_when(
        self, app: Flask, lead: Visitor, store: Store, home: Home
    ) -> None:
        definition = {**LIBRARY["child-views"].to_json(), "id": "quiet-views", "identity": "anonymous"}
        round_ = open_round(
            store, home, [Form.of(definition)], title="Quiet", reason="Reg 45 review",
            closes_on=now().date() + timedelta(days=9), now=now(),
        )  # fmt: skip
        with store.transaction() as tx:
            tx[Child].put(Child("c-1", home.id, 7, "kite", "older"))
        page = key_in(lead, round_, "quiet-views", {"fun": "always", "child-of-home": "c-1"})
        assert "none can be taken back" in page.text
        [kept] = responses(store, round_)
        assert (kept.keyed_by, kept.child_id, kept.channel) == ("", "", "paper")
        assert kept.submitted_at == kept.started_at == kept.saved_at
        assert kept.saved_at.astimezone().weekday() in (0, 6), "the week's start and nothing finer"
        assert lead.visit(address(round_, "quiet-views", "/key")).value("copy") != kept.id


class TestTakingBack:
    def test_whoever_keyed_it_takes_it_back_and_it_is_as_if_it_had_not_been(
        self, app: Flask, lead: Visitor, store: Store, round_: Round
    ) -> None:
        page = key_in(lead, round_, "staff-views", {"child_safe": "always"})
        [kept] = responses(store, round_)
        assert page.value("copy") == kept.id
        page = lead.send(address(round_, "staff-views", "/take-back"), {"copy": kept.id})
        assert "The copy is deleted" in page.text
        assert "none today" in page.text
        assert responses(store, round_) == []
        ledger = store[Ledger].get(ledger_id(round_.id, "staff-views"))
        assert ledger is not None
        assert (ledger.started, ledger.withdrawn) == (1, 1)

    def test_nobody_else_does_nor_the_same_account_after_signing_in_again(
        self, app: Flask, lead: Visitor, store: Store, round_: Round
    ) -> None:
        key_in(lead, round_, "staff-views", {"child_safe": "always"})
        [kept] = responses(store, round_)
        other = signed_in(app, account_with(app, "safeguarding_lead"))
        account = next(each for each in store[Account].all() if each.name == "Jo Smith")  # type: ignore[attr-defined]
        with time_machine.travel(now() + timedelta(minutes=1)):
            again = signed_in(app, account)
            for visitor in (other, again):
                page = visitor.visit(address(round_, "staff-views", "/kept"))
                assert "Delete the copy" not in page.text
                page = visitor.send(address(round_, "staff-views", "/take-back"), {"copy": kept.id})
                assert "Only what you keyed in since you signed in" in page.text
        assert responses(store, round_) == [kept]

    def test_what_came_by_another_way_is_not_taken_back_here(
        self, lead: Visitor, visitor: Visitor, store: Store, round_: Round
    ) -> None:
        on_tablet(visitor, store, round_, "staff-views", {"child_safe": "always"})
        [kept] = responses(store, round_)
        lead.visit("/paper")
        lead.send(address(round_, "staff-views", "/take-back"), {"copy": kept.id})
        assert responses(store, round_) == [kept]


class TestRepeatingGroups:
    def test_rows_are_added_and_taken_away_with_a_script_and_without(
        self, app: Flask, store: Store, home: Home
    ) -> None:
        round_ = open_round(
            store, home, [LIBRARY["annex-a-2021-22"]], title="Annex", reason="Inspection",
            closes_on=now().date() + timedelta(days=9), now=now(),
        )  # fmt: skip
        manager = signed_in(app, account_with(app, "registered_manager"))
        where = address(round_, "annex-a-2021-22", "/key")
        manager.visit(where)
        values = {"residents.0.resident_child": "AB", "add-row": "residents"}
        page = manager.send(where, values)
        assert "residents.1.resident_child" in page.names()
        part = manager.post(where, values, headers={"HX-Request": "true"}).get_data(as_text=True)
        assert 'name="residents.1.resident_child"' in part
        assert "<html" not in part
        page = manager.send(
            where, {"residents.0.resident_child": "AB", "residents.1.resident_child": "CD", "remove-row": "residents.0"}
        )
        assert page.value("residents.0.resident_child") == "CD"
        assert responses(store, round_) == []
        assert manager.post(where, {"add-row": "moon"}).status_code == 400
