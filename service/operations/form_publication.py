"""Publishing a form that was built here: at once, or when a second person has agreed to what is protected."""

from dataclasses import dataclass, replace
from datetime import datetime

from service.accounts.account import Account
from service.accounts.roles import may, may_everywhere
from service.audit import FormPublished, FormReviewed, remember
from service.collection.forms.approval import protected_changes
from service.collection.forms.drafts import needed_draft
from service.collection.forms.publication import FormRefused, check_version, keep_version
from service.collection.models.errors import NotPossible
from service.collection.models.form_draft import FormDraft, Review
from service.collection.models.published_form import FormState, PublishedForm
from service.definitions import Form
from service.definitions.comparison import Difference, differences
from service.definitions.editing import Json, finished, prepared
from service.definitions.editing.faults import PlacedFault, faults_of
from service.repository import Records, Store, Transaction, readable

LONGEST_WORD = 1000


@dataclass(frozen=True)
class Readiness:
    """What stands between a draft and its next version.

    `changes` are all differences from the newest version; `protected` those that somebody else must agree to, who can
    be one of `approvers`. `version` is the number that it would have.
    """

    version: int
    errors: tuple[PlacedFault, ...]
    warnings: tuple[PlacedFault, ...]
    changes: tuple[Difference, ...]
    protected: tuple[str, ...]
    approvers: tuple[Account, ...]

    @property
    def can_be_published(self) -> bool:
        """Whether its author can publish it alone."""
        return not self.errors and bool(self.changes) and not self.protected


def readiness_of(records: Records | Transaction, draft: FormDraft) -> Readiness:
    """What publishing the draft comes to now."""
    newest = _newest(records, draft)
    baseline = _agreed_before(records, draft)
    faults = faults_of(draft.document)
    return Readiness(
        _next_version(records, draft),
        tuple(fault for fault in faults if fault.kind == "error"),
        tuple(fault for fault in faults if fault.kind == "warning"),
        differences(newest if newest is not None else {}, _compared(draft)),
        protected_changes(_compared(draft), baseline),
        approvers_of(records, draft),
    )


def approvers_of(records: Records | Transaction, draft: FormDraft) -> tuple[Account, ...]:
    """Who can agree to a draft: those whose role allows it here and who have made none of it."""
    accounts = readable(records[Account].all()).records
    return tuple(each for each in accounts if _may_agree(each, draft))


def publish_draft(store: Store, draft_id: str, seen: int, now: datetime, *, by: str) -> Form:
    """Publish the draft as its author has seen it, after move number `seen`.

    Raises NotPossible where it has faults, where nothing differs, where another has changed it since, and where a
    second person must agree.
    """
    with store.transaction() as tx:
        draft = _as_seen(tx, draft_id, seen)
        _need_publishable(tx, draft)
        if protected_changes(_compared(draft), _agreed_before(tx, draft)):
            raise NotPossible("Someone else has to agree to this version before it is published.")
        return _publish(tx, draft, now, by)


def ask_agreement(store: Store, draft_id: str, seen: int, now: datetime, *, by: str) -> FormDraft:
    """Ask for agreement to the draft as it is.

    Raises NotPossible as `publish_draft` does, and where nobody can agree.
    """
    with store.transaction() as tx:
        draft = _as_seen(tx, draft_id, seen)
        _need_publishable(tx, draft)
        asking = replace(draft, contributors=tuple(dict.fromkeys((*draft.contributors, by))))
        if not approvers_of(tx, asking):
            raise NotPossible(
                "Nobody here can agree to this. Ask the administrator to add a safeguarding lead or a responsible "
                "individual with an account of their own."
            )
        asking = replace(asking, review=Review(by, now, draft.newest))
        tx[FormDraft].put(asking)
        remember(tx, FormReviewed(draft.id, _next_version(tx, draft), "asked", by), by, now, draft.home_id)
        return asking


def agree(store: Store, draft_id: str, now: datetime, *, by: str) -> Form:
    """Agree to what was asked, and publish exactly that.

    Raises NotPossible where nothing was asked (a later change takes the request back) and for one who may not agree.
    """
    with store.transaction() as tx:
        draft, review = _reviewed(tx, draft_id, by)
        _need_publishable(tx, draft)
        remember(
            tx, FormReviewed(draft.id, _next_version(tx, draft), "agreed", review.asked_by), by, now, draft.home_id
        )
        return _publish(tx, draft, now, review.asked_by)


