"""What commands say on the error stream: how far long work has come, and what is wrong, with the number of its kind."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import click

from service.collection.forms.publication import FormRefused
from service.collection.models.errors import NotPossible
from service.definitions import DefinitionError
from service.repository import RecordsUnreadable
from service.storage import StoreUnavailable, WrongFormat
from service.storage.progress import Progress

NAMES_REFUSED = "Nothing was kept. Emails must never name a child. If no label does, repeat with --confirm-labels."


def fail(sentence: str) -> NoReturn:
    """End with 1: something is wrong with what was found."""
    click.echo(sentence, err=True)
    sys.exit(1)


@contextmanager
def refusals_as_sentences() -> Iterator[None]:
    """Say in one line what the core refuses, in place of a traceback."""
    try:
        yield
    except (NotPossible, FormRefused, RecordsUnreadable, StoreUnavailable, WrongFormat, DefinitionError) as refusal:
        fail(str(refusal))


@contextmanager
def long_work(label: str, each: int = 100) -> Iterator[Progress]:
    """A bar on the terminal, moved once for so many; nothing where the output is read by a program."""
    shown: Any = click.progressbar(length=1, label=label, file=sys.stderr, hidden=not sys.stderr.isatty())
    with shown as bar:

        def progress(done: int, total: int) -> None:
            if done % each == 0 or done == total:
                bar.length = total
                bar.update(done - bar.pos)

        yield progress
