"""The repository's documents, and what tests take out of them."""

import re
from pathlib import Path

from tests.paths import ROOT

FOLDERS = ("docs", "exports", "forms", "service", "static", "tests")
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def documents() -> list[Path]:
    """Every Markdown file of the repository."""
    return sorted([*ROOT.glob("*.md"), *(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.md"))])


def text_of(document: str) -> str:
    """A document by its path in the repository."""
    return (ROOT / document).read_text()


def prose_of(path: Path) -> str:
    """A document without its code blocks, each line where it stood."""
    return FENCED.sub(lambda block: "\n" * block[0].count("\n"), path.read_text())


def rows_after(document: str, heading: str) -> list[list[str]]:
    """The cells of the first table under this heading, without its head."""
    _, found, rest = f"\n{text_of(document)}".partition(f"\n{heading}\n")
    assert found, f"{document} has no heading {heading!r}"
    table = re.search(r"(?:^\|.*\n)+", rest, re.MULTILINE)
    assert table, f"{document} has no table under {heading!r}"
    lines = table[0].splitlines()[2:]
    return [[cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def codes(cell: str) -> list[str]:
    """What stands between backticks in a cell."""
    return re.findall(r"`([^`]+)`", cell)