def send_back(store: Store, draft_id: str, word: str, now: datetime, *, by: str) -> FormDraft:
    """Send the draft back to its authors with a word. Raises NotPossible as `agree` does, and without a word."""
    if not word.strip():
        raise NotPossible("Say in a few words what should change.")
    with store.transaction() as tx:
        draft, review = _reviewed(tx, draft_id, by)
        draft = replace(draft, review=replace(review, sent_back_by=by, word=word.strip()[:LONGEST_WORD]))
        tx[FormDraft].put(draft)
        event = FormReviewed(draft.id, _next_version(tx, draft), "sent_back", review.asked_by)
        remember(tx, event, by, now, draft.home_id)
        return draft


def _publish(tx: Transaction, draft: FormDraft, now: datetime, by: str) -> Form:
    document = {**draft.document, "version": _next_version(tx, draft)}
    form = Form.of(finished(document))
    try:
        check_version(tx, form)
    except FormRefused as refused:
        raise NotPossible(f"{refused.reason[:1].upper()}{refused.reason[1:]}") from refused
    keep_version(tx, form)
    state = tx[FormState].get(form.id)
    if state is not None:
        tx[FormState].put(replace(state, built=True, home_id=draft.home_id))
    tx[FormDraft].put(replace(draft, document=document, since=draft.newest, contributors=(), review=None))
    remember(tx, FormPublished(form.id, form.version), by, now, draft.home_id)
    return form


def _as_seen(tx: Transaction, draft_id: str, seen: int) -> FormDraft:
    draft = needed_draft(tx, draft_id)
    if draft.newest != seen:
        raise NotPossible("Someone has changed this form since you opened this page. Look at it again first.")
    return draft


def _need_publishable(tx: Transaction, draft: FormDraft) -> None:
    state = tx[FormState].get(draft.id)
    if state is not None and not state.built:
        raise NotPossible("A form with this name comes with Sayso. Copy it, and change the copy.")
    if any(fault.kind == "error" for fault in faults_of(draft.document)):
        raise NotPossible("This form has faults. Mend them first.")
    newest = _newest(tx, draft)
    if newest is not None and not differences(newest, _compared(draft)):
        raise NotPossible("Nothing has changed since the last version.")


def _reviewed(tx: Transaction, draft_id: str, by: str) -> tuple[FormDraft, Review]:
    draft = needed_draft(tx, draft_id)
    review = draft.review
    if review is None or not review.is_waiting or review.move != draft.newest:
        raise NotPossible("Nobody is asking for agreement to this form any more. It may have been changed.")
    account = tx[Account].get(by)
    if account is None or not _may_agree(account, draft):
        raise NotPossible("Someone who has worked on this form cannot agree to it. Another person has to.")
    return draft, review


def _may_agree(account: Account, draft: FormDraft) -> bool:
    authors = {*draft.contributors, *([draft.review.asked_by] if draft.review else [])}
    allowed = (
        may(account, "approve_forms", draft.home_id) if draft.home_id else may_everywhere(account, "approve_forms")
    )
    return allowed and account.closed_at is None and account.id not in authors


def _next_version(records: Records | Transaction, draft: FormDraft) -> int:
    state = records[FormState].get(draft.id)
    return state.version + 1 if state is not None else 1


def _compared(draft: FormDraft) -> Json:
    """The document with its checks named as those of a published version are."""
    return prepared(finished(draft.document))


def _newest(records: Records | Transaction, draft: FormDraft) -> Json | None:
    """The newest version that was published, as drafts keep it."""
    state = records[FormState].get(draft.id)
    published = records[PublishedForm].get(state.current) if state is not None and state.current else None
    return prepared(published.definition) if published is not None else None


def _agreed_before(records: Records | Transaction, draft: FormDraft) -> Json | None:
    """The newest version, or for a first one the form that it was copied from."""
    newest = _newest(records, draft)
    if newest is not None or draft.source is None:
        return newest
    source = records[PublishedForm].get(draft.source.fingerprint)
    return prepared(source.definition) if source is not None else None
