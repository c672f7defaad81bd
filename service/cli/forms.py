"""Commands for form authors; they need no store and no keys."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import click

from service.answers.messages import phrase
from service.answers.trace import trace as traced
from service.cli.output import fail
from service.dates import day_at, now
from service.definitions import Form, examine_file, form_files, form_schema
from service.state import running
from service.text import clean

SCHEMA_FILE = "form.schema.json"


@click.group()
def forms() -> None:
    """Check, try and describe form definitions."""


@forms.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(files: tuple[Path, ...]) -> None:
    """Report every fault of these FILES, or of all forms, each with its place; warnings do not fail."""
    paths = list(files) or list(form_files(running().config.forms_dir))
    faulty = 0
    for path in paths:
        found = examine_file(path)
        for fault in found.faults:
            click.echo(f"{path.name}: {fault}")
        for warning in found.warnings:
            click.echo(f"{path.name}: warning: {warning}")
        faulty += bool(found.faults)
    if faulty:
        fail(f"{faulty} of {len(paths)} forms have faults.")
    click.echo(f"{len(paths)} forms checked: no faults.")


@forms.command()
def schema() -> None:
    """Write the JSON Schema of the format beside the forms, for editors that complete and check."""
    path = running().config.forms_dir / SCHEMA_FILE
    path.write_text(json.dumps(form_schema(), indent=2, ensure_ascii=False) + "\n")
    click.echo(path)


@forms.command()
@click.argument("form")
@click.argument("answers", type=click.File("r", encoding="utf-8"))
def trace(form: str, answers: Any) -> None:
    """Say what FORM (an id or a file) does with each line of ANSWERS (`{"answers": {…}, "meta": {…}}`).

    A form with faults that can be walked all the same is: they are said on the error stream, and `check` judges.
    """
    path = Path(form)
    if not path.is_file():
        path = running().config.forms_dir / f"{form}.json"
    if not path.is_file():
        raise click.UsageError(f"There is no form and no file called {form}.")
    found = examine_file(path)
    for fault in found.faults:
        click.echo(f"{path.name}: {fault}", err=True)
    if found.form is None:
        fail(f"{path.name} cannot be walked.")
    lines = [(number, line) for number, line in enumerate(answers, 1) if line.strip()]
    read = [_trace_line(found.form, number, line) for number, line in lines]
    if not all(read):
        fail("Some lines could not be read.")


def _trace_line(form: Form, number: int, line: str) -> bool:
    try:
        given = json.loads(line)
        said, meta = given.get("answers", {}), given.get("meta", {})
        if not isinstance(said, dict) or not isinstance(meta, dict):
            raise TypeError
        said = clean(said)
    except (ValueError, AttributeError, TypeError, RecursionError):
        click.echo(f'line {number}: must be one JSON object with "answers" and, if wished, "meta"', err=True)
        return False
    meta = {"today": day_at(now()).isoformat(), **meta}
    click.echo(json.dumps(traced(form, said, meta, partial(phrase, form.base_language)), ensure_ascii=False))
    return True
