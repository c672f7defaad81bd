"""The pages of rounds through the front door: made, planned, opened, followed, extended, reminded, closed."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
import time_machine
from flask import Flask
from openpyxl import load_workbook

from service.calendar import day_at, now
from service.collection import responding
from service.collection.asking import close_round, open_round
from service.collection.hashing import Hasher
from service.collection.home import Child, Home
from service.collection.invitation import Invitation
from service.collection.inviting import Addressee, decline, invite
from service.collection.person import Person
from service.collection.repository import Store
from service.collection.responding import meta_of
from service.collection.round import PlannedRound, Round
from service.definitions import Form, Role
from service.jobs.letters import is_wanted
from service.mail.letter import Letter, Words
from service.mail.outbox import deliver
from service.mail.smtp import sender_for
from service.web.running import running
from tests.mail.server import MailServer
from tests.manager import account_with, manager_of, signed_in
from tests.visitor import Page, Visitor

FRIDAY = datetime(2026, 11, 20, 9, 15, tzinfo=UTC)
HASHER = Hasher([b"k" * 32])
NEW = "/homes/larch-house/rounds/new?template=reg-45"
PEOPLE = (
    Person("sam", "larch-house", "social_worker", "Sam Okafor", "sam@example.org", "Council", label="the review"),
    Person("priya", "larch-house", "social_worker", "Priya Nair", "priya@example.org", label="the review"),
    Person("tina", "larch-house", "parent", "Tina Webb", "tina@example.org"),
    Person("max", "larch-house", "parent", "Max Hale", "max@example.org"),
    Person("helen", "larch-house", "iro", "Helen Marsh", "helen@example.org"),
)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(FRIDAY, tick=False) as moved:
        yield moved


@pytest.fixture
def larch(store: Store, home: Home, clock: time_machine.Traveller) -> Home:
    """The home with three children and a contact list of five."""
    with store.transaction() as books:
        for number, picture in enumerate(("fox", "owl", "boat"), 1):
            form_id = "child-views" if number < 3 else "child-views-first"
            books.children.put(Child(f"c{number}", home.id, number, picture, form_id))
        for person in PEOPLE:
            books.people.put(person)
    return home


@pytest.fixture
def manager(app: Flask, larch: Home) -> Visitor:
    return manager_of(app, larch.id)


@pytest.fixture
def asked(store: Store, larch: Home, library: dict[str, Form]) -> Round:
    """An open round in which Sam and Priya (with names), Tina and Max (without) have been sent a letter."""
    forms = [library[name] for name in ("child-views", "staff-views", "social-worker-views", "parent-views")]
    closes_on = day_at(now()) + timedelta(days=14)
    opened = open_round(store, larch, forms, title="Your views", reason="Reg 45 review", closes_on=closes_on, now=now())
    form_of = {"social_worker": "social-worker-views", "parent": "parent-views"}
    invite(
        store,
        opened,
        [Addressee(form_of[one.kind], one.name, one.email, one.label, one.id) for one in PEOPLE if one.kind in form_of],
        now(),
        lambda invitation, token: Words("Your views", f"https://sayso.example/i/{token}", "<p>…</p>"),
    )
    with store.transaction() as books:
        for letter in list(books.letters.find("round_id", opened.id)):
            books.letters.put(replace(letter, state="sent", left_at=now(), text="", html=""))
    return opened


def filled_in(page: Page) -> dict[str, Any]:
    """What a browser would send of the page's form: everything that is filled in, ticked or chosen."""
    sent: dict[str, Any] = {}
    for found in page.fields:
        name, kind = found.get("name", ""), found.get("type", "")
        if not name or (kind in ("checkbox", "radio") and "checked" not in found):
            continue
        sent.setdefault(name, []).append(found.get("value", ""))
    return sent


def fill(visitor: Visitor, address: str = NEW, **changes: Any) -> dict[str, Any]:
    """The page at this address filled in as it comes, with some fields changed; underscores stand for hyphens."""
    return filled_in(visitor.visit(address)) | {name.replace("__", "-"): value for name, value in changes.items()}


def opened_here(visitor: Visitor, store: Store, **changes: Any) -> Round:
    """A round opened from its page."""
    page = visitor.send(NEW, fill(visitor, **changes))
    assert page.status == 200, page.text
    return next(one for one in store.rounds.all() if one.id in page.response.request.path)


def invited(store: Store, asked: Round, name: str) -> Invitation:
    return next(one for one in store.invitations.find("round_id", asked.id) if one.name == name)


def letters_to(store: Store, asked: Round, email: str) -> list[Letter]:
    return [letter for letter in store.letters.find("round_id", asked.id) if letter.to == email]


def answer(store: Store, asked: Round, home: Home, form: Form, invitation: Invitation | None, **answers: Any) -> None:
    """Somebody answers, by their link or on the tablet."""
    ref = asked.form_ref(form.id)
    assert ref is not None
    channel = "link" if invitation else "tablet"
    invitation_id = invitation.id if invitation else None
    draft = responding.begin(store, asked, ref, channel, form.base_language, now(), invitation_id)
    meta = meta_of(asked, home, invitation, now())
    responding.submit(store, draft.id, form, answers, meta, HASHER, now())


def changes(store: Store, kind: str) -> list[str]:
    """What was remembered of rounds or invitations, in order."""
    return [entry.facts["change"] for entry in store.audit.all() if entry.kind == kind]


