"""Threads of one worker read and write at once, as they do under gunicorn."""

import threading
from dataclasses import replace
from pathlib import Path

from service.collection.models.response import Response
from service.dates import now
from service.storage import open_store


def test_a_reader_that_takes_in_a_commit_before_its_writer_does_leaves_everything_readable(tmp_path: Path) -> None:
    store = open_store(f"tinydb:{tmp_path}")
    first = Response("one", "round", "form", 1, "f" * 64, "en", "link", now(), now(), {"said": ""})
    faults: list[Exception] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            try:
                store[Response].get("one")
            except Exception as fault:
                faults.append(fault)

    def write(letter: str) -> None:
        for number in range(300):
            try:
                with store.transaction() as tx:
                    tx[Response].put(replace(first, answers={"said": letter * number}))
            except Exception as fault:
                faults.append(fault)

    readers = [threading.Thread(target=read) for _ in range(3)]
    writers = [threading.Thread(target=write, args=(letter,)) for letter in "abc"]
    for thread in (*readers, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    for thread in readers:
        thread.join()
    assert faults == []
    kept = store[Response].get("one")
    assert kept is not None
    assert len(kept.answers["said"]) == 299
