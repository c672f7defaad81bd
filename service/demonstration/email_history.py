"""What became of the letters of a round: most arrived, some did not, some people were reminded or said no."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import cycle

from service.audit import JOBS
from service.collection.invitations.emails import Kind, writer
from service.collection.invitations.invite import Addressee, Writing, decline, invite, remind
from service.collection.models.home import Home
from service.collection.models.invitation import Invitation
from service.collection.models.person import Person, audience_of
from service.collection.models.round import Round
from service.definitions import Form
from service.mail.email import Email
from service.repository import Store

WHY_NOT = (
    "I have left the team; my colleague Priya Nowak has taken over.",
    "I have only been there once, so I cannot say much.",
)
BOUNCED = "550 5.1.1 No such mailbox here"
_FATES = ("quiet", "bounced", "reminded", "quiet", "declined", "reminded")


@dataclass(frozen=True)
class Post:
    """The letters of one round."""

    store: Store
    round: Round
    home: Home
    forms: Callable[[str], Form]
    base_url: str

    def send(self, people: Sequence[Person], by: str, at: datetime) -> dict[str, list[str]]:
        """Ask everybody whom one of the round's forms is for; gives the tokens of their links, by form."""
        form_of = {self.forms(ref.fingerprint).audience: ref.form_id for ref in reversed(self.round.forms)}
        asked = [
            Addressee(form_of[audience_of(person.kind)], person.name, person.email, person.label, person.id)
            for person in people
            if audience_of(person.kind) in form_of
        ]
        tokens: dict[str, list[str]] = {}
        for person, token in invite(self.store, self.round, asked, at, self._write("invitation"), by=by):
            tokens.setdefault(person.form_id, []).append(token)
        return tokens

    def settle(self) -> None:
        """Let what was written until now leave, or come back; some of the unanswered are reminded, some decline."""
        quiet = [each for each in self.store[Invitation].find("round_id", self.round.id) if not each.response_id]
        fates = dict(zip((each.id for each in quiet if not each.answered), cycle(_FATES), strict=False))
        declined = [invitation_id for invitation_id, fate in fates.items() if fate == "declined"]
        for invitation_id, why_not in zip(declined, cycle(WHY_NOT), strict=False):
            decline(self.store, invitation_id, why_not, self.round.opened_at + timedelta(days=2))
        reminded = [invitation_id for invitation_id, fate in fates.items() if fate == "reminded"]
        moment = self.round.opened_at + timedelta(days=7)
        remind(self.store, reminded, moment, lambda asked: self._write("reminder"), by=JOBS)
        with self.store.transaction() as tx:
            for letter in list(tx[Email].find("round_id", self.round.id)):
                tx[Email].put(_left(letter, bounced=fates.get(letter.invitation_id) == "bounced"))

    def _write(self, kind: Kind) -> Writing:
        return writer(kind, self.round, self.home, self.forms, self.base_url)


def _left(letter: Email, *, bounced: bool) -> Email:
    """The letter once it has left, or come back."""
    left = letter.created_at + timedelta(minutes=1 + len(letter.to) % 4)
    said = BOUNCED if bounced else ""
    return replace(letter, state="bounced" if bounced else "sent", said=said, text="", html="", tries=1, left_at=left)
