"""SPSS files hold what the CSV holds: numbers with their labels, what counts apart as user-missing."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from service.exporters.atomic_file import written_whole
from service.exporters.formats import SPSS
from service.exporters.spss import NOT_ASKED, SpssMissing, within
from service.reports import Collation
from tests.analysis.tally_factory import HOW_OFTEN, a_form, asks, options
from tests.reports.study import Study

MISSING = [name for name in ("pyreadstat", "pandas") if find_spec(name) is None]
installed = pytest.mark.skipif(bool(MISSING), reason=f"not installed, so no SPSS file is read back: {MISSING}")


def read(collation: Collation, folder: Path, table: str = "responses-staff") -> tuple[list[dict[str, Any]], Any]:
    """The rows of one file as SPSS has them, and what it says of its columns."""
    import pyreadstat

    path = written_whole(folder / SPSS.name(collation), lambda file: SPSS.write(collation, file))
    assert [one.name for one in folder.iterdir()] == [path.name], "nothing is left beside it"
    with ZipFile(path) as archive:
        assert {"read-me.txt", "codebook.csv"} < set(archive.namelist())
        archive.extract(f"{table}.sav", folder)
    frame, meta = pyreadstat.read_sav(folder / f"{table}.sav", user_missing=True)
    return frame.astype(object).where(frame.notna(), None).to_dict("records"), meta


@pytest.fixture
def told(study: Study) -> Study:
    form = a_form(
        asks("q", options=HOW_OFTEN, label="Do you feel safe?"),
        asks("colour", options=options("red", "green")),
        asks("s", "select_multiple", options=options("left", "right")),
        asks("n", "number", visible_if={"==": [{"var": "q"}, "always"]}),
        asks("with", "select_one", options=options("a", "b"), visible_if={"==": [{"var": "q"}, "always"]}),
        asks("d", "date"),
        asks("t", "time"),
        asks("w", "text"),
    )
    study.ask(form)
    said = {"q": "always", "colour": "green", "s": ["left"], "n": 7, "with": "b"}
    study.hear(form, [{**said, "d": "2026-11-22", "t": "18:30", "w": "=wörds"}, {"q": "not_say"}, {"w": "x " * 40_000}])
    return study


@installed
class TestTheFile:
    def test_a_scale_is_its_score_with_labels_and_what_counts_apart_is_user_missing(
        self, told: Study, tmp_path: Path
    ) -> None:
        rows, meta = read(told.collate(), tmp_path / "out")
        assert sorted((row["q"] for row in rows), key=str) == [4.0, 990.0, None]
        assert meta.variable_value_labels["q"] == {
            4: "Always",
            3: "Most of the time",
            2: "Sometimes",
            1: "Never",
            990: "I don’t want to say",
            NOT_ASKED: "Not asked",
        }
        assert meta.missing_ranges["q"] == [{"lo": 990, "hi": NOT_ASKED}]
        assert meta.variable_measure["q"] == "ordinal"
        assert meta.column_names_to_labels["q"] == "Do you feel safe?"

    def test_without_user_missing_they_are_no_answers(self, told: Study, tmp_path: Path) -> None:
        import pyreadstat

        read(told.collate(), tmp_path / "out")
        frame, _ = pyreadstat.read_sav(tmp_path / "out" / "responses-staff.sav")
        assert [value for value in frame["q"] if value == value] == [4.0]

    def test_every_kind_of_answer_is_what_it_is(self, told: Study, tmp_path: Path) -> None:
        rows, meta = read(told.collate(), tmp_path / "out")
        [full] = [row for row in rows if row["w"] == "=wörds"]
        assert (full["colour"], meta.variable_value_labels["colour"][2]) == (2, "green")
        assert (full["s__left"], full["s__right"], full["n"], full["q_with"]) == (1, 0, 7, 2)
        assert meta.variable_value_labels["s__left"] == {1: "Yes", 0: "No", NOT_ASKED: "Not asked"}
        assert (full["d"].isoformat(), full["t"].isoformat()) == ("2026-11-22", "18:30:00")
        [other] = [row for row in rows if row["q"] == 990]
        assert (other["q_with"], other["n"], other["d"], other["w"]) == (NOT_ASKED, None, None, "")

    def test_a_long_text_goes_on_in_further_columns(self, told: Study, tmp_path: Path) -> None:
        rows, meta = read(told.collate(), tmp_path / "out")
        [long] = [row for row in rows if len(row["w"]) > 100]
        pieces = [name for name in meta.column_names if name == "w" or name.startswith("w__")]
        assert len(pieces) > 2
        # The format fills texts up with spaces, so those at the end of a piece are not told apart from them.
        assert "".join(long[name] for name in pieces).replace(" ", "") == "x" * 40_000

    def test_an_anonymous_form_leaves_no_file_of_responses(self, study: Study, tmp_path: Path) -> None:
        form = a_form(asks("w", "text"), audience="child", identity="anonymous")
        study.ask(form)
        study.hear(form, [{"w": "secret"}] * 6)
        collation = study.collate()
        path = written_whole(tmp_path / "out" / SPSS.name(collation), lambda file: SPSS.write(collation, file))
        with ZipFile(path) as archive:
            assert sorted(archive.namelist()) == ["codebook.csv", "read-me.txt"]
            assert b"secret" not in b"".join(archive.read(name) for name in archive.namelist())


@pytest.mark.skipif(not MISSING, reason="the libraries are installed, so nothing says how to install them")
def test_without_the_libraries_it_says_in_a_sentence_how_to_install_them(told: Study, tmp_path: Path) -> None:
    collation = told.collate()
    path = tmp_path / "out" / SPSS.name(collation)
    with pytest.raises(SpssMissing, match="pip install pyreadstat"):
        written_whole(path, lambda file: SPSS.write(collation, file))
    assert not list(path.parent.iterdir())


def test_a_label_is_cut_between_characters() -> None:
    assert within("short\nand  plain", 20) == "short and plain"
    assert within("é" * 200, 255).endswith("é…")
    assert len(within("é" * 200, 255).encode()) <= 255
