"""What a manager asks for while a round is open: more people, and a reminder before its day."""

from collections.abc import Callable, Collection, Iterable
from datetime import UTC, date, datetime, time

from service.audit import Invited, remember
from service.collection.invitations.invite import Addressee, Writing, invite_again, keep_prepared, prepare, remind
from service.collection.models.errors import NotPossible
from service.collection.models.invitation import Invitation
from service.collection.models.round import Round
from service.collection.rounds.open_close import open_still
from service.collection.rounds.queries import unnamed_forms
from service.dates import HOME_TIME, day_at, next_working_day
from service.mail.email import Email
from service.repository import Records, Store

MORNING = time(8)  # when a letter leaves that waits for a working day


def invite_more(
    store: Store,
    round_: Round,
    people: Iterable[Addressee],
    now: datetime,
    write: Writing,
    *,
    by: str = "",
) -> list[Addressee]:
    """A letter to each of these who has none yet, however often this is asked for; says to whom.

    A person who was revoked may be asked again: of an unnamed form with the invitation they had.
    Raises NotPossible as `inviting.invite` does: all are asked, or nobody.
    """
    people = list(people)
    ready = prepare(round_, people, now, write)
    with store.transaction() as tx:
        open_still(tx, round_.id, now)
        there = asked_already(tx, round_)
        unnamed = unnamed_forms(tx, round_)
        revoked = {key_of(one): one for one in tx[Invitation].find("round_id", round_.id) if one.form_id in unnamed}
        new = []
        for person, each in zip(people, ready, strict=True):
            if (key := key_of(each.invitation)) not in there:
                if (before := revoked.get(key)) is not None:
                    invite_again(tx, before, person, round_, now, write)
                else:
                    keep_prepared(tx, [each])
                new.append(person)
                there.add(key)
        if new and by:
            remember(tx, Invited(round_.id, "invited", len(new)), by, now, round_.home_id)
    return new


def invite_by_link(
    store: Store, round_: Round, people: Iterable[Addressee], now: datetime, *, by: str = ""
) -> list[tuple[Addressee, str]]:
    """A link for each of these who has none yet, to hand over; with a second one a person could answer twice.

    One is known by their address, or by their name where they have none. Of an unnamed form a revoked invitation
    counts as asked: it may have been answered. Raises NotPossible as `inviting.invite` does.
    """
    people = list(people)
    ready = prepare(round_, people, now)
    with store.transaction() as tx:
        open_still(tx, round_.id, now)
        unnamed = unnamed_forms(tx, round_)
        asked = [one for one in tx[Invitation].find("round_id", round_.id) if not one.slip]
        there = {_known_as(one) for one in asked if one.revoked_at is None or one.form_id in unnamed}
        new = []
        for person, each in zip(people, ready, strict=True):
            if (known := _known_as(each.invitation)) not in there:
                keep_prepared(tx, [each])
                new.append((person, each.token))
                there |= {known} if known[1] else set()
        if new and by:
            remember(tx, Invited(round_.id, "invited", len(new)), by, now, round_.home_id)
    return new


def _known_as(invitation: Invitation) -> tuple[str, str]:
    return invitation.form_id, invitation.email or invitation.name.casefold()


def asked_already(records: Records, round_: Round) -> set[tuple[str, str]]:
    """Which addresses a round asks which form."""
    return {key_of(each) for each in records[Invitation].find("round_id", round_.id) if each.revoked_at is None}


def key_of(invitation: Invitation) -> tuple[str, str]:
    """What an invitation asks whom: nobody is asked the same twice."""
    return invitation.form_id, invitation.email


def remindable(records: Records, round_: Round, day: date) -> list[str]:
    """The invitations of those who would get a reminder on this day: not where letters come back or still wait.

    Of a named form those who have not answered, of an unnamed one everyone.
    """
    unnamed = unnamed_forms(records, round_)
    newest = {one.invitation_id: one for one in records[Email].find("round_id", round_.id) if one.kind != "code"}
    return [
        each.id
        for each in records[Invitation].find("round_id", round_.id)
        if each.gets_emails(unnamed=each.form_id in unnamed)
        and each.email
        and day not in each.reminded_on
        and (each.id not in newest or newest[each.id].state not in ("waiting", "leaving", "bounced"))
    ]


def leaves_on(now: datetime, holidays: Collection[date] = ()) -> date:
    """The day on which a reminder asked for now leaves: this one, where it is a working day."""
    return next_working_day(day_at(now), holidays)


def leaves_at(now: datetime, holidays: Collection[date] = ()) -> datetime | None:
    """The moment at which a reminder leaves that may not leave now; None where it may."""
    day = leaves_on(now, holidays)
    return None if day == day_at(now) else datetime.combine(day, MORNING, HOME_TIME).astimezone(UTC)


def remind_now(
    store: Store,
    round_: Round,
    now: datetime,
    write_for: Callable[[Round], Writing],
    holidays: Collection[date] = (),
    *,
    by: str = "",
) -> int:
    """Send reminders (see `remindable`): at once, or where nobody works today on the morning of the next working day.

    Says how many. Raises NotPossible for a round that is closed, or that will be when somebody works again.
    """
    if not round_.is_open(day_at(now)):
        raise NotPossible("The round is closed: nobody can answer any more.")
    day = leaves_on(now, holidays)
    if not round_.is_open(day):
        raise NotPossible("The next working day comes after the last day of the round. Move the last day first.")
    at = leaves_at(now, holidays)
    return remind(store, remindable(store, round_, day), now, write_for, by=by, not_before=at)
