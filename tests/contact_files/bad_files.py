"""Files that mean harm, or that nobody would call a contact list: each by its name, with what is said of it.

Run as a program it reads those of a folder and says of each what was answered and how much memory it took at most.
"""

import io
import json
import random
import re
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from openpyxl import Workbook

from service.contact_files.reader import NotReadable, rows_of

SHEET = "xl/worksheets/sheet1.xml"
MAIN = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
STRINGS = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
# what does not shrink when packed, so that only what it surrounds is on trial
PADDING = b"<!--" + random.Random(4).randbytes(90_000).hex().encode() + b"-->"


def workbook(*rows: tuple[object, ...]) -> bytes:
    """A workbook as openpyxl writes it."""
    book = Workbook()
    for row in rows or (("kind", "name", "e-mail"),):
        book.worksheets[0].append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def part(name: str, of: bytes | None = None) -> bytes:
    """A part of a package."""
    return zipfile.ZipFile(io.BytesIO(of or workbook())).read(name)


def with_parts(parts: dict[str, bytes], of: bytes | None = None, packed: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A workbook with these parts in place of its own, or added."""
    source = zipfile.ZipFile(io.BytesIO(of or workbook()))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", packed) as package:
        for name in dict.fromkeys([*source.namelist(), *parts]):
            package.writestr(name, parts[name] if name in parts else source.read(name))
    return file.getvalue()


def sheet(rows: bytes, before: bytes = b"", after: bytes = b"") -> bytes:
    """A workbook whose first sheet holds this XML as its rows."""
    return with_parts({SHEET: before + MAIN + b"<sheetData>" + rows + b"</sheetData>" + after + b"</worksheet>"})


def _entities(declared: bytes, used: bytes) -> bytes:
    before = b'<?xml version="1.0"?><!DOCTYPE worksheet [' + declared + b"]>"
    return sheet(b'<row r="1"><c r="A1" t="inlineStr"><is><t>' + used + b"</t></is></c></row>", before)


def _laughs(encoding: str = "utf-8") -> bytes:
    declared = b'<!ENTITY a "ha">' + b"".join(
        b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
    )
    plain = part(SHEET, _entities(declared, b"&j;")).decode()
    return with_parts({SHEET: plain.replace('"1.0"', f'"1.0" encoding="{encoding}"', 1).encode(encoding)})


def lying() -> bytes:
    """A sheet of 200 million characters whose package says that it has ten."""
    honest = with_parts({SHEET: MAIN + b" " * 200_000_000})
    size, checksum = len(MAIN) + 200_000_000, zlib.crc32(MAIN + b" " * 200_000_000)
    return honest.replace(size.to_bytes(4, "little"), (10).to_bytes(4, "little")).replace(
        checksum.to_bytes(4, "little"), zlib.crc32(MAIN[:10]).to_bytes(4, "little")
    )


def _many_sheets() -> bytes:
    listed = b"".join(b'<sheet name="s%d" sheetId="%d" r:id="rId1"/>' % (n, n) for n in range(10_000))
    named = part("xl/workbook.xml")
    return with_parts({"xl/workbook.xml": named.replace(b"</sheets>", listed + b"</sheets>")})


def _encrypted() -> bytes:
    content = bytearray(workbook())
    for found in re.finditer(b"PK\x01\x02", bytes(content)):
        content[found.start() + 8] |= 1
    return bytes(content)


def _holed() -> bytes:
    content = bytearray(workbook())
    start = zipfile.ZipFile(io.BytesIO(content)).getinfo(SHEET).header_offset + 30 + len(SHEET)
    content[start : start + 30] = b"\xff" * 30
    return bytes(content)


def _macro(name: str) -> bytes:
    if name == "part":
        return with_parts({"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0 a macro"})
    types = part("[Content_Types].xml")
    wanted = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    found = re.sub(rb"application/vnd\.openxmlformats-officedocument\.spreadsheetml\.sheet\.main\+xml", wanted, types)
    return with_parts({"[Content_Types].xml": found})


def _zip(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return file.getvalue()


BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "outside entity": (
        lambda: _entities(b'<!ENTITY x SYSTEM "file://%s">' % str(Path(__file__)).encode(), b"&x;"),
        "cannot be read",
    ),
    "outside document type": (
        lambda: sheet(b"", b'<?xml version="1.0"?><!DOCTYPE x SYSTEM "http://127.0.0.1:9/x">' + b"<!-- -->"),
        "cannot be read",
    ),
    "billion laughs": (_laughs, "cannot be read"),
    "billion laughs in another encoding": (lambda: _laughs("utf-16"), "cannot be read"),
    "quadratic blow-up": (
        lambda: _entities(b'<!ENTITY a "%s">' % (b"a" * 50_000), b"&a;" * 50_000),
        "cannot be read",
    ),
    "laughs in the styles": (
        lambda: with_parts(
            {"xl/styles.xml": b'<!DOCTYPE x [<!ENTITY a "ha">]>' + part("xl/styles.xml").split(b"?>")[-1]}
        ),
        "cannot be read",
    ),
    "zip bomb": (lambda: with_parts({SHEET: MAIN + b" " * 200_000_000}), "much more than a contact list"),
    "zip bomb in strings": (lambda: with_parts({"xl/sharedStrings.xml": b" " * 200_000_000}), "much more"),
    "zip bomb that lies": (lying, "cannot be read"),
    "zip bomb of another kind": (
        lambda: with_parts({SHEET: MAIN + b" " * 19_000_000}, packed=zipfile.ZIP_BZIP2),
        "damaged",
    ),
    "10,000 sheets": (_many_sheets, "much more"),
    "10,000 parts": (
        lambda: with_parts({f"xl/worksheets/sheet{n}.xml": MAIN + b"</worksheet>" for n in range(2, 10_000)}),
        "much more",
    ),
    "a million cells": (lambda: sheet(b'<row r="1">' + b"<c/>" * 1_000_000 + b"</row>", PADDING), "much more"),
    "a million attributes": (
        lambda: sheet(b"<row " + b" ".join(b'a%d=""' % n for n in range(1_000_000)) + b"/>"),
        "much more",
    ),
    "a million rows": (lambda: sheet(b"<row/>" * 1_000_000, PADDING), "much more"),
    "elements in one another": (lambda: sheet(b"<a>" * 400_000 + b"</a>" * 400_000, PADDING), "much more"),
    "a million strings": (lambda: with_parts({"xl/sharedStrings.xml": STRINGS + b"<si/>" * 1_000_000}), "much more"),
    "a million styles": (lambda: with_parts({"xl/styles.xml": PADDING + b"<xf/>" * 1_000_000}), "much more"),
    "3,000 rows": (lambda: workbook(*((f"p{n}@example.org",) for n in range(3_000))), "more than 2,500 rows"),
    "macros": (lambda: _macro("part"), "macros"),
    "a macro workbook by its type": (lambda: _macro("type"), "macros"),
    "a password": (_encrypted, "password"),
    "an old workbook": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 5_000, "old Excel file"),
    "a document": (lambda: _zip(**{"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<x/>"}), "not an Excel"),
    "another office's sheet": (lambda: _zip(mimetype=b"application/vnd.oasis", **{"content.xml": b"<x/>"}), "not an"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "neither an Excel workbook nor CSV"),
    "a PDF": (lambda: b"%PDF-1.7\n\x00\x01\x02 stream", "neither"),
    "half a workbook": (lambda: workbook()[:3_000], "damaged"),
    "a workbook with a hole": (_holed, "damaged"),
    "no sheet at all": (
        lambda: with_parts({"xl/workbook.xml": re.sub(b"<sheets>.*</sheets>", b"<sheets/>", part("xl/workbook.xml"))}),
        "no sheet",
    ),
    "nothing": (lambda: b"", "empty"),
    "only spaces": (lambda: b" \n \n", "empty"),
    "more than 5 MB": (lambda: b"a,b\n" * 1_300_000, "larger than 5 MB"),
    "a quotation mark that does not end": (lambda: b'kind,name\n"' + b"a" * 1_000_000, "cannot be read"),
    "too many lines": (lambda: b"a,b\n" * 1_000_000, "more than 2,500 rows"),
}


def _peak() -> int:
    """The most memory that this process has had, in bytes."""
    [line] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) * 1024


def answer(content: bytes) -> str:
    """What is said of a file."""
    try:
        return f"took {len(rows_of(content))} rows"
    except NotReadable as refusal:
        return str(refusal)


def main() -> None:
    """Read the files of a folder, each as if it came first, and print what was said and how much memory it took."""
    rows_of(workbook())
    found = {}
    for path in sorted(Path(sys.argv[1]).iterdir()):
        content = path.read_bytes()
        Path("/proc/self/clear_refs").write_text("5")  # from here on the peak is counted anew
        before = _peak()
        said = answer(content)
        found[path.name] = {"said": said, "more": _peak() - before}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
