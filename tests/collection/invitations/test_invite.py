"""Asking people by link: links sent again, reminded of, revoked, corrected, declined; and what is left of each."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from service.audit import COMMAND, JOBS, Entry
from service.collection.forms.publication import publish
from service.collection.invitations.emails import code_writer, writer
from service.collection.invitations.invite import (
    MOST_ASKED_FOR,
    Addressee,
    Writing,
    ask_for_another,
    correct,
    decline,
    followed,
    invite,
    linked,
    remind,
    revoke,
    send_again,
)
from service.collection.invitations.passcodes import send_code
from service.collection.invitations.planned_rounds import plan_round
from service.collection.models.errors import NotPossible
from service.collection.models.form_meta import meta_of
from service.collection.models.hashing import Hasher
from service.collection.models.home import Home
from service.collection.models.invitation import Invitation, Link, Passcode
from service.collection.models.person import Person
from service.collection.models.published_form import PublishedForm
from service.collection.models.response import Ledger, Response, Tombstone, ledger_id
from service.collection.models.round import PlannedRound, Round
from service.collection.responses import submission
from service.collection.retention.erasure import erase_person, find_person
from service.collection.rounds.open_close import open_round
from service.dates import day_at, now, start_of
from service.definitions import Form
from service.mail.email import Email
from service.repository import Store
from service.storage.backup import backup, restore
from service.storage.store import RecordStore
from tests.round_closure import close_round

HASHER = Hasher([b"k" * 32])
BASE = "https://sayso.example.org"
SAM = Addressee("social-worker-views", "Sam Okafor", "Sam@Example.org", "the review on 12 November")
LINK = re.compile(rf"{re.escape(BASE)}/i/([\w-]{{43}})")


@pytest.fixture
def anonymous(library: dict[str, Form]) -> Form:
    return Form.of({**library["social-worker-views"].to_json(), "id": "anonymous-views", "identity": "anonymous"})


@pytest.fixture
def round_(store: Store, home: Home, library: dict[str, Form], anonymous: Form) -> Round:
    publish(store, [anonymous])
    return open_round(
        store,
        home,
        [library["social-worker-views"], anonymous],
        title="Your views",
        reason="",
        closes_on=day_at(now()) + timedelta(days=14),
        now=now(),
    )


@pytest.fixture
def forms(store: Store) -> Callable[[str], Form]:
    return lambda fingerprint: Form.of(store[PublishedForm].get(fingerprint).definition)


@pytest.fixture
def write(round_: Round, home: Home, forms: Callable[[str], Form]) -> Writing:
    return writer("new_link", round_, home, forms, BASE)


@pytest.fixture
def invited(store: Store, round_: Round, home: Home, forms: Callable[[str], Form]) -> Invitation:
    """Somebody who was sent a letter."""
    [(_, token)] = invite(store, round_, [SAM], now(), writer("invitation", round_, home, forms, BASE))
    found = linked(store, token)
    assert found is not None
    return found


def letters(store: Store, invitation: Invitation) -> list[Email]:
    return list(store[Email].find("invitation_id", invitation.id))


def tokens(store: Store, invitation: Invitation) -> list[str]:
    """The links in all letters of an invitation that can still be read, in the order of writing."""
    return [token for letter in letters(store, invitation) for token in LINK.findall(letter.text)[:1]]


def as_it_is(store: Store, invitation: Invitation) -> Invitation:
    found = store[Invitation].get(invitation.id)
    assert found is not None
    return found


def begin(store: Store, round_: Round, invitation: Invitation) -> Response:
    ref = round_.form_ref(invitation.form_id)
    assert ref is not None
    return submission.begin(store, round_, ref, "link", "en", now(), invitation.id)


def answer(store: Store, round_: Round, home: Home, form: Form, draft: Response, safe: str = "mostly") -> str:
    meta = meta_of(round_, home, None, now())
    return submission.submit(store, draft.id, form, {"child_safe": safe}, meta, HASHER, now())


def change(store: Store, invitation: Invitation, **changes: object) -> None:
    with store.transaction() as tx:
        tx[Invitation].put(replace(as_it_is(store, invitation), **changes))  # type: ignore[arg-type]


def test_a_link_sent_again_works_beside_those_sent_before(
    store: Store, invited: Invitation, round_: Round, write: Writing
) -> None:
    [first] = tokens(store, invited)
    change(store, invited, expires_on=day_at(now()) - timedelta(days=1))
    send_again(store, invited.id, now(), write, by="somebody")
    old, new = tokens(store, invited)
    assert (old, new) == (first, new)
    assert linked(store, old) == linked(store, new) == as_it_is(store, invited)
    assert as_it_is(store, invited).expires_on == round_.closes_on
    assert [letter.kind for letter in letters(store, invited)] == ["invitation", "new_link"]
    assert [entry.facts["change"] for entry in store[Entry].all() if entry.kind == "invited"] == ["sent_again"]


def test_revoking_ends_every_link_and_every_letter_that_has_not_left_and_only_a_new_link_works_again(
    store: Store, invited: Invitation, round_: Round, home: Home, forms, write: Writing
) -> None:
    send_again(store, invited.id, now(), write)
    send_code(store, invited.id, HASHER, now(), code_writer(round_, home, forms))
    before = tokens(store, invited)
    revoke(store, invited.id, now())
    assert [linked(store, token) for token in before] == [None, None]
    assert [followed(store, token).alive for token in before] == [False, False]
    assert {(letter.state, letter.text, letter.html) for letter in letters(store, invited)} == {("dropped", "", "")}
    assert store[Passcode].get(invited.id) is None
    assert not ask_for_another(store, invited.id, now(), write), "what a manager revoked, nobody outside brings back"
    send_again(store, invited.id, now(), write)
    [new] = tokens(store, invited)
    assert linked(store, new) is not None
    assert [linked(store, token) for token in before] == [None, None]


def test_a_corrected_address_gets_a_letter_and_the_one_before_leads_nowhere(
    store: Store, invited: Invitation, round_: Round, write: Writing
) -> None:
    [old] = tokens(store, invited)
    decline(store, invited.id, "Somebody else should answer this", now())
    drafts = [begin(store, round_, invited) for _ in range(2)]
    correct(store, invited.id, " Jo@Example.org", now(), write, name="Jo Marsh")
    changed = as_it_is(store, invited)
    assert (changed.email, changed.name, changed.response_id, changed.aside) == ("jo@example.org", "Jo Marsh", None, ())
    assert (changed.opened_at, changed.declined_at, changed.declined) == (None, None, "")
    assert linked(store, old) is None
    assert [store[Response].get(draft.id) for draft in drafts] == [None, None]
    assert store[Ledger].get(ledger_id(round_.id, invited.form_id)).withdrawn == 2
    wrong, right = letters(store, invited)
    assert (wrong.to, wrong.state, wrong.text) == ("sam@example.org", "dropped", "")
    assert (right.to, right.kind, right.state) == ("jo@example.org", "invitation", "waiting")
    assert "Dear Jo Marsh" in right.text


def tomorrow() -> datetime:
    """The start of the home's next day: where the clocks go back, a day has 25 hours."""
    return start_of(day_at(now()) + timedelta(days=1))


