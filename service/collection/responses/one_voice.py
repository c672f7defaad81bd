"""Which responses count: one child is one voice for each form of a survey."""

from collections.abc import Iterable
from datetime import UTC, datetime

from service.collection.models.figures import RoundFigures
from service.collection.models.picture_decision import PictureDecision
from service.collection.models.response import Response
from service.collection.models.round import Round
from service.repository import Records

Picture = tuple[str, str, str]  # survey, form, child

_NEVER = datetime.min.replace(tzinfo=UTC)


def counted(responses: Iterable[Response], decisions: Iterable[PictureDecision]) -> list[Response]:
    """The submitted responses that count, in their order.

    Of one picture the newest counts, or as many of the newest as the safeguarding lead says there were children.
    Copies that were sent a second time count nowhere. A response without a picture is one person.
    """
    given = list(responses)
    left_out = not_counted(given, decisions)
    return [each for each in given if _is_sent(each) and each.id not in left_out]


def not_counted(responses: Iterable[Response], decisions: Iterable[PictureDecision]) -> frozenset[str]:
    """The ids of those that are kept and do not count, as the same picture answered again."""
    people = {(each.round_id, each.form_id, each.child_id): each.people for each in decisions}
    pictures = by_picture(responses)
    return frozenset(each.id for key, sent in pictures.items() for each in sent[people.get(key, 1) :])


def left_out(records: Records, round_: Round, responses: Iterable[Response]) -> frozenset[str]:
    """`not_counted` of these responses to a survey, as its safeguarding lead has decided.

    Where an earlier version kept figures of all responses, all of them stay counted: figures do not change afterwards.
    """
    before = {kept.form_id for kept in records[RoundFigures].find("round_id", round_.id) if not kept.by_person}
    decisions = records[PictureDecision].find("round_id", round_.id)
    return not_counted((each for each in responses if each.form_id not in before), decisions)


def by_picture(responses: Iterable[Response]) -> dict[Picture, list[Response]]:
    """What was submitted under a picture, by survey, form and child, the newest first."""
    found: dict[Picture, list[Response]] = {}
    for each in responses:
        if each.child_id and _is_sent(each):
            found.setdefault((each.round_id, each.form_id, each.child_id), []).append(each)
    for sent in found.values():
        sent.sort(key=lambda each: (each.submitted_at or _NEVER, each.id), reverse=True)
    return found


def _is_sent(response: Response) -> bool:
    return response.gives_figures
