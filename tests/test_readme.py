"""The README says what the code does: its addresses, its commands, its rooms."""

import re

import click
import pytest
from flask import Flask

from tests.paths import ROOT

README = (ROOT / "README.md").read_text()


@pytest.fixture
def store_url(tmp_path) -> str:
    return f"tinydb:{tmp_path / 'store'}"


def test_every_address_is_described_and_every_described_one_is_there(app: Flask) -> None:
    there = {re.sub(r"<\w+>", "<>", rule.rule) for rule in app.url_map.iter_rules() if rule.endpoint != "static"}
    rows = re.findall(r"^\| `(/[^`]*)` \|([^|]*)\|", README, re.MULTILINE)
    addresses = {base.rstrip("/") + below for base, more in rows for below in ("", *re.findall(r"`([^`]*)`", more))}
    described = {re.sub(r"<\w+>", "<>", address) or "/" for address in addresses}
    assert described == there


def test_every_command_is_described_and_every_described_one_is_there(app: Flask) -> None:
    there: set[str] = set()
    for name, command in app.cli.commands.items():
        if name == "limiter":  # the library's own
            continue
        if isinstance(command, click.Group):
            there |= {f"{name} {inner}" for inner in command.commands}
        else:
            there.add(name)
    shown = re.findall(r"flask --app wsgi ([a-z]+(?: [a-z]+)?)", README)
    told = re.findall(r"`([a-z]+(?: [a-z]+)?)[ A-Z.a-z]*`", README)
    described = {*shown, *told}
    assert there - described == set()


def test_every_room_is_described_and_every_described_place_is_there() -> None:
    described = set(re.findall(r"^\| `([a-z][a-z_/.]+)` \|", README, re.MULTILINE))
    assert all((ROOT / place).exists() for place in described)
    rooms = {
        f"service/{path.name}{'/' if path.is_dir() else ''}"
        for path in (ROOT / "service").iterdir()
        if not path.name.startswith("__")
    }
    assert rooms <= described


def test_the_picture_is_there() -> None:
    for picture in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README):
        assert (ROOT / picture).is_file()
