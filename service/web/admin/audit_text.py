"""What is remembered, as sentences: the names of people, homes and rounds are looked up when somebody reads them."""

import re
from dataclasses import dataclass, field
from functools import singledispatch
from typing import Any

from service.accounts.account import Account
from service.audit import (
    COMMAND,
    JOBS,
    AccountChanged,
    AlertMoved,
    AnswersRead,
    ChildResolved,
    CommentsThemed,
    Entry,
    ErasedPerson,
    Event,
    Exported,
    FormOfferChanged,
    FormPublished,
    FormReviewed,
    HelpLinesChanged,
    HomeChanged,
    Invited,
    KeyedIn,
    PeopleChanged,
    PictureDecided,
    RoleChanged,
    RoundChanged,
    SignedIn,
    SignedOut,
    SignInRefused,
    TabletChanged,
    Tidied,
    kind_of,
)
from service.collection.models.home import Home
from service.collection.models.published_form import PublishedForm
from service.collection.models.round import PlannedRound, Round
from service.reports.labels import with_home
from service.repository import read, readable
from service.storage.store import RecordStore

NOBODY_LEFT = "somebody whose account is gone"
# As the filter and the export call each kind.
KINDS = {
    "signed_in": "Signed in",
    "sign_in_refused": "Failed to sign in",
    "signed_out": "Signed out",
    "account_changed": "Changed an account",
    "role_changed": "Gave or took a role",
    "home_changed": "Changed a home",
    "help_lines_changed": "Changed or checked the help lines",
    "people_changed": "Changed children or contacts",
    "round_changed": "Planned, opened or closed a round",
    "invited": "Sent or took back letters",
    "answers_read": "Looked at single answers",
    "comments_themed": "Gave comments a theme",
    "exported": "Took a file away",
    "form_published": "Published a form",
    "form_reviewed": "Asked for or gave agreement to a form",
    "form_offer_changed": "Archived or restored a form",
    "alert_moved": "Raised or handled an alert",
    "child_resolved": "Looked up a child",
    "picture_decided": "Said how many children used a picture",
    "tablet_changed": "Enrolled or unlocked a tablet",
    "keyed_in": "Typed in a paper copy",
    "erased_person": "Erased a person",
    "tidied": "Let go of what was past its time",
}
# What each kind's closed words read as in its sentence.
WORDS: dict[type[Event], dict[str, str]] = {
    SignInRefused: {
        "password": "the password was wrong",
        "code": "the code was wrong",
        "waiting": "there were too many tries before",
        "closed": "the account is closed",
    },
    AccountChanged: {
        "invited": "sent an invitation for",
        "set_up": "set up",
        "renamed": "changed the name or address of",
        "closed": "closed",
        "reopened": "opened again",
        "password": "changed the password of",
        "second_factor": "set up the second factor of",
        "second_factor_reset": "took away the second factor of",
        "sessions": "ended the sessions of",
    },
    HomeChanged: {
        "added": "added",
        "edited": "changed what is known of",
        "names_on": "turned on children’s names at",
        "names_off": "turned off children’s names at",
    },
    PeopleChanged: {"added": "added", "edited": "changed", "removed": "removed", "imported": "imported"},
    RoundChanged: {
        "planned": "planned",
        "unplanned": "let go of",
        "opened": "opened",
        "extended": "moved the last day of",
        "closed": "closed",
    },
    FormOfferChanged: {"archived": "archived", "restored": "restored"},
    AlertMoved: {
        "raised": "raised an alert",
        "told": "told those who must know of an alert",
        "nobody_to_tell": "found nobody to tell of an alert",
        "accounts_unreadable": "could not read every account while telling people of an alert",
        "said_again": "heard the same again after a person was on it",
        "escalated": "took an alert further",
        "acknowledged": "acknowledged an alert",
        "acted": "wrote down what was done about an alert",
        "recorded": "wrote down what was learned of an alert",
        "resolved": "looked up whom an alert is about",
        "closed": "closed an alert",
        "reopened": "opened an alert again",
    },
    ChildResolved: {
        "to_help": "to help them",
        "to_check": "to check whether they are safe",
        "asked": "because they asked for it",
        "duty": "because the law asks for it",
    },
    TabletChanged: {
        "enrolled": "enrolled a tablet",
        "removed": "removed a tablet",
        "pin": "set the PIN of the tablets",
        "unlocked": "unlocked a tablet",
        "locked": "locked a tablet",
    },
    Invited: {
        "invited": "sent {} for",
        "sent_again": "sent {} again for",
        "reminded": "sent {} of reminder for",
        "revoked": "took back {} of",
        "corrected": "sent {} to a corrected address for",
        "slips": "printed {} with a code for",
    },
}
_EVENTS = {kind_of(event): event for event in Event.__subclasses__()}


