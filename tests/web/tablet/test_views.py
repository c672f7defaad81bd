"""Hand-over through the front door: a device is enrolled, unlocked, given to one child after the other, and locked."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import time_machine
from argon2 import PasswordHasher
from flask import Flask

from service.accounts.passwords import Passwords
from service.audit import Entry
from service.collection.models.home import Child, Home
from service.collection.models.response import Response
from service.collection.models.round import Expected, Round
from service.collection.models.tablet import Enrolment, Pin, Tablet, Unlocking
from service.collection.rounds.open_close import open_round
from service.collection.tablets.unlock import round_on
from service.dates import day_at, now, start_of
from service.definitions import Form
from service.state import app_state
from service.storage.store import RecordStore
from service.web.tablet.views import MADE_UP_PIN
from tests.accounts_factory import account_with, manager_of, signed_in
from tests.round_closure import close_round
from tests.tablet import enrolled, unlocked
from tests.visitor import Page, Visitor

LONG_ON_POSTGRES = True
PIN = "4826"
ANSWERS = {"company": "alone", "feel_safe": "mostly", "what_is_good": "The food."}


@pytest.fixture(autouse=True)
def quick(app: Flask) -> None:
    """PINs are hashed at a small cost here: what is tested is not how slow that is."""
    app_state(app).passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def home(home: Home, store: RecordStore) -> Home:
    """A real home: nothing is made easy for whoever only tries this out."""
    real = replace(home, demonstration=False)
    other = replace(real, id="harbour-view", name="Harbour View")
    with store.transaction() as tx:
        tx[Home].put(real)
        tx[Home].put(other)
    return real


@pytest.fixture
def children(store: RecordStore, home: Home) -> tuple[Child, ...]:
    """Three who live here, one who has left, and one of another home."""
    kept = [
        Child("c-kite", home.id, 2, "kite", "older"),
        Child("c-boat", home.id, 1, "boat", "older"),
        Child("c-sun", home.id, 3, "sun", "young"),
        Child("c-gone", home.id, 4, "moon", "older", left_on=day_at(now())),
        Child("c-other", "harbour-view", 1, "train", "older"),
    ]
    with store.transaction() as tx:
        for child in kept:
            tx[Child].put(child)
    return tuple(kept)


@pytest.fixture
def manager(app: Flask, home: Home) -> Visitor:
    return manager_of(app, home.id)


@pytest.fixture
def tablet(app: Flask, round_: Round) -> Visitor:
    return unlocked(app, round_.home_id, round_.id)


def code_of(page: Page) -> str:
    [code] = re.findall(r"/tablet/enrol/([a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4})", page.text)
    return code


def new_code(manager: Visitor, home: Home, name: str = "The blue one") -> str:
    manager.visit(f"/homes/{home.id}/tablets")
    return code_of(manager.send(f"/homes/{home.id}/tablets/enrol", {"name": name}))


def set_pin(manager: Visitor, home: Home, pin: str = PIN) -> Page:
    manager.visit(f"/homes/{home.id}/tablets")
    return manager.send(f"/homes/{home.id}/tablets/pin", {"pin": pin})


def press(tablet: Visitor, child: Child) -> str:
    """Press a picture and say yes; gives the address of the response just begun."""
    tablet.visit("/tablet")
    asks = tablet.send("/tablet/picture", {"child": child.id})
    assert f"You are the {child.picture}, {child.number}" in asks.text
    [form_id] = re.findall(r"/tablet/start/([\w-]+)", asks.html)
    begun = tablet.post(f"/tablet/start/{form_id}", {"child": child.id})
    assert begun.status_code == 303
    tablet.visit(begun.location)
    return str(begun.location)


def responses(store: RecordStore, round_: Round) -> list[Response]:
    return list(store[Response].find("round_id", round_.id))


def plain(page: Page) -> str:
    """A page without what is new each time: its token."""
    return re.sub(r'name="csrf-token" value="[^"]+"', "", page.html)


def is_locked(visitor: Visitor) -> bool:
    return "This tablet is locked" in visitor.visit("/tablet").text


def told(store: RecordStore) -> list[str]:
    return [entry.facts["change"] for entry in store[Entry].all() if entry.kind == "tablet_changed"]


# --- enrolling ---


class TestEnrolling:
    def test_a_code_makes_one_device_a_tablet_once(self, app: Flask, manager: Visitor, home: Home) -> None:
        code = new_code(manager, home)
        device = Visitor(app)
        page = device.visit(f"/tablet/enrol/{code}")
        assert "Larch House" in page.text
        assert "The blue one" in page.text
        assert device.client.get_cookie("sayso-tablet") is None, "looking changes nothing"
        assert "This tablet is locked" in device.send(f"/tablet/enrol/{code}").text
        second = Visitor(app)
        second.visit("/sign-in")
        assert second.send(f"/tablet/enrol/{code}").status == 410
        assert second.visit(f"/tablet/enrol/{code}").status == 410
        assert second.client.get_cookie("sayso-tablet") is None
        listed = manager.visit(f"/homes/{home.id}/tablets")
        assert "The blue one" in listed.text
        assert "by Mo Amari" in listed.text

    def test_the_code_may_be_typed_without_its_dashes(self, app: Flask, manager: Visitor, home: Home) -> None:
        typed = new_code(manager, home).replace("-", "").upper()
        assert Visitor(app).visit(f"/tablet/enrol/{typed}").status == 200

    def test_it_runs_out_after_fifteen_minutes(self, app: Flask, manager: Visitor, home: Home) -> None:
        code, device, before = new_code(manager, home), Visitor(app), now()
        for minutes, status in ((14, 200), (15, 410), (600, 410)):
            with time_machine.travel(before + timedelta(minutes=minutes), tick=False):
                assert device.visit(f"/tablet/enrol/{code}").status == status, minutes
        with time_machine.travel(before + timedelta(minutes=16), tick=False):
            device.visit("/sign-in")
            assert device.send(f"/tablet/enrol/{code}").status == 410
        assert device.client.get_cookie("sayso-tablet") is None

    def test_neither_code_nor_cookie_can_be_read_in_the_store(
        self, app: Flask, manager: Visitor, home: Home, store: RecordStore
    ) -> None:
        code = new_code(manager, home)
        [enrolment] = store[Enrolment].all()
        assert code.replace("-", "") not in repr(enrolment)
        device = Visitor(app)
        device.visit(f"/tablet/enrol/{code}")
        device.send(f"/tablet/enrol/{code}")
        cookie = device.client.get_cookie("sayso-tablet")
        assert cookie is not None
        assert cookie.http_only
        assert cookie.same_site == "Lax"
        assert cookie.max_age is not None
        assert cookie.max_age > 180 * 24 * 3600
        [kept] = store[Tablet].all()
        assert kept.id not in cookie.value
        assert not list(store[Enrolment].all())

    def test_whoever_is_signed_in_is_signed_out(self, app: Flask, manager: Visitor, home: Home) -> None:
        code = new_code(manager, home)
        manager.visit(f"/tablet/enrol/{code}")
        manager.send(f"/tablet/enrol/{code}")
        assert manager.client.get("/homes").status_code == 303
        assert manager.client.get_cookie("sayso-account") is None

    def test_a_forged_cookie_makes_no_tablet(self, app: Flask, round_: Round, tablet: Visitor) -> None:
        real = tablet.client.get_cookie("sayso-tablet")
        assert real is not None
        for value in ("", "x", real.value[:-2], real.value.partition(".")[0], f'"{round_.home_id}".abc'):
            forged = Visitor(app)
            forged.client.set_cookie("sayso-tablet", value)
            assert "not a tablet of a home yet" in forged.visit("/tablet").text
            assert forged.post("/tablet/start/child-views").status_code in (303, 400)
            assert not forged.client.get("/tablet/staff").location.endswith("staff")

    def test_a_tablet_enrolled_elsewhere_leaves_the_first_list(
        self, app: Flask, home: Home, round_: Round, store: RecordStore
    ) -> None:
        device = unlocked(app, home.id, round_.id)
        code = new_code(manager_of(app), replace(home, id="harbour-view"))
        device.visit(f"/tablet/enrol/{code}")
        device.send(f"/tablet/enrol/{code}")
        [kept] = store[Tablet].all()
        assert kept.home_id == "harbour-view"
        assert not list(store[Unlocking].all())


class TestManaging:
    def test_a_removed_tablet_is_revoked_at_once_and_what_is_under_way_is_not_lost(
        self, manager: Visitor, tablet: Visitor, home: Home, round_: Round, store: RecordStore,
        children: tuple[Child, ...],
    ) -> None:  # fmt: skip
        address = press(tablet, children[0])
        [kept] = store[Tablet].all()
        manager.visit(f"/homes/{home.id}/tablets")
        assert manager.send(f"/tablets/{kept.id}/remove").status == 200
        assert tablet.send(address, ANSWERS).response.request.path == f"{address}/done"
        assert "not a tablet of a home yet" in tablet.visit("/tablet").text
        tablet.visit("/sign-in")
        assert tablet.post("/tablet/start/child-views", {"child": "c-kite"}).location == "/tablet"
        [said] = responses(store, round_)
        assert said.submitted_at
        assert told(store)[-1] == "removed"

    def test_it_is_renamed(self, app: Flask, manager: Visitor, home: Home, store: RecordStore) -> None:
        enrolled(app, home.id)
        [kept] = store[Tablet].all()
        manager.visit(f"/homes/{home.id}/tablets")
        assert "Upstairs" in manager.send(f"/tablets/{kept.id}/rename", {"name": " Upstairs "}).text
        for wrong in ("", " ", "x" * 61):
            manager.send(f"/tablets/{kept.id}/rename", {"name": wrong})
        assert [each.name for each in store[Tablet].all()] == ["Upstairs"]

    def test_a_pin_is_four_to_eight_digits_that_nobody_tries_first(
        self, manager: Visitor, home: Home, store: RecordStore
    ) -> None:
        for bad in (
            *("", "482", "482615937", "48a6", "٤٨٢٦", "-482", "4.82", "0000", "7777", "1234", "4321", "7890", "0987"),
            *("1212", "482482", "123456", "1987", "2024"),
        ):
            assert set_pin(manager, home, bad).status == 422, bad
            assert store[Pin].get(home.id) is None, bad
        for good in ("4826", "48 26", "70395", "80261947"):
            assert set_pin(manager, home, good).status == 200, good
            kept = store[Pin].get(home.id)
            assert kept is not None
            assert kept.digits.startswith("$argon2id$")

    def test_a_new_pin_locks_every_tablet_of_the_home(self, manager: Visitor, tablet: Visitor, home: Home) -> None:
        assert not is_locked(tablet)
        set_pin(manager, home)
        assert is_locked(tablet)

    @pytest.mark.parametrize("role", ["staff", "safeguarding_lead", "independent_person"])
    def test_others_see_how_to_unlock_and_nothing_to_change(self, app: Flask, home: Home, role: str) -> None:
        enrolled(app, home.id, "The blue one")
        seen = signed_in(app, account_with(app, role, home_id=home.id))  # type: ignore[arg-type]
        page = seen.visit(f"/homes/{home.id}/tablets")
        assert "How to hand one over" in page.text
        assert "The blue one" not in page.text
        assert "name" not in page.names()
        assert "Guided Access" in seen.visit(f"/homes/{home.id}/tablets/device").text


# --- unlocking ---


class TestUnlocking:
    @pytest.fixture(autouse=True)
    def pin(self, manager: Visitor, home: Home) -> None:
        set_pin(manager, home)

    @pytest.fixture
    def locked(self, app: Flask, home: Home, round_: Round) -> Visitor:
        visitor = enrolled(app, home.id)
        assert is_locked(visitor)
        return visitor

    def test_the_pin_opens_it_until_the_end_of_the_day(
        self, locked: Visitor, round_: Round, children: tuple[Child, ...]
    ) -> None:
        morning, midnight = (start_of(day_at(now()) + timedelta(days=days)) for days in (1, 2))
        with time_machine.travel(morning + timedelta(hours=10), tick=False):
            locked.visit("/tablet")
            page = locked.send("/tablet/unlock", {"round": round_.id, "pin": " 48 26 "})
            assert "Which picture is yours?" in page.text
        with time_machine.travel(midnight - timedelta(minutes=1), tick=False):
            assert not is_locked(locked)
        with time_machine.travel(midnight, tick=False):
            assert is_locked(locked)
            assert locked.post("/tablet/start/child-views", {"child": "c-kite"}).location == "/tablet"

    def test_no_other_digits_open_it(self, locked: Visitor, round_: Round) -> None:
        with time_machine.travel(now(), tick=False) as clock:
            for wrong in (
                "",
                "4827",
                "482",
                "48266",
                "0000",
                "4826x",
                "٤٨٢٦",
                "' OR 1=1",
                "9" * 5000,
                "\x00",
            ):
                clock.shift(timedelta(minutes=6))
                page = locked.send("/tablet/unlock", {"round": round_.id, "pin": wrong})
                assert page.status == 422, wrong
                assert "not the PIN" in page.text
                assert is_locked(locked)

    def test_wrong_tries_slow_one_tablet_down_and_lock_none_for_good(
        self, app: Flask, home: Home, locked: Visitor, round_: Round
    ) -> None:
        other = enrolled(app, home.id, "Tablet 2")
        other.visit("/tablet")
        with time_machine.travel(now(), tick=False) as clock:  # no earlier than the page it holds was made
            for _ in range(5):
                assert locked.send("/tablet/unlock", {"round": round_.id, "pin": "1357"}).status == 422
            waits = locked.send("/tablet/unlock", {"round": round_.id, "pin": PIN})
            assert waits.status == 429
            assert "wait" in waits.text
            other.send("/tablet/unlock", {"round": round_.id, "pin": PIN})
            assert not is_locked(other), "another tablet of the home is not kept waiting"
            for _ in range(40):  # however long it goes on, five minutes are the longest wait
                clock.shift(timedelta(minutes=5))
                assert locked.send("/tablet/unlock", {"round": round_.id, "pin": "1357"}).status == 422
            clock.shift(timedelta(minutes=5))
            locked.send("/tablet/unlock", {"round": round_.id, "pin": PIN})
            assert not is_locked(locked)

    def test_the_round_is_chosen_where_there_are_several_open_here(
        self, locked: Visitor, home: Home, round_: Round, store: RecordStore, library: dict[str, Form]
    ) -> None:
        def one(title: str, form_id: str = "child-views", home: Home = home) -> Round:
            until = day_at(now()) + timedelta(days=3)
            forms = [library[form_id]]
            return open_round(store, home, forms, title=title, reason="x", closes_on=until, now=now())

        close_round(store, round_.id, now())
        shut = one("Closed one")
        close_round(store, shut.id, now())
        first, second = one("Your views, winter"), one("Inspection", "staff-views")
        elsewhere = one("Elsewhere", home=replace(home, id="harbour-view"))
        page = locked.visit("/tablet")
        assert "Inspection" in page.text
        assert first.title in page.text
        assert "Closed one" not in page.text
        assert "Elsewhere" not in page.text
        for wrong in (shut.id, elsewhere.id, "", "nonsense"):
            assert locked.send("/tablet/unlock", {"round": wrong, "pin": PIN}).status == 422
        locked.send("/tablet/unlock", {"round": second.id, "pin": PIN})
        [kept] = store[Unlocking].all()
        assert kept.round_id == second.id

    def test_closing_the_round_locks_it(self, locked: Visitor, round_: Round, store: RecordStore) -> None:
        locked.send("/tablet/unlock", {"round": round_.id, "pin": PIN})
        assert not is_locked(locked)
        close_round(store, round_.id, now())
        assert is_locked(locked)
        assert "Nothing is being asked" in locked.visit("/tablet").text

    def test_leaving_takes_the_pin(self, locked: Visitor, round_: Round, store: RecordStore) -> None:
        locked.send("/tablet/unlock", {"round": round_.id, "pin": PIN})
        locked.visit("/tablet/staff")
        assert locked.send("/tablet/lock", {"pin": "1357"}).status == 422
        assert not is_locked(locked)
        locked.visit("/tablet/staff")
        locked.send("/tablet/lock", {"pin": PIN})
        assert is_locked(locked)
        assert told(store)[-2:] == ["unlocked", "locked"]

    def test_an_account_that_is_signed_in_here_is_signed_out_and_keeps_it_locked_until_then(
        self, app: Flask, manager: Visitor, home: Home, round_: Round, tablet: Visitor, children: tuple[Child, ...]
    ) -> None:
        enrolled_too = tablet.client.get_cookie("sayso-tablet")
        assert enrolled_too is not None
        manager.client.set_cookie("sayso-tablet", enrolled_too.value)
        assert is_locked(manager), "a child would hold an account"
        assert manager.post("/tablet/start/child-views", {"child": "c-kite"}).location == "/tablet"
        manager.send("/tablet/unlock", {"round": round_.id, "pin": PIN})
        assert not is_locked(manager)
        assert manager.client.get("/homes").status_code == 303

    def test_staff_uncover_what_waits_for_the_network(self, tablet: Visitor, children: tuple[Child, ...]) -> None:
        press(tablet, children[0])
        assert tablet.post("/tablet/uncover", {"pin": PIN}).status_code == 204
        for _ in range(5):
            assert tablet.post("/tablet/uncover", {"pin": "1357"}).status_code == 422
        waits = tablet.post("/tablet/uncover", {"pin": PIN})
        assert waits.status_code == 429
        assert "wait" in waits.text

    def test_before_a_pin_is_set_it_says_what_to_do(
        self, app: Flask, home: Home, store: RecordStore, library: dict[str, Form]
    ) -> None:
        other = replace(home, id="harbour-view")
        until = day_at(now()) + timedelta(days=3)
        round_ = open_round(store, other, [library["child-views"]], title="x", reason="x", closes_on=until, now=now())
        device = enrolled(app, other.id)
        page = device.visit("/tablet")
        assert "has no PIN" in page.text
        device.visit("/sign-in")
        assert device.send("/tablet/unlock", {"round": round_.id, "pin": ""}).status == 422


# --- children ---


class TestPictures:
    def test_each_finds_their_picture_and_number_and_nobody_elses(
        self, tablet: Visitor, children: tuple[Child, ...]
    ) -> None:
        page = tablet.visit("/tablet")
        assert re.findall(r"(\w+) <b>(\d+)</b></span>", page.html) == [("Boat", "1"), ("Kite", "2"), ("Sun", "3")]
        assert not [link for link in page.links if not link.startswith(("/tablet", "#"))], "no link leads out"

    def test_a_picture_leads_into_the_form_of_their_age(
        self, tablet: Visitor, round_: Round, store: RecordStore, children: tuple[Child, ...]
    ) -> None:
        for child in children[:3]:
            press(tablet, child)
        assert {(said.child_id, said.form_id) for said in responses(store, round_)} == {
            ("c-kite", "child-views"),
            ("c-boat", "child-views"),
            ("c-sun", "child-views-first"),
        }

    def test_a_picture_leads_to_every_form_for_their_age_one_after_another(
        self, app: Flask, home: Home, store: RecordStore, library: dict[str, Form], children: tuple[Child, ...]
    ) -> None:
        definition = library["child-views"].to_json()
        every_band = {name: part for name, part in definition.items() if name != "age_bands"}
        ours, both = Form.of({**definition, "id": "our-views"}), Form.of({**every_band, "id": "both-views"})
        round_ = self._open(store, home, library["child-views"], ours, both, library["child-views-first"])
        tablet = unlocked(app, home.id, round_.id)
        kite, _, sun = children[:3]
        address = press(tablet, kite)
        for form_id in ("our-views", "both-views"):
            thanks = tablet.send(address, ANSWERS)
            assert "One more set of questions" in thanks.text
            assert "Stop here" in thanks.text
            assert "/tablet" in thanks.links
            assert not [word for word in ("the kite", "The food.", "pictures.svg") if word in thanks.html]
            begun = tablet.post(f"/tablet/start/{form_id}", {"child": "c-kite"})
            assert tablet.client.get(address).status_code == 404, "the tablet forgets the form before"
            address = begun.location
            assert "You are the kite, 2" in tablet.visit(address).text
        assert "One more set" not in tablet.send(address, ANSWERS).text
        assert {(said.child_id, said.form_id) for said in responses(store, round_)} == {
            ("c-kite", "child-views"),
            ("c-kite", "our-views"),
            ("c-kite", "both-views"),
        }
        press(tablet, sun)
        assert {said.form_id for said in responses(store, round_) if said.child_id == "c-sun"} == {"both-views"}

    def test_a_child_who_stops_one_form_is_offered_the_next(
        self, app: Flask, home: Home, store: RecordStore, library: dict[str, Form], children: tuple[Child, ...]
    ) -> None:
        form = library["child-views"]
        round_ = self._open(store, home, form, Form.of({**form.to_json(), "id": "our-views"}))
        tablet = unlocked(app, home.id, round_.id)
        address = press(tablet, children[0])
        assert "/tablet/start/our-views" in tablet.send(f"{address}/withdraw").html

    def test_no_form_for_a_listed_age_is_begun_by_its_title(
        self, app: Flask, home: Home, store: RecordStore, library: dict[str, Form], children: tuple[Child, ...]
    ) -> None:
        form = library["child-views"]
        round_ = self._open(store, home, form, Form.of({**form.to_json(), "id": "our-views"}))
        tablet = unlocked(app, home.id, round_.id)
        assert "/tablet/start/" not in tablet.visit("/tablet").html
        others = tablet.visit("/tablet/others").html
        assert "A child with no picture here yet" in others
        assert "/tablet/start/our-views" in others

    def test_a_picture_is_asked_about_before_anything_begins(
        self, tablet: Visitor, round_: Round, store: RecordStore, children: tuple[Child, ...]
    ) -> None:
        tablet.visit("/tablet")
        asks = tablet.send("/tablet/picture", {"child": "c-kite"})
        assert "You are the kite, 2" in asks.text
        assert "kite" not in asks.title.lower(), "a browser lists the titles of pages before"
        assert "c-kite" not in asks.response.request.path
        assert not [word for word in ("boat", "sun", "c-boat", "c-sun") if word in asks.html], "no other child"
        assert "/tablet" in asks.links, "the way back"
        assert not responses(store, round_)
        tablet.visit("/tablet")
        assert tablet.client.get("/tablet/picture").location == "/tablet", "the start forgets whose picture was pressed"

    @pytest.mark.parametrize("child_id", ["c-gone", "c-other", "no-such", ""])
    def test_no_other_picture_is_asked_about(self, tablet: Visitor, children: tuple[Child, ...], child_id: str) -> None:
        tablet.visit("/tablet")
        assert tablet.post("/tablet/picture", {"child": child_id}).location == "/tablet"
        assert tablet.client.get("/tablet/picture").location == "/tablet"

    def test_the_question_is_put_as_that_child_reads(
        self, tablet: Visitor, store: RecordStore, children: tuple[Child, ...]
    ) -> None:
        with store.transaction() as tx:
            tx[Child].put(replace(children[0], language="en-x-easyread"))
        tablet.visit("/tablet")
        asks = tablet.send("/tablet/picture", {"child": "c-kite"})
        assert '<html lang="en-x-easyread" class="child easy"' in asks.html

    def test_the_picture_stays_on_every_page_of_the_form_and_not_on_the_thank_you(
        self, tablet: Visitor, children: tuple[Child, ...]
    ) -> None:
        address = press(tablet, children[0])
        said = "You are the kite, 2"
        assert said in tablet.visit(address).text
        assert said in tablet.send(f"{address}/draft", ANSWERS).text
        assert said in tablet.visit(address).text, "with answers in it too"
        thanks = tablet.send(address, ANSWERS)
        assert thanks.response.request.path == f"{address}/done"
        assert said not in thanks.text
        assert "pictures.svg" not in thanks.html

    def test_where_no_picture_was_pressed_none_is_shown(self, tablet: Visitor, children: tuple[Child, ...]) -> None:
        other = press(tablet, children[0])
        assert "kite" in tablet.visit(other).html
        tablet.visit("/tablet/others")
        begun = tablet.post("/tablet/start/child-views").location
        assert "pictures.svg" not in tablet.visit(begun).html
        assert "You are the" not in tablet.visit(begun).text

    @pytest.mark.parametrize(
        ("child_id", "form_id"),
        [
            ("c-gone", "child-views"),
            ("c-other", "child-views"),
            ("c-sun", "child-views"),
            ("c-kite", "child-views-first"),
            ("c-kite", "social-worker-views"),
            ("", "social-worker-views"),
            ("c-kite", "no-such-form"),
        ],
    )
    def test_no_other_child_is_taken(
        self,
        tablet: Visitor,
        round_: Round,
        store: RecordStore,
        children: tuple[Child, ...],
        child_id: str,
        form_id: str,
    ) -> None:
        tablet.visit("/tablet")
        tablet.post(f"/tablet/start/{form_id}", {"child": child_id})
        assert not [said for said in responses(store, round_) if said.child_id], "no child is taken for another"
        assert not [said for said in responses(store, round_) if said.form_id == "social-worker-views"]

    def test_whoever_has_answered_begun_or_skipped_looks_as_before(
        self, tablet: Visitor, store: RecordStore, children: tuple[Child, ...]
    ) -> None:
        before = plain(tablet.visit("/tablet"))
        kite, boat, sun = children[:3]
        address = press(tablet, kite)
        tablet.send(address, ANSWERS)
        assert plain(tablet.visit("/tablet")) == before
        address = press(tablet, boat)
        tablet.post(f"{address}/draft", ANSWERS)
        assert plain(tablet.visit("/tablet")) == before
        address = press(tablet, sun)
        tablet.send(f"{address}/withdraw")
        assert plain(tablet.visit("/tablet")) == before

    def test_an_anonymous_form_asks_for_no_picture_and_keeps_none(
        self, app: Flask, home: Home, store: RecordStore, library: dict[str, Form], children: tuple[Child, ...]
    ) -> None:
        form = library["child-views"]
        hidden = Form.of({**form.to_json(), "id": "hidden-views", "identity": "anonymous"})
        round_ = self._open(store, home, hidden)
        with store.transaction() as tx:
            tx[Child].put(replace(children[0], age_band="older"))
        tablet = unlocked(app, home.id, round_.id)
        page = tablet.visit("/tablet")
        assert "Which picture" not in page.text
        begun = tablet.post("/tablet/start/hidden-views", {"child": "c-kite"})
        tablet.visit(begun.location)
        tablet.post(f"{begun.location}/draft", {**ANSWERS, "show-language": "en-x-easyread"})
        [draft] = responses(store, round_)
        assert draft.child_id == ""
        assert draft.language == "en-x-easyread"
        kept = store[Child].get("c-kite")
        assert kept is not None
        assert kept.language == "", "how somebody reads who must not be known is not remembered"

    def test_a_home_without_listed_children_still_offers_their_forms(self, tablet: Visitor, round_: Round) -> None:
        page = tablet.visit("/tablet")
        assert "For children and young people" in page.text
        assert tablet.post("/tablet/start/child-views").location.startswith("/r/")

    def test_someone_else_finds_the_forms_that_are_answered_here(
        self, tablet: Visitor, round_: Round, store: RecordStore, children: tuple[Child, ...]
    ) -> None:
        page = tablet.visit("/tablet/others")
        assert "/tablet/start/staff-views" in page.html
        assert "/tablet/start/social-worker-views" not in page.html
        tablet.post("/tablet/start/staff-views", {"child": "c-kite"})
        [said] = responses(store, round_)
        assert said.child_id == ""

    def test_how_a_child_reads_is_remembered_for_that_child_alone(
        self, tablet: Visitor, store: RecordStore, children: tuple[Child, ...]
    ) -> None:
        address = press(tablet, children[0])
        tablet.send(f"{address}/draft", {**ANSWERS, "show-language": "en-x-easyread"})
        languages = {child.id: child.language for child in store[Child].all()}
        assert languages == {"c-kite": "en-x-easyread", "c-boat": "", "c-sun": "", "c-gone": "", "c-other": ""}
        page = tablet.visit(press(tablet, children[0]))
        assert '<html lang="en-x-easyread"' in page.html
        page = tablet.visit(press(tablet, children[1]))
        assert '<html lang="en"' in page.html

    @staticmethod
    def _open(store: RecordStore, home: Home, *forms: Form) -> Round:
        until = day_at(now()) + timedelta(days=3)
        return open_round(store, home, forms, title="x", reason="x", closes_on=until, now=now())


# --- one after the other ---


class TestNothingIsLeft:
    def session_of(self, visitor: Visitor) -> str:
        kept = visitor.client.get_cookie("sayso")
        return kept.value if kept else ""

    def test_the_session_is_new_at_unlock_at_each_start_and_at_the_finish(
        self, app: Flask, manager: Visitor, home: Home, round_: Round, children: tuple[Child, ...]
    ) -> None:
        set_pin(manager, home)
        tablet = enrolled(app, home.id)
        tablet.visit("/tablet")
        tokens = [self._secret(app, tablet)]
        tablet.send("/tablet/unlock", {"round": round_.id, "pin": PIN})
        tokens.append(self._secret(app, tablet))
        address = press(tablet, children[0])
        tokens.append(self._secret(app, tablet))
        tablet.send(address, ANSWERS)
        tablet.visit("/tablet")
        tokens.append(self._secret(app, tablet))
        press(tablet, children[1])
        tokens.append(self._secret(app, tablet))
        assert len(set(tokens)) == len(tokens)

    def _secret(self, app: Flask, visitor: Visitor) -> str:
        """The secret that a session's form tokens are made of, which stays as long as the session does."""
        with visitor.client.session_transaction() as kept:
            return str(kept.get("csrf-token") or kept.get("csrf_token"))

    def test_a_session_planted_before_is_worth_nothing_after(
        self, app: Flask, tablet: Visitor, children: tuple[Child, ...]
    ) -> None:
        tablet.visit("/tablet")
        planted = self.session_of(tablet)
        address = press(tablet, children[0])
        assert self.session_of(tablet) != planted
        thief = Visitor(app)
        thief.client.set_cookie("sayso", planted)
        assert thief.visit(address).status == 404

    def test_the_start_page_ends_what_was_open_whether_it_was_sent_or_not(
        self, tablet: Visitor, round_: Round, store: RecordStore, children: tuple[Child, ...]
    ) -> None:
        sent = press(tablet, children[0])
        tablet.send(sent, ANSWERS)
        left = press(tablet, children[1])
        tablet.post(f"{left}/draft", ANSWERS)
        tablet.visit("/tablet")
        for address in (sent, f"{sent}/done", left, f"{left}/done"):
            page = tablet.visit(address)
            assert page.status == 404
            assert "food" not in page.html
            assert "/tablet" in page.links, "the way back is to the start"
            assert "/" not in page.links
        for address in (left, f"{left}/draft", f"{left}/withdraw"):
            tablet.visit("/tablet")
            assert tablet.post(address, {"what_is_good": "Not mine"}).status_code == 404
        assert {bool(said.submitted_at): said.answers["what_is_good"] for said in responses(store, round_)} == {
            True: "The food.",
            False: "The food.",
        }

    def test_a_child_who_was_interrupted_begins_anew_and_sees_nothing_of_before(
        self, tablet: Visitor, round_: Round, store: RecordStore, children: tuple[Child, ...]
    ) -> None:
        first = press(tablet, children[0])
        tablet.post(f"{first}/draft", ANSWERS)
        second = press(tablet, children[0])
        assert second != first
        assert "The food" not in tablet.visit(second).html
        assert len(responses(store, round_)) == 2

    def test_no_error_on_a_tablet_leads_out_of_it(self, tablet: Visitor) -> None:
        for address in ("/no-such-page", "/r/no-such", "/tablet/start/child-views"):
            page = tablet.visit(address)
            assert page.status >= 400
            assert [link for link in page.links if link != "#main"] == ["/tablet", "/tablet"]

    def test_another_homes_tablet_opens_nothing_here(
        self, app: Flask, round_: Round, store: RecordStore, children: tuple[Child, ...]
    ) -> None:
        elsewhere = enrolled(app, "harbour-view")
        elsewhere.visit("/sign-in")
        assert elsewhere.post("/tablet/start/child-views", {"child": "c-kite"}).location == "/tablet"
        assert not responses(store, round_)