class TestMaking:
    """A round is made from a template, on one page that comes filled in."""

    def test_the_kinds_of_rounds_are_those_that_a_home_of_this_kind_has(self, app: Flask, store: Store, larch) -> None:
        agency = Home("fern", "Fernbrook", "fostering_agency", demonstration=True)
        with store.transaction() as books:
            books.homes.put(agency)
        visitor = manager_of(app)
        assert {"Reg 45 review", "Inspection today", "Everyday feedback"} <= set(
            re.findall(r"<h2><a [^>]*>([^<]+)<", visitor.visit("/homes/larch-house/rounds/new").html)
        )
        assert "Reg 45 review" not in visitor.visit("/homes/fern/rounds/new").html
        assert "What is the round for?" in visitor.visit("/homes/fern/rounds/new?template=reg-45").text

    def test_the_page_comes_filled_in_from_the_template(self, manager: Visitor) -> None:
        page = manager.visit(NEW)
        sent = filled_in(page)
        assert sent["title"] == ["Your views"]
        assert sent["reason"] == ["Reg 45 review"]
        assert {"child-views", "child-views-first", "staff-views", "social-worker-views", "parent-views"} <= {
            *sent["forms"]
        }
        assert not {"annex-a-2021-22", "visit-feedback"} & {*sent["forms"]}, "these are there to be chosen"
        assert "foster-carer-views" not in page.html, "it is for agencies"
        assert (sent["expected-child-views"], sent["expected-child-views-first"]) == (["2"], ["1"])
        assert {*sent["people"]} == {person.id for person in PEOPLE}
        assert sent["label-sam"] == ["the review"]
        assert (sent["first_day"], sent["last_day"]) == (["2026-11-20"], ["2026-12-17"])
        assert "reminded on 27 November 2026 and 4 December 2026" in page.text
        assert "Open the round and send 5 letters" in page.text

    def test_today_opens_it_at_once_with_a_letter_for_each(self, manager: Visitor, store: Store) -> None:
        page = manager.send(NEW, fill(manager, title="How are we doing?", label__tina="your child’s care"))
        [opened] = store.rounds.all()
        assert "The round is open. 5 letters wait to leave." in page.text
        assert (opened.title, opened.template, opened.remind_after) == ("How are we doing?", "reg-45", (5, 10))
        assert {each.form_id: each.people for each in opened.expected} == {"child-views": 2, "child-views-first": 1}
        assert Counter(letter.to for letter in store.letters.all()) == Counter(person.email for person in PEOPLE)
        assert invited(store, opened, "Tina Webb").label == "your child’s care"
        kept = store.people.get("tina")
        assert kept is not None
        assert kept.label == "your child’s care", "the contact list keeps it for next time"
        assert not list(store.planned_rounds.all())
        assert changes(store, "round_changed") == ["opened"]
        assert [entry.facts["count"] for entry in store.audit.all() if entry.kind == "invited"] == [5]
        assert {entry.actor for entry in store.audit.all()} == {next(store.accounts.all()).id}

    def test_the_same_page_sent_twice_makes_one_round(self, manager: Visitor, store: Store) -> None:
        sent = fill(manager)
        first, second = manager.send(NEW, sent), manager.send(NEW, sent)
        assert first.response.request.path == second.response.request.path
        assert len(list(store.rounds.all())) == 1
        assert len(list(store.letters.all())) == 5

    def test_all_of_a_kind_needs_no_single_ticks(self, manager: Visitor, store: Store) -> None:
        opened = opened_here(manager, store, people=["helen"], all__parent="y")
        assert {one.name for one in store.invitations.find("round_id", opened.id)} == {
            "Tina Webb",
            "Max Hale",
            "Helen Marsh",
        }

    def test_nobody_need_be_on_the_contact_list(self, manager: Visitor, store: Store) -> None:
        with store.transaction() as books:
            for person in PEOPLE:
                books.people.remove(person.id)
        page = manager.visit(NEW)
        assert "Nobody is on the contact list of Larch House yet" in page.text
        opened = opened_here(manager, store)
        assert not list(store.letters.find("round_id", opened.id))

    @pytest.mark.parametrize(
        ("changed", "at", "words"),
        [
            ({"title": "  "}, "title", "Say what the round is called"),
            ({"title": "x" * 121}, "title", "120 letters at most"),
            ({"reason": "x" * 201}, "reason", "200 letters at most"),
            ({"forms": []}, "forms", "Choose at least one form."),
            ({"forms": ["child-views", "gone"]}, "forms", "One of these forms is not there any more"),
            ({"first_day": ""}, "first_day", "Choose a day."),
            ({"first_day": "soon"}, "first_day", "Write the day as 31/12/2026."),
            ({"first_day": "2026-11-19"}, "first_day", "This day has passed."),
            ({"first_day": "9999-12-31", "last_day": "9999-12-31"}, "first_day", "more than two years away"),
            ({"last_day": "2026-11-19"}, "last_day", "This day has passed."),
            ({"first_day": "2026-12-01", "last_day": "2026-11-30"}, "last_day", "comes before the first"),
            ({"remind__1": "0"}, "remind-1", "Write a number from 1 to 200."),
            ({"remind__1": "five"}, "remind-1", "Write a number in figures"),
            ({"remind__1": "9" * 5000}, "remind-1", "Write a number"),
            ({"remind__1": "5", "remind__2": "5"}, "remind-2", "Each reminder comes after the one before."),
            ({"expected__staff-views": "-1"}, "expected-staff-views", "Write a number from 0 to 1000."),
            ({"label__sam": "x" * 121}, "label-sam", "120 letters at most"),
            ({"forms": ["child-views", "parent-views"]}, "people", "No form is chosen for Priya Nair and 2 more."),
        ],
    )
    def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
        self, manager: Visitor, store: Store, changed: dict[str, Any], at: str, words: str
    ) -> None:
        sent = fill(manager, **{"title": "A title of mine", "label__max": "words of mine"} | changed)
        response = manager.post(NEW, sent)
        page = Visitor.read(response)
        assert page.status == 422
        assert page.title.startswith("Error: ")
        assert words in page.text
        assert f'href="#{at}"' in page.html
        assert at in page.ids
        again = filled_in(page)
        assert again.get("title") == ([sent["title"]] if sent["title"].strip() else [""])
        assert again["label-max"] == ["words of mine"]
        assert {*again.get("people", [])} == {*sent["people"]}
        assert not list(store.rounds.all())
        assert not list(store.planned_rounds.all())

    def test_days_may_be_written_as_people_write_them(self, manager: Visitor, store: Store) -> None:
        opened = opened_here(manager, store, last_day="24/12/2026")
        assert opened.closes_on == date(2026, 12, 24)

    def test_a_reg_45_round_that_lacks_somebody_says_so_before_and_after_and_opens(
        self, manager: Visitor, store: Store
    ) -> None:
        sent = fill(manager, people=["sam", "priya", "helen"])
        look = Visitor.read(manager.post(NEW, sent | {"look": "yes"}))
        assert look.status == 200
        assert "Nobody is asked of: parents. A Reg 45 review is not complete without them" in look.text
        assert not list(store.rounds.all()), "looking makes nothing"
        page = manager.send(NEW, sent)
        assert "The round is open." in page.text
        assert "Nobody is asked of: parents." in page.text

    def test_what_it_comes_to_follows_what_is_typed(self, manager: Visitor, store: Store) -> None:
        sent = fill(manager, first_day="2026-12-01", people=["sam"], remind__2="")
        fragment = manager.post(NEW, sent | {"look": "yes"}, headers={"HX-Request": "true"})
        told = re.sub(r"<[^>]+>", " ", fragment.get_data(as_text=True))
        assert fragment.status_code == 200
        assert "It opens by itself on 1 December 2026." in told
        assert "1 letter leaves on that day." in told
        assert "reminded on 8 December 2026." in told
        assert "Plan the round" in told
        assert "1 of 2 chosen" in told
        assert "<h1" not in fragment.get_data(as_text=True)
        assert not list(store.planned_rounds.all())

    def test_a_label_that_looks_like_a_childs_name_is_asked_about(self, manager: Visitor) -> None:
        page = Visitor.read(manager.post(NEW, fill(manager, label__sam="Jamie Smith", look="yes")))
        assert "A letter never names the child." in page.text


