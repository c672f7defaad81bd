"""Responses as SPSS files: numbers with labels, user-missing for what counts apart. Its libraries are optional."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from service.analysis.figures import Sign
from service.definitions import Option
from service.exporters.csv_json import UTF_8_MARK, csv_lines
from service.exporters.response_tables import LABEL, SCORE, Field, Tidy, codebook, responses_of
from service.reports import cell_values
from service.reports.report import Collation
from service.reports.tables import Value

HOW_TO_INSTALL = "SPSS files need two more libraries. Install them with: pip install pyreadstat==1.3.7 pandas==3.1.1"
NOT_ASKED = 999
FIRST_APART = 990
LONGEST_LABEL = 255  # what the format holds, in bytes
LONGEST_TEXT = 32_000
_RESERVED = frozenset(("all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with"))
READ_ME = """A file of SPSS for each table of responses, and what their columns mean in codebook.csv.

A scale is its score, any other choice a number in the order of the form; the labels say which is which.
System-missing = skipped. 990 and above = user-missing: answers that count apart; 999 = not asked.
In texts [z] = not asked and [c] = withheld. Numbers, days and times that were not asked are system-missing.
"""


class SpssMissing(Exception):
    """The libraries that write SPSS files are not installed; the message says how to install them."""


class Variable:
    """A column as SPSS has it: numbers with labels, or plain numbers, days, times, texts."""

    def __init__(self, name: str, label: str, values: list[Any], labels: dict[float, str] | None = None) -> None:
        self.name = f"q_{name}" if name in _RESERVED or not name[:1].isalpha() else name
        self.label = within(label, LONGEST_LABEL)
        self.values = values
        self.labels = labels
        self.is_number = all(value is None or isinstance(value, int | float) for value in values)


def require() -> None:
    """Raise SpssMissing where an SPSS file cannot be written."""
    try:
        import_module("pyreadstat")
        import_module("pandas")
    except ImportError:
        raise SpssMissing(HOW_TO_INSTALL) from None


def write_spss(collation: Collation, file: IO[bytes]) -> None:
    """One SPSS file for each table of responses that may be shown, with the codebook, in one archive."""
    require()
    responses = responses_of(collation)
    # The library writes to named files only: they lie beside the archive, for nobody else to read, while it is made.
    with (
        TemporaryDirectory(dir=Path(file.name).parent, prefix=".") as folder,
        ZipFile(file, "w", ZIP_DEFLATED) as archive,
    ):
        archive.writestr("read-me.txt", READ_ME)
        archive.writestr("codebook.csv", UTF_8_MARK + "".join(csv_lines(codebook(responses))).encode())
        for table in responses:
            if table.why_not is None and table.rows:
                made = Path(folder) / f"{table.name}.sav"
                _save(table, made, collation)
                archive.write(made, made.name)
                made.unlink()


def variables_of(table: Tidy) -> list[Variable]:
    """The columns of a table: labels go with their codes, and scores are the codes."""
    columns = list(zip(*table.rows, strict=True))
    return [
        variable
        for field, values in zip(table.fields, columns, strict=True)
        if field.holds not in (LABEL, SCORE)
        for variable in _variables(field, values)
    ]


def within(text: str, longest: int) -> str:
    """As much of the text as fits into so many bytes, with an ellipsis where it is cut."""
    text = " ".join(cell_values.cleaned(text).split())
    if len(text.encode()) <= longest:
        return text
    return f"{text.encode()[: longest - 3].decode(errors='ignore')}…"


def _variables(field: Field, values: Sequence[Value]) -> Iterator[Variable]:
    if field.options:
        yield _coded(field, values)
        return
    known = [value for value in values if value is not None and not isinstance(value, Sign)]
    for kind in ((int, float), (datetime,), (date,), (time,)):
        if known and all(isinstance(value, kind) for value in known):
            yield Variable(field.name, field.label, [None if isinstance(one, Sign) else one for one in values])
            return
    pieces = [_pieces("" if value is None else str(value)) for value in values]
    for number in range(max(map(len, pieces), default=1)):
        name = field.name if number == 0 else f"{field.name}__{number + 1}"
        label = field.label if number == 0 else f"{field.label} (continued {number + 1})"
        yield Variable(name, label, [piece[number] if number < len(piece) else "" for piece in pieces])


def _coded(field: Field, values: Sequence[Value]) -> Variable:
    given = dict.fromkeys(str(value) for value in values if value is not None and not isinstance(value, Sign))
    known = {option.value for option in field.options}
    # What no version offered is shown as it was said, as everywhere.
    options = [*field.options, *(Option(value=value, label=value) for value in given if value not in known)]
    codes = _codes(options)
    labels = {codes[option.value]: within(option.label, 120) for option in options}
    numbers = [None if one is None else NOT_ASKED if isinstance(one, Sign) else codes[str(one)] for one in values]
    return Variable(field.name, field.label, numbers, {**labels, float(NOT_ASKED): "Not asked"})


def _codes(options: Sequence[Option]) -> dict[str, float]:
    answers = [option for option in options if not option.missing]
    scores = [option.score for option in answers if option.score is not None]
    numbers: Sequence[float] = range(1, len(answers) + 1)
    if all(option.value in ("0", "1") for option in answers):
        numbers = [int(option.value) for option in answers]
    elif len(set(scores)) == len(answers) and max(scores) < FIRST_APART:
        numbers = scores
    apart = [option for option in options if option.missing]
    return {
        **{option.value: float(number) for option, number in zip(answers, numbers, strict=True)},
        **{option.value: float(FIRST_APART + number) for number, option in enumerate(apart)},
    }


def _pieces(text: str) -> list[str]:
    """A text in pieces that each fit, whatever its characters take."""
    text = cell_values.cleaned(text)
    if len(text.encode()) <= LONGEST_TEXT:
        return [text]
    return cell_values.parts(text, LONGEST_TEXT // 4)


def _save(table: Tidy, path: Path, collation: Collation) -> None:
    pyreadstat, pandas = import_module("pyreadstat"), import_module("pandas")
    variables = variables_of(table)
    labelled = [variable for variable in variables if variable.labels is not None]
    frame = pandas.DataFrame(
        {one.name: pandas.Series(one.values, dtype="float64" if one.is_number else "object") for one in variables}
    )
    pyreadstat.write_sav(
        frame,
        str(path),
        file_label=within(table.title, 60),
        column_labels={one.name: one.label for one in variables},
        note=within(collation.report.subject, 80),
        variable_value_labels={one.name: one.labels for one in labelled},
        missing_ranges={one.name: [{"lo": FIRST_APART, "hi": NOT_ASKED}] for one in labelled},
        variable_measure={one.name: "ordinal" if _is_scale(one, table) else "nominal" for one in labelled},
    )


def _is_scale(variable: Variable, table: Tidy) -> bool:
    scored = {field.name for field in table.fields if any(option.score is not None for option in field.options)}
    return variable.name in scored