# --- what is shown of how far it is ---


def expecting(store: RecordStore, home: Home, form: Form, people: int) -> Round:
    until = day_at(now()) + timedelta(days=3)
    return open_round(
        store, home, [form], title="x", reason="x", closes_on=until, now=now(), expected=[Expected(form.id, people)]
    )


@pytest.mark.parametrize(("people", "sent", "said"), [(18, 11, "at least 10"), (18, 4, ""), (18, 0, ""), (4, 4, "")])
def test_how_many_have_answered_is_said_coarsely_and_only_where_it_identifies_nobody(
    app: Flask, home: Home, store: RecordStore, library: dict[str, Form], people: int, sent: int, said: str
) -> None:
    round_ = expecting(store, home, library["child-views"], people)
    set_pin(manager_of(app, home.id), home)
    tablet = unlocked(app, home.id, round_.id)
    with store.transaction() as tx:
        for number in range(1, sent + 1):
            tx[Child].put(Child(f"c{number}", home.id, number, "kite", "older"))
    for number in range(1, sent + 1):
        tablet.visit("/tablet")
        address = tablet.post("/tablet/start/child-views", {"child": f"c{number}"}).location
        tablet.visit(address)
        tablet.send(address, {"company": "alone"})
    assert "answers so far" not in tablet.visit("/tablet").text, "children are told of nobody else"
    page = enrolled(app, home.id).visit("/tablet")
    assert re.findall(r"(at least \d+) answers so far", page.text) == ([said] if said else [])