def test_a_reminder_is_sent_once_a_day_and_only_to_those_who_are_waited_for(
    store: Store, round_: Round, home: Home, library, forms
) -> None:
    people = [Addressee("social-worker-views", name, f"{name}@example.org") for name in "abcdef"]
    people += [Addressee("social-worker-views", "no address")]
    ids = {person.name: linked(store, token).id for person, token in invite(store, round_, people, now())}
    by_name = {name: store[Invitation].get(key) for name, key in ids.items()}
    revoke(store, ids["b"], now())
    decline(store, ids["c"], "", now())
    answer(store, round_, home, library["social-worker-views"], begin(store, round_, by_name["d"]))
    begin(store, round_, by_name["e"])

    def write_for(one: Round) -> Writing:
        return writer("reminder", one, home, forms, BASE)

    everyone = [*ids.values(), "no such invitation"]
    assert remind(store, everyone, now(), write_for, by=JOBS) == 3
    assert remind(store, everyone, now(), write_for, by=JOBS) == 0
    assert remind(store, [*ids.values(), *ids.values()], tomorrow(), write_for) == 3
    got = {name: [letter.kind for letter in letters(store, one)] for name, one in by_name.items()}
    assert got == {name: ["reminder"] * 2 if name in "aef" else [] for name in by_name}
    every = [token for one in by_name.values() for token in tokens(store, one)]
    assert len(set(every)) == 6, "each letter carries a link of its own"
    assert all(linked(store, token) for token in every)
    assert len(as_it_is(store, by_name["a"]).reminded_on) == 2
    assert [entry.facts for entry in store[Entry].all()] == [{"round": round_.id, "change": "reminded", "count": 3}]
    close_round(store, round_.id, now())
    assert remind(store, everyone, tomorrow() + timedelta(days=1), write_for) == 0


