"""Handing letters to a real server: of each it is known what became of it, and nothing goes in the clear."""

from dataclasses import replace
from datetime import timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import quote

import pytest

from service.mail.email import Email
from service.mail.sender import Outcome
from service.mail.smtp import SmtpSender, sender_for
from tests.mail.conftest import FROM, MORNING, letter_to
from tests.mail.server import ACCEPT, Answer, Drop, How, MailServer, Slow, Tls

SAM = "sam@example.org"


def to_server(server: MailServer, way: How = ACCEPT, url: str = "") -> SmtpSender:
    """A sender that does not wait long where slowness is what is tried."""
    return sender_for(url or server.url, FROM, step_seconds=3 if isinstance(way, Slow) and way.seconds > 3 else 60)


def sent(server: MailServer, letter: Email, url: str = "") -> Outcome:
    with to_server(server, url=url) as sender:
        return sender.send(letter)


def trusting(server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(server.authority))


def test_a_letter_arrives_as_it_was_written(server: MailServer) -> None:
    letter = letter_to(SAM, text="Zoë said: “It’s fine”.\n.\n..\nFrom here on – Ŵyn")
    assert sent(server, letter) == Outcome("taken")
    [mail] = server.taken
    assert (mail.sender, mail.recipients) == (FROM, (SAM,))
    assert (mail.text, mail.html) == (letter.text, letter.html)
    assert mail.message["Subject"] == letter.subject
    assert mail.message.get_content_type() == "multipart/alternative"
    assert all(len(line) <= 998 for line in mail.content.split(b"\r\n"))


def test_nothing_stands_in_its_head_but_what_a_letter_needs(server: MailServer) -> None:
    """No names of others, no tracking, nothing of the machine or the programs that sent it."""
    letter = letter_to(SAM)
    sent(server, letter)
    [mail] = server.taken
    assert set(mail.message.keys()) == {
        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type",
    }  # fmt: skip
    assert mail.message["From"] == FROM
    assert mail.message["To"] == SAM
    assert mail.message["Auto-Submitted"] == "auto-generated"
    assert mail.links == ["https://sayso.example.org/i/sam"]
    assert "<img" not in mail.html
    assert "http" not in mail.html.replace("<wbr>", "").replace("https://sayso.example.org/i/sam", "")


def test_a_letter_tried_again_can_be_recognised(server: MailServer) -> None:
    letter = replace(letter_to(SAM), tried_since=MORNING)
    for tries in range(3):
        sent(server, replace(letter, tries=tries, next_try_at=MORNING + timedelta(hours=tries)))
    heads = {(mail.message["Message-ID"], mail.message["Date"]) for mail in server.taken}
    assert len(server.taken) == 3
    [(message_id, date)] = heads
    assert message_id == f"<{letter.id}@brightwater.example.org>"
    assert parsedate_to_datetime(date) == MORNING


@pytest.mark.parametrize(
    ("way", "result", "said"),
    [
        (Answer(450, "4.2.1 Mailbox busy"), "put_off", "450 4.2.1 Mailbox busy"),
        (Answer(550, "5.1.1 No such user"), "refused", "550 5.1.1 No such user"),
        (Answer(451, "4.7.1 Greylisted", at="data"), "put_off", "451 4.7.1 Greylisted"),
        (Answer(554, "5.7.1 No thanks", at="data"), "refused", "554 5.7.1 No thanks"),
        (Answer(452, "4.3.1 Disk full", at="end"), "put_off", "452 4.3.1 Disk full"),
        (Answer(552, "5.3.4 Too big", at="end"), "refused", "552 5.3.4 Too big"),
        (Answer(421, "4.3.2 Shutting down"), "put_off", "421 4.3.2 Shutting down"),
        (Answer(421, "4.3.2 Shutting down", at="end"), "put_off", "421 4.3.2 Shutting down"),
        (Answer(530, "5.7.0 Log in first"), "unreachable", "530 5.7.0 Log in first"),
        (Answer(250, "Taken, it seems", at="data"), "put_off", "250 Taken, it seems"),
        (Answer(354, "What?", at="end"), "unsure", "Nobody knows whether it arrived: the mail server answered '354"),
        (Drop("rcpt"), "put_off", "The mail server broke the connection."),
        (Drop("data"), "put_off", "The mail server broke the connection."),
        (Drop("end"), "unsure", "nobody knows whether it arrived"),
        (Drop("end", kept=True), "unsure", "nobody knows whether it arrived"),
        (Slow(60, at="rcpt"), "put_off", "The mail server did not answer in time."),
        (Slow(60, at="end"), "unsure", "nobody knows whether it arrived"),
        (Slow(0.2, at="end"), "taken", ""),
    ],
    ids=str,
)  # fmt: skip
def test_of_each_letter_it_is_known_what_became_of_it(server: MailServer, way: How, result: str, said: str) -> None:
    server.treats(SAM, way)
    with to_server(server, way) as sender:
        assert sender.send(letter_to("before@example.org")).result == "taken"
        outcome = sender.send(letter_to(SAM))
        assert sender.send(letter_to("after@example.org")).result == "taken"
    assert outcome.result == result
    assert said in outcome.said
    assert len(server.to("before@example.org")) == len(server.to("after@example.org")) == 1
    assert len(server.to(SAM)) == (result == "taken" or way == Drop("end", kept=True))


