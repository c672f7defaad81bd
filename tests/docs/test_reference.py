"""The reference says what the code has, and nothing else."""

import re
from collections.abc import Iterator
from dataclasses import fields

import click
import pytest
from flask import Flask

from service.config import Config, setting_name
from tests.docs.documents import codes, rows_after, text_of
from tests.paths import ROOT

SETTINGS, ADDRESSES, COMMANDS = (f"docs/reference/{name}.md" for name in ("settings", "addresses", "commands"))


@pytest.fixture
def store_url(tmp_path) -> str:
    return f"tinydb:{tmp_path / 'store'}"


def test_settings_are_those_of_the_code() -> None:
    described = [
        [f"`{setting_name(part.name)}`", f"`{_default(part.name, part.default)}`", part.metadata["about"]]
        for part in fields(Config)
    ]
    assert rows_after(SETTINGS, "# Settings") == described


def _default(name: str, value: object) -> str:
    if isinstance(value, tuple):
        return "made here" if name.endswith("_keys") else ""
    return str(int(value)) if isinstance(value, bool) else str(value)


def test_addresses_are_those_of_the_service(app: Flask) -> None:
    there = {re.sub(r"<\w+>", "<>", rule.rule) for rule in app.url_map.iter_rules() if rule.endpoint != "static"}
    rows = rows_after(ADDRESSES, "# Addresses")
    assert all(what for _, _, what in rows)
    whole = {codes(base)[0].rstrip("/") + below for base, more, _ in rows for below in ("", *codes(more))}
    assert {re.sub(r"<\w+>", "<>", address) or "/" for address in whole} == there


def test_commands_are_those_of_the_service_with_all_they_take(app: Flask) -> None:
    there = {name: _takes(command) for name, command in _commands(app.cli, "")}
    rows = rows_after(COMMANDS, "# Commands")
    assert all(what for _, _, what in rows)
    assert {codes(name)[0]: codes(takes) for name, takes, _ in rows} == there


def test_commands_in_documents_are_typed_as_they_are_taken(app: Flask) -> None:
    there = dict(_commands(app.cli, ""))
    typed = [
        (path.name, command)
        for path in sorted((ROOT / "docs").rglob("*.md"))
        for command in re.findall(r"^flask --app wsgi (.*)", path.read_text().replace("\\\n", " "), re.MULTILINE)
    ]
    assert len(typed) > 15
    for name, line in typed:
        words = line.split("#")[0].split()
        command = there.get(" ".join(words[:2])) or there.get(words[0])
        assert command, f"{name}: no command is called {line}"
        options = {word for word in words if word.startswith("--")}
        assert options <= {option for each in command.params for option in (*each.opts, *each.secondary_opts)}, line


def _commands(group: click.Group, before: str) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if name == "limiter":  # the library's own
            continue
        if isinstance(command, click.Group):
            yield from _commands(command, f"{before}{name} ")
        else:
            yield f"{before}{name}", command


def _takes(command: click.Command) -> list[str]:
    arguments = [each.metavar or each.name.upper() for each in command.params if isinstance(each, click.Argument)]
    options = [option for each in command.params if isinstance(each, click.Option) for option in _names(each)]
    return [*arguments, *dict.fromkeys(options)]


def _names(option: click.Option) -> list[str]:
    return [*option.opts, *option.secondary_opts]


def test_every_reference_page_is_linked_from_the_readme() -> None:
    pages = {f"docs/reference/{path.name}" for path in (ROOT / "docs/reference").glob("*.md")}
    assert pages <= set(re.findall(r"\]\(([^)]+)\)", text_of("README.md")))
