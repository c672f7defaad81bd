"""What letters say to those who are asked: everything that they need, no child's name, nothing that watches them."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from html import unescape

import pytest

from service.answers.reader_text import reader_text
from service.collection.invitations.emails import Kind, code_writer, writer
from service.collection.models.home import Contact, Home
from service.collection.models.invitation import Invitation, new_token
from service.collection.models.published_form import FormRef
from service.collection.models.round import Round
from service.definitions import Form
from service.mail.email import Words, new_email
from service.mail.message import written

BASE = "https://sayso.example.org"
MORNING = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
HOME = Home("larch-house", "Larch House", "childrens_home", "Brightwater Care", contacts=(Contact("Amina", "0300"),))
ROUND = Round(
    "r1",
    HOME.id,
    "Your views, autumn",
    "Reg 45 review",
    tuple(FormRef(name, 1, name) for name in ("social-worker-views", "parent-views", "foster-carer-views")),
    MORNING,
    date(2026, 11, 22),
)
SAM = Invitation(
    "i1", "r1", "social-worker-views", MORNING, date(2026, 11, 22), "Sam Okafor", "sam@example.org", "the review"
)
LINKED: tuple[Kind, ...] = ("invitation", "reminder", "new_link")
KINDS = (*LINKED, "code")

Letters = Callable[..., Words]


@pytest.fixture
def letter(library: dict[str, Form]) -> Letters:
    def made(
        kind: str,
        person: Invitation = SAM,
        home: Home = HOME,
        token: str = "",
        changes: dict[str, object] | None = None,
    ) -> Words:
        def forms(name: str) -> Form:
            return Form.of({**library[name].to_json(), **changes}) if changes else library[name]

        if kind == "code":
            return code_writer(ROUND, home, forms)(person, "012345")
        return writer(kind, ROUND, home, forms, f"{BASE}/")(person, token or new_token())  # type: ignore[arg-type]

    return made


@pytest.mark.parametrize("kind", LINKED)
def test_a_letter_says_who_asks_about_what_for_how_long_until_when_and_who_reads(letter: Letters, kind: str) -> None:
    words = letter(kind, token="t" * 43)
    as_read = unescape(re.sub("<[^>]+>", "", words.html))
    for said in (
        "Dear Sam Okafor,",
        "Larch House",
        "about the review",
        "about 3 minutes",
        "until 22 November 2026",
        "Who reads your answers: the registered manager and the responsible individual.",
        "Opening the link changes nothing.",
        "You may pass this letter on",
        "If you are not the right person",
        "Thank you\nLarch House\nBrightwater Care",
        f"{BASE}/i/{'t' * 43}\n",
    ):
        assert said in words.text
        assert said in as_read
    assert ("We wrote to you on 2 November 2026." in words.text) == (kind == "reminder")


@pytest.mark.parametrize("kind", LINKED)
def test_the_subject_says_it_all(letter: Letters, kind: str) -> None:
    subject = letter(kind).subject
    for said in ("Larch House", "3 minutes", "22 November 2026"):
        assert said in subject
    assert len(subject) <= 78, "more is cut off on a phone"


def test_kinds_of_letters_are_told_apart_by_their_subjects(letter: Letters) -> None:
    assert len({letter(kind).subject for kind in KINDS}) == len(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_in_a_letter_watches_its_reader(letter: Letters, kind: str) -> None:
    words = letter(kind, token="t" * 43)
    assert not re.search(r"<(img|link|script|style|iframe|object)|\b(src|background|style|on\w+)\s*=|url\(", words.html)
    addresses = set(re.findall(r"https?://[^\s\"<]+", words.text + words.html.replace("<wbr>", "")))
    assert addresses == (set() if kind == "code" else {f"{BASE}/i/{'t' * 43}"}), "the link alone, with nothing added"


@pytest.mark.parametrize("kind", KINDS)
def test_a_letter_without_a_label_or_a_name_still_reads_well(letter: Letters, kind: str) -> None:
    text = letter(kind, replace(SAM, name="", label="")).text
    assert text.startswith("Hello,\n")
    assert not re.search(r"about \.|\babout,|  |\{|\}|None", text)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "nasty",
    [
        "Sam\r\nBcc: everyone@example.org",
        "Sam\nSubject: Other",
        "Sam\x00\x07\x1b[31m",
        "Sam\u2028Bcc: x@example.org",
        "<img src=x onerror=alert(1)>",
        "{0.__class__} {token} %s",
        "=1+1",
        "Zoë 👩🏽‍🚀 مرحبا",
    ],
)
def test_whatever_a_list_of_people_holds_a_letter_has_one_recipient_and_one_subject(
    letter: Letters, kind: str, nasty: str
) -> None:
    person = replace(SAM, name=nasty, label=nasty)
    words = letter(kind, person, replace(HOME, name=f"Larch {nasty}", provider=nasty))
    sent = written(new_email("invitation", person.email, words, MORNING), "sayso@example.org")
    head = sent.content.partition(b"\r\n\r\n")[0].decode()
    heads = re.findall(r"^([\w-]+):", head, re.MULTILINE)
    assert heads.count("To") == heads.count("Subject") == 1
    assert not {"Bcc", "Cc"} & set(heads)
    assert sent.recipient == "sam@example.org"
    assert "<img" not in words.html


@pytest.mark.parametrize("kind", KINDS)
def test_neither_the_round_nor_the_homes_people_are_told_of(letter: Letters, kind: str) -> None:
    """A title or reason may name a child; only the label is meant for letters."""
    words = letter(kind)
    for untold in (ROUND.title, ROUND.reason, "Amina"):
        assert untold not in words.subject + words.text + words.html


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"identity": "anonymous", "readers": []}, "No one reads your answers one by one."),
        ({"identity": "anonymous", "readers": []}, "Nobody can find out who answered."),
        ({"identity": "pseudonymous"}, "Your name is not shown with your answers."),
        ({"identity": "named"}, "can see who said what"),
    ],
)
def test_a_letter_promises_what_the_form_promises(letter: Letters, changes: dict[str, object], said: str) -> None:
    assert said in letter("invitation", changes=changes).text


def test_a_code_stands_by_itself_and_its_letter_says_what_it_is_for(letter: Letters) -> None:
    words = letter("code")
    assert "\n\nYour code is 012345\n\n" in words.text
    for said in ("15 minutes", "Somebody opened your link", "give this code to nobody"):
        assert said in words.text
    assert "012345" not in words.subject


def test_a_letter_says_all_of_who_reads_what_as_the_form_does(letter: Letters, library: dict[str, Form]) -> None:
    text = reader_text(library["social-worker-views"], "en")
    said = letter("invitation").text
    assert all(words in said for words in (text.line, *text.sentences))
