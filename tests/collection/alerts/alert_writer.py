"""Saves drafts that raise alerts until it is killed; forked from a process that has read all the code already."""

from multiprocessing import get_context
from multiprocessing.connection import Connection

from service.answers.alert_rules import alerts_in
from service.answers.visibility import visible
from service.collection.alerts.raise_alerts import AlertTriggers
from service.collection.models.hashing import Hasher
from service.collection.models.round import Round
from service.collection.responses import submission
from service.dates import now
from service.definitions import load_library
from service.storage import open_store
from tests.paths import ROOT

_forked = get_context("forkserver")
_forked.set_forkserver_preload([__name__])
FORM = load_library(ROOT / "forms")["child-views"]  # read once, before anybody is forked


def write(told: Connection, url: str) -> None:
    """Say something for each draft that was acknowledged."""
    store = open_store(url)
    [round_] = store[Round].all()
    ref = round_.form_ref(FORM.id)
    assert ref is not None
    answers = {"feel_safe": "never"}
    while True:
        draft = submission.begin(store, round_, ref, "tablet", "en", now())
        seen = visible(FORM, answers, {"today": "2026-11-22"})
        triggers = AlertTriggers(FORM, alerts_in(FORM, seen, "answer"), (), Hasher([b"k" * 32]), "https://sayso.test")
        submission.save_answers(store, draft.id, answers, "en", now(), triggers)
        told.send_bytes(b".")


class AlertWriter:
    """A process that writes; it has been told that the first draft is kept."""

    def __init__(self, url: str) -> None:
        self._told, there = _forked.Pipe(duplex=False)
        self._process = _forked.Process(target=write, args=(there, url))
        self._process.start()
        there.close()
        assert self._told.recv_bytes() == b".", "it has begun"

    def kill(self) -> int:
        """End it as a power cut would; of how many drafts it was told that they are kept."""
        self._process.kill()
        self._process.join()
        told = 1
        while self._told.poll():
            try:
                told += self._told.recv_bytes() == b"."
            except EOFError:
                break
        self._told.close()
        return told
