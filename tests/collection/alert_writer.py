"""Saves drafts that raise alerts until it is killed: `python -m tests.collection.alert_writer URL`."""

import sys

from service.answers.alerts_in import alerts_in
from service.answers.visibility import visible
from service.calendar import now
from service.collection import responding
from service.collection.hashing import Hasher
from service.collection.raising import Raising
from service.definitions import load_library
from service.storage import open_store
from tests.conftest import ROOT


def main(url: str) -> None:
    """Print a dot for each draft that was acknowledged."""
    store = open_store(url)
    form = load_library(ROOT / "forms")["child-views"]
    [asked] = store.rounds.all()
    ref = asked.form_ref(form.id)
    assert ref is not None
    answers = {"feel_safe": "never"}
    while True:
        draft = responding.begin(store, asked, ref, "tablet", "en", now())
        seen = visible(form, answers, {"today": "2026-11-22"})
        raising = Raising(form, alerts_in(form, seen, "answer"), (), Hasher([b"k" * 32]), "https://sayso.test")
        responding.save_answers(store, draft.id, answers, "en", now(), raising)
        sys.stdout.write(".")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