def test_whoever_declines_is_asked_no_more_until_they_begin_after_all(
    store: Store, invited: Invitation, round_: Round
) -> None:
    decline(store, invited.id, "I would rather not answer", now())
    assert as_it_is(store, invited).declined == "I would rather not answer"
    assert not as_it_is(store, invited).is_waiting
    begin(store, round_, invited)
    assert as_it_is(store, invited).is_waiting
    assert as_it_is(store, invited).declined == ""


@pytest.mark.parametrize("move", ["send_again", "revoke", "correct", "decline"])
@pytest.mark.parametrize(
    ("state", "sentence"),
    [("answered", "answer has come"), ("closed", "closed"), ("unknown", "no such")],
)
def test_what_is_over_is_not_changed(
    store: Store, invited: Invitation, round_: Round, write: Writing, move: str, state: str, sentence: str
) -> None:
    if state == "answered":
        change(store, invited, answered=True)
    elif state == "closed":
        close_round(store, round_.id, now())
    moves: dict[str, Callable[[str], object]] = {
        "send_again": lambda key: send_again(store, key, now(), write),
        "revoke": lambda key: revoke(store, key, now()),
        "correct": lambda key: correct(store, key, "jo@example.org", now(), write),
        "decline": lambda key: decline(store, key, "", now()),
    }
    before = (list(store[Invitation].all()), list(store[Link].all()), list(store[Email].all()))
    with pytest.raises(NotPossible, match=sentence):
        moves[move]("nobody" if state == "unknown" else invited.id)
    assert (list(store[Invitation].all()), list(store[Link].all()), list(store[Email].all())) == before


def test_a_link_cannot_be_sent_to_somebody_without_an_address(store: Store, invited: Invitation, write) -> None:
    change(store, invited, email="")
    with pytest.raises(NotPossible, match="no e-mail address"):
        send_again(store, invited.id, now(), write)


@pytest.mark.parametrize(
    ("changes", "sent"),
    [
        ({}, True),
        ({"expires_on": day_at(now()) - timedelta(days=3)}, True),
        ({"declined_at": now(), "declined": "I no longer have to do with it"}, True),
        ({"email": ""}, False),
        ({"answered": True}, False),
        ({"revoked_at": now()}, False),
    ],
)
def test_a_new_link_that_somebody_asks_for_goes_to_the_invited_address_or_nowhere(
    store: Store,
    invited: Invitation,
    round_: Round,
    write: Writing,
    changes: dict[str, object],
    sent: bool,
) -> None:
    change(store, invited, **changes)
    assert ask_for_another(store, invited.id, now(), write) is sent
    new = letters(store, invited)[1:]
    assert [letter.to for letter in new] == (["sam@example.org"] if sent else [])
    if sent:
        assert as_it_is(store, invited).expires_on == round_.closes_on
        assert as_it_is(store, invited).is_waiting


def test_a_new_link_may_be_asked_for_a_few_times_a_day(
    store: Store, invited: Invitation, round_: Round, write: Writing
) -> None:
    assert [ask_for_another(store, invited.id, now(), write) for _ in range(5)].count(True) == MOST_ASKED_FOR
    assert ask_for_another(store, invited.id, tomorrow(), write)
    close_round(store, round_.id, now())
    assert not ask_for_another(store, invited.id, tomorrow() + timedelta(days=1), write)


# --- what is left ---


