"""How commands end when something is wrong: a sentence on the error stream, and the number that says which kind."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import click

from service.collection.asking import NotPossible
from service.collection.publishing import EasyReadUnfinished, VersionTaken
from service.definitions import DefinitionError
from service.storage import KeyLost, StoreUnavailable


def fail(sentence: str) -> NoReturn:
    """End with 1: something is wrong with what was found."""
    click.echo(sentence, err=True)
    sys.exit(1)


@contextmanager
def refusals_as_sentences() -> Iterator[None]:
    """Say in one line what the core refuses, in place of a traceback."""
    try:
        yield
    except (NotPossible, VersionTaken, EasyReadUnfinished, KeyLost, StoreUnavailable, DefinitionError) as refusal:
        fail(str(refusal))
