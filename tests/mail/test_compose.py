"""A message says the same as text and as HTML, holds nothing that watches, and adds no head of its own."""

import re
from email.message import EmailMessage
from html.parser import HTMLParser

import pytest

from service.mail.compose import NotOneLine, words
from service.mail.email import Words

LINK = "https://sayso.example.org/i/AbC_123?a=1&b=2"
BREAKS = ["\n", "\r", "\r\n", "\0", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029", "\x7f"]


def letter(**changes: object) -> Words:
    given = {
        "subject": "Your views about Larch House",
        "greeting": "Hello Sam,",
        "paragraphs": ["Larch House asks for your views.", "It takes three minutes.\nNobody else sees them."],
        "button": ("Give your views", LINK),
        "closing": ["The link works until 24 December 2026.", "Larch House"],
    }
    return words(**(given | changes))  # type: ignore[arg-type]


class _Reading(HTMLParser):
    """What a reader sees of a page, and every tag and attribute in it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self._in_head = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self._in_head = tag == "title" or (self._in_head and tag != "body")

    def handle_data(self, data: str) -> None:
        self.text += "" if self._in_head else data


def test_both_say_the_same_in_the_same_order() -> None:
    made = letter()
    assert made.text == (
        "Hello Sam,\n\n"
        "Larch House asks for your views.\n\n"
        "It takes three minutes.\nNobody else sees them.\n\n"
        f"Give your views:\n{LINK}\n\n"
        "The link works until 24 December 2026.\n\n"
        "Larch House\n"
    )
    seen = _Reading(made.html)
    assert seen.text.split() == made.text.replace("views:", "views").split()
    assert ("href", LINK) in seen.attributes


def test_nothing_in_it_is_fetched_or_watches() -> None:
    seen = _Reading(letter().html)
    assert set(seen.tags) == {"html", "head", "meta", "title", "body", "p", "a", "br", "wbr"}
    assert {name for name, _ in seen.attributes} == {"lang", "charset", "href"}
    assert re.findall(r"https?://[^\s\"<]+", letter().html.replace("<wbr>", "")) == [LINK.replace("&", "&amp;")] * 2


def test_a_long_address_is_no_wider_than_a_phone() -> None:
    link = "https://sayso.example.org/i/" + "t" * 43
    html = letter(button=("Give your views", link)).html
    assert max(map(len, re.split(r"<[^>]+>|\s+", html))) <= 24
    assert html.count(f'href="{link}"') == 1
    assert f"{link}</a>" in html.replace("<wbr>", ""), "a piece of it alone would be made a link of its own"


def test_what_people_typed_stays_text() -> None:
    made = letter(
        subject="<b>Reg 45</b> & more",
        greeting='Hello <script>alert("1")</script>,',
        paragraphs=["</p><img src=x onerror=alert(1)>"],
        closing=["O'Brien & Sons <sam@example.org>"],
    )
    seen = _Reading(made.html)
    assert set(seen.tags) == {"html", "head", "meta", "title", "body", "p", "a", "br", "wbr"}
    assert "<script>" in seen.text
    assert "O'Brien & Sons <sam@example.org>" in made.text


@pytest.mark.parametrize("line_break", BREAKS)
def test_a_subject_on_two_lines_is_refused(line_break: str) -> None:
    with pytest.raises(NotOneLine, match="subject of a letter must be one line"):
        letter(subject=f"Your views{line_break}Bcc: everyone@example.org")


@pytest.mark.parametrize("line_break", BREAKS)
def test_no_control_character_is_left_in_what_it_says(line_break: str) -> None:
    made = letter(greeting=f"Hello{line_break}Sam\t!", button=(f"Give{line_break}views", LINK))
    for said in (made.text, made.html):
        assert not [c for c in said if (ord(c) < 32 and c != "\n") or 127 <= ord(c) < 160 or c in "\u2028\u2029"]


def test_a_letter_without_a_button_has_no_link() -> None:
    made = letter(button=None)
    assert "a" not in _Reading(made.html).tags
    assert "http" not in made.text + made.html


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "data:text/html,x", "/i/abc", "", "https://a.example/ b", "https://a.example/\nx"],
)
def test_only_an_address_on_the_web_is_linked(address: str) -> None:
    with pytest.raises(ValueError, match="address on the web"):
        letter(button=("Open", address))


def test_empty_paragraphs_leave_no_gaps() -> None:
    made = letter(paragraphs=["", "  ", "One."], closing=[])
    assert made.text == f"Hello Sam,\n\nOne.\n\nGive your views:\n{LINK}\n"
    assert "<p></p>" not in made.html


def test_the_subject_fits_into_a_head_as_it_is() -> None:
    made = letter(subject="Eich barn am Dŷ Llarwydd – 😀")
    message = EmailMessage()
    message["Subject"] = made.subject
    assert message["Subject"] == "Eich barn am Dŷ Llarwydd – 😀"