class TestPlanned:
    """A round with a later first day is planned: seen, changed, opened at once, or let go."""

    @pytest.fixture
    def plan(self, manager: Visitor, store: Store) -> PlannedRound:
        page = manager.send(NEW, fill(manager, first_day="2026-12-01", people=["sam", "tina"]))
        assert "It opens by itself on 1 December 2026." in page.text
        [plan] = store.planned_rounds.all()
        return plan

    def test_it_is_kept_and_nobody_is_asked(self, store: Store, plan: PlannedRound) -> None:
        assert plan.people == ("sam", "tina")
        assert not list(store.letters.all())
        assert not list(store.rounds.all())
        assert changes(store, "round_changed") == ["planned"]

    def test_it_can_be_changed(self, manager: Visitor, store: Store, plan: PlannedRound) -> None:
        address = f"/planned/{plan.id}"
        sent = fill(manager, address, title="Later views", first_day="2026-12-02", people=["sam", "max"])
        assert "Planned. It opens by itself on 2 December 2026." in manager.send(address, sent).text
        [changed] = store.planned_rounds.all()
        assert (changed.id, changed.title, changed.people) == (plan.id, "Later views", ("sam", "max"))

    def test_it_can_be_opened_now(self, manager: Visitor, store: Store, plan: PlannedRound) -> None:
        address = f"/planned/{plan.id}"
        page = manager.send(address, fill(manager, address, open="yes"))
        [opened] = store.rounds.all()
        assert "The round is open. 2 letters wait to leave." in page.text
        assert opened.id == plan.id
        assert not list(store.planned_rounds.all())

    def test_it_can_be_let_go(self, manager: Visitor, store: Store, plan: PlannedRound) -> None:
        manager.visit(f"/planned/{plan.id}")
        assert manager.post(f"/planned/{plan.id}/let-go").status_code == 303
        assert not list(store.planned_rounds.all())
        assert changes(store, "round_changed") == ["planned", "unplanned"]
        assert manager.visit(f"/planned/{plan.id}").status == 404

    def test_a_faulty_change_leaves_it_as_it_was(self, manager: Visitor, store: Store, plan: PlannedRound) -> None:
        address = f"/planned/{plan.id}"
        assert manager.post(address, fill(manager, address, title="")).status_code == 422
        assert list(store.planned_rounds.all()) == [plan]

    def test_a_plan_whose_form_is_gone_can_still_be_mended(
        self, manager: Visitor, store: Store, plan: PlannedRound
    ) -> None:
        with store.transaction() as books:
            books.planned_rounds.put(replace(plan, form_ids=("gone", *plan.form_ids), template="of-old"))
        address = f"/planned/{plan.id}"
        sent = fill(manager, address, open="yes")
        assert "gone" not in sent["forms"]
        assert "The round is open." in manager.send(address, sent).text


