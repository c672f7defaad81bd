"""Letters leave: each is claimed, handed over outside of any transaction, and what became of it is kept."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from service.mail.email import Email, State
from service.mail.sender import Outcome, Sender
from service.repository import Records, RecordsUnreadable, Store, Transaction, readable

Clock = Callable[[], datetime]

_WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
_LONGEST_WAIT = timedelta(hours=4)
_GIVEN_UP_AFTER = timedelta(days=3)
_CLAIMED_FOR = timedelta(minutes=10)  # longer than a sender may take for one letter
_FEW = 25
_BROKEN_RUNNING = 3
_PRESSING = ("code", "alert", "password")  # somebody waits for these, so they go before two hundred invitations
_DIED = "The service stopped while this letter was leaving, so nobody knows whether it arrived."


@dataclass(frozen=True)
class Delivered:
    """What became of the letters of one run."""

    sent: int = 0
    bounced: int = 0
    put_off: int = 0
    dropped: int = 0
    unsure: int = 0
    unreadable: int = 0


@dataclass(frozen=True)
class Waiting:
    """How many letters have still to leave, and since when the oldest of them should have (None without any)."""

    letters: int = 0
    since: datetime | None = None


def deliver(
    store: Store,
    sender: Sender,
    clock: Clock,
    wanted: Callable[[Transaction, Email], bool],
    enough: Callable[[], bool] = lambda: False,
    later: Callable[[Email, datetime], datetime | None] = lambda letter, now: None,
) -> Delivered:
    """Send the letters whose time has come, each at most once in a run, also while others deliver.

    `wanted` is asked inside the transaction that claims a letter whether it should still leave, and `later` until when
    it waits if it may not leave now. `enough` is asked between letters whether to stop here. A server that cannot be
    reached ends the run, and so do connections that break again and again; a letter that is refused does not, nor one
    that cannot be read.
    """
    lost: set[str] = set()
    told: Counter[str] = Counter(unsure=_own_up(store, clock(), lost))
    broken = 0
    for letter_id in _due(store, clock, lost):
        if enough():
            break
        try:
            letter = _claimed(store, letter_id, clock(), wanted, later)
        except RecordsUnreadable:
            lost.add(letter_id)
            continue
        if letter is None:
            continue
        if letter.state == "dropped":
            told["dropped"] += 1
            continue
        outcome = sender.send(letter)
        told[_kept(store, letter, outcome, clock())] += 1
        broken = broken + 1 if outcome.broke else 0
        if outcome.result == "unreachable" or broken == _BROKEN_RUNNING:
            break
    told["put_off"] = told.pop("waiting", 0)
    return Delivered(**told, unreadable=len(lost))


def waiting(records: Records) -> Waiting:
    """Which letters have still to leave; `since` lies ahead when all of them are for later."""
    due = [
        letter.tried_since or letter.next_try_at
        for state in ("waiting", "leaving")
        for letter in readable(records[Email].find("state", state)).records
    ]
    return Waiting(len(due), min(due, default=None))


def _due(store: Store, clock: Clock, lost: set[str]) -> Iterator[str]:
    """Whose time has come, the pressing ones first; looks again after a few, for a code may have come in between."""
    seen: set[str] = set()
    while True:
        now = clock()
        found = readable(store[Email].find("state", "waiting"))
        lost.update(found.unreadable)
        letters = [letter for letter in found.records if letter.id not in seen and _is_due(letter, now)]
        letters.sort(key=lambda letter: (letter.kind not in _PRESSING, letter.next_try_at))
        if not letters:
            return
        for letter in letters[:_FEW]:
            seen.add(letter.id)
            yield letter.id


def _is_due(letter: Email, now: datetime) -> bool:
    """Whether it may leave. A clock that was ahead when a letter was written or put off does not keep it here."""
    if letter.tries == 0:
        return letter.next_try_at <= max(now, letter.created_at)
    return not now < letter.next_try_at <= now + _LONGEST_WAIT


def _claimed(
    store: Store,
    letter_id: str,
    now: datetime,
    wanted: Callable[[Transaction, Email], bool],
    later: Callable[[Email, datetime], datetime | None],
) -> Email | None:
    """The letter as it now is: leaving or dropped; None when somebody else has it, or it is for later.

    One at a time: whoever dies leaves one letter of which nobody knows, not several.
    """
    with store.transaction() as tx:
        letter = tx[Email].get(letter_id)
        if letter is None or letter.state != "waiting" or not _is_due(letter, now):
            return None
        if not wanted(tx, letter):
            letter = _ended(letter, "dropped", now)
        elif (moment := later(letter, now)) is not None:
            # as if it had been written for that moment: nobody waits for it until then
            tx[Email].put(replace(letter, next_try_at=moment, tries=0, tried_since=None, said=""))
            return None
        else:
            letter = replace(
                letter,
                state="leaving",
                tries=letter.tries + 1,
                tried_since=letter.tried_since or now,
                next_try_at=now + _CLAIMED_FOR,
            )
        tx[Email].put(letter)
    return letter


def _kept(store: Store, claimed: Email, outcome: Outcome, now: datetime) -> State:
    """Keep what became of the letter, and say it."""
    after = _after(claimed, outcome, now)
    with store.transaction() as tx:
        letter = tx[Email].get(claimed.id)
        # one erased meanwhile stays away; one given up for dead has another's word by now, unless we know better
        ours = letter is not None and letter.state == "leaving" and letter.tries == claimed.tries
        if ours or (letter is not None and after.state == "sent"):
            tx[Email].put(after)
    return after.state


def _after(letter: Email, outcome: Outcome, now: datetime) -> Email:
    match outcome.result:
        case "taken":
            return _ended(letter, "sent", now)
        case "refused":
            return _ended(letter, "bounced", now, outcome.said)
        case "unsure" if not letter.rather_twice:
            return _ended(letter, "unsure", now, outcome.said)
    if letter.tried_since is not None and now - letter.tried_since >= _GIVEN_UP_AFTER:
        return _ended(letter, "bounced", now, outcome.said)
    return replace(letter, state="waiting", next_try_at=now + _wait(letter.tries), said=outcome.said)


def _wait(tries: int) -> timedelta:
    return _WAITS[tries - 1] if tries <= len(_WAITS) else _LONGEST_WAIT


def _ended(letter: Email, state: State, now: datetime, said: str = "") -> Email:
    """The letter without what it said, for that may hold a link."""
    return replace(letter, state=state, text="", html="", left_at=now, said=said)


def _own_up(store: Store, now: datetime, unreadable: set[str]) -> int:
    """Say of letters that a run took with it when it died that nobody knows; how many."""
    leaving = readable(store[Email].find("state", "leaving"))
    unreadable.update(leaving.unreadable)
    lost = [letter.id for letter in leaving.records if _is_lost(letter, now)]
    unsure = 0
    if lost:
        with store.transaction() as tx:
            for letter_id in lost:
                letter = tx[Email].get(letter_id)
                if letter is None or letter.state != "leaving" or not _is_lost(letter, now):
                    continue
                after = _after(letter, Outcome("unsure", _DIED), now)
                unsure += after.state == "unsure"
                tx[Email].put(replace(after, next_try_at=now) if after.state == "waiting" else after)
    return unsure


def _is_lost(letter: Email, now: datetime) -> bool:
    return not now < letter.next_try_at <= now + _CLAIMED_FOR
