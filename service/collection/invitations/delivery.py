"""What may be told of each person who was asked: how far their letter has come, and who answered only where names are.

Of unnamed forms no one may find out who has answered. So nothing is told that would give it away, and whatever may be
done is done in the same way, and with the same result, for those who have answered.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, get_args

from service.collection.models.invitation import Invitation
from service.collection.models.round import Round
from service.dates import day_at
from service.definitions import Form
from service.mail.email import Email
from service.repository import Records, readable

Step = Literal["no_letter", "waiting", "sent", "unsure", "bounced", "opened", "answered", "declined", "revoked"]
STEPS: tuple[Step, ...] = get_args(Step)
Move = Literal["again", "correct", "revoke"]


@dataclass(frozen=True)
class DeliveryStatus:
    """What is told of one person: the last step that may be known, its day, and what was said at it.

    `said` are the server's words of a letter that came back or is late, or why somebody declined. `moves` are what may
    be done about it.
    """

    invitation: Invitation
    form: Form
    step: Step
    on: date | None = None
    said: str = ""
    moves: tuple[Move, ...] = ()


@dataclass(frozen=True)
class Sending:
    """How far the letters of a round have come. Links that somebody asked for anew and codes are not counted:
    who asks for them has not answered yet."""

    waiting: int = 0
    sent: int = 0
    bounced: int = 0
    unsure: int = 0
    newest: datetime | None = None

    @property
    def all(self) -> int:
        """How many letters there are."""
        return self.waiting + self.sent + self.bounced + self.unsure

    @property
    def done(self) -> int:
        """How many have left, or come back."""
        return self.all - self.waiting


def tells_who(form: Form) -> bool:
    """Whether it may be told who has answered."""
    return not form.is_unnamed


def told_of(records: Records, round_: Round, forms: Callable[[str], Form], today: date) -> list[DeliveryStatus]:
    """Everyone whom a round asks by link, by form in its order, then by name."""
    by_id = {ref.form_id: forms(ref.fingerprint) for ref in round_.forms}
    order = list(by_id)
    letters: dict[str, list[Email]] = {}
    for letter in readable(records[Email].find("round_id", round_.id)).records:
        letters.setdefault(letter.invitation_id, []).append(letter)
    asked = readable(records[Invitation].find("round_id", round_.id)).records
    invited = [each for each in asked if each.form_id in by_id and not each.slip]
    invited.sort(key=lambda each: (order.index(each.form_id), each.name.casefold(), each.email))
    return [_told(each, by_id[each.form_id], letters.get(each.id, ()), round_.is_open(today)) for each in invited]


def told_one(records: Records, invitation: Invitation, form: Form, *, open_still: bool) -> DeliveryStatus:
    """What is told of one of them."""
    return _told(invitation, form, readable(records[Email].find("invitation_id", invitation.id)).records, open_still)


def sending_of(records: Records, round_: Round) -> Sending:
    """How far the letters of a round have come."""
    letters = readable(records[Email].find("round_id", round_.id)).records
    states = [letter.state for letter in letters if letter.kind in ("invitation", "reminder")]
    return Sending(
        states.count("waiting") + states.count("leaving"),
        states.count("sent"),
        states.count("bounced"),
        states.count("unsure"),
        max((letter.created_at for letter in letters), default=None),
    )


def _told(invitation: Invitation, form: Form, letters: Sequence[Email], open_still: bool) -> DeliveryStatus:
    by_name = tells_who(form)
    step, on, said = _step(invitation, _letters_told(invitation, letters, by_name), by_name)
    return DeliveryStatus(invitation, form, step, on, said, _moves(invitation, step, by_name) if open_still else ())


def _letters_told(invitation: Invitation, letters: Sequence[Email], by_name: bool) -> list[Email]:
    """Those that may speak for this person, the one that tells how far they were reached last."""
    told = [one for one in letters if one.to == invitation.email and one.kind != "code" and one.state != "dropped"]
    if by_name:
        return told
    # one that arrived says enough
    told = [one for one in told if one.kind == "invitation"]
    arrived = [one for one in told if one.state == "sent"]
    return arrived[:1] or told


def _step(invitation: Invitation, letters: Sequence[Email], by_name: bool) -> tuple[Step, date | None, str]:
    newest = letters[-1] if letters else None
    if by_name and invitation.answered:
        return "answered", None, ""
    if invitation.revoked_at is not None:
        return "revoked", day_at(invitation.revoked_at), ""
    if invitation.declined_at is not None:
        return "declined", day_at(invitation.declined_at), invitation.declined
    if newest is not None and newest.state == "bounced":
        return "bounced", day_at(newest.left_at or newest.created_at), newest.said
    if by_name and invitation.opened_at is not None:
        return "opened", day_at(invitation.opened_at), ""
    if newest is None:
        return "no_letter", None, ""
    if newest.state in ("sent", "unsure"):
        return ("sent" if newest.state == "sent" else "unsure"), day_at(newest.left_at or newest.created_at), ""
    return "waiting", None, newest.said


def _moves(invitation: Invitation, step: Step, by_name: bool) -> tuple[Move, ...]:
    if step == "answered":
        return ()
    if step == "declined":
        return ("correct",)
    again: tuple[Move, ...] = ("again",) if invitation.email else ()
    if step == "revoked":
        return again
    if by_name:
        return ("correct", *again, "revoke")
    # where nothing has arrived nobody can have answered, so correcting tells nothing
    return ("correct", "revoke") if step in ("bounced", "waiting") else (*again, "revoke")
