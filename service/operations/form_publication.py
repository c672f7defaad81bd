"""Form drafts are published: by one person, or where safety is touched by two."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from service.accounts.account import Account
from service.accounts.roles import Action, may
from service.audit import FormPublished, FormReviewed, remember
from service.collection.forms.approval import may_agree, protected_differences
from service.collection.forms.draft_publication import (
    agreed_before,
    checked_version,
    draft_of_published,
    keep_published,
    next_version,
)
from service.collection.forms.drafts import needed_draft
from service.collection.models.errors import NotPossible
from service.collection.models.form_draft import FormDraft, Review
from service.collection.models.published_form import FormState, PublishedForm
from service.definitions import Form
from service.definitions.differences import Difference, differences
from service.definitions.editing.faults import PlacedFault, faults_of
from service.repository import Records, Store, Transaction, readable

LONGEST_WORD = 1000
NOT_YOURS = "You cannot do this with this form."
WHOM_TO_ADD = (
    "No one else can agree to this. Add a safeguarding lead or responsible individual who has not edited this form."
)
ASK_AN_AUTHOR = "You are the only person who can agree to this. Let the author ask, then agree to it yourself."


class NeedsAgreement(NotPossible):
    """A draft that one person cannot publish; `differences` are what a second one must agree to."""

    def __init__(self, found: Sequence[Difference]) -> None:
        self.differences = tuple(found)
        super().__init__("A second person must agree before this is published.")


@dataclass(frozen=True)
class Readiness:
    """What stands between a draft and its next version.

    `version` is the number it would get. `changes` are the differences from the newest version, or for a first version
    from its source. `protected` are what a second person must agree to, and `approvers` who can. `refusal` says why it
    can neither be published nor sent for agreement, "" where it can.
    """

    version: int
    errors: tuple[PlacedFault, ...]
    warnings: tuple[PlacedFault, ...]
    changes: tuple[Difference, ...]
    protected: tuple[Difference, ...]
    approvers: tuple[Account, ...]
    refusal: str

    @property
    def can_be_published(self) -> bool:
        """Whether its author can publish it alone."""
        return not self.refusal and not self.protected


def readiness_of(records: Records, draft: FormDraft, *, by: str = "") -> Readiness:
    """What publishing this draft comes to, if this account asks for it."""
    baseline = agreed_before(records, draft)
    protected = protected_differences(draft.document, baseline)
    refusal = ""
    try:
        checked_version(records, draft)
        if protected:
            _need_approver(records, draft, by)
    except NotPossible as reason:
        refusal = str(reason)
    faults = faults_of(draft.document)
    return Readiness(
        next_version(records, draft),
        tuple(fault for fault in faults if fault.kind == "error"),
        tuple(fault for fault in faults if fault.kind == "warning"),
        differences(baseline or {}, draft.document),
        protected,
        tuple(approvers(records, draft, by)),
        refusal,
    )


def news_of_source(records: Records, draft: FormDraft) -> tuple[Difference, ...]:
    """What a later version of the form that this was copied from says otherwise than the copied one."""
    source = draft.source
    state = records[FormState].get(source.form_id) if source else None
    if source is None or state is None or state.current in ("", source.fingerprint) or state.version <= source.version:
        return ()
    copied, newest = records[PublishedForm].get(source.fingerprint), records[PublishedForm].get(state.current)
    return differences(copied.definition, newest.definition) if copied and newest else ()


def approvers(records: Records | Transaction, draft: FormDraft, asked_by: str = "") -> list[Account]:
    """The accounts that can agree to this draft, by name. `asked_by` is who asks, or would."""
    asker = asked_by or (draft.review.asked_by if draft.review else "")
    found = readable(records[Account].all()).records
    return sorted((each for each in found if may_agree(each, draft, asker)), key=lambda each: (each.name, each.id))


def publish_draft(store: Store, draft_id: str, seen: int, now: datetime, *, by: str) -> Form:
    """Publish a draft as the next version of its form, as it was after move number `seen`.

    Raises NeedsAgreement where a second person must agree, and NotPossible where the account may not publish it, it
    has changed since, it has faults, or nothing in it is new.
    """
    with store.transaction() as tx:
        draft = _seen(needed_draft(tx, draft_id), seen)
        _need(tx, by, "build_forms", draft)
        form = checked_version(tx, draft)
        if found := protected_differences(draft.document, agreed_before(tx, draft)):
            raise NeedsAgreement(found)
        return _published(tx, draft, form, now, by)


def ask_agreement(store: Store, draft_id: str, seen: int, now: datetime, *, by: str) -> FormDraft:
    """Ask for agreement to a draft as it was after move number `seen`. Any later move takes the question back.

    Raises NotPossible as `publish_draft` does, where nothing in it needs agreement, and where nobody else can agree:
    then the sentence says whom to add.
    """
    with store.transaction() as tx:
        draft = _seen(needed_draft(tx, draft_id), seen)
        _need(tx, by, "build_forms", draft)
        form = checked_version(tx, draft)
        if not protected_differences(draft.document, agreed_before(tx, draft)):
            raise NotPossible("No one else needs to agree to this. Publish it yourself.")
        _need_approver(tx, draft, by)
        draft = replace(draft, review=Review(by, now, seen))
        tx[FormDraft].put(draft)
        remember(tx, FormReviewed(draft.id, form.version, "asked", by), by, now, draft.home_id)
        return draft


def agree(store: Store, draft_id: str, seen: int, now: datetime, *, by: str) -> Form:
    """Agree to what was asked, after move number `seen`, and publish exactly that.

    Raises NotPossible where the account cannot agree, nobody asks any more, or it has changed since.
    """
    with store.transaction() as tx:
        draft, review = _waiting(tx, draft_id, by)
        _seen(draft, seen)
        form = checked_version(tx, draft)
        remember(tx, FormReviewed(draft.id, form.version, "agreed", review.asked_by), by, now, draft.home_id)
        return _published(tx, draft, form, now, review.asked_by)


def send_back(store: Store, draft_id: str, seen: int, word: str, now: datetime, *, by: str) -> FormDraft:
    """Send a draft back to its authors with a word. Raises NotPossible as `agree` does, and where no word is given."""
    word = word.strip()[:LONGEST_WORD]
    if not word:
        raise NotPossible("Enter what should change.")
    with store.transaction() as tx:
        draft, review = _waiting(tx, draft_id, by)
        draft = replace(_seen(draft, seen), review=replace(review, sent_back_by=by, word=word))
        tx[FormDraft].put(draft)
        version = next_version(tx, draft)
        remember(tx, FormReviewed(draft.id, version, "sent_back", review.asked_by), by, now, draft.home_id)
        return draft


def edit_published(store: Store, form_id: str, now: datetime, *, by: str) -> FormDraft:
    """The draft of a form made here; one of its newest version where the draft was deleted.

    Raises NotPossible where no such form was made here or the account may not build forms at its home.
    """
    with store.transaction() as tx:
        draft = draft_of_published(tx, form_id, now, by)
        _need(tx, by, "build_forms", draft)
        return draft


def _published(tx: Transaction, draft: FormDraft, form: Form, now: datetime, by: str) -> Form:
    keep_published(tx, draft, form)
    remember(tx, FormPublished(form.id, form.version), by, now, draft.home_id)
    return form


def _seen(draft: FormDraft, seen: int) -> FormDraft:
    if draft.newest != seen:
        raise NotPossible("This form has changed since you looked at it. Look at it again.")
    return draft


def _waiting(tx: Transaction, draft_id: str, by: str) -> tuple[FormDraft, Review]:
    draft = needed_draft(tx, draft_id)
    account = tx[Account].get(by)
    if account is None or not may(account, "approve_forms", draft.home_id):
        raise NotPossible(NOT_YOURS)
    review = draft.review
    if review is None or not review.is_waiting or review.move != draft.newest:
        raise NotPossible("No one asks for agreement to this form any more.")
    if not may_agree(account, draft, review.asked_by):
        raise NotPossible("You have edited this form or asked to publish it. Another person must agree.")
    return draft, review


def _need(tx: Transaction, by: str, action: Action, draft: FormDraft) -> None:
    account = tx[Account].get(by)
    if account is None or not account.is_open or not may(account, action, draft.home_id):
        raise NotPossible(NOT_YOURS)


def _need_approver(records: Records | Transaction, draft: FormDraft, by: str) -> None:
    if approvers(records, draft, by):
        return
    account = records[Account].get(by)
    raise NotPossible(ASK_AN_AUTHOR if account and may_agree(account, draft, "") else WHOM_TO_ADD)