# --- in a demonstration ---


@pytest.fixture
def made_up(store: RecordStore, home: Home) -> Home:
    made = replace(home, demonstration=True)
    with store.transaction() as tx:
        tx[Home].put(made)
    return made


def test_in_a_demonstration_one_press_hands_over_the_tablet_and_the_pin_is_told(
    visitor: Visitor, made_up: Home, round_: Round, store: RecordStore, children: tuple[Child, ...]
) -> None:
    assert "/tablet" in visitor.visit("/").links
    assert MADE_UP_PIN in visitor.visit("/tablet").text
    assert "Which picture is yours?" in visitor.send("/tablet/demonstration", {"home": made_up.id}).text
    assert MADE_UP_PIN in visitor.visit("/tablet/staff").text
    visitor.post("/tablet/leave")
    assert not is_locked(visitor), "an unlocked one is not left without the PIN"
    visitor.visit("/tablet/staff")
    visitor.send("/tablet/lock", {"pin": MADE_UP_PIN})
    assert is_locked(visitor)
    visitor.send("/tablet/leave")
    assert not list(store[Tablet].all())
    assert "Hand me the tablet" in visitor.visit("/tablet").text


def test_without_a_demonstration_nothing_is_made_easy(visitor: Visitor, home: Home, round_: Round) -> None:
    assert "not a tablet of a home yet" in visitor.visit("/tablet").text
    assert MADE_UP_PIN not in visitor.visit("/tablet").html
    visitor.visit("/sign-in")
    for address in ("/tablet/demonstration", "/tablet/leave"):
        assert visitor.post(address, {"home": home.id}).status_code == 404


def test_the_clock_going_back_unlocks_nothing_for_longer(tablet: Visitor, store: RecordStore) -> None:
    [kept] = store[Unlocking].all()
    [device] = store[Tablet].all()
    assert kept.ends_at - kept.began_at <= timedelta(days=1, hours=1)
    assert round_on(store, device, datetime.max.replace(tzinfo=kept.ends_at.tzinfo) - timedelta(days=2)) is None
