"""Every relative link of every Markdown file leads to a file and a heading that are there."""

import re
from functools import cache
from pathlib import Path

import pytest

from tests.docs.documents import documents, prose_of
from tests.paths import ROOT

LINK = re.compile(r"\]\(([^)\s]+)\)")


def links_of(path: Path) -> list[str]:
    return [link for link in LINK.findall(prose_of(path)) if not re.match(r"[a-z]+:", link)]


@cache
def headings_of(path: Path) -> frozenset[str]:
    """The anchors of a document's headings, as code hosts make them."""
    titles = re.findall(r"^#+ (.+)$", prose_of(path), re.MULTILINE)
    return frozenset(re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles)


def broken(path: Path) -> list[str]:
    return [link for link in links_of(path) if not _leads_somewhere(path, link)]


def _leads_somewhere(path: Path, link: str) -> bool:
    file, _, heading = link.partition("#")
    target = (path.parent / file).resolve() if file else path
    if not target.exists() or not target.is_relative_to(ROOT.resolve()):
        return False
    return not heading or heading in headings_of(target)


@pytest.mark.parametrize("path", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_its_links_lead_somewhere(path: Path) -> None:
    assert broken(path) == []


PLACE = re.compile(r"`((?:docs|forms|service|static|tests)/[\w./-]+)`")


def test_every_place_that_a_document_names_is_there() -> None:
    """How-tos are left out: they name files that are to be written, and are followed by a test of their own."""
    pages = [path for path in documents() if path.parent.name != "how-to"]
    named = [(path.name, place) for path in pages for place in PLACE.findall(prose_of(path))]
    assert len(named) > 40
    assert [f"{page}: {place}" for page, place in named if not (ROOT / place).exists()] == []


def test_a_wrong_link_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.docs.test_links.ROOT", tmp_path)
    (tmp_path / "b.md").write_text("# The one heading\n")
    page = tmp_path / "a.md"
    page.write_text("[1](b.md) [2](b.md#the-one-heading) [3](b.md#other) [4](c.md) [5](https://example.org) [6](#x)")
    assert broken(page) == ["b.md#other", "c.md", "#x"]


def test_every_document_is_linked_from_another() -> None:
    linked = {(path.parent / link.partition("#")[0]).resolve() for path in documents() for link in links_of(path)}
    alone = {path.resolve() for path in documents()} - linked
    assert {path.name for path in alone} == {"README.md"}
