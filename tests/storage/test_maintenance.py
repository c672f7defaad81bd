"""What is past leaves no trace: order, drafts, deleted answers, evidence that has served its time."""

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from service.collection.models.invitation import Invitation
from service.collection.models.response import Receipt, Response
from service.storage import open_store
from service.storage.maintenance import forget_set_aside, shuffle
from service.storage.store import RecordStore
from tests.storage.conftest import Place
from tests.storage.samples import INVITATION, RECEIPT, response


def test_after_a_shuffle_nobody_can_tell_in_which_order_answers_came(
    store: RecordStore, on_disk: Callable[[], bytes]
) -> None:
    anonymous = [f"anonymous-{n:02}" for n in range(40)]
    named = [f"named-{n:02}" for n in range(5)]
    for n, record_id in enumerate(anonymous):
        with store.transaction() as tx:
            tx[Response].put(response(f"draft-{n:02}", answers={"said": f"so {n}"}))
        with store.transaction() as tx:
            tx[Response].remove(f"draft-{n:02}")
            tx[Receipt].put(Receipt(f"receipt-{n:02}", "round-1", "c", RECEIPT.expires_on))
            tx[Response].put(response(record_id, answers={"said": f"so {n}"}, invitation_id=None))
    with store.transaction() as tx:
        for record_id in named:
            tx[Response].put(response(record_id))
    before = {kept.id: kept for kept in store[Response].all()}
    assert shuffle(store, [*anonymous, "not there"]) == 40

    after = [kept.id for kept in store[Response].all()]
    assert {kept.id: kept for kept in store[Response].all()} == before
    assert after[:5] == named
    assert after[5:] != anonymous
    assert [kept.id for kept in store[Receipt].all()] != [f"receipt-{n:02}" for n in range(40)]
    found = on_disk()
    assert b"draft-" not in found
    places = [found.index(record_id.encode()) for record_id in anonymous]
    assert places != sorted(places)
    assert len({tuple(after), tuple(_shuffled_again(store, anonymous))}) == 2


def _shuffled_again(store: RecordStore, record_ids: list[str]) -> list[str]:
    shuffle(store, record_ids)
    return [kept.id for kept in store[Response].all()]


def test_what_was_deleted_is_nowhere_once_the_store_was_written_anew(
    store: RecordStore, on_disk: Callable[[], bytes]
) -> None:
    with store.transaction() as tx:
        tx[Invitation].put(INVITATION)
        tx[Response].put(response("r1", answers={"said": "what only Zoë said"}))
        tx[Response].put(response("r2", answers={"said": "first"}))
    with store.transaction() as tx:
        tx[Invitation].remove(INVITATION.id)
        tx[Response].remove("r1")
        tx[Response].put(response("r2", answers={"said": "second"}))
    store.engine.compact()
    found = on_disk()
    for gone in ("what only", "zoe@example.org", "Zoë", "first"):
        assert gone.encode() not in found
    assert b"second" in found


def test_evidence_that_has_served_its_time_is_deleted(tiny_place: Place) -> None:
    store = open_store(tiny_place.url)
    aside = Path(tiny_place.url.removeprefix("tinydb:")) / "set-aside"
    aside.mkdir()
    for name, days in ("torn-a-at-1", 40), ("damaged-b-at-2", 40), ("damaged-b-at-2.json", 40), ("torn-c-at-3", 1):
        (aside / name).write_text("[]")
        os.utime(aside / name, (time.time() - days * 86400,) * 2)
    assert forget_set_aside(store, datetime.now(UTC) - timedelta(days=30)) == 3
    assert [path.name for path in aside.iterdir()] == ["torn-c-at-3"]
