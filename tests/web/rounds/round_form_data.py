"""What tests of the pages of rounds do: fill in a page as a browser would, answer as somebody asked."""

from datetime import UTC, datetime
from typing import Any

from service.audit import Entry
from service.collection.models.form_meta import meta_of
from service.collection.models.hashing import Hasher
from service.collection.models.home import Home
from service.collection.models.invitation import Invitation
from service.collection.models.person import Person
from service.collection.models.round import Round
from service.collection.responses import submission
from service.dates import now
from service.definitions import Form
from service.mail.email import Email
from service.repository import Store
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
    return next(one for one in store[Round].all() if one.id in page.response.request.path)


def invited(store: Store, round_: Round, name: str) -> Invitation:
    return next(one for one in store[Invitation].find("round_id", round_.id) if one.name == name)


def letters_to(store: Store, round_: Round, email: str) -> list[Email]:
    return [letter for letter in store[Email].find("round_id", round_.id) if letter.to == email]


def answer(store: Store, round_: Round, home: Home, form: Form, invitation: Invitation | None, **answers: Any) -> None:
    """Somebody answers, by their link or on the tablet."""
    ref = round_.form_ref(form.id)
    assert ref is not None
    channel = "link" if invitation else "tablet"
    invitation_id = invitation.id if invitation else None
    draft = submission.begin(store, round_, ref, channel, form.base_language, now(), invitation_id)
    meta = meta_of(round_, home, invitation, now())
    submission.submit(store, draft.id, form, answers, meta, HASHER, now())


def changes(store: Store, kind: str) -> list[str]:
    """What was remembered of rounds or invitations, in order."""
    return [entry.facts["change"] for entry in store[Entry].all() if entry.kind == kind]
