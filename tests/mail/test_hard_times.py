"""Whatever the server does and whoever is killed: each letter arrives once, or fails where somebody sees it."""

import random
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import timedelta

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from service.mail.email import Email
from service.mail.outbox import Delivered, deliver, waiting
from service.mail.smtp import sender_for
from service.storage import open_store
from service.storage.store import RecordStore
from tests.mail.conftest import FROM, Clock, kept, letter_to, put
from tests.mail.deliverer import Deliverer
from tests.mail.server import ACCEPT, Answer, Drop, How, MailServer, Moment, Slow
from tests.paths import ROOT
from tests.wait_until import soon


def nothing_lost_nothing_doubled(store: RecordStore, server: MailServer, letters: Iterable[Email]) -> None:
    """Hold what is kept of each letter against what the server took."""
    for letter in letters:
        now, arrived = kept(store, letter), len(server.to(letter.to))
        assert (now.text, now.html) == ("", ""), f"{now.state} letters keep no link"
        if now.state == "sent":
            assert arrived == 1 or (letter.rather_twice and arrived > 1), f"{letter.to}: sent, {arrived} arrived"
        elif now.state == "unsure":
            assert arrived <= 1
            assert not letter.rather_twice
            assert now.said
        else:
            assert now.state == "bounced"
            assert arrived == 0 or letter.rather_twice
            assert now.said
    assert waiting(store).letters == 0


def deliver_until_nothing_waits(store: RecordStore, server: MailServer, clock: Clock) -> None:
    """As the jobs do, with hours that pass in between."""
    for _ in range(50):
        with sender_for(server.url, FROM) as sender:
            deliver(store, sender, clock, lambda tx, letter: True)
        if not waiting(store).letters:
            return
        clock.passes(hours=4)
    raise AssertionError("after eight days there are still letters that wait")


def until(happened: Callable[[], bool]) -> None:
    """Wait for what another process or thread is about to do."""
    soon(happened, pause=0.001)


@pytest.mark.parametrize("at", ["rcpt", "data", "end"])
@pytest.mark.parametrize("kept_by_server", [False, True])
def test_a_letter_that_was_leaving_when_the_process_was_killed_is_shown(
    store_url: str, store: RecordStore, server: MailServer, clock: Clock, at: Moment, kept_by_server: bool
) -> None:
    letters = put(store, *(letter_to(f"p{n}@example.org") for n in range(5)))
    server.treats("p2@example.org", Slow(60, at=at, kept=kept_by_server and at == "end"))
    deliverer = Deliverer(store_url, server.url, clock.now).begin()
    arrived = 3 if at == "end" and kept_by_server else 2
    until(lambda: server.tried["p2@example.org"] == 1 and len(server.taken) == arrived)
    deliverer.kill()
    assert [kept(store, letter).state for letter in letters] == ["sent", "sent", "leaving", "waiting", "waiting"]
    clock.passes(minutes=10)
    deliver_until_nothing_waits(store, server, clock)
    assert [kept(store, letter).state for letter in letters] == ["sent", "sent", "unsure", "sent", "sent"]
    nothing_lost_nothing_doubled(store, server, letters)


def test_letters_survive_a_process_that_is_killed_again_and_again(
    store_url: str, store: RecordStore, server: MailServer, clock: Clock
) -> None:
    chance = random.Random(1)
    letters = put(store, *(letter_to(f"p{n}@example.org", rather_twice=n % 4 == 0) for n in range(120)))
    for _ in range(6):
        deliverer = Deliverer(store_url, server.url, clock.now).begin()
        time.sleep(chance.uniform(0, 0.15))
        deliverer.kill()
        clock.passes(minutes=10)
    deliver_until_nothing_waits(store, server, clock)
    nothing_lost_nothing_doubled(store, server, letters)
    unsure = [letter for letter in letters if kept(store, letter).state == "unsure"]
    assert len(unsure) <= 6  # each death leaves at most one letter of which nobody knows


def test_two_processes_that_deliver_at_once_send_each_letter_once(
    store_url: str, store: RecordStore, server: MailServer, clock: Clock
) -> None:
    letters = put(store, *(letter_to(f"p{n}@example.org") for n in range(120)))
    for letter in letters:
        server.treats(letter.to, Slow(0.03, at="rcpt"))  # so that both have their turns
    deliverers = [Deliverer(store_url, server.url, clock.now) for _ in range(2)]
    sent = [deliverer.finish() for deliverer in [each.begin() for each in deliverers]]
    assert sum(sent) == 120
    assert min(sent) > 0
    assert len(server.taken) == 120
    nothing_lost_nothing_doubled(store, server, letters)


