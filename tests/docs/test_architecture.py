"""The architecture names what is there."""

from tests.docs.documents import codes, rows_after
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
