"""The reference says what the code has, and nothing else."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from typing import Any, get_args

import click
import pytest
from flask import Flask

from service.accounts.roles import MAY, ROLES, SECOND_FACTOR, Action
from service.config import Config, setting_name
from service.definitions.checks import FAULTS, WARNINGS
from service.definitions.expression import OPERANDS
from service.definitions.loader import examine
from service.definitions.schema import form_schema
from tests.docs.documents import codes, rows_after, text_of
from tests.paths import ROOT

SETTINGS, ADDRESSES, COMMANDS, ROLES_PAGE = (
    f"docs/reference/{name}.md" for name in ("settings", "addresses", "commands", "roles")
)


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


def test_roles_are_those_of_the_code() -> None:
    heads = [role.replace("_", " ") for role in ROLES]
    assert f"| action | what you may do | {' | '.join(heads)} |" in text_of(ROLES_PAGE)
    may = {codes(row[0])[0]: [cell == "yes" for cell in row[2:]] for row in rows_after(ROLES_PAGE, "# Roles")}
    assert may == {action: [action in MAY[role] for role in ROLES] for action in get_args(Action)}


def test_staff_alone_sign_in_without_a_second_factor() -> None:
    assert "Every role but staff needs a second factor" in text_of(ROLES_PAGE)
    assert set(ROLES) - SECOND_FACTOR == {"staff"}


FORMAT = "docs/reference/definition-format.md"
SCHEMA = form_schema()
PARTS: dict[str, dict[str, Any]] = SCHEMA["$defs"]
QUESTIONS = [part for part in PARTS.values() if {"id", "label", "type"} <= part["properties"].keys()]
EVERY = frozenset.intersection(*(frozenset(part["properties"]) for part in QUESTIONS)) - {"type"}
REQUIRED = {"required", "required_message"}


@pytest.mark.parametrize(
    ("heading", "keys"),
    [
        ("## Form", SCHEMA["properties"]),
        ("## Page", PARTS["Page"]["properties"]),
        ("## Option", PARTS["Option"]["properties"]),
        ("## Question", EVERY),
    ],
)
def test_keys_are_those_of_the_format(heading: str, keys: Iterable[str]) -> None:
    rows = rows_after(FORMAT, heading)
    assert all(meaning for _, meaning in rows)
    assert sorted(codes(key)[0] for key, _ in rows) == sorted(keys)


def test_types_are_those_of_the_format_with_their_own_keys() -> None:
    there = {
        kind: sorted(part["properties"].keys() - EVERY - REQUIRED - {"type"})
        for part in QUESTIONS
        for kind in _types(part)
    }
    rows = rows_after(
        FORMAT, "Every type but `group` and `note` also has `required` and `required_message`. The types:"
    )
    assert {codes(kind)[0]: sorted(codes(own)) for kind, _, own in rows} == there
    assert {kind for part in QUESTIONS for kind in _types(part) if not part["properties"].keys() >= REQUIRED} == {
        "group",
        "note",
    }


def _types(part: dict[str, Any]) -> list[str]:
    kind = part["properties"]["type"]
    return kind.get("enum") or [kind["const"]]


@pytest.mark.parametrize("key", ["audience", "settings", "age_bands", "identity", "layout"])
def test_values_of_a_form_are_those_of_the_format(key: str) -> None:
    [meaning] = [meaning for name, meaning in rows_after(FORMAT, "## Form") if codes(name) == [key]]
    assert codes(meaning) == _values(SCHEMA["properties"][key])


def test_appearances_are_those_of_the_format() -> None:
    there = {
        kind: _values(part["properties"]["appearance"])
        for part in QUESTIONS
        for kind in _types(part)
        if "appearance" in part["properties"]
    }
    assert {codes(kind)[0]: codes(values) for kind, values in rows_after(FORMAT, "## Appearance")} == there


def _values(schema: dict[str, Any]) -> list[str]:
    """The closed words that a key may have, or of which its list may be."""
    schema = schema.get("items", schema)
    return [schema["const"]] if "const" in schema else schema["enum"]


def test_limits_are_those_of_the_format() -> None:
    there = {
        name.removesuffix("Validation").lower(): sorted(part["properties"])
        for name, part in PARTS.items()
        if name.endswith("Validation")
    }
    assert {kind: sorted(codes(limits)) for kind, limits in rows_after(FORMAT, "## Validation")} == there


def test_smaller_parts_are_those_of_the_format() -> None:
    known = {"Page", "Option", "AlertRule"} | {name for name in PARTS if name.endswith(("Validation", "Rule"))}
    there = [part["properties"].keys() for name, part in PARTS.items() if name not in known and part not in QUESTIONS]
    there.append(PARTS["AlertRule"]["properties"].keys())
    told = [codes(keys) for _, keys in rows_after(FORMAT, "## Smaller parts")]
    assert sorted(map(sorted, told)) == sorted(map(sorted, there))


def test_operators_are_those_of_the_evaluator() -> None:
    rows = rows_after(FORMAT, "## Expressions")
    assert {codes(operator)[0]: operands for operator, operands, _ in rows} == {
        operator: str(fewest) if fewest == most else f"{fewest} {'to 2' if most == 2 else 'or more'}"
        for operator, (fewest, most) in OPERANDS.items()
    }


@pytest.mark.parametrize(
    ("before", "rules"),
    [
        ("`forms check` reports every fault with its place. A form with a fault is not offered:", FAULTS),
        ("A warning does not stop a form:", WARNINGS),
    ],
)
def test_checks_are_those_of_the_code(before: str, rules: Iterable[Callable[..., object]]) -> None:
    assert [codes(rule)[0] for rule, _ in rows_after(FORMAT, before)] == [rule.__name__ for rule in rules]


def test_the_example_has_no_fault_and_no_warning() -> None:
    [example] = re.findall(r"```json\n(.*?)```", text_of(FORMAT), re.DOTALL)
    found = examine(json.loads(example), "evening-meal")
    assert found.form is not None
    assert [*found.faults, *found.warnings] == []
