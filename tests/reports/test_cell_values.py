"""How values go into cells: nothing breaks the file, nothing runs, nothing is lost in silence."""

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.reports import cell_values

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=200)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("plain", "plain"),
        ("two\r\nlines\rthree", "two\nlines\nthree"),
        ("nul\x00bell\x07", "nul\ufffdbell\ufffd"),
        ("lone \ud800 surrogate", "lone \ufffd surrogate"),
        ("non\ufffecharacters\uffff\ufdd0\U0001ffff", "non\ufffdcharacters\ufffd\ufffd\ufffd"),
        ("tab\tand newline\n", "tab\tand newline\n"),
        ("emoji 👩‍👩‍👧 and עברית", "emoji 👩‍👩‍👧 and עברית"),
    ],
)
def test_what_no_file_can_hold_is_replaced_where_everybody_sees_it(text: str, kept: str) -> None:
    assert cell_values.cleaned(text) == kept


@pytest.mark.parametrize("text", ["=1+1", "+44 1", "-x", "@SUM(A1)", "\t=1", "'quoted"])
def test_what_resembles_a_formula_is_guarded(text: str) -> None:
    assert cell_values.like_a_formula(text)


def test_an_escape_that_was_typed_stays_as_it_was_typed() -> None:
    assert "_x005F_x0041_" in cell_values.text_xml("_x0041_")
    assert cell_values.text_xml("a_xylophone_").count("_x005F_") == 0


@settings(deadline=None)
@given(ANY_TEXT, st.integers(min_value=2, max_value=50))
def test_pieces_fit_and_together_are_the_text(text: str, longest: int) -> None:
    pieces = cell_values.parts(text, longest)
    assert "".join(pieces) == cell_values.cleaned(text)
    assert all(cell_values.units(piece) <= longest for piece in pieces)


def test_pieces_break_between_words_where_they_can() -> None:
    assert cell_values.parts("🙂" * 5, 4) == ["🙂🙂", "🙂🙂", "🙂"]
    assert cell_values.parts("aaaa bbbb cccc", 11) == ["aaaa bbbb ", "cccc"]


def test_a_text_too_long_for_one_cell_says_so_in_the_cell() -> None:
    fitted = cell_values.fitted("x" * 40_000)
    assert cell_values.units(fitted) == cell_values.LONGEST_TEXT
    assert fitted.endswith(" [cut here: the full text has 40,000 characters]")
    assert cell_values.fitted("x" * cell_values.LONGEST_TEXT) == "x" * cell_values.LONGEST_TEXT
    assert cell_values.units(cell_values.fitted("🙂" * 20_000)) <= cell_values.LONGEST_TEXT


def test_headers_are_plain_and_no_two_alike() -> None:
    made = cell_values.unique_headers(["Why?", "why?", "", "two\nlines", "=1+1", "x" * 400, "x" * 400])
    assert made[:5] == ["Why?", "why? (2)", "Column", "two lines", "=1+1"]
    assert made[5].endswith("…")
    assert made[6].endswith("… (2)")
    assert len({header.casefold() for header in made}) == len(made)
    assert all(len(header) <= 255 for header in made)


@settings(deadline=None)
@given(st.lists(ANY_TEXT, max_size=12))
def test_any_words_make_names_for_sheets(wanted: list[str]) -> None:
    taken = {"summary"}
    made = [cell_values.sheet_name(name, taken) for name in wanted]
    assert len({name.casefold() for name in [*made, "summary"]}) == len(made) + 1
    for name in made:
        assert 1 <= cell_values.units(name) <= cell_values.LONGEST_SHEET_NAME
        assert not set(name) & set("[]:*?/\\")
        assert not name.startswith("'")
        assert not name.endswith("'")
        assert name.casefold() != "history"


@pytest.mark.parametrize(
    ("value", "exact"),
    [
        (0, True),
        (-17, True),
        (0.1, True),
        (10**15, True),
        (123456789012345, True),
        (1234567890123456, False),
        (10**400, False),
        (float("nan"), False),
        (float("inf"), False),
    ],
)
def test_numbers_that_would_lose_a_digit_are_known(value: float, exact: bool) -> None:
    assert cell_values.is_exact(value) is exact


def test_days_and_times_are_counted_as_spreadsheets_count_them() -> None:
    assert cell_values.serial(date(1900, 3, 1)) == 61
    assert cell_values.serial(date(2026, 11, 22)) == 46348
    assert cell_values.serial(time(18, 0)) == 0.75
    assert cell_values.serial(datetime(2026, 11, 22, 6, 0, tzinfo=UTC)) == 46348.25
    assert not cell_values.has_serial(date(1900, 2, 28))
