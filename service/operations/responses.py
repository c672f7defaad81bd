"""What respondents send: answers in, alerts out, whether a draft, a submission or a paper copy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from service.accounts.account import Account
from service.answers.alert_rules import alerts_in
from service.answers.filled_form import PageForm, judged, opened
from service.answers.messages import phrase
from service.answers.worry_words import worrying_in
from service.collection.alerts.raise_alerts import AlertTriggers
from service.collection.models.alert import AlertKind
from service.collection.models.hashing import Hasher
from service.collection.models.home import Home
from service.collection.models.invitation import Invitation
from service.collection.models.published_form import FormRef
from service.collection.models.response import Response
from service.collection.models.round import Round
from service.collection.responses import paper_entry, submission
from service.collection.responses.paper_entry import Copy
from service.dates import day_at
from service.definitions import AlertRule, Form
from service.repository import Store
from service.text import clean_text

LONGEST_ASKER = 200  # characters of who asks to talk: a name or a number

Shut = Literal["closed", "revoked"]
When = Literal["answer", "submit"]


@dataclass(frozen=True)
class RoundForm:
    """One form of one round as one respondent meets it: `form` in their language, `original` as it was published."""

    form: Form
    original: Form
    language: str
    round: Round
    ref: FormRef
    home: Home
    meta: Mapping[str, Any]

    def say(self, key: str, /, **values: object) -> str:
        """One of our own sentences in the respondent's language, in the tone of their age."""
        return phrase(self.language, f"{key}.child" if self.form.audience == "child" else key, **values)

    def opened(self, answers: Mapping[str, Any]) -> PageForm:
        """The form with answers that were kept."""
        return opened(self.form, answers, self.meta, self.language)


@dataclass(frozen=True)
class TalkRequest:
    """A wish to talk to someone: `whom` of the home's people, empty for anyone; `asker` is who asks, if they say so."""

    whom: str = ""
    asker: str = ""


@dataclass(frozen=True)
class SentAnswers:
    """What a respondent sent: the answers to a form, and a wish to talk to someone where they have one."""

    round_form: RoundForm
    page: PageForm
    talk: TalkRequest | None = None


@dataclass(frozen=True)
class Submission:
    """What became of a submission. `page` holds the answers with every fault beside its question.

    `invalid`, `closed` and `revoked`: the answers are kept as a draft. `deleted` and `not_kept`: nothing is kept.
    """

    outcome: Literal[
        "submitted", "already_submitted", "conflict_kept", "not_kept", "deleted", "invalid", "closed", "revoked"
    ]
    page: PageForm


def save_draft(
    store: Store, response_id: str, sent: SentAnswers, hasher: Hasher, base_url: str, now: datetime
) -> Sequence[AlertRule]:
    """Keep the answers so far, and raise at once what they ask for; gives the alert rules that they meet.

    Nothing is kept where the response is no draft any more.
    """
    kept = store[Response].get(response_id)
    triggers = _raising(sent, "answer", hasher, base_url, kept.answers if kept else {})
    submission.save_answers(store, response_id, sent.page.answers, sent.round_form.language, now, triggers)
    return triggers.rules


def submit(
    store: Store,
    response_id: str,
    sent: SentAnswers,
    hasher: Hasher,
    base_url: str,
    now: datetime,
    *,
    warnings_seen: bool = False,
) -> Submission:
    """Judge the answers and close the response, or keep them as a draft and say why not; raise what they ask for.

    `warnings_seen` submits in spite of warnings. Sent again, the same answers are received again and not kept twice.
    Raises NoSuchResponse for an id that was never begun.
    """
    round_form = sent.round_form
    page = judged(round_form.form, sent.page, round_form.meta, round_form.say)
    sent = replace(sent, page=page)
    found = store[Response].get(response_id)
    draft = found if found is not None and found.submitted_at is None else None
    if draft is not None:
        shut = _why_shut(store, draft, now)
        if shut or page.errors_by_name or (page.warnings_by_name and not warnings_seen):
            save_draft(store, response_id, sent, hasher, base_url, now)
            return Submission(shut or "invalid", page)
    triggers = _raising(sent, "submit", hasher, base_url, draft.answers if draft else {})
    outcome = submission.submit(
        store, response_id, round_form.original, page.answers, round_form.meta, hasher, now, triggers
    )
    if outcome == "closed" and draft is not None:  # shut since we looked
        save_draft(store, response_id, sent, hasher, base_url, now)
        return Submission(_why_shut(store, draft, now) or "closed", page)
    return Submission(outcome, page)


def raise_late(
    store: Store, response_id: str, sent: SentAnswers, hasher: Hasher, base_url: str, now: datetime
) -> Sequence[AlertRule]:
    """Raise what is said after the response was submitted, which stays as it is; gives the alert rules met.

    Raises NoSuchResponse where nothing was ever submitted under this id.
    """
    kept = store[Response].get(response_id)  # None for an anonymous one
    triggers = _raising(sent, "answer", hasher, base_url, kept.answers if kept else {})
    submission.raise_late(store, response_id, sent.round_form.original, triggers, now)
    return triggers.rules


def key_in(
    store: Store, copy: Copy, sent: SentAnswers, account: Account, hasher: Hasher, base_url: str, now: datetime
) -> None:
    """Keep a paper copy as submitted, and raise what it asks for. Raises NotPossible where the round is closed."""
    round_form = sent.round_form
    triggers = _raising(sent, "submit", hasher, base_url, {})
    paper_entry.key_in(
        store,
        round_form.round,
        round_form.ref,
        round_form.original,
        copy,
        round_form.meta,
        hasher,
        triggers,
        account,
        now,
    )


def why_shut(round_: Round | None, invitation: Invitation | None, now: datetime) -> Shut | None:
    """Why a draft cannot be submitted: its round is closed, or its invitation was revoked. None where it can."""
    if round_ is None or not round_.is_open(day_at(now)):
        return "closed"
    return "revoked" if invitation is not None and invitation.revoked_at is not None else None


def _why_shut(store: Store, draft: Response, now: datetime) -> Shut | None:
    invitation = store[Invitation].get(draft.invitation_id) if draft.invitation_id else None
    return why_shut(store[Round].get(draft.round_id), invitation, now)


def _raising(sent: SentAnswers, at: When, hasher: Hasher, base_url: str, kept: Mapping[str, Any]) -> AlertTriggers:
    """What these answers raise beside those kept before, and whether the respondent asked to talk to someone."""
    round_form, page, talk = sent.round_form, sent.page, sent.talk
    rules, marked = alerts_in(round_form.original, page.visible, at), worrying_in(page.visible, round_form.language)
    return AlertTriggers(
        form=round_form.original,
        rules=rules,
        marked=marked,
        hasher=hasher,
        base_url=base_url,
        talk_to=talk.whom if talk else None,
        asker=_plain(talk.asker) if talk else "",
        before=_said_before(sent, kept) if kept and (rules or marked) else frozenset(),
    )


def _said_before(sent: SentAnswers, kept: Mapping[str, Any]) -> frozenset[tuple[AlertKind, str]]:
    """The rules that were met before these answers, and the questions to which the same words were given."""
    round_form = sent.round_form
    visible = round_form.opened(kept).visible
    met: list[tuple[AlertKind, str]] = [("answer", rule.id) for rule in alerts_in(round_form.original, visible)]
    return frozenset(met + [("words", name) for name, said in kept.items() if sent.page.answers.get(name) == said])


def _plain(text: str) -> str:
    return " ".join(clean_text(text).split())[:LONGEST_ASKER]
