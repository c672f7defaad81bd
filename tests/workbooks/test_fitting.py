"""How tall a row is made for its text."""

import pytest

from service.exporters.excel import row_heights as fitting


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
    assert fitting.lines(text, width) == lines


@pytest.mark.parametrize("width", [12, 36, 90])
def test_a_long_text_gets_room_for_all_of_it(width: int) -> None:
    words = "A long story about the garden and the sea. " * 60
    careful = sum(fitting.lines(words[start : start + width], width) for start in range(0, len(words), width))
    assert careful * 0.7 <= fitting.lines(words, width) <= careful * 1.6


def test_bold_letters_take_more_room() -> None:
    assert fitting.lines("The order of the rows", 21) == 1
    assert fitting.lines("The order of the rows", 21, bold=True) == 2


def test_no_row_is_taller_than_a_spreadsheet_allows() -> None:
    assert fitting.height(1) < fitting.height(2) < fitting.height(500) <= 409


def test_a_header_has_room_for_its_longest_word() -> None:
    assert fitting.lines("Unaccounted", fitting.widest_word("Unaccounted for"), bold=True) == 1
    assert fitting.widest_word("x" * 500) == fitting.WIDEST_WORD
    assert fitting.widest_word("") < 5
