"""The README: short, with a picture, two commands and where to go on."""

import re

from tests.docs.documents import text_of
from tests.paths import ROOT

README = text_of("README.md")


def test_it_is_short() -> None:
    assert len(README.encode()) <= 6 * 1024


def test_its_one_picture_is_there_and_small() -> None:
    [picture] = re.findall(r"!\[[^\]]{20,}\]\(([^)]+)\)", README)
    assert 5_000 < (ROOT / picture).stat().st_size < 150_000


def test_its_two_commands_are_targets() -> None:
    commands = re.findall(r"^make (\w+)", README, re.MULTILINE)
    assert commands == ["run", "test"]
    assert set(commands) <= targets()


def test_contributing_names_every_target() -> None:
    told = re.findall(r"^\| `make (\w+)`", text_of("CONTRIBUTING.md"), re.MULTILINE)
    assert sorted(told) == sorted(targets())


def targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