@dataclass
class Names:
    """What ids stand for now: each is looked up once, however many entries name it."""

    store: RecordStore
    _known: dict[tuple[type, str], str] = field(default_factory=dict)

    def actor(self, actor: str) -> str:
        """Who did it, as a sentence begins."""
        if actor == COMMAND:
            return "Somebody at the command line"
        if actor == JOBS:
            return "The service itself"
        if not actor:
            return "Somebody"
        name = self.account(actor)
        return name[0].upper() + name[1:]

    def account(self, account_id: str) -> str:
        """An account by its owner's name."""
        return self._name(Account, account_id, "name") or NOBODY_LEFT

    def home(self, home_id: str) -> str:
        """A home by its name; empty for none."""
        return (self._name(Home, home_id, "name") or "a home that is gone") if home_id else ""

    def round(self, round_id: str) -> str:
        """A round, open, closed or planned, by its title."""
        title = self._name(Round, round_id, "title") or self._name(PlannedRound, round_id, "title")
        return f"the round “{title}”" if title else "a round that is gone"

    def form(self, form_id: str) -> str:
        """A form by the title of its newest version."""
        if (PublishedForm, form_id) not in self._known:
            versions = readable(self.store[PublishedForm].find("form_id", form_id)).records
            newest = max(versions, key=lambda form: form.version, default=None)
            title = str(newest.definition.get("title", "")) if newest else ""
            self._known[PublishedForm, form_id] = f"“{with_home(title, [])}”" if title else form_id
        return self._known[PublishedForm, form_id]

    def _name(self, kind: type[Any], record_id: str, attribute: str) -> str:
        if (kind, record_id) not in self._known:
            self._known[kind, record_id] = getattr(read(self.store[kind], record_id), attribute, "")
        return self._known[kind, record_id]


def sentence_of(entry: Entry, names: Names) -> str:
    """What the entry tells, ending in a full stop. An entry of another version's making is told by its kind."""
    kind = _EVENTS.get(entry.kind)
    try:
        event = kind(**entry.facts) if kind else Event()
    except TypeError:  # another version knew other facts
        event = Event()
    return told(event, entry, names) + "."


@singledispatch
def told(event: Event, entry: Entry, names: Names) -> str:
    """One event as a sentence."""
    return f"{names.actor(entry.actor)}: {KINDS.get(entry.kind, entry.kind.replace('_', ' ')).lower()}"


@told.register
def _(event: SignedIn, entry: Entry, names: Names) -> str:
    how = "the second factor" if event.second_factor else "the password alone"
    return f"{names.actor(entry.actor)} signed in with {how}"


@told.register
def _(event: SignInRefused, entry: Entry, names: Names) -> str:
    # whoever tried need not be the one whose account it is
    return f"Somebody failed to sign in as {names.account(event.account)}: {_word(event, event.reason)}"


@told.register
def _(event: SignedOut, entry: Entry, names: Names) -> str:
    return f"{names.actor(entry.actor)} signed out{' everywhere' if event.everywhere else ''}"


@told.register
def _(event: AccountChanged, entry: Entry, names: Names) -> str:
    whose = "their own account" if event.account == entry.actor else f"the account of {names.account(event.account)}"
    return f"{names.actor(entry.actor)} {_word(event, event.change)} {whose}"


@told.register
def _(event: RoleChanged, entry: Entry, names: Names) -> str:
    role = event.role.replace("_", " ")
    where = f"at {names.home(entry.home_id)}" if entry.home_id else "at every home"
    whom = "themselves" if event.account == entry.actor else names.account(event.account)
    did = f"gave {whom} the role" if event.given else f"took from {whom} the role"
    return f"{names.actor(entry.actor)} {did} {role} {where}"


@told.register
def _(event: HomeChanged, entry: Entry, names: Names) -> str:
    return f"{names.actor(entry.actor)} {_word(event, event.change)} {names.home(entry.home_id) or 'a home'}"


@told.register
def _(event: HelpLinesChanged, entry: Entry, names: Names) -> str:
    did = " and ".join([*(["changed"] if event.edited else []), *(["checked"] if event.checked else [])])
    return f"{names.actor(entry.actor)} {did} the national help lines"


