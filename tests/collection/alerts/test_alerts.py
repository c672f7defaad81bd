"""Alerts: raised once, in the commit of the answer; told to the right people; taken further by the clock; closed."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from service.accounts.account import Account
from service.answers.alert_rules import alerts_in
from service.answers.visibility import visible
from service.answers.worry_words import languages, worrying_in
from service.audit import Entry
from service.collection.alerts import workflow
from service.collection.alerts.emails import alert_letter
from service.collection.alerts.raise_alerts import AlertTriggers, due_at
from service.collection.alerts.workflow import alerts_for, due_to_escalate, may_see
from service.collection.models.alert import Alert, Disclosure, Step
from service.collection.models.errors import NotPossible
from service.collection.models.hashing import Hasher
from service.collection.models.home import Home
from service.collection.models.response import Response
from service.collection.models.round import Round
from service.collection.responses import submission
from service.definitions import Form
from service.mail.email import Email
from service.storage.store import RecordStore
from tests.accounts_factory import account_with

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)  # a Monday
HASHER = Hasher([b"k" * 32])
NOTE = Disclosure("", "", "", NOON, "", done="Spoke with the child and rang the duty team.")

Say = Callable[..., Response]


@pytest.fixture
def lead(app: Flask) -> Account:
    return account_with(app, "safeguarding_lead", home_id="larch-house", name="Lee Lead")


@pytest.fixture
def responsible(app: Flask) -> Account:
    return account_with(app, "responsible_individual", name="Rae Responsible")


@pytest.fixture
def say(store: RecordStore, round_: Round, library: dict[str, Form]) -> Say:
    """Begin a child's draft and keep these answers in it, as the page does."""

    def said(answers: dict[str, object], draft: Response | None = None, talk_to: str | None = None) -> Response:
        form = library["child-views"]
        ref = round_.form_ref(form.id)
        assert ref is not None
        draft = draft or submission.begin(store, round_, ref, "tablet", "en", NOON)
        seen = visible(form, answers, {"today": "2026-11-23"})
        triggers = AlertTriggers(
            form, alerts_in(form, seen, "answer"), worrying_in(seen, "en"), HASHER, "https://sayso.test", talk_to
        )
        kept = submission.save_answers(store, draft.id, answers, "en", NOON, triggers)
        assert kept is not None
        return kept

    return said


def letters_to(store: RecordStore, account: Account) -> list[Email]:
    return [letter for letter in store[Email].find("account_id", account.id) if letter.kind == "alert"]


def kinds(alert: Alert) -> Sequence[str]:
    return [step.kind for step in alert.steps]


def only(store: RecordStore) -> Alert:
    [alert] = store[Alert].all()
    return alert


def test_an_answer_raises_an_alert_though_nothing_is_ever_sent_in(store: RecordStore, lead: Account, say: Say) -> None:
    draft = say({"feel_safe": "never"})
    alert = only(store)
    assert (alert.rule, alert.severity, alert.response_id) == ("child_not_safe", "urgent", draft.id)
    assert kinds(alert) == ["raised", "told"]
    [letter] = letters_to(store, lead)
    assert letter.to == lead.email
    assert letter.rather_twice, "an alert is rather told twice than not at all"


def test_the_letter_says_that_and_where_but_never_what(store: RecordStore, lead: Account, say: Say) -> None:
    say({"feel_safe": "never", "what_is_good": "Nothing at all here, he hit me"}, talk_to="Amina, your advocate")
    letters = letters_to(store, lead)
    assert len(letters) == 4, "the answer, the comment, its words, and the wish to talk"
    for letter in letters:
        assert "Larch House" in letter.subject
        for words in (letter.subject, letter.text, letter.html):
            assert not [told for told in ("safe", "never", "Nothing at all", "hit", "Amina") if told in words.split()]
            assert "Nothing at all" not in words
    assert {f"https://sayso.test/alerts/{alert.id}" in letters[0].text for alert in store[Alert].all()} == {True, False}


def test_the_letter_about_an_anonymous_form_says_no_more_than_the_day(lead: Account, home: Home) -> None:
    moments = (Step(NOON, "raised"),)
    alert = Alert("a", home.id, "r", "f", "answer", "urgent", NOON, NOON, ("safeguarding_lead",), steps=moments)
    quiet = alert_letter(alert, home, lead, "https://sayso.test/alerts/a", again=False)
    known = alert_letter(replace(alert, response_id="r1"), home, lead, "https://sayso.test/alerts/a", again=False)
    assert "It came on 23 November 2026 at 12pm." in known.text
    assert "It came on 23 November 2026." in quiet.text