class TestTakingBack:
    """Opening can be undone while nothing has left and nobody has begun."""

    def test_the_round_is_planned_again_with_nothing_lost(self, manager: Visitor, store: Store) -> None:
        opened = opened_here(manager, store, people=["sam", "tina"], title="Too early")
        assert "Nothing has left yet" in manager.visit(f"/rounds/{opened.id}").text
        page = manager.send(f"/rounds/{opened.id}/take-back")
        assert "Nothing has left. The round is planned for 21 November 2026 instead" in page.text
        [plan] = store.planned_rounds.all()
        assert (plan.id, plan.title, {*plan.people}) == (opened.id, "Too early", {"sam", "tina"})
        assert (plan.opens_on, plan.closes_on) == (date(2026, 11, 21), opened.closes_on)
        for kept in (store.rounds, store.invitations, store.links, store.letters, store.ledgers):
            assert not list(kept.all())

    def test_it_is_too_late_once_a_letter_has_left(self, manager: Visitor, store: Store) -> None:
        opened = opened_here(manager, store)
        first = next(store.letters.all())
        with store.transaction() as books:
            books.letters.put(replace(first, state="leaving"))
        assert "Take the round back" not in manager.visit(f"/rounds/{opened.id}").text
        assert "It is too late" in manager.send(f"/rounds/{opened.id}/take-back").text
        assert store.rounds.get(opened.id) == opened

    def test_it_is_too_late_once_somebody_has_begun(
        self, manager: Visitor, store: Store, larch: Home, library: dict[str, Form]
    ) -> None:
        opened = opened_here(manager, store)
        answer(store, opened, larch, library["staff-views"], None)
        assert "It is too late" in manager.send(f"/rounds/{opened.id}/take-back").text


class TestFollowing:
    """A round's page says who was asked, has opened and has answered, and what may be done."""

    def test_counts_are_told_by_form_and_update_by_themselves(
        self, manager: Visitor, store: Store, larch: Home, asked: Round, library: dict[str, Form]
    ) -> None:
        page = manager.visit(f"/rounds/{asked.id}")
        assert f'hx-get="/rounds/{asked.id}/progress"' in page.html
        answer(store, asked, larch, library["parent-views"], invited(store, asked, "Tina Webb"))
        fragment = manager.visit(f"/rounds/{asked.id}/progress")
        assert "1 of 2 have answered" in fragment.html
        assert "Tina" not in fragment.html
        assert "<html" not in fragment.html

    def test_a_few_children_are_not_counted_out(
        self, manager: Visitor, store: Store, larch: Home, asked: Round, library: dict[str, Form]
    ) -> None:
        answer(store, asked, larch, library["child-views"], None)
        page = manager.visit(f"/rounds/{asked.id}/progress")
        assert "Not shown: with so few children, even whether somebody has answered could say who." in page.text

    def test_silence_is_said_after_the_first_day_and_at_the_end(
        self, manager: Visitor, store: Store, asked: Round, clock: time_machine.Traveller
    ) -> None:
        address = f"/rounds/{asked.id}"
        assert "Silence" not in manager.visit(address).text
        clock.move_to(FRIDAY + timedelta(days=3, minutes=1))
        fresh = manager_of(manager.client.application, "larch-house")
        assert "Silence is not a good sign" in fresh.visit(address).text
        close_round(store, asked.id, now())
        assert "Silence is a question to follow up" in fresh.visit(address).text

    def test_whoever_follows_without_managing_sees_numbers_and_no_names(self, app: Flask, asked: Round) -> None:
        visitor = signed_in(app, account_with(app, "independent_person", home_id="larch-house"))
        page = visitor.visit(f"/rounds/{asked.id}")
        assert page.status == 200
        assert "0 of 2 have answered" in page.html
        for hidden in ("Sam", "example.org", "Close the round", "Remind", '/letters"'):
            assert hidden not in page.html
        assert visitor.visit(f"/rounds/{asked.id}/letters").status == 403

    def test_a_closed_round_stays_closed_and_offers_a_new_one(
        self, manager: Visitor, store: Store, asked: Round
    ) -> None:
        manager.visit(f"/rounds/{asked.id}")
        page = manager.send(f"/rounds/{asked.id}/close")
        assert "The round is closed." in page.text
        assert "It stays closed" in page.text
        assert "/homes/larch-house/rounds/new" in page.links
        assert 'hx-get="/rounds/' not in page.html, "nothing of it changes any more"
        assert changes(store, "round_changed") == ["closed"]
        assert "closed: nobody can be asked any more" in manager.visit(f"/rounds/{asked.id}/invite").text
        refused = manager.post(f"/rounds/{asked.id}/extend", {"until": "2026-12-31"})
        assert refused.status_code == 422
        assert "A round that has closed stays closed" in refused.get_data(as_text=True)

    def test_the_last_day_moves_later_and_links_with_it(self, manager: Visitor, store: Store, asked: Round) -> None:
        manager.visit(f"/rounds/{asked.id}")
        page = manager.send(f"/rounds/{asked.id}/extend", {"until": "2026-12-31"})
        assert "The last day is now 31 December 2026." in page.text
        assert {one.expires_on for one in store.invitations.find("round_id", asked.id)} == {date(2026, 12, 31)}
        assert changes(store, "round_changed") == ["extended"]

    @pytest.mark.parametrize(
        ("until", "words"),
        [("", "Choose a day."), ("soon", "Write the day as"), ("2026-11-21", "close the round"), ("9999-01-01", "far")],
    )
    def test_a_last_day_that_cannot_be_is_refused_at_its_field(
        self, manager: Visitor, store: Store, asked: Round, until: str, words: str
    ) -> None:
        manager.visit(f"/rounds/{asked.id}")
        page = Visitor.read(manager.post(f"/rounds/{asked.id}/extend", {"until": until}))
        assert page.status == 422
        assert words in page.text
        assert store.rounds.get(asked.id) == asked