def test_a_server_that_is_started_anew_while_letters_leave_loses_none(
    store_url: str, store: RecordStore, server: MailServer, clock: Clock
) -> None:
    letters = put(store, *(letter_to(f"p{n}@example.org") for n in range(120)))
    for _ in range(3):
        deliverer, before = Deliverer(store_url, server.url, clock.now).begin(), len(server.taken)
        until(lambda: not deliverer.running or len(server.taken) >= before + 20)  # noqa: B023  # asked at once
        server.stop()
        server.start()
        deliverer.finish()
        clock.passes(minutes=10)
    deliver_until_nothing_waits(store, server, clock)
    nothing_lost_nothing_doubled(store, server, letters)
    unsure = [letter for letter in letters if kept(store, letter).state == "unsure"]
    assert len(unsure) <= 3


def test_no_request_waits_for_a_mail_server() -> None:
    """Only the jobs hand letters over; everybody else puts them into the outbox."""
    using = {
        path.relative_to(ROOT / "service").parts[0]
        for path in (ROOT / "service").rglob("*.py")
        for line in path.read_text().splitlines()
        if "import" in line and ("smtplib" in line or "mail.smtp" in line)
    }
    assert using == {"mail", "jobs"}


def test_three_days_without_a_server_end_in_failures_that_say_why(
    store: RecordStore, server: MailServer, clock: Clock
) -> None:
    letters = put(store, *(letter_to(f"p{n}@example.org") for n in range(4)))
    server.stop()
    for _ in range(4 * 24):
        with sender_for(server.url, FROM) as sender:
            delivered = deliver(store, sender, clock, lambda tx, letter: True)
        assert delivered in (Delivered(put_off=1), Delivered(bounced=1), Delivered())
        clock.passes(hours=1)
    server.start()
    nothing_lost_nothing_doubled(store, server, letters)
    assert {kept(store, letter).said for letter in letters} == {
        "The mail server cannot be reached: Connection refused."
    }


WAYS: list[How] = [
    Answer(450, "Busy"),
    Answer(421, "Closing"),
    Answer(550, "No such user"),
    Answer(451, "Later", at="data"),
    Answer(451, "Later", at="end"),
    Answer(554, "Spam", at="end"),
    Drop("rcpt"),
    Drop("data"),
    Drop("middle"),
    Drop("end"),
    Drop("end", kept=True),
]
GREETINGS: list[How] = [ACCEPT, ACCEPT, ACCEPT, Answer(421, "Busy"), Answer(554, "Go away"), Drop()]


BEFORE = st.lists(st.sampled_from(WAYS), min_size=1, max_size=3)
IN_THE_END = st.sampled_from([ACCEPT, Answer(550, "No such user")])


# what fails is not made smaller: each try takes real time
@settings(derandomize=True, max_examples=30, deadline=None, phases=[Phase.generate])
@given(
    ways=st.lists(st.tuples(st.booleans(), BEFORE, IN_THE_END), min_size=6, max_size=6),
    greetings=st.lists(st.sampled_from(GREETINGS), max_size=4),
)
def test_whatever_a_server_does_no_letter_is_lost_or_doubled_in_silence(
    ways: list[tuple[bool, list[How], How]], greetings: list[How]
) -> None:
    clock = Clock()
    with MailServer() as server, tempfile.TemporaryDirectory() as folder:
        store = open_store(f"tinydb:{folder}")
        letters = []
        for n, (rather_twice, met, then) in enumerate(ways):
            letters += put(store, letter_to(f"p{n}@example.org", rather_twice=rather_twice))
            server.treats(letters[-1].to, *met, then)
        server.greets(*greetings, ACCEPT)
        deliver_until_nothing_waits(store, server, clock)
        nothing_lost_nothing_doubled(store, server, letters)
        for letter, (_, met, _) in zip(letters, ways, strict=True):
            if not any(isinstance(way, Drop) and way.at in ("middle", "end") for way in met):
                assert kept(store, letter).state != "unsure", "nothing happened that would leave anybody in doubt"
        assert clock.now - Clock().now <= timedelta(days=2)
        store.close()
