"""The architecture names what is there."""

import ast
import re
from pathlib import Path

import pytest

from tests.docs.documents import codes, documents, rows_after, text_of
from tests.paths import ROOT

DOCUMENT = "docs/architecture.md"


def test_every_place_that_it_names_is_there() -> None:
    places = [codes(row[0])[0] for row in rows_after(DOCUMENT, "## Places")]
    assert len(places) > 5
    assert [place for place in places if not (ROOT / place).exists()] == []


def test_every_package_has_a_row() -> None:
    there = {
        f"service/{path.name}{'/' if path.is_dir() else ''}"
        for path in (ROOT / "service").iterdir()
        if not path.name.startswith("__") and path.name != "templates"
    }
    assert {codes(row[0])[0] for row in rows_after(DOCUMENT, "## Layers")} == there


def linked_names() -> list[tuple[str, str]]:
    """Each name that links to a module in any document, with the module: [`name`](../service/module.py)."""
    pages = "\n".join(path.read_text() for path in documents())
    return re.findall(r"\[`(\w+)`\]\([./]*(service/[\w/]+\.py)\)", pages)


@pytest.mark.parametrize("way", ["an answer", "an alert", "a figure", "an export"])
def test_a_way_goes_through_at_least_five_modules(way: str) -> None:
    _, _, rest = text_of(DOCUMENT).partition(f"## The way of {way}\n")
    section = rest.partition("\n## ")[0]
    assert len(set(re.findall(r"\]\(\.\./(service/[\w/]+\.py)\)", section))) >= 5


def test_every_name_that_links_to_a_module_is_defined_there() -> None:
    names = linked_names()
    assert len(names) > 40
    assert [f"{name} in {module}" for name, module in names if name not in defined_in(ROOT / module)] == []


def defined_in(module: Path) -> set[str]:
    found = set()
    for node in ast.parse(module.read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {target.id for target in targets if isinstance(target, ast.Name)}
    return found
