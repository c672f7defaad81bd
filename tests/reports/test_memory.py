"""A year's responses are counted and written without being held as they were read."""

import gc
import tracemalloc
from itertools import cycle
from pathlib import Path

import pytest

from service.exporters.formats import EXCEL, JSON, ExportFormat
from tests.analysis.tally_factory import a_form, asks, options
from tests.reports.study import Study

QUESTIONS = 12
ANSWERS = ("yes", "no", "at times", "never", "always")
FEW, MANY = 600, 1_200  # so many rows are put together before they are written, and texts remembered
ENOUGH = 1_536  # bytes for each further response: as they were read they take 2,600


@pytest.mark.long
@pytest.mark.parametrize("written", [EXCEL, JSON], ids=lambda written: written.ending)
def test_each_further_response_takes_little(tmp_path: Path, written: ExportFormat) -> None:
    _most_held(tmp_path / "first", 1, written)  # what is read and remembered once
    few, *many = (_most_held(tmp_path / str(place), number, written) for place, number in enumerate((FEW, MANY, MANY)))
    # the less of two: what Python keeps for itself, of texts say, grows by megabytes now and then
    assert (min(many) - few) / (MANY - FEW) < ENOUGH


def _most_held(folder: Path, number: int, written: ExportFormat) -> int:
    """Bytes at most while the responses are read, counted and written."""
    study = Study(folder)
    names = [f"q{each}" for each in range(QUESTIONS)]
    questions = [asks(name, options=options(*ANSWERS)) for name in names]
    form = a_form(*questions, asks("why", type="text"))
    study.ask(form)
    answers = cycle(ANSWERS)
    people = [dict(zip(names[place % 2 :], answers, strict=False)) for place in range(number)]
    study.hear(form, [{**said, "why": f"Reason {place}, and more words."} for place, said in enumerate(people)])
    gc.collect()
    tracemalloc.start()
    try:
        with (folder / "file").open("wb") as file:
            written.write(study.collate(), file)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