def test_of_an_invitation_that_was_answered_anonymously_only_that_remains(
    store: Store, round_: Round, home: Home, anonymous: Form, forms
) -> None:
    person = replace(SAM, form_id=anonymous.id)
    write = writer("invitation", round_, home, forms, BASE)
    [(_, token)] = invite(store, round_, [person], now() - timedelta(days=9), write)
    fresh = linked(store, token)
    begin(store, round_, fresh)
    last = begin(store, round_, fresh)
    remind(store, [fresh.id], now(), lambda one: writer("reminder", one, home, forms, BASE))
    ask_for_another(store, fresh.id, now(), writer("new_link", round_, home, forms, BASE))
    send_code(store, fresh.id, HASHER, now(), code_writer(round_, home, forms))
    every = tokens(store, fresh)
    assert answer(store, round_, home, anonymous, last) == "submitted"
    # reminders and new links go to all who are asked, whether or not they have answered: they date nothing
    assert as_it_is(store, fresh) == replace(fresh, answered=True, reminded_on=(day_at(now()),))
    assert all(linked(store, token) == as_it_is(store, fresh) for token in every)
    assert [letter.kind for letter in letters(store, fresh)] == ["invitation", "reminder", "new_link"]
    assert store[Passcode].get(fresh.id) is None
    assert {response.invitation_id for response in store[Response].find("round_id", round_.id)} == {None}


@pytest.mark.parametrize("identity", ["named", "anonymous"])
def test_of_two_drafts_begun_with_one_link_the_first_sent_counts_and_the_other_is_kept_and_flagged(
    store: Store, round_: Round, home: Home, library, anonymous: Form, identity: str
) -> None:
    form = anonymous if identity == "anonymous" else library["social-worker-views"]
    [(_, token)] = invite(store, round_, [replace(SAM, form_id=form.id)], now())
    one, other = (begin(store, round_, linked(store, token)) for _ in range(2))
    assert linked(store, token).response_id == other.id
    assert answer(store, round_, home, form, one, "mostly") == "submitted"
    assert answer(store, round_, home, form, other, "never") == "submitted"
    kept = store[Response].find("round_id", round_.id)
    assert sorted((response.conflict, response.answers["child_safe"]) for response in kept) == [
        (False, "mostly"),
        (True, "never"),
    ]
    assert linked(store, token).answered
    assert linked(store, token).response_id == (one.id if identity == "named" else None)


def test_a_withdrawn_draft_gives_way_to_the_one_put_aside(store: Store, round_: Round, invited: Invitation) -> None:
    first, second, third = (begin(store, round_, invited) for _ in range(3))
    submission.withdraw(store, second.id)
    assert (as_it_is(store, invited).aside, as_it_is(store, invited).response_id) == ((first.id,), third.id)
    submission.withdraw(store, third.id)
    submission.withdraw(store, first.id)
    assert (as_it_is(store, invited).aside, as_it_is(store, invited).response_id) == ((), None)


def test_an_erased_person_leaves_nothing_and_does_not_come_back_with_a_backup(
    store: RecordStore, round_: Round, home: Home, invited: Invitation, forms, write: Writing, tmp_path: Path
) -> None:
    person = Person("p1", home.id, "social_worker", "Sam Okafor", "sam@example.org", label="the review")
    other = Person("p2", home.id, "iro", "Jo", "jo@example.org")
    with store.transaction() as tx:
        for each in (person, other):
            tx[Person].put(each)
    later = day_at(now()) + timedelta(days=20)
    plan_round(
        store,
        PlannedRound(
            "planned-1", home.id, "", "Spring", "", ("social-worker-views",), later, later, people=("p1", "p2")
        ),
        now(),
    )
    send_again(store, invited.id, now(), write)
    send_code(store, invited.id, HASHER, now(), code_writer(round_, home, forms))
    begin(store, round_, invited)
    backup(store, tmp_path / "before", now())
    found = erase_person(store, " SAM@example.org", now(), by=COMMAND)
    counts = [len(part) for part in (found.invitations, found.responses, found.links, found.letters, found.people)]
    assert counts == [1, 1, 2, 3, 1]

    def nothing_is_left() -> None:
        assert not find_person(store, "sam@example.org")
        for kept in (store[Invitation], store[Response], store[Link], store[Email], store[Passcode]):
            assert list(kept.all()) == []
        assert list(store[Person].all()) == [other]

    nothing_is_left()
    assert store[PlannedRound].get("planned-1").people == ("p2",)
    assert "sam" not in repr(list(store[Tombstone].all())).lower()
    restore(tmp_path / "before", store, in_place_of_what_is_there=True)
    nothing_is_left()


def test_erasing_finds_letters_to_an_address_that_was_corrected(
    store: Store, invited: Invitation, write: Writing
) -> None:
    correct(store, invited.id, "jo@example.org", now(), write)
    assert [letter.to for letter in find_person(store, "sam@example.org").letters] == ["sam@example.org"]
    assert len(find_person(store, "jo@example.org").letters) == 2, "both were about this invitation"
