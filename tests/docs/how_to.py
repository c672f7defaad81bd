"""A how-to as steps that can be followed: blocks for files, commands to run, in the order of the page.

A line above each block says what to do with it:

    Write `path`:                              the block is a new file
    In `path`, after `line`, add:              or before; the block goes beside the one line that is so
    In `path`, replace `line` with:            the block takes the place of that line
    … Run:                                     each line of the block is a command
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tests.paths import ROOT

BLOCK = re.compile(r"^(?P<said>[^\n]+)\n\n```\w+\n(?P<block>.*?)^```$", re.MULTILINE | re.DOTALL)
SAID = (
    re.compile(r"(?P<kind>Write) `(?P<path>[^`]+)`:"),
    re.compile(r"In `(?P<path>[^`]+)`, (?P<kind>after|before) (?P<ticks>`+)(?P<line>.+)(?P=ticks), add:"),
    re.compile(r"In `(?P<path>[^`]+)`, (?P<kind>replace) (?P<ticks>`+)(?P<line>.+)(?P=ticks) with:"),
    re.compile(r".*\b(?P<kind>Run):"),
)
TAKEN = ("docs", "forms", "service", "static", "tests", "*.md", "*.py", "*.toml", ".gitignore")


@dataclass(frozen=True)
class Step:
    """One block and what to do with it."""

    kind: Literal["Write", "after", "before", "replace", "Run"]
    block: str
    path: str = ""
    line: str = ""


def steps_of(text: str) -> list[Step]:
    """The steps of a page. A block whose line says nothing that can be done is an error."""
    assert text.count("\n```") == 2 * len(BLOCK.findall(text)), "a block has no line above it that says what to do"
    return [_step(found["said"], found["block"]) for found in BLOCK.finditer(text)]


def _step(said: str, block: str) -> Step:
    for pattern in SAID:
        if found := pattern.fullmatch(said):
            parts = found.groupdict()
            return Step(parts["kind"], block, parts.get("path", ""), parts.get("line", ""))
    raise AssertionError(f"nobody can follow {said!r}")


class Tree:
    """A copy of the repository's tree in a temporary folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for path in (path for pattern in TAKEN for path in ROOT.glob(pattern)):
            if path.is_dir():
                shutil.copytree(path, folder / path.name, ignore=shutil.ignore_patterns("*.pyc.*"))  # half written
            else:
                shutil.copy2(path, folder)
        (folder / ".venv").symlink_to(sys.prefix)

    def follow(self, step: Step) -> str:
        """Do what the step says; gives what was wrong with a command, or nothing."""
        if step.kind == "Run":
            return "".join(map(self.run, step.block.replace("\\\n", " ").splitlines()))
        path = self.folder / step.path
        if step.kind == "Write":
            assert not path.exists(), f"{step.path} is there already"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(step.block)
            return ""
        lines = path.read_text().splitlines(keepends=True)
        number = self._place(lines, step)
        first, last = {"after": (number + 1, number + 1), "before": (number, number), "replace": (number, number + 1)}[
            step.kind
        ]
        path.write_text("".join([*lines[:first], step.block, *lines[last:]]))
        return ""

    @staticmethod
    def _place(lines: list[str], step: Step) -> int:
        """The number of the one line that is so, or begins so where the step ends in `…`."""
        wanted, begins = step.line.removesuffix("…"), step.line.endswith("…")
        found = [
            number
            for number, line in enumerate(map(str.strip, lines))
            if (line.startswith(wanted) if begins else line == wanted)
        ]
        assert len(found) == 1, f"{step.path} has {len(found)} lines {step.line!r}"
        return found[0]

    def run(self, command: str) -> str:
        """Run one command in the tree; gives what it printed if it failed."""
        environ = {name: value for name, value in os.environ.items() if not name.startswith(("SAYSO_", "PYTEST_"))}
        environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # loading what no step needs takes a third of a short run
        done = subprocess.run(
            shlex.split(command),
            check=False,
            cwd=self.folder,
            env=environ,
            capture_output=True,
            text=True,
            timeout=120,
        )
        return "" if done.returncode == 0 else f"$ {command}\n{done.stdout}{done.stderr}"


def pages() -> Iterator[Path]:
    """Every how-to."""
    yield from sorted((ROOT / "docs" / "how-to").glob("*.md"))
