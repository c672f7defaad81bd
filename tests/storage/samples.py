"""Records to keep, and where a store is told to be."""

from dataclasses import replace
from datetime import UTC, date, datetime

from service.collection.home import Contact, Home
from service.collection.invitation import Invitation
from service.collection.published import FormRef, PublishedForm
from service.collection.response import Ledger, Receipt, Response, Tombstone
from service.collection.round import Round

MORNING = datetime(2026, 11, 22, 9, 30, 15, 123456, tzinfo=UTC)

HOME = Home("oak-house", "Oak House", "childrens_home", contacts=(Contact("Ama", "Knock on the office door"),))
FORM = PublishedForm("f1", "child-views", 3, {"pages": [{"id": "p", "n": 1.5, "none": None, "yes": True}]})
ROUND = Round(
    "round-1", "oak-house", "Autumn", "reg-45", (FormRef("child-views", 3, "f1"),), MORNING, date(2026, 12, 24)
)
INVITATION = Invitation(
    "i1", "round-1", "child-views", MORNING, date(2026, 12, 24), name="Zoë", email="zoe@example.org", label="12 Nov"
)
RESPONSE = Response(
    "r1",
    "round-1",
    "child-views",
    3,
    "f1",
    "en",
    "tablet",
    MORNING,
    MORNING,
    answers={"age": 12, "share": 0.1, "why": "Because – 😀\u2028\n\ttab", "rows": [{"a": None}], "none": []},
)
RECEIPT = Receipt("k1", "round-1", "c1", date(2026, 12, 1))
TOMBSTONE = Tombstone("gone")
LEDGER = Ledger("round-1:child-views", "round-1", "child-views", started=3)

EVERY_KIND = {
    "homes": HOME,
    "forms": FORM,
    "rounds": ROUND,
    "invitations": INVITATION,
    "responses": RESPONSE,
    "receipts": RECEIPT,
    "tombstones": TOMBSTONE,
    "ledgers": LEDGER,
}


def response(record_id: str, round_id: str = "round-1", **changes: object) -> Response:
    return replace(RESPONSE, id=record_id, round_id=round_id, **changes)  # type: ignore[arg-type]
