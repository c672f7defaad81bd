"""A workbook that comes from outside, unpacked with care: nothing it says of its own sizes is believed."""

import io
import re
import zlib
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

LARGEST_UNPACKED = 20_000_000  # bytes
MOST_PARTS = 200  # of a workbook's package
LARGEST_RATIO = 100
MOST_TAGS = 300_000  # 2,000 rows of 16 columns: more than a contact list has
MOST_ATTRIBUTES = 200_000
MOST_SMALL_TAGS = 40_000  # of a part that is no list: styles, the list of sheets
SAVE_AGAIN = "Open it in your spreadsheet program and save it again as an Excel workbook (.xlsx) or as CSV."

# What is read: the list of the parts, the strings, the styles (for dates) and the sheets.
_NEEDED = re.compile(r"\[Content_Types\]\.xml|_rels/\.rels|xl/[^/]+\.xml|xl/_rels/[^/]+\.rels|xl/worksheets/[^/]+\.xml")


class NotReadable(Exception):
    """A file cannot be read as a list; the message is a sentence for whoever sent it."""


def unpacked(content: bytes) -> io.BytesIO:
    """A package of the same parts, those that are read, each as large as it says. Raises NotReadable."""
    # before its directory is read, which may be long
    if content.count(b"PK\x01\x02") > MOST_PARTS:
        raise too_much()
    copied = io.BytesIO()
    try:
        with ZipFile(io.BytesIO(content)) as package, ZipFile(copied, "w", ZIP_STORED) as copy:
            parts = package.infolist()
            _check_package(parts, len(content))
            left = LARGEST_UNPACKED
            tags = attributes = 0
            for part in parts:
                if not _NEEDED.fullmatch(part.filename):
                    continue
                xml = _read(package, part, left)
                left -= len(xml)
                tags += xml.count(b"<")
                attributes += xml.count(b"=")
                if tags > MOST_TAGS or attributes > MOST_ATTRIBUTES:
                    raise too_much()
                _check_part(part.filename, xml)
                copy.writestr(part.filename, xml)
    except (BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError):
        raise NotReadable(f"This workbook is damaged. {SAVE_AGAIN}") from None
    copied.seek(0)
    return copied


def _check_package(parts: list[ZipInfo], size: int) -> None:
    names = [part.filename for part in parts]
    if "xl/vbaProject.bin" in names:
        raise NotReadable("This workbook holds macros, which are not opened here. Save it as .xlsx without them.")
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise NotReadable(f"This is not an Excel workbook. {SAVE_AGAIN}")
    if len(set(names)) < len(names) or any(part.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for part in parts):
        raise NotReadable(f"This workbook is damaged. {SAVE_AGAIN}")
    if any(part.flag_bits & 1 for part in parts):
        raise NotReadable("This workbook has a password. Save it without one.")
    claimed = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or claimed > LARGEST_UNPACKED or claimed > size * LARGEST_RATIO:
        raise too_much()


def _read(package: ZipFile, part: ZipInfo, most: int) -> bytes:
    """A part's bytes, read a little at a time: reading it whole would unpack all before anything is counted."""
    pieces = []
    with package.open(part) as stream:
        while piece := stream.read(65_536):
            most -= len(piece)
            if most < 0:
                raise too_much()
            pieces.append(piece)
    return b"".join(pieces)


def _check_part(name: str, xml: bytes) -> None:
    if b"<!DOCTYPE" in xml:  # no workbook has one; in other encodings the parser refuses what it may declare
        raise NotReadable(f"This workbook cannot be read. {SAVE_AGAIN}")
    if b"macroEnabled" in xml and name == "[Content_Types].xml":
        raise NotReadable("This workbook holds macros, which are not opened here. Save it as .xlsx without them.")
    long = name == "xl/sharedStrings.xml" or name.startswith("xl/worksheets/")
    if not long and xml.count(b"<") > MOST_SMALL_TAGS:
        raise too_much()


def too_much() -> NotReadable:
    return NotReadable(
        "This holds much more than a contact list. Copy the list into a new workbook, or save its sheet as CSV."
    )
