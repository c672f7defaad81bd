"""How tall a row must be for its text: programs do not all work it out when they open a file."""

from collections.abc import Mapping

LINE = 12.75
SPACE_AROUND = 3.0
TALLEST = 409.0
# A column's width counts digits of the normal font; each takes 7 pixels. The cell keeps some for its edges, and text
# is set in a little.
POINTS_A_CHARACTER = 5.25
EDGES = 11.0
WIDEST_WORD = 20
SIZE = 10
BOLDER = 1.09

# Widths of Arial's letters in thousandths of its size; the fonts that stand in for it have the same.
_WIDTHS: Mapping[str, int] = {
    letter: width
    for width, letters in (
        (200, "'ijl’‘"),
        (278, " !,./:;I[]\\ft|"),
        (333, "()-`r“”"),
        (389, "*"),
        (500, "Jckvsxyz"),
        (556, "#$0123456789?Labdeghnopqu–£é"),
        (584, "+<=>~"),
        (611, "FTZ"),
        (667, "&ABEKPSVXY"),
        (722, "CDHNRUw"),
        (778, "GOQ"),
        (833, "Mm"),
        (889, "%"),
        (944, "W"),
        (1015, "@—…"),
    )
    for letter in letters
}
# Over so many lines what is lost at their ends evens out, about so much a line.
MANY = 6
LOST = 2_500


class _Widths(dict[str, int]):
    """Widths of letters; those of other scripts and pictures may be as wide as they are tall, and more."""

    def __missing__(self, letter: str) -> int:
        return 1_100


_width_of = _Widths(_WIDTHS).__getitem__


def lines(text: str, width: int, *, bold: bool = False) -> int:
    """How many lines a text takes in a column, broken between words, and inside words that are too long."""
    room = (width * POINTS_A_CHARACTER - EDGES) * 1000 / SIZE / (BOLDER if bold else 1)
    return sum(_lines_of(paragraph, room) for paragraph in text.split("\n"))


def height(most_lines: int) -> float:
    """The height of a row whose fullest cell has so many lines."""
    return min(most_lines * LINE + SPACE_AROUND, TALLEST)


def surely_one_line(width: int) -> int:
    """A text of up to so many characters needs no measuring."""
    return int((width * POINTS_A_CHARACTER - EDGES) / SIZE / 0.75)


def widest_word(header: str) -> int:
    """How wide a column must be so that no word of its header is broken, within reason."""
    longest = max((_length(word) for word in header.split()), default=0)
    points = longest * BOLDER * SIZE / 1000 + EDGES
    return min(int(points / POINTS_A_CHARACTER) + 1, WIDEST_WORD)


def _length(word: str) -> int:
    return sum(map(_width_of, word))


def _lines_of(paragraph: str, room: float) -> int:
    long = _length(paragraph)
    if long <= room:
        return 1
    if long > MANY * room:
        return int(long / max(room - LOST, room * 0.7)) + 1
    made, used = 1, 0.0
    for word in paragraph.split(" "):
        long = _length(word)
        if used and used + long > room:
            made, used = made + 1, 0.0
        if long > room:
            more, rest = divmod(long, room)
            made, long = made + int(more), int(rest)
        used += long + _WIDTHS[" "]
    return made