def test_a_drop_in_mid_letter_is_never_taken_for_a_letter_that_arrived(server: MailServer) -> None:
    server.treats(SAM, Drop("middle"))
    for text in ("Short.", "Long. " * 40_000):
        assert sent(server, letter_to(SAM, text=text)).result in ("put_off", "unsure")
    assert server.taken == []


@pytest.mark.parametrize(
    ("way", "said"),
    [
        (Answer(421, "4.3.2 Too busy"), "421 4.3.2 Too busy"),
        (Answer(554, "5.7.1 Your kind is not welcome"), "554 5.7.1 Your kind is not welcome"),
        (Drop(), "The mail server broke the connection."),
        (Slow(60), "The mail server did not answer in time."),
    ],
    ids=str,
)
def test_a_server_that_does_not_greet_is_no_fault_of_the_letter(server: MailServer, way: How, said: str) -> None:
    server.greets(way)
    with to_server(server, way) as sender:
        assert sender.send(letter_to(SAM)) == Outcome("unreachable", said)


def test_a_server_that_is_away_is_said_to_be_so(server: MailServer) -> None:
    server.stop()
    assert sent(server, letter_to(SAM)) == Outcome(
        "unreachable", "The mail server cannot be reached: Connection refused."
    )


def test_many_letters_go_over_one_connection(server: MailServer) -> None:
    server.treats("gone@example.org", Answer(550))
    with to_server(server) as sender:
        for n in range(5):
            sender.send(letter_to(f"p{n}@example.org"))
            sender.send(letter_to("gone@example.org"))
    assert len(server.taken) == 5
    assert server.connections == 1


def test_a_server_that_was_started_anew_between_two_letters_is_not_even_noticed(server: MailServer) -> None:
    with to_server(server) as sender:
        for n in range(3):
            assert sender.send(letter_to(f"p{n}@example.org")) == Outcome("taken")
            server.stop()
            server.start()
    assert [mail.recipients for mail in server.taken] == [(f"p{n}@example.org",) for n in range(3)]


def test_the_words_of_a_server_are_cleaned_and_cut(server: MailServer) -> None:
    server.treats(SAM, Answer(550, "No\x07 \x1b[31m such   user\t" + "x" * 480))
    said = sent(server, letter_to(SAM)).said
    assert said.startswith("550 No [31m such user xxx")
    assert len(said) == 300


@pytest.mark.parametrize(
    "change",
    [
        {"to": "sam@example.org\r\nBcc: everyone@example.org"},
        {"to": "sam@example.org\nRCPT TO:<everyone@example.org>"},
        {"to": "sam@example.org, everyone@example.org"},
        {"to": "sam@example.org everyone@example.org"},
        {"to": "Sam <sam@example.org>"},
        {"to": "<sam@example.org>,<everyone@example.org>"},
        {"to": "group: sam@example.org;"},
        {"to": '"sam@example.org everyone"@example.org'},
        {"to": "@relay.example.org:sam@example.org"},
        {"to": "sam"},
        {"to": "@example.org"},
        {"to": ""},
        {"to": f"{'s' * 300}@example.org"},
        {"subject": "Your views\r\nBcc: everyone@example.org"},
        {"subject": "Your views\n\n<p>Another letter</p>"},
        {"subject": "Your views\u2028Bcc: everyone@example.org"},
    ],
    ids=lambda change: ascii(change)[:50],
)
def test_what_could_reach_somebody_else_is_refused_before_a_server_hears_of_it(
    server: MailServer, change: dict[str, str]
) -> None:
    outcome = sent(server, replace(letter_to(SAM), **change))  # type: ignore[arg-type]
    assert outcome.result == "refused"
    assert "must be one line" in outcome.said or "is not an e-mail address" in outcome.said
    assert server.connections == 0


