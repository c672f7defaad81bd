"""How tall a row is made for its text."""

import pytest

from service.exporters.excel import row_heights


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, 1),
        ("Always", 10, 1),
        ("one\ntwo\n\nfour", 40, 4),
        ("Most of the time", 12, 2),
        ("W" * 39, 20, 4),
        ("i" * 40, 20, 1),
        ("界" * 18, 20, 3),
    ],
)
def test_lines_are_counted_by_the_widths_of_letters(text: str, width: int, lines: int) -> None:
    assert row_heights.lines(text, width) == lines


@pytest.mark.parametrize("width", [12, 36, 90])
def test_a_long_text_gets_room_for_all_of_it(width: int) -> None:
    words = "A long story about the garden and the sea. " * 60
    careful = sum(row_heights.lines(words[start : start + width], width) for start in range(0, len(words), width))
    assert careful * 0.7 <= row_heights.lines(words, width) <= careful * 1.6


def test_bold_letters_take_more_room() -> None:
    assert row_heights.lines("The order of the rows", 21) == 1
    assert row_heights.lines("The order of the rows", 21, bold=True) == 2


def test_no_row_is_taller_than_a_spreadsheet_allows() -> None:
    assert row_heights.height(1) < row_heights.height(2) < row_heights.height(500) <= 409


def test_a_header_has_room_for_its_longest_word() -> None:
    assert row_heights.lines("Unaccounted", row_heights.widest_word("Unaccounted for"), bold=True) == 1
    assert row_heights.widest_word("x" * 500) == row_heights.WIDEST_WORD
    assert row_heights.widest_word("") < 5
