"""The forms of a folder."""

import json
from pathlib import Path

import pytest

from service.definitions import DefinitionError, form_files, load_library
from tests.definitions.full_form import BREAKS, RICH, broken


def _write(folder: Path, name: str, definition: object) -> None:
    (folder / f"{name}.json").write_text(json.dumps(definition))


def test_forms_come_in_the_order_of_their_files(tmp_path: Path) -> None:
    for name in ("second", "first", "third"):
        _write(tmp_path, name, {**RICH, "id": name})
    _write(tmp_path, "form.schema", {"title": "not a form"})
    (tmp_path / "README.md").write_text("about the forms")
    assert list(load_library(tmp_path)) == ["first", "second", "third"]
    assert [path.name for path in form_files(tmp_path)] == ["first.json", "second.json", "third.json"]


def test_an_empty_folder_has_no_forms(tmp_path: Path) -> None:
    assert dict(load_library(tmp_path)) == {}


def test_all_faults_of_all_files_are_named_at_once(tmp_path: Path) -> None:
    _write(tmp_path, "rich", RICH)
    _write(tmp_path, "bad", {**broken(BREAKS[:2]), "id": "bad"})
    _write(tmp_path, "worse", RICH)
    (tmp_path / "worst.json").write_text("{")
    with pytest.raises(DefinitionError) as refused:
        load_library(tmp_path)
    assert refused.value.problems == [
        f"bad.json: {BREAKS[0][2]}",
        f"bad.json: {BREAKS[1][2]}",
        "worse.json: id: the form is called 'rich' and its file 'worse'",
        "worst.json: line 1, column 2: the JSON is broken here: a key in double quotes must follow",
    ]
    assert str(refused.value) == "\n".join(refused.value.problems)


def test_a_library_cannot_be_changed(tmp_path: Path) -> None:
    _write(tmp_path, "rich", RICH)
    library = load_library(tmp_path)
    with pytest.raises(TypeError):
        library["other"] = library["rich"]  # type: ignore[index]