class TestReminding:
    """A reminder by hand leaves on a working day, and only to those who have not answered."""

    def test_on_a_working_day_it_leaves_now(
        self, manager: Visitor, store: Store, larch: Home, asked: Round, library: dict[str, Form]
    ) -> None:
        answer(store, asked, larch, library["parent-views"], invited(store, asked, "Tina Webb"))
        answer(store, asked, larch, library["social-worker-views"], invited(store, asked, "Sam Okafor"))
        assert "Send 2 reminders" in manager.visit(f"/rounds/{asked.id}").text
        assert "2 reminders leave now." in manager.send(f"/rounds/{asked.id}/remind").text
        reminders = [letter for letter in store.letters.all() if letter.kind == "reminder"]
        assert {letter.to for letter in reminders} == {"max@example.org", "priya@example.org"}
        assert "There is nobody to remind." in manager.send(f"/rounds/{asked.id}/remind").text
        assert changes(store, "invited") == ["reminded"]

    def test_on_a_saturday_it_waits_for_monday_and_says_so(
        self, app: Flask, store: Store, asked: Round, clock: time_machine.Traveller
    ) -> None:
        clock.move_to(FRIDAY + timedelta(days=1))
        visitor = manager_of(app, "larch-house")
        assert "on 23 November 2026, the next working day" in visitor.visit(f"/rounds/{asked.id}").text
        page = visitor.send(f"/rounds/{asked.id}/remind")
        assert "4 reminders leave on 23 November 2026, the next working day." in page.text
        reminders = [letter for letter in store.letters.all() if letter.kind == "reminder"]
        assert {letter.next_try_at for letter in reminders} == {datetime(2026, 11, 23, 8, tzinfo=UTC)}
        assert {one.reminded_on for one in store.invitations.all()} == {(date(2026, 11, 23),)}

    def test_it_is_refused_where_nobody_works_before_the_end(
        self, app: Flask, store: Store, asked: Round, clock: time_machine.Traveller
    ) -> None:
        clock.move_to(datetime(2026, 12, 4, 10, tzinfo=UTC) + timedelta(days=1))
        with store.transaction() as books:
            books.rounds.put(replace(asked, closes_on=date(2026, 12, 6)))
        visitor = manager_of(app, "larch-house")
        visitor.visit(f"/rounds/{asked.id}")
        assert "comes after the last day of the round" in visitor.send(f"/rounds/{asked.id}/remind").text
        assert not [letter for letter in store.letters.all() if letter.kind == "reminder"]

    def test_an_address_that_refuses_letters_gets_none(self, manager: Visitor, store: Store, asked: Round) -> None:
        [letter] = letters_to(store, asked, "sam@example.org")
        with store.transaction() as books:
            books.letters.put(replace(letter, state="bounced"))
        assert "Send 3 reminders" in manager.visit(f"/rounds/{asked.id}").text


