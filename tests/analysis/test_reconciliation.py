"""Whether everything that was begun is accounted for."""

from datetime import UTC, date, datetime
from typing import Any

from service.analysis.figures import percent
from service.analysis.reconciliation import Counting, added_up
from service.collection.models.invitation import Invitation
from service.collection.models.response import Ledger, Response

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


def response(number: int, *, sent: bool = True, conflict: bool = False) -> Response:
    return Response(
        f"r{number}", "round", "views", 1, "f", "en", "tablet", NOW, NOW, {}, NOW if sent else None, None, conflict
    )


def told(responses: list[Response], ledger: Ledger | None, exported: int = 0, invitations: Any = ()) -> Any:
    counting = Counting()
    for one in responses:
        counting.response(one)
    for one in invitations:
        counting.invitation(one)
    return counting.account("views", "staff", [ledger] if ledger else [], exported)


def test_counts_that_agree_agree() -> None:
    kept = [response(1), response(2), response(3, sent=False)]
    found = told(kept, Ledger("l", "round", "views", started=6, withdrawn=2, deleted=1), exported=2)
    assert (found.started, found.submitted, found.drafts, found.withdrawn, found.deleted) == (6, 2, 1, 2, 1)
    assert (found.exported, found.withheld, found.unaccounted) == (2, 0, 0)
    assert found.agrees


def test_a_lost_response_is_noticed() -> None:
    found = told([response(1)], Ledger("l", "round", "views", started=2))
    assert found.unaccounted == 1
    assert not found.agrees


def test_a_response_that_nobody_counted_is_noticed() -> None:
    assert told([response(1)], None).unaccounted == -1


def test_a_second_sending_counts_as_sent_and_is_told_apart() -> None:
    found = told([response(1), response(2, conflict=True)], Ledger("l", "round", "views", started=2), exported=2)
    assert (found.submitted, found.conflicts) == (2, 1)
    assert found.agrees


def test_what_is_not_shown_is_withheld() -> None:
    found = told([response(1), response(2)], Ledger("l", "round", "views", started=2), exported=0)
    assert (found.exported, found.withheld) == (0, 2)
    assert found.agrees


def test_the_response_rate_is_that_of_those_asked() -> None:
    # Check C3: 92 given, 72 back.
    asked = [Invitation(str(n), "round", "views", NOW, date(2026, 12, 1), answered=n < 72) for n in range(92)]
    found = told([], Ledger("l", "round", "views"), invitations=asked)
    assert (found.invited, found.invited_answered) == (92, 72)
    assert percent(found.invited_answered, found.invited) == 78


def test_all_forms_together_are_the_sum() -> None:
    one = told([response(1)], Ledger("l", "round", "views", started=2))
    assert added_up([one, one]) == {
        "started": 4,
        "submitted": 2,
        "drafts": 0,
        "withdrawn": 0,
        "deleted": 0,
        "unaccounted": 2,
        "exported": 0,
        "withheld": 2,
        "conflicts": 0,
        "repeated": 0,
        "by_title": 0,
    }
