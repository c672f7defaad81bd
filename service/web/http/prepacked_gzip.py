"""A page packed once, as tightly as gzip can, in which a few short texts differ each time it is sent.

What is packed is a row of bits: codes for single characters, and codes that repeat a piece which stood before. Where a
text is packed as single characters, others of its alphabet can take their place, and what repeats it repeats them.
"""

import re
import secrets
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from gzip import decompress as gunzip
from itertools import chain, islice

from zopfli import gzip

HEX = ("abcdef", "0123456789")
BASE64 = ("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789-_.", "abcdefghijklmnopqrstuvwxyz")

ITERATIONS = 5  # more take longer and win a byte or two
ATTEMPTS = 4
HEADER = b"\x1f\x8b\x08\0\0\0\0\0\x02\xff"
END = 256  # the symbol after a block's last; those below are characters, those above lengths of what is repeated
# In which order a block tells the lengths of the codes in which it tells the lengths of its codes.
ORDER = (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15)

Codes = Mapping[str, int]  # bits, and the symbol they stand for


def mark(alphabet: Sequence[str], length: int) -> str:
    """A random text that stands for others as long, with every character of the alphabet in it.

    Its kinds of characters take turns, so that hardly a piece of it stands anywhere else in a page, and none twice in
    it: what stands twice is not packed as single characters.
    """
    while True:
        turns = zip(*map(_in_any_order, alphabet), strict=False)
        made = "".join(islice(chain.from_iterable(turns), length))
        if len({made[at : at + 3] for at in range(length - 2)}) == length - 2:
            return made


def _in_any_order(kind: str) -> Iterator[str]:
    """All of these characters without end, each time round in another order."""
    while True:
        yield from secrets.SystemRandom().sample(kind, len(kind))


@dataclass(frozen=True)
class _Place:
    """Where a mark is among the bits, and the bits of every character that can stand there."""

    begin: int
    end: int
    length: int
    codes: Mapping[str, str]