class TestWhoWasAsked:
    """The list of those asked by letter: how far each has come, and what may be done."""

    def rows(self, visitor: Visitor, asked: Round, query: str = "") -> dict[str, str]:
        """The list's rows by name, each as its text."""
        page = visitor.visit(f"/rounds/{asked.id}/letters{query}")
        assert page.status == 200
        found = {}
        for row in re.findall(r"<tr id=.*?</tr>", page.html, re.DOTALL):
            text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)).strip()
            found[next(person.name for person in PEOPLE if text.startswith(person.name))] = text
        return found

    def test_of_forms_with_names_it_says_who_has_answered(
        self, manager: Visitor, store: Store, larch: Home, asked: Round, library: dict[str, Form]
    ) -> None:
        answer(store, asked, larch, library["social-worker-views"], invited(store, asked, "Sam Okafor"))
        rows = self.rows(manager, asked)
        assert "Answered" in rows["Sam Okafor"]
        assert "Sent 20 November 2026" in rows["Priya Nair"]
        assert "social worker" in rows["Priya Nair"]
        assert self.rows(manager, asked, "?step=answered").keys() == {"Sam Okafor"}
        assert self.rows(manager, asked, "?step=nonsense").keys() == rows.keys()

    @pytest.mark.parametrize("identity", ["pseudonymous", "anonymous"])
    def test_of_forms_without_names_the_list_is_the_same_whoever_has_answered(
        self, manager: Visitor, store: Store, larch: Home, asked: Round, library: dict[str, Form], identity: str
    ) -> None:
        form = library["parent-views"]
        if identity == "anonymous":
            definition = form.to_json() | {"identity": "anonymous", "version": 99}
            form = Form.of(definition)
            asked = self.ask_without_names(store, larch, form)

        def seen() -> str:
            page = manager.visit(f"/rounds/{asked.id}/letters")
            return re.sub(r'value="[^"]{30,}"', "", page.html)  # tokens of the page

        before = seen()
        answer(store, asked, larch, form, invited(store, asked, "Tina Webb"))
        assert seen() == before
        # what may be asked for goes the same way too, for whoever has answered and whoever has not
        said = {}
        for name in ("Tina Webb", "Max Hale"):
            one = invited(store, asked, name)
            replies = [manager.send(f"/invitations/{one.id}/{move}") for move in ("again", "correct", "revoke")]
            said[name] = [
                re.sub(name, "…", " ".join(re.findall(r'<p class="notice[^>]*>([^<]*)', page.html))) for page in replies
            ]
        assert said["Tina Webb"] == said["Max Hale"]
        rows = self.rows(manager, asked)
        assert rows["Tina Webb"].replace("tina", "max").replace("Tina Webb", "Max Hale") == rows["Max Hale"]
        assert "Taken back" in rows["Tina Webb"]
        assert invited(store, asked, "Tina Webb").answered, "what was answered stays"
        assert changes(store, "invited") == ["sent_again", "revoked"] * 2, "nor does the audit tell"

    def ask_without_names(self, store: Store, home: Home, form: Form) -> Round:
        opened = open_round(
            store, home, [form], title="Quietly", reason="", closes_on=day_at(now()) + timedelta(days=14), now=now()
        )
        people = [Addressee(form.id, one.name, one.email, one.label, one.id) for one in PEOPLE if one.kind == "parent"]
        invite(store, opened, people, now(), lambda invitation, token: Words("Your views", token, token))
        with store.transaction() as books:
            for letter in list(books.letters.find("round_id", opened.id)):
                books.letters.put(replace(letter, state="sent", left_at=now()))
        return opened

    def test_it_says_what_it_shows_and_what_it_does_not(self, manager: Visitor, asked: Round) -> None:
        page = manager.visit(f"/rounds/{asked.id}/letters")
        assert "Of “How is the child doing?” you see who has opened and who has answered." in page.text
        assert "Of “How is your child's care?” you see how far each letter has come, and not who has answered" in (
            page.text.replace("&#39;", "'")
        )

    def test_the_servers_words_and_reasons_given_stand_beside_the_name(
        self, manager: Visitor, store: Store, asked: Round
    ) -> None:
        [letter] = letters_to(store, asked, "sam@example.org")
        with store.transaction() as books:
            books.letters.put(replace(letter, state="bounced", said="550 No such <b>user</b>"))
        decline(store, invited(store, asked, "Max Hale").id, "Ask Ada.", now())
        page = manager.visit(f"/rounds/{asked.id}/letters")
        assert "The mail server says: 550 No such &lt;b&gt;user&lt;/b&gt;" in page.html
        assert "They say: Ask Ada." in page.text

    def test_a_new_link_a_right_address_and_taking_back(self, manager: Visitor, store: Store, asked: Round) -> None:
        sam = invited(store, asked, "Sam Okafor")
        manager.visit(f"/rounds/{asked.id}/letters")
        assert "A new letter to Sam Okafor waits to leave." in manager.send(f"/invitations/{sam.id}/again").text
        assert [letter.kind for letter in letters_to(store, asked, sam.email)] == ["invitation", "new_link"]
        page = manager.send(f"/invitations/{sam.id}/correct", {"email": "s.okafor@example.org"})
        assert "A letter to s.okafor@example.org waits to leave." in page.text
        assert invited(store, asked, "Sam Okafor").email == "s.okafor@example.org"
        assert "taken back" in manager.send(f"/invitations/{sam.id}/revoke").text
        assert "Taken back" in self.rows(manager, asked)["Sam Okafor"]
        assert changes(store, "invited") == ["sent_again", "corrected", "revoked"]

    @pytest.mark.parametrize("email", ["", "sam", "a@b", "sam@example.org\nBcc: all@example.org", "x" * 300 + "@e.org"])
    def test_an_address_that_is_none_is_refused_with_what_was_typed(
        self, manager: Visitor, store: Store, asked: Round, email: str
    ) -> None:
        sam = invited(store, asked, "Sam Okafor")
        manager.visit(f"/rounds/{asked.id}/letters")
        page = Visitor.read(manager.post(f"/invitations/{sam.id}/correct", {"email": email}))
        assert page.status == 422
        assert "This is no e-mail address." in page.text
        assert [found["value"] for found in page.fields if found.get("id") == f"email-{sam.id}"] == [email.strip()]
        assert invited(store, asked, "Sam Okafor") == sam

    @pytest.mark.parametrize("move", ["again", "correct", "revoke"])
    def test_nothing_is_done_about_whoever_has_answered_with_their_name(
        self, manager: Visitor, store: Store, larch: Home, asked: Round, library: dict[str, Form], move: str
    ) -> None:
        answer(store, asked, larch, library["social-worker-views"], invited(store, asked, "Sam Okafor"))
        sam = invited(store, asked, "Sam Okafor")
        manager.visit(f"/rounds/{asked.id}/letters")
        page = manager.send(f"/invitations/{sam.id}/{move}", {"email": "new@example.org"})
        assert "This cannot be done any more." in page.text
        assert invited(store, asked, "Sam Okafor") == sam

    def test_somebody_elses_invitation_is_not_there(self, app: Flask, store: Store, asked: Round) -> None:
        sam = invited(store, asked, "Sam Okafor")
        stranger = manager_of(app, "another-home")
        stranger.visit("/account")
        for move in ("again", "correct", "revoke"):
            assert stranger.post(f"/invitations/{sam.id}/{move}", {"email": "me@example.org"}).status_code == 404
        assert invited(store, asked, "Sam Okafor") == sam


