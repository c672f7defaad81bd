"""Taking back a round that has just been opened: it is planned again, as long as nobody outside has noticed it."""

from datetime import datetime, timedelta

from service.audit import RoundChanged, remember
from service.collection.models.errors import NotPossible
from service.collection.models.invitation import Invitation, Link
from service.collection.models.response import Ledger, Response, ledger_id
from service.collection.models.round import PlannedRound, Round
from service.dates import day_at
from service.mail.letter import Letter
from service.repository import Records, Store

_TOO_LATE = "It is too late to take this round back: a letter has left or somebody has begun. Close it instead."


def can_take_back(records: Records, asked: Round, now: datetime) -> bool:
    """Whether nothing has left yet and nobody has begun, so that opening can be undone."""
    if not asked.is_open(day_at(now)) or records[Response].count("round_id", asked.id):
        return False
    ledgers = [records[Ledger].get(ledger_id(asked.id, ref.form_id)) for ref in asked.forms]
    return (
        not any(ledger is not None and ledger.started for ledger in ledgers)
        and all(letter.state == "waiting" for letter in records[Letter].find("round_id", asked.id))
        # whoever was asked otherwise than from the contact list could not be planned again
        and all(each.person_id for each in records[Invitation].find("round_id", asked.id))
    )


def take_back(store: Store, round_id: str, now: datetime, *, by: str = "") -> PlannedRound:
    """Undo an opening: the round is planned for tomorrow as it was, and its invitations, links and letters are gone.

    Raises NotPossible where there is no such round, or where a letter has left or somebody has begun.
    """
    with store.transaction() as books:
        asked = books[Round].get(round_id)
        if asked is None:
            raise NotPossible(f"No round is called {round_id}.")
        if not can_take_back(books, asked, now):
            raise NotPossible(_TOO_LATE)
        tomorrow = day_at(now) + timedelta(days=1)
        invitations = list(books[Invitation].find("round_id", round_id))
        planned = PlannedRound(
            id=asked.id,
            home_id=asked.home_id,
            template=asked.template,
            title=asked.title,
            reason=asked.reason,
            form_ids=tuple(ref.form_id for ref in asked.forms),
            opens_on=tomorrow,
            closes_on=max(asked.closes_on, tomorrow),
            remind_after=asked.remind_after,
            people=tuple(dict.fromkeys(each.person_id for each in invitations)),
            expected=asked.expected,
        )
        for each in invitations:
            books[Invitation].remove(each.id)
        for link in list(books[Link].find("round_id", round_id)):
            books[Link].remove(link.id)
        for letter in list(books[Letter].find("round_id", round_id)):
            books[Letter].remove(letter.id)
        for ref in asked.forms:
            books[Ledger].remove(ledger_id(round_id, ref.form_id))
        books[Round].remove(round_id)
        books[PlannedRound].put(planned)
        if by:
            remember(books, RoundChanged(round_id, "planned"), by, now, asked.home_id)
    return planned