def test_it_is_raised_once_however_often_the_draft_is_saved(store: RecordStore, lead: Account, say: Say) -> None:
    draft = say({"feel_safe": "never"})
    say({"feel_safe": "never", "someone_to_talk_to": "always"}, draft)
    say({"feel_safe": "always"}, draft)
    say({"feel_safe": "never"}, draft)
    assert len(list(store[Alert].all())) == 1
    assert len(letters_to(store, lead)) == 1


def test_another_child_with_the_same_answer_raises_another(store: RecordStore, lead: Account, say: Say) -> None:
    say({"feel_safe": "never"})
    say({"feel_safe": "never"})
    assert len(list(store[Alert].all())) == 2


def test_only_those_told_may_see_it(
    app: Flask, store: RecordStore, lead: Account, responsible: Account, say: Say
) -> None:
    manager = account_with(app, "registered_manager", home_id="larch-house")
    elsewhere = account_with(app, "safeguarding_lead", home_id="harbour-view")
    say({"feel_safe": "never"})
    seen = {person.id: may_see(person, only(store)) for person in (lead, responsible, manager, elsewhere)}
    assert seen == {lead.id: True, responsible.id: False, manager.id: False, elsewhere.id: False}
    assert alerts_for(store, manager).records == ()
    assert not letters_to(store, manager)


def test_whoever_is_on_shift_is_passed_over(app: Flask, store: RecordStore, responsible: Account, say: Say) -> None:
    on_shift = account_with(app, "safeguarding_lead", "staff", home_id="larch-house")
    say({"feel_safe": "never"})
    assert not letters_to(store, on_shift)
    assert not may_see(on_shift, only(store))
    assert letters_to(store, responsible), "it went to the next in line at once"


def test_where_nobody_is_lead_it_goes_further_at_once(store: RecordStore, responsible: Account, say: Say) -> None:
    say({"feel_safe": "never"})
    assert kinds(only(store)) == ["raised", "nobody_to_tell", "told"]
    assert letters_to(store, responsible)
    assert may_see(responsible, only(store))


def test_where_nobody_at_all_can_be_told_administrators_are(app: Flask, store: RecordStore, say: Say) -> None:
    administrator = account_with(app, "administrator")
    say({"feel_safe": "never"})
    assert letters_to(store, administrator)


def test_where_there_is_no_account_the_alert_waits_and_says_so(store: RecordStore, say: Say) -> None:
    say({"feel_safe": "never"})
    assert kinds(only(store)) == ["raised", "nobody_to_tell", "nobody_to_tell", "nobody_to_tell"]


def test_nobody_acknowledges_so_it_goes_further_by_the_clock(
    store: RecordStore, lead: Account, responsible: Account, say: Say
) -> None:
    say({"feel_safe": "never"})
    alert = only(store)
    early, late = NOON + timedelta(minutes=59), NOON + timedelta(minutes=60)
    assert due_to_escalate(store, early).records == ()
    assert workflow.escalate(store, alert.id, "https://sayso.test", early) is None
    assert [one.id for one in due_to_escalate(store, late).records] == [alert.id]
    workflow.escalate(store, alert.id, "https://sayso.test", late)
    assert workflow.escalate(store, alert.id, "https://sayso.test", late) is None, "once, however often the job runs"
    assert kinds(only(store))[-2:] == ["escalated", "told"]
    assert len(letters_to(store, responsible)) == 1
    assert may_see(responsible, only(store))
    again = late + timedelta(hours=1)
    workflow.escalate(store, alert.id, "https://sayso.test", again)
    assert (len(letters_to(store, lead)), len(letters_to(store, responsible))) == (2, 2), "all are told again"


def test_acknowledging_stops_the_clock(store: RecordStore, lead: Account, responsible: Account, say: Say) -> None:
    say({"feel_safe": "never"})
    alert = workflow.acknowledge(store, only(store).id, lead.id, NOON + timedelta(minutes=5))
    assert workflow.acknowledge(store, alert.id, lead.id, NOON + timedelta(minutes=6)) == alert
    assert due_to_escalate(store, NOON + timedelta(days=30)).records == ()
    assert not letters_to(store, responsible)


def test_it_is_closed_with_a_reason_and_something_written_down(store: RecordStore, lead: Account, say: Say) -> None:
    say({"feel_safe": "never"})
    alert = only(store)
    with pytest.raises(NotPossible, match="before you close"):
        workflow.close(store, alert.id, "acted", lead.id, NOON)
    workflow.record(store, alert.id, lead.id, NOTE, NOON)
    closed = workflow.close(store, alert.id, "acted", lead.id, NOON + timedelta(hours=2))
    assert kinds(closed)[-2:] == ["acted", "closed"]
    with pytest.raises(NotPossible, match="closed"):
        workflow.record(store, alert.id, lead.id, NOTE, NOON)
    assert workflow.reopen(store, alert.id, lead.id, NOON).is_open
    [kept] = store[Disclosure].find("alert_id", alert.id)
    assert (kept.by, kept.done) == (lead.id, NOTE.done)