class TestInvitingMore:
    """More people can be asked while the round is open, each once."""

    def test_those_on_the_list_who_were_not_asked_are_offered(
        self, manager: Visitor, store: Store, larch: Home, asked: Round
    ) -> None:
        with store.transaction() as books:
            books.people.put(Person("joan", larch.id, "social_worker", "Joan Brown", "joan@example.org"))
        address = f"/rounds/{asked.id}/invite"
        page = manager.visit(address)
        assert "Joan Brown" in page.text
        assert "Sam Okafor" not in page.text
        assert "Helen Marsh" not in page.text, "the round has no form for her"
        sent = filled_in(page) | {"people": ["joan"], "label-joan": "the meeting in May"}
        assert "1 letter waits to leave." in manager.send(address, sent).text
        assert "They have been asked already." in manager.send(address, sent).text
        [joan] = [one for one in store.invitations.all() if one.person_id == "joan"]
        assert joan.label == "the meeting in May"
        assert len(letters_to(store, asked, "joan@example.org")) == 1
        assert changes(store, "invited") == ["invited"]

    def test_somebody_can_be_written_in(self, manager: Visitor, store: Store, asked: Round) -> None:
        address = f"/rounds/{asked.id}/invite"
        sent = fill(manager, address, name="Ada Lewis", email="ada@example.org", form="parent-views")
        assert "1 letter waits to leave." in manager.send(address, sent).text
        assert invited(store, asked, "Ada Lewis").form_id == "parent-views"

    @pytest.mark.parametrize(
        ("changed", "at", "words"),
        [
            ({}, "people", "Choose somebody"),
            ({"name": "Ada"}, "email", "Write their e-mail address"),
            ({"email": "ada"}, "email", "Write their e-mail address"),
            ({"email": "ada@example.org", "form": "child-views"}, "form", "Choose what they are asked."),
            ({"email": "ada@example.org", "form": ""}, "form", "Choose what they are asked."),
        ],
    )
    def test_what_is_wrong_is_said_at_its_field(
        self, manager: Visitor, store: Store, asked: Round, changed: dict[str, str], at: str, words: str
    ) -> None:
        address, before = f"/rounds/{asked.id}/invite", len(list(store.letters.all()))
        page = Visitor.read(manager.post(address, fill(manager, address, **changed)))
        assert page.status == 422
        assert f'href="#{at}"' in page.html
        assert words in page.text
        assert len(list(store.letters.all())) == before


def test_two_hundred_letters_leave_once_each_and_a_bar_follows_them(
    app: Flask, manager: Visitor, store: Store, larch: Home
) -> None:
    crowd = [Person(f"p{n}", larch.id, "social_worker", f"Person {n}", f"p{n}@example.org") for n in range(195)]
    with store.transaction() as books:
        books.homes.put(replace(larch, demonstration=False))  # a demonstration sends nothing
        for person in crowd:
            books.people.put(person)
    with MailServer() as server, sender_for(server.url, "sayso@example.org") as sender:
        running(app).config = replace(running(app).config, smtp_url=server.url, mail_from="sayso@example.org")
        opened = opened_here(manager, store, people=["tina"], all__social_worker="y", all__iro="y", all__parent="y")
        page = manager.visit(f"/rounds/{opened.id}")
        assert "0 of 200 letters sent, 200 waiting to leave" in page.text
        bar = f"/rounds/{opened.id}/letters/sent"
        assert f'hx-get="{bar}" hx-trigger="every 2s"' in page.html
        few = iter(range(50))
        deliver(store, sender, now, partial(is_wanted, now), lambda: next(few, None) is None)
        assert "50 of 200 letters sent, 150 waiting" in manager.visit(bar).text
        deliver(store, sender, now, partial(is_wanted, now))
        taken = Counter(recipient for mail in server.taken for recipient in mail.recipients)
    assert taken == Counter({person.email: 1 for person in (*PEOPLE, *crowd)})
    done = manager.visit(bar)
    assert "200 of 200 letters sent." in done.text
    assert 'hx-get="/rounds/' not in done.html, "nothing moves any more"