@dataclass(frozen=True)
class Mould:
    """A page with places in it, and the same packed, where that went well."""

    page: str
    marks: Sequence[str]
    bits: str = ""
    places: Sequence[_Place] = ()

    def filled(self, texts: Sequence[str], pack: bool) -> tuple[bytes, bool]:
        """The page with these texts in the marks' places, and whether it is packed, which is done only if wanted."""
        given = {each.encode(): text.encode() for each, text in zip(self.marks, texts, strict=True)}
        content = b"".join(given.get(piece, piece) for piece in self._pieces)
        bits = self._filled_bits(texts) if pack else None
        if bits is None:
            return content, False
        packed = int(bits[::-1], 2).to_bytes(-(-len(bits) // 8), "little")
        return HEADER + packed + struct.pack("<II", zlib.crc32(content), len(content)), True

    @cached_property
    def _pieces(self) -> Sequence[bytes]:
        """The page cut before and after every mark."""
        return [piece.encode() for piece in re.split(f"({'|'.join(map(re.escape, self.marks))})", self.page)]

    def _filled_bits(self, texts: Sequence[str]) -> str | None:
        """None where a text cannot stand in its place: it is longer, or of another alphabet."""
        row, done = [], 0
        for place, text in zip(self.places, texts, strict=False):
            if len(text) != place.length or not place.codes.keys() >= set(text):
                return None
            row += [self.bits[done : place.begin], *(place.codes[each] for each in text)]
            done = place.end
        return "".join([*row, self.bits[done:]]) if row else None


def mould(render: Callable[..., str], places: Sequence[tuple[Sequence[str], int]]) -> Mould:
    """What `render` makes of texts of these alphabets and lengths, packed. They come in the order in which they stand.

    Now and then a mark is not packed as single characters, or something else repeats a piece of it: then other marks
    are tried, and a page with which none goes well stays unpacked.
    """
    for _ in range(ATTEMPTS):
        marks = [mark(alphabet, length) for alphabet, length in places]
        plain = Mould(render(*marks), marks)
        if packed := _packed(plain):
            return packed
    return plain


def _packed(plain: Mould) -> Mould | None:
    content = plain.page.encode()
    bits = "".join(f"{byte:08b}"[::-1] for byte in gzip.compress(content, numiterations=ITERATIONS)[len(HEADER) : -8])
    single = {character.at: character for character in _single_characters(bits)}
    places = [_place(single, content.index(each.encode()), len(each)) for each in plain.marks]
    found = [place for place in places if place]
    if len(found) < len(places) or len(content) not in single:
        return None
    packed = replace(plain, bits=bits[: single[len(content)].end], places=found)
    others = [each[1:] + each[0] for each in plain.marks]  # another character everywhere
    return packed if _opened(packed.filled(others, True)[0]) == plain.filled(others, False)[0] else None


def _opened(packed: bytes) -> bytes | None:
    try:
        return gunzip(packed)
    except (OSError, EOFError, zlib.error):
        return None


# --- reading what is packed ---


@dataclass(frozen=True)
class _Character:
    """A character packed by itself, or a block's end: at which place of the page, in which bits, in which code."""

    at: int
    begin: int
    end: int
    code: Codes


def _place(single: Mapping[int, _Character], at: int, length: int) -> _Place | None:
    """The place of a mark, where all of it was packed as single characters and in one code."""
    run = [single[number] for number in range(at, at + length) if number in single]
    if len(run) < length or any(each.code is not run[0].code for each in run):
        return None
    codes = {chr(symbol): bits for bits, symbol in run[0].code.items() if symbol < END}
    return _Place(run[0].begin, run[-1].end, length, codes)


def _single_characters(bits: str) -> Iterator[_Character]:
    """Every character that was packed as one, and the end of every block."""
    at = bit = 0
    last = False
    while not last:
        last = bits[bit] == "1"
        if bits[bit + 1 : bit + 3] != "01":
            return  # a block without codes of its own, as only the shortest pages have
        code, distances, bit = _codes_of_block(bits, bit + 3)
        symbol = 0
        while symbol != END:
            begin = bit
            symbol, bit = _symbol(bits, bit, code)
            if symbol <= END:
                yield _Character(at, begin, bit, code)
                at += symbol < END
            else:
                length, bit = _length(bits, bit, symbol)
                at += length
                distance, bit = _symbol(bits, bit, distances)
                bit += max(0, distance // 2 - 1)


def _codes_of_block(bits: str, bit: int) -> tuple[Codes, Codes, int]:
    """The code of characters and lengths, that of distances, and where the block goes on."""
    characters, distances, orders = (
        _number(bits, bit, 5) + 257,
        _number(bits, bit + 5, 5) + 1,
        _number(bits, bit + 10, 4) + 4,
    )
    bit += 14
    told = dict.fromkeys(range(19), 0)
    for symbol in ORDER[:orders]:
        told[symbol] = _number(bits, bit, 3)
        bit += 3
    code = _code(list(told.values()))
    lengths: list[int] = []
    while len(lengths) < characters + distances:
        symbol, bit = _symbol(bits, bit, code)
        if symbol < 16:
            lengths.append(symbol)
            continue
        again, fewest, size = {16: (lengths[-1:], 3, 2), 17: ([0], 3, 3), 18: ([0], 11, 7)}[symbol]
        lengths += again * (fewest + _number(bits, bit, size))
        bit += size
    return _code(lengths[:characters]), _code(lengths[characters:]), bit


def _code(lengths: Sequence[int]) -> Codes:
    """The code in which each symbol has so many bits."""
    code, bits = 0, {}
    for length in range(1, 16):
        for symbol in (symbol for symbol, its in enumerate(lengths) if its == length):
            bits[f"{code:0{length}b}"] = symbol
            code += 1
        code *= 2
    return bits


def _symbol(bits: str, bit: int, code: Codes) -> tuple[int, int]:
    """The symbol that begins here, and where the next does."""
    end = bit + 1
    while bits[bit:end] not in code:
        end += 1
    return code[bits[bit:end]], end


def _length(bits: str, bit: int, symbol: int) -> tuple[int, int]:
    """How much is repeated, and where its distance begins."""
    if symbol in (285, *range(257, 261)):
        return (258 if symbol == 285 else symbol - 254), bit
    size, step = divmod(symbol - 261, 4)
    return ((4 + step) << size) + 3 + _number(bits, bit, size), bit + size


def _number(bits: str, bit: int, size: int) -> int:
    return int(bits[bit : bit + size][::-1] or "0", 2)
