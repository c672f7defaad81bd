"""Whatever is sent to the pages of rounds, the answer is a page."""

from collections.abc import Callable, Mapping
from typing import Any

from service.collection.repository import Store
from service.collection.round import Round
from tests.visitor import Visitor
from tests.web.rounds.filling import NEW, invited


def test_no_wrong_post_is_answered_with_a_fault_of_ours(manager: Visitor, store: Store, asked: Round) -> None:
    sam = invited(store, asked, "Sam Okafor")
    awkward: Mapping[str, Any] = {
        "title": ["\x00", "two"],
        "forms": ["\ud800".encode("utf-16", "surrogatepass").decode("utf-16", "replace"), "x" * 3000],
        "people": ["'; --", "../.."],
        "first_day": "0001-01-01",
        "last_day": "-1",
        "remind-1": "1e9",
        "expected-child-views": "٣",
        "round-id": "../../etc",
        "email": "\x00@\x00",
        "until": "2026-02-30",
        "label-sam": "\x00" * 500,
    }
    manager.visit(NEW)
    post: Callable[[str], int] = lambda address: manager.post(address, awkward).status_code  # noqa: E731
    for address in (
        NEW,
        f"/rounds/{asked.id}/invite",
        f"/rounds/{asked.id}/extend",
        f"/invitations/{sam.id}/correct",
        f"/rounds/{asked.id}/remind",
        f"/invitations/{sam.id}/again",
        f"/invitations/{sam.id}/revoke",
    ):
        assert post(address) in (303, 422), address
