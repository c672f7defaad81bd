"""Rounds: from which template, how they open, how they are extended, and that a closed one stays closed."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from service.audit import Entry
from service.collection.invitations.invite import Addressee, invite
from service.collection.models.errors import NotPossible
from service.collection.models.home import Home
from service.collection.models.invitation import Invitation
from service.collection.models.published_form import PublishedForm
from service.collection.models.round import Expected, Round
from service.collection.models.round_template import TEMPLATES, forms_for, template_of, templates_for
from service.collection.rounds.open_close import extend_round, open_round
from service.dates import day_at, now
from service.definitions import Form
from service.repository import Store
from tests.round_closure import close_round

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TODAY = NOON.date()
LARCH = Home("larch-house", "Larch House", "childrens_home")
AGENCY = Home("fernbrook", "Fernbrook", "fostering_agency")


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    """A fixed day: a test that takes today's date at import fails after midnight."""
    with time_machine.travel(NOON, tick=True):
        yield


def test_a_review_of_the_quality_of_care_needs_the_four_whose_opinions_the_law_asks_for() -> None:
    template = template_of("reg-45")
    assert template is not None
    assert set(template.needs) == {"child", "parent", "social_worker", "staff"}
    assert "reg 45" in template.about
    assert set(template.needs) <= set(template.audiences)


@pytest.mark.parametrize(
    ("template", "home", "forms"),
    [
        (
            "reg-45",
            LARCH,
            "child-views-first child-views staff-views social-worker-views parent-views professional-views",
        ),
        ("reg-44", LARCH, "child-views-first child-views staff-views parent-views"),
        ("everyday", LARCH, "child-views-first child-views"),
        ("after-a-visit", LARCH, "visit-feedback"),
        (
            "inspection-today",
            AGENCY,
            "child-views-first child-views social-worker-views parent-views foster-carer-views professional-views",
        ),
    ],
)
def test_a_template_asks_the_forms_that_suit_the_home(
    template: str, home: Home, forms: str, library: dict[str, Form]
) -> None:
    found = template_of(template)
    assert found is not None
    assert [form.id for form in forms_for(found, home, library)] == forms.split()


def test_every_template_says_what_it_is_for_and_has_days_and_forms(library: dict[str, Form]) -> None:
    assert [template.id for template in TEMPLATES] == [
        "reg-45",
        "reg-44",
        "inspection-today",
        "after-a-visit",
        "everyday",
    ]
    for template in TEMPLATES:
        assert template.about.endswith(".")
        assert "(" in template.about, "it names its source"
        assert forms_for(template, LARCH, library)
        assert template.days > max(template.remind_after, default=0)


def test_an_agency_has_no_round_of_the_regulations_for_homes() -> None:
    assert {template.id for template in templates_for(AGENCY)} == {"inspection-today", "after-a-visit", "everyday"}
    assert len(templates_for(LARCH)) == len(TEMPLATES)


def test_a_round_keeps_its_template_its_reminders_in_order_and_whom_it_expects(
    store: Store, home: Home, library: dict[str, Form]
) -> None:
    opened = open_round(
        store,
        home,
        [library["child-views"]],
        title="Your views",
        reason="Reg 45 review",
        closes_on=TODAY + timedelta(days=27),
        now=now(),
        template="reg-45",
        remind_after=(10, 5, 5, 0),
        expected=(Expected("child-views", 4), Expected("child-views-first", 2), Expected("child-views", 0)),
    )
    kept = store[Round].get(opened.id)
    assert kept == opened
    assert (kept.template, kept.remind_after, kept.expected) == ("reg-45", (5, 10), (Expected("child-views", 4),))


def test_whose_doing_it_was_is_remembered_with_the_round(store: Store, home: Home, library: dict[str, Form]) -> None:
    opened = open_round(
        store, home, [library["child-views"]], title="t", reason="", closes_on=TODAY, now=now(), by="a1"
    )
    extend_round(store, opened.id, TODAY + timedelta(days=1), now(), by="a2")
    close_round(store, opened.id, now(), by="a3")
    close_round(store, opened.id, now(), by="a4")
    told = [(entry.actor, entry.facts) for entry in store[Entry].find("home_id", home.id)]
    assert told == [
        ("a1", {"round": opened.id, "change": "opened"}),
        ("a2", {"round": opened.id, "change": "extended"}),
        ("a3", {"round": opened.id, "change": "closed"}),
    ]


def test_a_form_that_nobody_published_is_published_when_a_round_opens_with_it(
    store: Store, home: Home, library: dict[str, Form]
) -> None:
    changed = library["staff-views"].to_json()
    form = Form.of({**changed, "version": changed["version"] + 1, "title": "Working here"})
    opened = open_round(store, home, [form], title="t", reason="", closes_on=TODAY, now=now())
    assert store[PublishedForm].get(opened.forms[0].fingerprint) is not None


def test_a_form_that_changed_and_kept_its_version_opens_no_round(
    store: Store, home: Home, library: dict[str, Form]
) -> None:
    form = Form.of({**library["staff-views"].to_json(), "title": "Other words"})
    with pytest.raises(NotPossible, match="Raise its"):
        open_round(store, home, [form], title="t", reason="", closes_on=TODAY, now=now())
    assert list(store[Round].all()) == []


def test_an_extended_round_lives_longer_and_so_do_the_links_of_those_who_were_asked(
    store: Store, round_: Round
) -> None:
    invite(store, round_, [Addressee("social-worker-views", "Sam", "sam@example.org")], now())
    later = round_.closes_on + timedelta(days=7)
    assert extend_round(store, round_.id, later, now()).closes_on == later
    assert store[Round].get(round_.id).closes_on == later
    assert [each.expires_on for each in store[Invitation].find("round_id", round_.id)] == [later]


@pytest.mark.parametrize(
    ("last_day", "because"),
    [
        (lambda round_: round_.closes_on - timedelta(days=1), "close the round"),
        (lambda asked: date(9999, 12, 31), "too far away"),
    ],
)
def test_a_round_is_extended_to_a_later_day_only(store: Store, round_: Round, last_day, because: str) -> None:
    with pytest.raises(NotPossible, match=because):
        extend_round(store, round_.id, last_day(round_), now())
    assert store[Round].get(round_.id) == round_


def test_a_closed_round_stays_closed(store: Store, round_: Round) -> None:
    close_round(store, round_.id, now())
    with pytest.raises(NotPossible, match="stays closed"):
        extend_round(store, round_.id, round_.closes_on + timedelta(days=7), now())
    assert not store[Round].get(round_.id).is_open(TODAY)


def test_a_round_whose_last_day_is_over_cannot_be_brought_back_before_anybody_has_closed_it(
    store: Store, round_: Round
) -> None:
    later = now() + timedelta(days=15)
    with pytest.raises(NotPossible, match="stays closed"):
        extend_round(store, round_.id, day_at(later) + timedelta(days=7), later)


def test_nobody_extends_a_round_that_is_not_there(store: Store) -> None:
    with pytest.raises(NotPossible, match="No round"):
        extend_round(store, "nowhere", TODAY, now())
