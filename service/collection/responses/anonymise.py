"""Of somebody who has answered anonymously nothing stays but that they have."""

from dataclasses import replace

from service.collection.models.invitation import Invitation, Link
from service.collection.models.repository import Transaction


def keep_answered_alone(books: Transaction, invitation: Invitation, sent_id: str) -> None:
    """Let go of all that could say when somebody answered, or join them to what they have answered.

    That they were reminded on a day says that they had not answered before it, and so does every link but their first:
    those stay without them, so that who opens one still hears that an answer has come.
    """
    asked = books.rounds.get(invitation.round_id)
    for other in filter(None, (*invitation.aside, invitation.response_id)):
        draft = books.responses.get(other) if other != sent_id else None
        if draft is not None:
            books.responses.put(replace(draft, invitation_id=None, conflict=True))
    for link in list(books.links.find("invitation_id", invitation.id))[1:]:
        books.links.remove(link.id)  # and put anew: its place among the others is told by nothing
        if link.ended_at is None and asked is not None:
            books.links.put(Link(link.id, "", link.round_id, asked.opened_at))
    for letter in list(books.letters.find("invitation_id", invitation.id)):
        if letter.kind != "invitation":
            books.letters.remove(letter.id)
    books.invitations.put(
        replace(invitation, answered=True, response_id=None, aside=(), opened_at=None, reminded_on=())
    )