class TestWorkbook:
    """The workbook holds single answers only of forms that name one of the account's roles as reader."""

    @pytest.fixture
    def answered(self, store: Store, larch: Home, asked: Round, library: dict[str, Form]) -> Round:
        answer(store, asked, larch, library["staff-views"], None, make_better="a word of the staff")
        answer(
            store, asked, larch, library["social-worker-views"], invited(store, asked, "Sam Okafor"), anything="a word"
        )
        return asked

    def book(self, visitor: Visitor, asked: Round) -> Any:
        reply = visitor.client.get(f"/rounds/{asked.id}/workbook.xlsx")
        assert reply.status_code == 200
        return load_workbook(BytesIO(reply.get_data()))

    @pytest.mark.parametrize(
        ("role", "shown", "withheld"),
        [
            ("registered_manager", ["Social workers"], ["Staff"]),
            ("responsible_individual", ["Staff", "Social workers"], []),
            ("independent_person", [], ["Staff", "Social workers"]),
        ],
    )
    def test_each_role_takes_what_it_may_read(
        self, app: Flask, answered: Round, role: Role, shown: list[str], withheld: list[str]
    ) -> None:
        visitor = signed_in(app, account_with(app, role, home_id="larch-house"))
        book = self.book(visitor, answered)
        assert [sheet for sheet in (*shown, *withheld) if book[sheet].tables] == shown
        for sheet in withheld:
            assert "not among those whom the form names as readers" in "".join(
                str(cell) for row in book[sheet].values for cell in row
            )

    def test_the_page_says_what_it_holds_for_whoever_looks(self, app: Flask, answered: Round) -> None:
        manager = manager_of(app, "larch-house").visit(f"/rounds/{answered.id}").text.replace("&#39;", "'")
        assert "For you, as registered manager, it holds single answers to “What is it like where you live?”" in manager
        assert "Of “Working with children here” it holds figures only" in manager
        visitor = signed_in(app, account_with(app, "independent_person", home_id="larch-house"))
        assert "it holds no single answers" in visitor.visit(f"/rounds/{answered.id}").text

    def test_it_leaves_as_a_file_that_nobody_keeps_and_that_it_left_is_remembered(
        self, manager: Visitor, store: Store, answered: Round
    ) -> None:
        reply = manager.client.get(f"/rounds/{answered.id}/workbook.xlsx")
        name = f"larch-house-{answered.id}-2026-11-20.xlsx"
        assert reply.headers["Content-Disposition"] == f"attachment; filename={name}"
        assert "no-store" in reply.headers["Cache-Control"]
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        [entry] = [entry for entry in store.audit.all() if entry.kind == "exported"]
        assert (entry.facts, entry.home_id) == (
            {"rounds": answered.id, "file": name, "names": True},
            answered.home_id,
        )

    def test_the_same_leaves_as_csv_with_the_same_held_back(
        self, app: Flask, manager: Visitor, store: Store, answered: Round
    ) -> None:
        address = f"/rounds/{answered.id}/answers.zip"
        assert address in manager.visit(f"/rounds/{answered.id}").html
        reply = manager.client.get(address)
        name = f"larch-house-{answered.id}-2026-11-20-csv.zip"
        assert reply.headers["Content-Disposition"] == f"attachment; filename={name}"
        assert (reply.mimetype, "no-store" in reply.headers["Cache-Control"]) == ("application/zip", True)
        with ZipFile(BytesIO(reply.get_data())) as archive:
            names = archive.namelist()
            everything = b"".join(archive.read(one) for one in names)
        assert "responses-social-workers.csv" in names
        assert "responses-staff.csv" not in names
        assert b"a word of the staff" not in everything
        [entry] = [entry for entry in store.audit.all() if entry.kind == "exported"]
        assert (entry.facts["file"], entry.facts["names"]) == (name, True)
        ro = signed_in(app, account_with(app, "responsible_individual", home_id="larch-house"))
        with ZipFile(BytesIO(ro.client.get(address).get_data())) as archive:
            assert b"a word of the staff" in b"".join(archive.read(one) for one in archive.namelist())
        visitor = signed_in(app, account_with(app, "independent_person", home_id="larch-house"))
        with ZipFile(BytesIO(visitor.client.get(address).get_data())) as archive:
            assert not [one for one in archive.namelist() if one.startswith("responses")]

    def test_it_asks_for_the_password_again(
        self, manager: Visitor, store: Store, answered: Round, clock: time_machine.Traveller
    ) -> None:
        clock.shift(timedelta(minutes=16))
        reply = manager.client.get(f"/rounds/{answered.id}/workbook.xlsx")
        assert reply.status_code == 303
        assert reply.headers["Location"].startswith("/account/prove?next=")
        assert not [entry for entry in store.audit.all() if entry.kind == "exported"]


def test_no_wrong_post_is_answered_with_a_fault_of_ours(manager: Visitor, store: Store, asked: Round) -> None:
    sam = invited(store, asked, "Sam Okafor")
    awkward: Mapping[str, Any] = {
        "title": ["\x00", "two"],
        "forms": ["\ud800".encode("utf-16", "surrogatepass").decode("utf-16", "replace"), "x" * 3000],
        "people": ["'; --", "../.."],
        "first_day": "0001-01-01",
        "last_day": "-1",
        "remind-1": "1e9",
        "expected-child-views": "٣",
        "round-id": "../../etc",
        "email": "\x00@\x00",
        "until": "2026-02-30",
        "label-sam": "\x00" * 500,
    }
    manager.visit(NEW)
    post: Callable[[str], int] = lambda address: manager.post(address, awkward).status_code  # noqa: E731
    for address in (
        NEW,
        f"/rounds/{asked.id}/invite",
        f"/rounds/{asked.id}/extend",
        f"/invitations/{sam.id}/correct",
        f"/rounds/{asked.id}/remind",
        f"/invitations/{sam.id}/again",
        f"/invitations/{sam.id}/revoke",
    ):
        assert post(address) in (303, 422), address