@pytest.mark.parametrize("note", [NOTE, replace(NOTE, done="x" * 10_001), replace(NOTE, done="  ")])
def test_a_note_is_kept_or_refused_whole(store: RecordStore, lead: Account, say: Say, note: Disclosure) -> None:
    say({"feel_safe": "never"})
    try:
        workflow.record(store, only(store).id, lead.id, note, NOON)
    except NotPossible:
        assert list(store[Disclosure].all()) == []
    else:
        assert note == NOTE


def test_a_wish_to_talk_needs_no_other_answer(store: RecordStore, lead: Account, say: Say) -> None:
    draft = say({}, talk_to="Amina, your advocate")
    say({"feel_safe": "always"}, draft, talk_to="Amina, your advocate")
    alert = only(store)
    assert (alert.kind, alert.whom, alert.severity) == ("talk", "Amina, your advocate", "same_day")
    assert len(letters_to(store, lead)) == 1


def test_words_that_worry_mark_the_comment_for_reading(store: RecordStore, lead: Account, say: Say) -> None:
    kept = say({"what_is_good": "Food. But he hit me on Sunday"})
    assert kept.marked == ("what_is_good",)
    raised = {(alert.kind, alert.rule, alert.severity) for alert in store[Alert].all()}
    assert raised == {
        ("words", "what_is_good", "same_day"),
        ("answer", "words_to_read", "next_working_day"),  # the form asks that every comment is read
    }


@pytest.mark.parametrize(
    ("text", "worries"),
    [
        ("I want to die", True),
        ("i dont want to be here anymore", True),
        ("I DON’T feel SAFE at night", True),
        ("they bully me", True),
        ("I was bullied", True),
        ("scäred of him", True),
        ("I self-harm", True),
        ("I do not feel safe", True),
        ("I never feel\u200b safe", True),
        ("he said don‘t tell anyone, do not tell anyone", True),
        ("no one listens", True),
        ("No-one will help me!", True),
        ("he hit my arm", True),
        ("they lock us out", True),
        ("comes into my room at night", True),
        ("I do not want to be here any more", True),
        ("i want to kms", True),
        ("There is a big fish, it looks hungry", False),
        ("Chips and beans", False),
        ("I feel safe. They knock before they come in.", False),
        ("We go out for a walk, and no one is left behind", False),
        ("We dye our hair on Fridays", False),
        ("the bulletin board is nice", True),  # rather one too many than one too few
        ("", False),
    ],
)
def test_which_words_worry(library: dict[str, Form], text: str, worries: bool) -> None:
    seen = visible(library["child-views"], {"anything_else": text}, {"today": "2026-11-23"})
    assert bool(worrying_in(seen, "en-x-easyread")) == worries


def test_the_list_of_words_can_be_read_and_says_when_it_was_reviewed() -> None:
    assert languages() == ["en"]


@pytest.mark.parametrize(
    ("severity", "raised", "due"),
    [
        ("urgent", NOON, NOON + timedelta(hours=1)),
        ("same_day", NOON, datetime(2026, 11, 23, 21, 0, tzinfo=UTC)),
        ("same_day", datetime(2026, 11, 23, 22, 0, tzinfo=UTC), datetime(2026, 11, 23, 23, 0, tzinfo=UTC)),
        ("next_working_day", NOON, datetime(2026, 11, 24, 17, 0, tzinfo=UTC)),
        ("next_working_day", datetime(2026, 12, 24, 12, 0, tzinfo=UTC), datetime(2026, 12, 29, 17, 0, tzinfo=UTC)),
        ("next_working_day", datetime(2026, 6, 5, 12, 0, tzinfo=UTC), datetime(2026, 6, 8, 16, 0, tzinfo=UTC)),
    ],
)
def test_by_when_somebody_must_have_acted(severity, raised: datetime, due: datetime) -> None:
    assert due_at(severity, raised) == due


def test_what_is_learned_of_it_is_sealed_and_audited_without_words(store: RecordStore, lead: Account, say: Say) -> None:
    say({"feel_safe": "never"})
    workflow.record(store, only(store).id, lead.id, NOTE, NOON)
    entries = [entry for entry in store[Entry].all() if entry.kind == "alert_moved"]
    assert [entry.facts["step"] for entry in entries] == ["raised", "told", "acted"]
    assert "duty team" not in repr(entries)