@told.register
def _(event: PeopleChanged, entry: Entry, names: Names) -> str:
    who = {"child": ("child", "children"), "child_name": ("child’s name", "children’s names")}
    what = _count(event.count, *who.get(event.what, ("person on the contact list", "people on the contact list")))
    return f"{names.actor(entry.actor)} {_word(event, event.change)} {what}{_of_home(entry, names)}"


@told.register
def _(event: RoundChanged, entry: Entry, names: Names) -> str:
    return f"{names.actor(entry.actor)} {_word(event, event.change)} {names.round(event.round)}{_of_home(entry, names)}"


@told.register
def _(event: Invited, entry: Entry, names: Names) -> str:
    letters = _count(event.count, "letter", "letters")
    said = _word(event, event.change).format(letters)
    return f"{names.actor(entry.actor)} {said} {names.round(event.round)}{_of_home(entry, names)}"


@told.register
def _(event: AnswersRead, entry: Entry, names: Names) -> str:
    where = f"{names.round(event.round)}{_of_home(entry, names)}"
    return f"{names.actor(entry.actor)} looked at single answers to {names.form(event.form)} in {where}"


@told.register
def _(event: PictureDecided, entry: Entry, names: Names) -> str:
    where = f"{names.round(event.round)}{_of_home(entry, names)}"
    return f"{names.actor(entry.actor)} said how many children used the same picture in {where}"


@told.register
def _(event: CommentsThemed, entry: Entry, names: Names) -> str:
    did = "gave a theme to" if event.given else "took a theme from"
    where = f"{names.round(event.round)}{_of_home(entry, names)}"
    return f"{names.actor(entry.actor)} {did} comments on {names.form(event.form)} in {where}"


@told.register
def _(event: Exported, entry: Entry, names: Names) -> str:
    rounds = [names.round(round_id) for round_id in re.split(r"[,\s]+", event.rounds) if round_id]
    of_rounds = f" of {' and '.join(rounds)}{_of_home(entry, names)}" if rounds else _of_home(entry, names)
    held = "with single answers" if event.names else "without single answers"
    return f"{names.actor(entry.actor)} took away {event.file}{of_rounds}, {held}"


@told.register
def _(event: FormPublished, entry: Entry, names: Names) -> str:
    return f"{names.actor(entry.actor)} published version {event.version} of the form {names.form(event.form)}"


@told.register
def _(event: FormReviewed, entry: Entry, names: Names) -> str:
    version = f"version {event.version} of the form {names.form(event.form)}{_of_home(entry, names)}"
    if event.change == "asked":
        return f"{names.actor(entry.actor)} asked for agreement to {version}"
    did = "agreed to" if event.change == "agreed" else "sent back"
    return f"{names.actor(entry.actor)} {did} {version}, by {names.actor(event.author)}"


@told.register
def _(event: FormOfferChanged, entry: Entry, names: Names) -> str:
    return f"{names.actor(entry.actor)} {_word(event, event.change)} the form {names.form(event.form)}"


@told.register
def _(event: AlertMoved | TabletChanged, entry: Entry, names: Names) -> str:
    word = _word(event, event.step if isinstance(event, AlertMoved) else event.change)
    return f"{names.actor(entry.actor)} {word}{_of_home(entry, names)}"


@told.register
def _(event: ChildResolved, entry: Entry, names: Names) -> str:
    return f"{names.actor(entry.actor)} looked up which child an alert is about, {_word(event, event.reason)}"


@told.register
def _(event: KeyedIn, entry: Entry, names: Names) -> str:
    did = "took back a paper copy that they had typed in," if event.taken_back else "typed in a paper copy"
    return f"{names.actor(entry.actor)} {did} of {names.form(event.form)} for {names.round(event.round)}"


@told.register
def _(event: ErasedPerson, entry: Entry, names: Names) -> str:
    invitations = _count(event.invitations, "invitation", "invitations")
    responses = _count(event.responses, "response", "responses")
    return f"{names.actor(entry.actor)} erased what led to one person: {invitations} and {responses}"


@told.register
def _(event: Tidied, entry: Entry, names: Names) -> str:
    gone = (
        f"{_count(event.responses, 'response', 'responses')}, {_count(event.drafts, 'draft', 'drafts')} and "
        f"{_count(event.invitations, 'invitation', 'invitations')}"
    )
    return f"{names.actor(entry.actor)} let go of what was past its time: {gone}"


def _of_home(entry: Entry, names: Names) -> str:
    return f" of {names.home(entry.home_id)}" if entry.home_id else ""


def _word(event: Event, word: str) -> str:
    return WORDS[type(event)].get(word, word.replace("_", " "))


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