@pytest.mark.parametrize(
    ("address", "envelope"),
    [
        ("zoë@example.org", "zoë@example.org"),
        ("zoë@münchen.example", "zoë@xn--mnchen-3ya.example"),
        ("zoe@straße.example", "zoe@straße.example"),  # the old rules would ask for strasse.example, somebody else
    ],
)
def test_an_international_address_is_used_where_it_can_be(server: MailServer, address: str, envelope: str) -> None:
    assert sent(server, letter_to(address)) == Outcome("taken")
    [mail] = server.taken
    assert mail.recipients == (envelope,)
    assert mail.message["To"] == envelope


def test_an_international_domain_needs_no_international_server() -> None:
    with MailServer(international=False) as server:
        assert sent(server, letter_to("zoe@münchen.example")) == Outcome("taken")
    assert server.taken[0].recipients == ("zoe@xn--mnchen-3ya.example",)


def test_an_international_address_bounces_in_plain_words_where_it_cannot_be_used() -> None:
    with MailServer(international=False) as server, to_server(server) as sender:
        outcome = sender.send(letter_to("zoë@example.org"))
        assert outcome == Outcome(
            "refused", "The mail server cannot send to zoë@example.org: it takes plain addresses only."
        )
        assert sender.send(letter_to(SAM)) == Outcome("taken")
    assert server.connections == 1


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_letters_go_encrypted_after_the_login(tls: Tls, monkeypatch: pytest.MonkeyPatch) -> None:
    user, password = "sayso@example.org", "p@ss:w/ord%41"
    with MailServer(tls=tls, login=(user, password)) as server:
        trusting(server, monkeypatch)
        plain = server.url
        url = plain.replace(f"{user}:{password}", f"{quote(user, safe='')}:{quote(password, safe='')}")
        assert sent(server, letter_to(SAM), url) == Outcome("taken")
        assert [mail.recipients for mail in server.taken] == [(SAM,)]


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_a_wrong_password_is_no_fault_of_the_letter(tls: Tls, monkeypatch: pytest.MonkeyPatch) -> None:
    with MailServer(tls=tls, login=("sayso", "right")) as server:
        trusting(server, monkeypatch)
        outcome = sent(server, letter_to(SAM), server.url.replace("right", "wrong"))
        assert outcome == Outcome("unreachable", "535 5.7.8 Authentication credentials invalid")
        outcome = sent(server, letter_to(SAM), server.url.replace("right", quote("é")))
        assert outcome.result == "unreachable"
        assert "plain letters" in outcome.said
        outcome = sent(server, letter_to(SAM), server.url.replace("sayso:right@", ""))
        assert outcome == Outcome("unreachable", "530 5.7.0 Authentication required")
    assert server.taken == []


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_a_server_that_cannot_prove_who_it_is_gets_neither_password_nor_letter(
    tls: Tls, monkeypatch: pytest.MonkeyPatch
) -> None:
    with MailServer(tls=tls, login=("sayso", "secret")) as server:
        outcome = sent(server, letter_to(SAM))
        assert outcome.result == "unreachable"
        assert "certificate is not trusted" in outcome.said
    with MailServer(tls=tls, login=("sayso", "secret"), name="other.example.org") as server:
        trusting(server, monkeypatch)
        outcome = sent(server, letter_to(SAM))
        assert outcome.result == "unreachable"
        assert "certificate is not trusted" in outcome.said
    assert server.tried == {}


def test_nothing_is_said_to_a_server_that_offers_no_encryption(server: MailServer) -> None:
    outcome = sent(server, letter_to(SAM), server.url.removesuffix("?tls=none"))
    assert outcome == Outcome("unreachable", "STARTTLS extension not supported by server.")
    assert server.tried == {}


def test_passwords_stand_in_no_picture_of_the_sender() -> None:
    sender = sender_for("smtps://sayso:secret@mail.example.org", FROM)
    assert "secret" not in repr(sender) + repr(vars(sender))


def test_letters_cannot_come_from_what_is_not_an_address() -> None:
    with pytest.raises(ValueError, match="is not an e-mail address"):
        sender_for("smtp://localhost?tls=none", "Sayso <sayso@example.org>, x")


def test_a_letter_put_off_leaves_the_server_ready_for_the_next(server: MailServer) -> None:
    server.treats(SAM, Answer(451), ACCEPT)
    with to_server(server) as sender:
        assert [sender.send(letter_to(SAM)).result for _ in range(2)] == ["put_off", "taken"]
    assert server.connections == 1
