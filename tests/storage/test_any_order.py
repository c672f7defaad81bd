"""Whatever is done to a store, in whatever order: it says what a dictionary would say."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from service.collection.models.response import Response
from service.storage import open_store
from service.storage.maintenance import rotate
from service.storage.store import RecordStore
from tests.storage.conftest import Place
from tests.storage.samples import response

KEYS = ["key-one " * 4, "key-two " * 4, "key-three " * 4]

ids = st.sampled_from(["a", "b", "c", "ü", "d:e f"])
rounds = st.sampled_from(["round-1", "round-2", "r\u00f6und"])
answers = st.dictionaries(
    st.sampled_from(["q1", "q2"]),
    st.none() | st.integers() | st.booleans() | st.text(max_size=20) | st.floats(allow_nan=False, allow_infinity=False),
    max_size=2,
)
moves = st.lists(
    st.one_of(st.tuples(st.just("put"), ids, rounds, answers), st.tuples(st.just("remove"), ids)), max_size=5
)


class _Changed(Exception):
    """Whoever was changing something thought better of it."""


class AnyOrder(RuleBasedStateMachine):
    """Two openings of one store, against a dictionary in the order of first writing."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.keys = KEYS[:1]
        self.expected: dict[str, Response] = {}
        self.stores = [self.open(), self.open()]

    def open(self) -> RecordStore:
        return open_store(self.url, seal_keys=self.keys)

    @rule(which=st.integers(0, 1), moves=moves, then=st.sampled_from(["keep", "keep", "let go"]))
    def change(self, which: int, moves: list[tuple[Any, ...]], then: str) -> None:
        so_far = dict(self.expected)
        try:
            with self.stores[which].transaction() as tx:
                for move in moves:
                    if move[0] == "put":
                        _, record_id, round_id, said = move
                        record = response(record_id, round_id, answers=said)
                        tx[Response].put(record)
                        kept = tx[Response].get(record_id)
                        assert kept is not None
                        so_far[record_id] = kept
                    else:
                        tx[Response].remove(move[1])
                        so_far.pop(move[1], None)
                    self.agree(tx[Response], so_far)
                if then == "let go":
                    raise _Changed
        except _Changed:
            return
        self.expected = so_far

    @rule(which=st.integers(0, 1))
    def write_anew(self, which: int) -> None:
        self.stores[which].engine.compact()

    @rule(which=st.integers(0, 1))
    def open_again(self, which: int) -> None:
        self.stores[which].close()
        self.stores[which] = self.open()

    @precondition(lambda self: len(self.keys) < len(KEYS))
    @rule()
    def change_keys(self) -> None:
        self.keys = [KEYS[len(self.keys)], *self.keys]
        self.stores = [self._reopened(store) for store in self.stores]
        assert rotate(self.stores[0]).lost == 0

    def _reopened(self, store: RecordStore) -> RecordStore:
        store.close()
        return self.open()

    @invariant()
    def both_say_what_is_expected(self) -> None:
        for store in self.stores:
            self.agree(store[Response], self.expected)

    @staticmethod
    def agree(reader: Any, expected: dict[str, Response]) -> None:
        assert list(reader.all()) == list(expected.values())
        for round_id in ("round-1", "round-2", "r\u00f6und"):
            there = [record for record in expected.values() if record.round_id == round_id]
            assert list(reader.find("round_id", round_id)) == there
            assert reader.count("round_id", round_id) == len(there)
        for record_id in ("a", "ü", "d:e f"):
            assert reader.get(record_id) == expected.get(record_id)

    def teardown(self) -> None:
        for store in self.stores:
            store.close()


@pytest.mark.parametrize(("engine", "examples"), [("tiny", 60), ("postgres", 5)])
def test_whatever_is_done_in_whatever_order(new_place: Callable[[str], Place], engine: str, examples: int) -> None:
    run_state_machine_as_test(
        lambda: AnyOrder(new_place(engine).url),
        settings=settings(
            max_examples=examples,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
        ),
    )
