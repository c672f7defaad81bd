"""A workbook of 45,655 rows beside the fastest writer that leaves nothing out, each pair in turn; and a home's."""

import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import xlsxwriter

from service.exporters.excel.writer import write_book
from service.reports.tables import Bar, Chart, Column, Look, Report, Sheet, Table
from tests.paths import ROOT

PAIRS = 5
ROWS = 45_655
CHARTS = 10
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
FORMS = ROOT / "forms"
LABELS = ("Always", "Most of the time", "Sometimes", "Never", "I don’t want to say")
LOOKS: tuple[Look, ...] = ("number", "day", *(["text", "number"] * 8), "text", "text")
COMMENT = "The garden is the best bit, and on Fridays we cook together & choose the music. "


def main() -> None:
    """Print the table."""
    ratios, ours, theirs = [], [], []
    for _ in range(PAIRS):
        ours.append(_measured("ours"))
        theirs.append(_measured("xlsxwriter"))
        ratios.append(ours[-1]["seconds"] / theirs[-1]["seconds"])
    for name, each in (("our writer", ours), ("XlsxWriter constant_memory", theirs)):
        seconds = statistics.median(one["seconds"] for one in each)
        memory = statistics.median(one["mebibytes"] for one in each)
        sys.stdout.write(f"{name:<28} {seconds:>6.2f} s {memory:>6.0f} MiB at most\n")
    sys.stdout.write(
        f"{ROWS:,} rows x {len(LOOKS)} with {CHARTS} charts: "
        f"{statistics.median(ratios):.2f} of XlsxWriter’s time (bar: at most 0.40; "
        "100 MiB)\n"
    )
    sys.stdout.write(f"a home's workbook, 60 responses: {_a_home():.2f} s (bar: at most 1 s)\n")


def rows() -> Iterator[tuple[Any, ...]]:
    """Answers as a large round would give them: the same every time."""
    chance = random.Random(7)
    day = date(2026, 1, 1)
    for number in range(ROWS):
        answers = [part for _ in range(8) for part in (chance.choice(LABELS), chance.randint(1, 4))]
        comment = COMMENT * chance.randint(0, 3)
        yield (number, day + timedelta(days=number % 300), *answers, comment or None, f"={number}")


def with_ours(path: Path) -> None:
    """All rows through our writer."""
    columns = tuple(Column(f"Question {number}", 14, look) for number, look in enumerate(LOOKS))
    sheet = Sheet("Responses", "Responses", tables=(Table("Responses", columns, list(rows())),))
    with path.open("wb") as file:
        write_book(Report("t", "s", "", "", NOW, (_summary(), sheet)), file)


def _summary() -> Sheet:
    """Ten questions, each with its chart."""
    columns = (Column("Question", 40), *(Column(label, 9, "percent") for label in LABELS))
    shares = [[f"Question {number}", *range(10, 60, 10)] for number in range(CHARTS)]
    charts = tuple(
        Chart(
            f"Question {number}",
            "% of 45,655 people who answered.",
            tuple(Bar(label, 10 * place, (-1, place), (number, place)) for place, label in enumerate(LABELS, 1)),
            "Bar chart.",
            ordered=True,
        )
        for number in range(CHARTS)
    )
    return Sheet("Summary", "Summary", tables=(Table("Shares", columns, shares, charts=charts),), fit="one_wide")


def with_xlsxwriter(path: Path) -> None:
    """The same rows with the same header, formats, filter and panes."""
    book = xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_formulas": False})
    summary = book.add_worksheet("Summary")
    summary.write_row(0, 0, ["Question", *LABELS])
    for number in range(1, CHARTS + 1):
        summary.write_row(number, 0, [f"Question {number}", *range(10, 60, 10)])
        chart = book.add_chart({"type": "bar"})
        chart.add_series({"categories": ["Summary", 0, 1, 0, 5], "values": ["Summary", number, 1, number, 5]})
        summary.insert_chart(number * 15, 7, chart, {"description": "Bar chart."})
    sheet = book.add_worksheet("Responses")
    header = book.add_format({"bold": True, "bg_color": "#0B5D66", "font_color": "#FFFFFF", "text_wrap": True})
    styles = {
        "day": book.add_format({"num_format": "d mmmm yyyy", "bottom": 1}),
        "number": book.add_format({"num_format": "#,##0", "bottom": 1}),
        "text": book.add_format({"text_wrap": True, "bottom": 1}),
    }
    sheet.set_column(0, len(LOOKS) - 1, 14)
    sheet.freeze_panes(1, 1)
    sheet.write_row(0, 0, [f"Question {number}" for number in range(len(LOOKS))], header)
    for number, row in enumerate(rows(), 1):
        for index, (value, look) in enumerate(zip(row, LOOKS, strict=True)):
            if look == "day":
                sheet.write_datetime(number, index, value, styles[look])
            else:
                sheet.write(number, index, value, styles[look])
    sheet.autofilter(0, 0, ROWS, len(LOOKS) - 1)
    book.close()


WRITERS: dict[str, Callable[[Path], None]] = {"ours": with_ours, "xlsxwriter": with_xlsxwriter}


def _measured(writer: str) -> dict[str, float]:
    """Seconds and memory of a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.workbook", writer], capture_output=True, text=True, check=True
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _alone(writer: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        WRITERS[writer](Path(folder) / "large.xlsx")
        seconds = time.perf_counter() - began
    # The system's own count of the most that was held would begin with what the process that started this one holds.
    [peak] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:")]
    mebibytes = int(peak.split()[1]) / 1024
    sys.stdout.write(json.dumps({"seconds": seconds, "mebibytes": mebibytes}))


def _a_home() -> float:
    """Seconds from records to the file on disk, for a round with 60 responses to six forms."""
    # Imported here, so that the processes measured for their memory hold what a writer needs and no more.
    from service.collection.forms.publication import publish
    from service.collection.models.hashing import Hasher
    from service.definitions import load_library
    from service.demonstration import make_demonstration
    from service.reports import collate
    from service.storage import open_store
    from tests.reports.study import write_workbook

    with tempfile.TemporaryDirectory() as name:
        store = open_store(f"tinydb:{name}/store")
        library = dict(load_library(FORMS))
        publish(store, library.values())
        made = make_demonstration(store, library, Hasher([b"k" * 32]), NOW, responses=240, seed=1)
        forms = {form.fingerprint: form for form in library.values()}
        took = []
        for _ in range(PAIRS):
            began = time.perf_counter()
            write_workbook(collate(store, made.rounds[1:2], forms.__getitem__, b"key", NOW), Path(name) / "exports")
            took.append(time.perf_counter() - began)
    return statistics.median(took)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _alone(sys.argv[1])
    else:
        main()
