"""Of somebody who has answered anonymously nothing stays but that they have."""

from dataclasses import replace

from service.collection.models.invitation import Invitation, Link
from service.collection.models.response import Response
from service.collection.models.round import Round
from service.mail.email import Email
from service.repository import Transaction, read, readable


def keep_answered_alone(tx: Transaction, invitation: Invitation, sent_id: str) -> None:
    """Let go of all that could say when somebody answered, or join them to what they have answered.

    That they were reminded on a day says that they had not answered before it, and so does every link but their first:
    those stay without them, so that who opens one still hears that an answer has come.
    """
    round_ = tx[Round].get(invitation.round_id)
    for other in filter(None, (*invitation.aside, invitation.response_id)):
        draft = read(tx[Response], other) if other != sent_id else None
        if draft is not None:
            tx[Response].put(replace(draft, invitation_id=None, conflict=True))
    for link in readable(tx[Link].find("invitation_id", invitation.id)).records[1:]:
        tx[Link].remove(link.id)  # and put anew: its place among the others is told by nothing
        if link.ended_at is None and round_ is not None:
            tx[Link].put(Link(link.id, "", link.round_id, round_.opened_at))
    letters = readable(tx[Email].find("invitation_id", invitation.id))
    dated = [letter.id for letter in letters.records if letter.kind != "invitation"]
    for letter_id in (*dated, *letters.unreadable):  # of what kind an unreadable one is, no one here can say
        tx[Email].remove(letter_id)
    tx[Invitation].put(replace(invitation, answered=True, response_id=None, aside=(), opened_at=None, reminded_on=()))
