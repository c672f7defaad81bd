"""Taking back a round that has just been opened: it is planned again, as long as nobody outside has noticed it."""

from datetime import datetime, timedelta

from service.audit import RoundChanged, remember
from service.collection.models.errors import NotPossible
from service.collection.models.invitation import Invitation, Link
from service.collection.models.response import Ledger, Response, ledger_id
from service.collection.models.round import PlannedRound, Round
from service.collection.rounds.queries import unnamed_forms
from service.dates import day_at
from service.mail.email import Email
from service.repository import Records, Store

_TOO_LATE = "It is too late to take this round back: a letter has left, or people may have begun. Close it instead."


def can_take_back(records: Records, round_: Round, now: datetime) -> bool:
    """Whether nothing has left yet and nobody has begun, so that opening can be undone.

    Never where the round asks an unnamed form: it would tell that someone has begun, on a tablet that was taken away
    since, or on paper.
    """
    if unnamed_forms(records, round_):
        return False
    if not round_.is_open(day_at(now)) or records[Response].count("round_id", round_.id):
        return False
    ledgers = [records[Ledger].get(ledger_id(round_.id, ref.form_id)) for ref in round_.forms]
    return (
        not any(ledger is not None and ledger.started for ledger in ledgers)
        and all(letter.state == "waiting" for letter in records[Email].find("round_id", round_.id))
        # whoever was asked otherwise than from the contact list could not be planned again
        and all(each.person_id for each in records[Invitation].find("round_id", round_.id))
    )


def take_back(store: Store, round_id: str, now: datetime, *, by: str = "") -> PlannedRound:
    """Undo an opening: the round is planned for tomorrow as it was, and its invitations, links and letters are gone.

    Raises NotPossible where there is no such round, or where a letter has left or somebody has begun.
    """
    with store.transaction() as tx:
        round_ = tx[Round].get(round_id)
        if round_ is None:
            raise NotPossible(f"No round is called {round_id}.")
        if not can_take_back(tx, round_, now):
            raise NotPossible(_TOO_LATE)
        tomorrow = day_at(now) + timedelta(days=1)
        invitations = list(tx[Invitation].find("round_id", round_id))
        planned = PlannedRound(
            id=round_.id,
            home_id=round_.home_id,
            template=round_.template,
            title=round_.title,
            reason=round_.reason,
            form_ids=tuple(ref.form_id for ref in round_.forms),
            opens_on=tomorrow,
            closes_on=max(round_.closes_on, tomorrow),
            remind_after=round_.remind_after,
            people=tuple(dict.fromkeys(each.person_id for each in invitations)),
            expected=round_.expected,
        )
        for each in invitations:
            tx[Invitation].remove(each.id)
        for link in list(tx[Link].find("round_id", round_id)):
            tx[Link].remove(link.id)
        for letter in list(tx[Email].find("round_id", round_id)):
            tx[Email].remove(letter.id)
        for ref in round_.forms:
            tx[Ledger].remove(ledger_id(round_id, ref.form_id))
        tx[Round].remove(round_id)
        tx[PlannedRound].put(planned)
        if by:
            remember(tx, RoundChanged(round_id, "planned"), by, now, round_.home_id)
    return planned
