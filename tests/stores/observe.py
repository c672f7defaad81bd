"""What a store says through the command line, in a form that changes of wording leave alone."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from flask import Flask

from service.collection.models.alert import Alert
from service.storage.record_types import RECORD_TYPES

# The two uses of an export, and the option that asks for each.
USES = {"internal": "--to-act-on", "to_share": "--to-hand-on"}
LONGEST_TEXT = 200  # longer ones are whole letters, which are worded by the code
COUNTED = 9  # numbers in a line of counts of 0.1.0; later versions say more after them

Json = dict[str, Any]


def run(app: Flask, *words: str) -> str:
    """Run a command that must succeed; gives what it printed."""
    with app.app_context():
        done = app.test_cli_runner().invoke(args=list(words))
    assert done.exit_code == 0, done.output
    return done.stdout


def tables(app: Flask) -> dict[str, int]:
    """Decode every record with `store check`, which must find no fault; gives the size of each table."""
    counts = run(app, "store", "check").splitlines()[-1]
    return {table: int(number) for number, table in re.findall(r"(\d+) (\w+)", counts)}


def kept_of(app: Flask, email: str) -> list[int]:
    """How many records lead to a person: invitations, responses, letters, entries on contact lists."""
    return _numbers(run(app, "erase", email))


def alerts(app: Flask) -> dict[str, Json]:
    """Each alert with its state and its history."""
    found = app.extensions["sayso"].store[Alert].all()
    return {
        alert.id: {"kind": alert.kind, "state": alert.state, "history": [_step(step) for step in alert.steps]}
        for alert in sorted(found, key=lambda alert: alert.id)
    }


def texts(app: Flask, names: Iterable[str]) -> dict[str, list[str]]:
    """For each table the short texts that are not ASCII: what people typed, never a word or an id of the code."""
    store = app.extensions["sayso"].store
    kinds = {record_type.table: record_type.record for record_type in RECORD_TYPES}
    found = {name: [text for record in store[kinds[name]].all() for text in _texts(asdict(record))] for name in names}
    return {name: sorted(each) for name, each in found.items() if each}


def exported(app: Flask, round_id: str) -> Json:
    """What both exports of a round say."""
    return {use: _reduced(_export(app, round_id, option)) for use, option in USES.items()}


def _export(app: Flask, round_id: str, option: str) -> Json:
    said = run(app, "export", round_id, "--json", option).splitlines()
    document: Json = json.loads(Path(said[0]).read_text(encoding="utf-8"))
    return document | {"reconciled": [_numbers(line) for line in said[1:]]}


def _reduced(document: Json) -> Json:
    return {
        "reconciled": document["reconciled"],
        "asked": [_amounts(row) for row in document["asked"]],
        "counts": [_amounts(row)[:COUNTED] for row in document["counts"]],
        "figures": _figures(document["figures"]),
        "comments": sorted(_sign(row["comment"]) for row in document["comments"]),
        "themes": sorted(theme for row in document["comments"] if (theme := row.get("themes"))),
        "responses": {table["name"]: [_answers(row) for row in table["rows"]] for table in document["responses"]},
    }


def _figures(rows: list[Json]) -> dict[str, list[str]]:
    """By form and question the figures in their order, as `value: figure of base, percent`."""
    found: dict[str, list[str]] = {}
    for row in rows:
        parts = [row[name] for name in ("value", "figure", "base", "percent")]
        text = " ".join("-" if part is None else str(part) for part in parts)
        found.setdefault(f"{row['form']} {row['question_id']}", []).append(text)
    return found


def _amounts(row: Json) -> list[int | str]:
    """The numbers and signs of a row."""
    return [each for each in row.values() if isinstance(each, int) or each in ("[c]", "[z]")]


def _answers(row: Json) -> Json:
    """A response without the wording of its answers and without what was not answered."""
    return {name: each for name, each in row.items() if each is not None and not name.endswith(("__label", "__score"))}


def _sign(text: str) -> str:
    """A comment; of a hidden one the sign alone, as the words behind it may change."""
    return "[c]" if text.startswith("[c]") else text


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if not value.isascii() and len(value) <= LONGEST_TEXT:
            yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)


def _step(step: Any) -> str:
    return " ".join(part for part in (step.kind, step.actor, *step.roles, step.why) if part)


def _numbers(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", text)]
