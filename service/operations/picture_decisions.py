"""How many children one picture stood for: what the safeguarding lead is shown, and what they decide."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from service.audit import PictureDecided, remember
from service.collection.models.errors import NotPossible
from service.collection.models.figures import RoundFigures, figures_id
from service.collection.models.home import Child
from service.collection.models.picture_decision import PictureDecision
from service.collection.models.response import Response
from service.collection.models.round import Round
from service.collection.responses.one_voice import by_picture
from service.repository import Records, Store, Transaction

_FINAL = "The figures of this survey are final. They do not change any more."
_ONCE = "This picture has not answered this form more than once."


@dataclass(frozen=True)
class RepeatedPicture:
    """A picture that answered a form of a survey `times` times, of which as many count as `people`.

    `child` is None where the child is no longer on any list; `final` says that figures were worked out.
    """

    form_id: str
    child_id: str
    child: Child | None
    times: int
    people: int
    final: bool


def repeated_pictures(records: Records, round_: Round) -> list[RepeatedPicture]:
    """The pictures that answered a form of this survey more than once, by form and number. No answer is among it."""
    before = {kept.form_id for kept in records[RoundFigures].find("round_id", round_.id) if not kept.by_person}
    people = {(each.form_id, each.child_id): each.people for each in _decisions(records, round_.id)}
    found = [
        RepeatedPicture(
            form_id=form_id,
            child_id=child_id,
            child=records[Child].get(child_id),
            times=len(sent),
            people=min(people.get((form_id, child_id), 1), len(sent)),
            final=_is_final(records, round_.id, form_id),
        )
        for (_, form_id, child_id), sent in by_picture(records[Response].find("round_id", round_.id)).items()
        if len(sent) > 1 and form_id not in before  # else figures of all responses were kept
    ]
    order = [ref.form_id for ref in round_.forms]
    return sorted(found, key=lambda each: (order.index(each.form_id), each.child.number if each.child else 0))


def decide_picture(
    store: Store,
    round_: Round,
    form_id: str,
    child_id: str,
    people: int,
    reason: str,
    now: datetime,
    *,
    by: str,
) -> None:
    """Keep how many children one picture stood for, and why. As many of the newest responses count.

    A later decision replaces an earlier one. Raises NotPossible where the picture has answered once at most, for a
    number of children that cannot be, or once the figures were worked out.
    """
    with store.transaction() as tx:
        sent = by_picture(tx[Response].find("round_id", round_.id)).get((round_.id, form_id, child_id), [])
        if len(sent) < 2:
            raise NotPossible(_ONCE)
        if not 1 <= people <= len(sent):
            raise NotPossible(f"Enter a number of children from 1 to {len(sent)}.")
        if _is_final(tx, round_.id, form_id):
            raise NotPossible(_FINAL)
        same = (each.id for each in _decisions(tx, round_.id) if (each.form_id, each.child_id) == (form_id, child_id))
        decision_id = next(same, None) or secrets.token_hex(16)
        tx[PictureDecision].put(PictureDecision(decision_id, round_.id, form_id, child_id, people, reason, now, by))
        remember(tx, PictureDecided(round_.id), by, now, round_.home_id)


def _decisions(records: Records | Transaction, round_id: str) -> list[PictureDecision]:
    return list(records[PictureDecision].find("round_id", round_id))


def _is_final(records: Records | Transaction, round_id: str, form_id: str) -> bool:
    return records[RoundFigures].get(figures_id(round_id, form_id)) is not None
