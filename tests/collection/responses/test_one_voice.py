"""One child is one voice: which responses count, whatever the order in which they are read."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

from service.collection.models.picture_decision import PictureDecision
from service.collection.models.response import Response
from service.collection.responses.one_voice import counted, not_counted

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SENT = Response("", "r1", "child-views", 1, "print", "en", "tablet", NOON, NOON, submitted_at=NOON, child_id="kite")


def sent(name: str, hours: int = 0, **changes: object) -> Response:
    return replace(SENT, id=name, submitted_at=NOON + timedelta(hours=hours), **changes)  # type: ignore[arg-type]


def decided(people: int, **changes: str) -> PictureDecision:
    where = {"round_id": "r1", "form_id": "child-views", "child_id": "kite", **changes}
    return PictureDecision("d1", people=people, reason="Two sisters.", decided_at=NOON, decided_by="a1", **where)


def ids(responses: list[Response], *decisions: PictureDecision) -> set[str]:
    return {each.id for each in counted(responses, decisions)}


THREE = [sent("first"), sent("second", 1), sent("third", 2)]


def test_of_one_picture_the_newest_counts_in_any_order() -> None:
    for order in permutations(THREE):
        assert ids(list(order)) == {"third"}
        assert not_counted(order, ()) == {"first", "second"}


def test_each_form_and_survey_and_picture_is_counted_alone() -> None:
    others = [sent("form", 3, form_id="other"), sent("survey", 3, round_id="r2"), sent("boat", 3, child_id="boat")]
    assert ids([*THREE, *others]) == {"third", "form", "survey", "boat"}


def test_without_a_picture_each_is_one_person() -> None:
    assert ids([sent("a", child_id=""), sent("b", child_id="")]) == {"a", "b"}


def test_drafts_and_copies_count_nowhere_and_push_nothing_out() -> None:
    draft = replace(sent("draft"), submitted_at=None)
    assert ids([*THREE, draft, sent("copy", 9, conflict=True)]) == {"third"}


def test_as_many_count_as_the_lead_says_there_were() -> None:
    assert ids(THREE, decided(2)) == {"second", "third"}
    assert ids(THREE, decided(9)) == {"first", "second", "third"}
    assert ids(THREE, decided(2, child_id="boat")) == {"third"}
    assert ids(THREE, decided(2, form_id="other")) == {"third"}
