"""One message, written as text and as simple HTML, with nothing in it that watches who reads it."""

from collections.abc import Iterable, Sequence
from html import escape
from urllib.parse import urlsplit

from service.mail.email import Words

PIECE = 24  # letters of an address that stand together


class NotOneLine(ValueError):
    """What stands in a letter's head holds a line break or another control character: it could add heads of its own."""


def words(
    subject: str,
    greeting: str,
    paragraphs: Sequence[str],
    button: tuple[str, str] | None,
    closing: Sequence[str],
    language: str = "en",
) -> Words:
    """The same message twice: as text, and as HTML without pictures, styles or anything fetched from elsewhere.

    Everything given is plain text. Each of `paragraphs` and of `closing` stands by itself; a line break inside one is
    kept, one that is empty is left out. `button` is a label and a web address, which is shown in full as well;
    `language` is the one that it is all in. Raises NotOneLine for a subject on more than one line, ValueError for an
    address that is not on the web.
    """
    subject = one_line(subject.strip().expandtabs(1), "subject")
    before = [greeting, *paragraphs]
    if button is None:
        page = _as_html(subject, language, _paragraphs([*before, *closing]))
        return Words(subject, _as_text([*before, *closing]), page)
    label, address = button[0], _web_address(button[1])
    link = f'<p><a href="{escape(address)}">{escape(_clean(label))}<br>\n{_breakable(address)}</a></p>'
    return Words(
        subject,
        _as_text([*before, f"{label}:\n{address}", *closing]),
        _as_html(subject, language, [*_paragraphs(before), link, *_paragraphs(closing)]),
    )


def one_line(text: str, what: str) -> str:
    """The text as it is, for the head of a letter. Raises NotOneLine, naming `what` it was to be."""
    if any(_is_control(character) for character in text):
        raise NotOneLine(f"The {what} of a letter must be one line without control characters.")
    return text


def _breakable(address: str) -> str:
    """An address to read, which breaks where a phone's screen ends: one in a piece makes the whole letter small."""
    return "<wbr>".join(escape(address[at : at + PIECE]) for at in range(0, len(address), PIECE))


def _web_address(address: str) -> str:
    if urlsplit(address).scheme not in ("http", "https") or not address.isprintable() or " " in address:
        raise ValueError("The link in a letter must be an address on the web.")
    return address


def _as_text(parts: Iterable[str]) -> str:
    return "\n\n".join(filter(None, map(_clean, parts))) + "\n"


def _as_html(subject: str, language: str, parts: Iterable[str]) -> str:
    head = f'<meta charset="utf-8">\n<title>{escape(subject)}</title>'
    body = "\n".join(parts)
    html = f'<html lang="{escape(language)}">'
    return f"<!doctype html>\n{html}\n<head>\n{head}\n</head>\n<body>\n{body}\n</body>\n</html>\n"


def _paragraphs(parts: Iterable[str]) -> list[str]:
    return [f"<p>{_lines(part)}</p>" for part in map(_clean, parts) if part]


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>\n")


def _clean(text: str) -> str:
    """Text with its line breaks, and no other control characters: mail programs make anything of those."""
    lines = text.strip().expandtabs(1).splitlines()
    return "\n".join("".join(c for c in line if not _is_control(c)).rstrip() for line in lines)


def _is_control(character: str) -> bool:
    return ord(character) < 32 or 127 <= ord(character) < 160 or character in "\u2028\u2029"
