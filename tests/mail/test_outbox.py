"""Every letter leaves once or fails where somebody sees it, and nobody's trouble holds up the rest."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from service.collection.models.invitation import Invitation
from service.mail.email import Email, EmailKind
from service.mail.outbox import Delivered, Waiting, deliver, waiting
from service.mail.sender import Outcome, Sender
from service.mail.smtp import sender_for
from service.repository import Transaction
from service.storage.store import RecordStore
from tests.mail.conftest import FROM, MORNING, Clock, kept, letter_to, put
from tests.mail.server import ACCEPT, Answer, Drop, MailServer, Slow
from tests.storage.samples import INVITATION

SAM, KIM, ALI = "sam@example.org", "kim@example.org", "ali@example.org"


def always(_: Transaction, __: Email) -> bool:
    return True


def run(
    store: RecordStore,
    server: MailServer,
    clock: Clock,
    wanted: Callable[[Transaction, Email], bool] = always,
    enough: Callable[[], bool] = lambda: False,
    step_seconds: float = 20,
) -> Delivered:
    with sender_for(server.url, FROM, step_seconds=step_seconds) as sender:
        return deliver(store, sender, clock, wanted, enough)


def put_off(store: RecordStore, server: MailServer, clock: Clock, letter: Email) -> timedelta:
    """Try once more when its time has come; how long it then has to wait."""
    clock.now = max(clock.now, kept(store, letter).next_try_at)
    run(store, server, clock)
    return kept(store, letter).next_try_at - clock.now


def test_letters_leave_once_and_keep_no_link(store: RecordStore, server: MailServer, clock: Clock) -> None:
    letters = put(store, letter_to(SAM), letter_to(KIM))
    assert run(store, server, clock) == Delivered(sent=2)
    assert run(store, server, clock) == Delivered()
    assert [mail.recipients for mail in server.taken] == [(SAM,), (KIM,)]
    for letter in letters:
        assert kept(store, letter) == replace(
            letter, state="sent", tries=1, text="", html="", left_at=MORNING, tried_since=MORNING,
            next_try_at=kept(store, letter).next_try_at,
        )  # fmt: skip
    assert "https://" not in repr([*store[Email].all()])


def test_two_hundred_letters_leave_once_each(store: RecordStore, server: MailServer, clock: Clock) -> None:
    people = [f"person-{n}@example.org" for n in range(200)]
    put(store, *(letter_to(person) for person in people))
    assert run(store, server, clock) == Delivered(sent=200)
    assert sorted(mail.recipients for mail in server.taken) == sorted((person,) for person in people)
    assert all(mail.message["To"] == mail.recipients[0] for mail in server.taken)
    assert server.connections == 1


def test_letters_wait_for_a_server_that_is_away(store: RecordStore, server: MailServer, clock: Clock) -> None:
    first, second = put(store, letter_to(SAM), letter_to(KIM))
    server.stop()
    assert run(store, server, clock) == Delivered(put_off=1)
    assert kept(store, second) == second
    assert kept(store, first).state == "waiting"
    assert kept(store, first).said == "The mail server cannot be reached: Connection refused."
    assert kept(store, first).text == first.text
    server.start()
    clock.passes(minutes=1)
    assert run(store, server, clock) == Delivered(sent=2)
    assert len(server.to(SAM)) == len(server.to(KIM)) == 1


def test_each_try_waits_longer_and_after_three_days_the_last_words_are_shown(
    store: RecordStore, server: MailServer, clock: Clock
) -> None:
    [letter] = put(store, letter_to(SAM))
    server.treats(SAM, *(Answer(450, f"Busy {n}") for n in range(1, 100)))
    waits = []
    while kept(store, letter).state == "waiting":
        waits.append(put_off(store, server, clock, letter) / timedelta(minutes=1))
    assert waits[:4] == [1, 5, 15, 60]
    assert set(waits[4:-1]) == {240}
    assert timedelta(days=3) <= clock.now - MORNING < timedelta(days=3, hours=4)
    bounced = kept(store, letter)
    assert (bounced.state, bounced.said) == ("bounced", f"450 Busy {bounced.tries}")
    assert (bounced.text, bounced.html, bounced.left_at) == ("", "", clock.now)
    assert bounced.subject == letter.subject
    clock.passes(days=1)
    assert run(store, server, clock) == Delivered()
    assert server.taken == []


def test_one_that_is_refused_shows_why_and_the_rest_leave(store: RecordStore, server: MailServer, clock: Clock) -> None:
    sam, kim, ali, bo = put(
        store, letter_to(SAM), letter_to(KIM), letter_to(ALI), letter_to("bo@example.org\nBcc: x@example.org")
    )
    server.treats(SAM, Answer(550, "5.1.1 No such mailbox"))
    server.treats(KIM, Answer(451, "Later"), ACCEPT)
    assert run(store, server, clock) == Delivered(sent=1, bounced=2, put_off=1)
    assert kept(store, ali).state == "sent"
    assert (kept(store, sam).state, kept(store, sam).said) == ("bounced", "550 5.1.1 No such mailbox")
    assert (kept(store, sam).text, kept(store, sam).html) == ("", "")
    assert (kept(store, kim).state, kept(store, kim).said) == ("waiting", "451 Later")
    assert (kept(store, bo).state, kept(store, bo).said) == (
        "bounced",
        "The address of a letter must be one line without control characters.",
    )
    clock.passes(minutes=1)
    assert run(store, server, clock) == Delivered(sent=1)


def test_a_slow_mailbox_does_not_hold_up_the_rest(store: RecordStore, server: MailServer, clock: Clock) -> None:
    slow, *rest = put(store, letter_to(SAM), *(letter_to(f"p{n}@example.org") for n in range(5)))
    server.treats(SAM, Slow(60, at="rcpt"))
    assert run(store, server, clock, step_seconds=1) == Delivered(sent=5, put_off=1)
    assert kept(store, slow).said == "The mail server did not answer in time."
    assert {kept(store, letter).state for letter in rest} == {"sent"}


def test_a_server_that_breaks_again_and_again_ends_the_run(
    store: RecordStore, server: MailServer, clock: Clock
) -> None:
    letters = put(store, *(letter_to(f"p{n}@example.org") for n in range(5)))
    for n in range(5):
        server.treats(f"p{n}@example.org", Drop("end"), ACCEPT)
    assert run(store, server, clock) == Delivered(unsure=3)
    assert [kept(store, letter).state for letter in letters] == ["unsure"] * 3 + ["waiting"] * 2
    assert kept(store, letters[3]).tries == 0


def test_a_reminder_to_somebody_who_has_answered_is_dropped(
    store: RecordStore, server: MailServer, clock: Clock
) -> None:
    """Asked in the commit that claims it, with all that the store holds at that moment."""
    with store.transaction() as tx:
        tx[Invitation].put(INVITATION)
    sam, _ = put(store, letter_to(SAM, invitation_id=INVITATION.id), letter_to(KIM))

    def still_asked(tx: Transaction, letter: Email) -> bool:
        return tx[Invitation].get(letter.invitation_id) is None

    assert run(store, server, clock, still_asked) == Delivered(sent=1, dropped=1)
    dropped = kept(store, sam)
    assert (dropped.state, dropped.text, dropped.html, dropped.left_at) == ("dropped", "", "", clock.now)
    assert dropped.subject == sam.subject
    assert [mail.recipients for mail in server.taken] == [(KIM,)]


def test_one_that_nobody_answered_for_is_shown_and_not_sent_twice(
    store: RecordStore, server: MailServer, clock: Clock
) -> None:
    [letter] = put(store, letter_to(SAM))
    server.treats(SAM, Drop("end", kept=True), ACCEPT)
    assert run(store, server, clock) == Delivered(unsure=1)
    clock.passes(days=1)
    assert run(store, server, clock) == Delivered()
    unsure = kept(store, letter)
    assert (unsure.state, unsure.text, unsure.html) == ("unsure", "", "")
    assert "nobody knows whether it arrived" in unsure.said
    assert len(server.to(SAM)) == 1


def test_an_alert_rather_arrives_twice_than_not_at_all(store: RecordStore, server: MailServer, clock: Clock) -> None:
    [letter] = put(store, letter_to(SAM, kind="alert", rather_twice=True))
    server.treats(SAM, Drop("end", kept=True), ACCEPT)
    assert run(store, server, clock) == Delivered(put_off=1)
    clock.passes(minutes=1)
    assert run(store, server, clock) == Delivered(sent=1)
    first, second = server.to(SAM)
    assert first.message["Message-ID"] == second.message["Message-ID"]
    assert kept(store, letter).state == "sent"


def test_one_that_a_dead_run_took_with_it_is_owned_up_to(store: RecordStore, server: MailServer, clock: Clock) -> None:
    taken_along = {
        "state": "leaving",
        "tries": 1,
        "tried_since": MORNING,
        "next_try_at": MORNING + timedelta(minutes=10),
    }
    lost, alert = put(
        store,
        replace(letter_to(SAM), **taken_along),  # type: ignore[arg-type]
        replace(letter_to(KIM, rather_twice=True), **taken_along),  # type: ignore[arg-type]
    )
    clock.passes(minutes=9)
    assert run(store, server, clock) == Delivered()  # whoever has it may still be at it
    clock.passes(minutes=1)
    assert run(store, server, clock) == Delivered(sent=1, unsure=1)
    assert (kept(store, lost).state, kept(store, lost).text) == ("unsure", "")
    assert "stopped while this letter was leaving" in kept(store, lost).said
    assert kept(store, alert).state == "sent"
    assert [mail.recipients for mail in server.taken] == [(KIM,)]


class Meddling:
    """A sender on a real server in whose midst something else happens."""

    def __init__(self, sender: Sender, meanwhile: Callable[[Email], object]) -> None:
        self._sender, self._meanwhile = sender, meanwhile

    def send(self, letter: Email) -> Outcome:
        self._meanwhile(letter)
        return self._sender.send(letter)


def run_while(store: RecordStore, server: MailServer, clock: Clock, meanwhile: Callable[[Email], object]) -> Delivered:
    with sender_for(server.url, FROM) as sender:
        return deliver(store, Meddling(sender, meanwhile), clock, always)


def test_one_given_up_for_dead_that_arrives_after_all_is_sent(
    store: RecordStore, server: MailServer, clock: Clock
) -> None:
    [letter] = put(store, letter_to(SAM))

    def meanwhile(_: Email) -> None:
        clock.passes(minutes=11)
        assert run(store, server, clock) == Delivered(unsure=1)

    assert run_while(store, server, clock, meanwhile) == Delivered(sent=1)
    assert kept(store, letter).state == "sent"
    assert len(server.taken) == 1


def test_one_given_up_for_dead_does_not_come_back_to_life_by_being_put_off(
    store: RecordStore, server: MailServer, clock: Clock
) -> None:
    [letter] = put(store, letter_to(SAM))
    server.treats(SAM, Answer(451))

    def meanwhile(_: Email) -> None:
        clock.passes(minutes=11)
        run(store, server, clock)

    run_while(store, server, clock, meanwhile)
    assert (kept(store, letter).state, kept(store, letter).text) == ("unsure", "")


def test_one_erased_while_it_leaves_stays_erased(store: RecordStore, server: MailServer, clock: Clock) -> None:
    put(store, letter_to(SAM))

    def erase(letter: Email) -> None:
        with store.transaction() as tx:
            tx[Email].remove(letter.id)

    run_while(store, server, clock, erase)
    assert list(store[Email].all()) == []


@pytest.mark.parametrize("kind", ["code", "alert", "password"])
def test_what_somebody_waits_for_overtakes(
    store: RecordStore, server: MailServer, clock: Clock, kind: EmailKind
) -> None:
    """Before two hundred invitations, and also when it is written while they leave."""
    put(store, *(letter_to(f"p{n}@example.org") for n in range(60)), letter_to(SAM, kind=kind))

    def meanwhile(letter: Email) -> None:
        if letter.to == "p3@example.org":
            put(store, letter_to(KIM, kind=kind))

    run_while(store, server, clock, meanwhile)
    order = [mail.recipients[0] for mail in server.taken]
    assert len(order) == 62
    assert order[0] == SAM
    assert order.index(KIM) <= 26


def test_a_letter_for_later_waits_for_its_time(store: RecordStore, server: MailServer, clock: Clock) -> None:
    put(store, letter_to(SAM, not_before=MORNING + timedelta(days=5)))
    clock.passes(days=4, hours=23)
    assert run(store, server, clock) == Delivered()
    clock.passes(hours=1)
    server.treats(SAM, Answer(451), ACCEPT)
    assert run(store, server, clock) == Delivered(put_off=1)  # its three days begin now
    clock.passes(minutes=1)
    assert run(store, server, clock) == Delivered(sent=1)


def test_a_clock_that_was_wrong_keeps_no_letter_here(store: RecordStore, server: MailServer, clock: Clock) -> None:
    clock.passes(days=365)
    server.treats(KIM, Answer(451), ACCEPT)
    put(store, letter_to(SAM, clock.now), letter_to(KIM, clock.now), letter_to(ALI, clock.now))
    server.treats(ALI, Answer(451), ACCEPT)
    run(store, server, clock)
    put(store, letter_to("bo@example.org", clock.now))
    clock.passes(days=-365, hours=-2)
    assert run(store, server, clock) == Delivered(sent=3)
    assert len(server.taken) == 4


def test_a_run_stops_between_letters_when_it_is_told_to(store: RecordStore, server: MailServer, clock: Clock) -> None:
    put(store, letter_to(SAM), letter_to(KIM))
    assert run(store, server, clock, enough=lambda: len(server.taken) == 1) == Delivered(sent=1)
    assert {letter.state for letter in store[Email].all()} == {"sent", "waiting"}


def test_how_many_wait_and_since_when_can_be_told(store: RecordStore, server: MailServer, clock: Clock) -> None:
    assert waiting(store) == Waiting()
    put(
        store,
        letter_to(SAM, MORNING + timedelta(hours=1)),
        letter_to(KIM),
        letter_to(ALI, not_before=MORNING - timedelta(hours=2)),
    )
    assert waiting(store) == Waiting(3, MORNING - timedelta(hours=2))
    server.treats(ALI, Answer(451))
    run(store, server, clock)
    assert waiting(store) == Waiting(1, MORNING)
