"""Strip an invitation after an anonymous answer: that there is one stays, and nothing that joins them."""

from dataclasses import replace

from service.collection.models.invitation import Invitation
from service.collection.models.response import Response
from service.mail.email import Email
from service.repository import Transaction, read, readable


def keep_answered_alone(tx: Transaction, invitation: Invitation, sent_id: str) -> None:
    """Remove what could say when a person answered, or join them to their answers.

    Links, reminders and new links stay: all who are asked get them, whether or not they have answered. A code goes
    only to a person who has begun, so its emails are removed.
    """
    for other in filter(None, (*invitation.aside, invitation.response_id)):
        draft = read(tx[Response], other) if other != sent_id else None
        if draft is not None:
            tx[Response].put(replace(draft, invitation_id=None, conflict=True))
    letters = readable(tx[Email].find("invitation_id", invitation.id))
    codes = [letter.id for letter in letters.records if letter.kind == "code"]
    for letter_id in (*codes, *letters.unreadable):  # of what kind an unreadable one is, no one here can say
        tx[Email].remove(letter_id)
    tx[Invitation].put(replace(invitation, answered=True, response_id=None, aside=(), opened_at=None))
