"""How long the next try must wait after failures: longer each time, and nobody's tries stop anybody else for good."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from service.accounts.account import Account, Attempts
from service.repository import Store, Transaction, readable

Hash = Callable[[str, str], str]  # of a text for one purpose, such that nobody else can make it

FIRST = timedelta(seconds=5)  # doubled with each further failure
FORGOTTEN = timedelta(hours=24)  # after the last failure
_AT_ONCE = timedelta(minutes=5)  # how far apart the clocks of requests and machines may be


@dataclass(frozen=True)
class Pace:
    """How many failures are free, and how long a wait may become."""

    free: int
    longest: timedelta

    def after(self, count: int) -> timedelta:
        """The wait after so many failures."""
        if count < self.free:
            return timedelta(0)
        return min(self.longest, FIRST * (1 << min(count - self.free, 30)))


AT_ACCOUNT = Pace(5, timedelta(minutes=15))
# A home shares one address, and an open one somewhere may be shared with anybody: late and short.
FROM_CLIENT = Pace(30, timedelta(minutes=1))


@dataclass(frozen=True)
class LoginSource:
    """Where a try comes from: a network address, and a browser with the accounts that have signed in in it before."""

    client: str
    browser: str = ""
    knows: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Counter:
    """One thing that failures are counted for."""

    id: str
    pace: Pace


class TooSoon(Exception):
    """There were too many failures; `wait` is what is left of the wait."""

    def __init__(self, wait: timedelta) -> None:
        self.wait = wait
        super().__init__(f"There were too many tries. Please wait {in_words(wait)} and try again.")


@dataclass(frozen=True)
class Counters:
    """What a try at one account from one place counts for.

    `own` is counted when the try begins, so that many at once are no way around it, and forgotten when it succeeds.
    `shared` with everyone at that network address is counted when it has failed; a browser that knows the account
    has none, so that whatever others do there does not delay its owner.
    """

    own: Counter
    shared: Counter | None = None

    @property
    def all(self) -> tuple[Counter, ...]:
        """Those that may ask for a wait."""
        return (self.own, self.shared) if self.shared else (self.own,)


def at_password(place: LoginSource, email: str, account: Account | None, digest: Hash) -> Counters:
    """What a try with a password counts for; an address that nobody has is counted like any other."""
    if account is not None and account.id in place.knows:
        return Counters(_of(digest, AT_ACCOUNT, "password", "browser", place.browser, account.id))
    return Counters(
        _of(digest, AT_ACCOUNT, "password", "place", place.client, email),
        _of(digest, FROM_CLIENT, "password", "client", place.client),
    )


def at_code(place: LoginSource, account: Account, digest: Hash) -> Counters:
    """What a try with a code counts for, by whoever gave the right password before."""
    if account.id in place.knows:
        return Counters(_of(digest, AT_ACCOUNT, "code", "browser", place.browser, account.id))
    return Counters(code_anywhere(account.id, digest))


def code_anywhere(account_id: str, digest: Hash) -> Counter:
    """The one counter of codes from all places that do not know the account.

    A million codes are few for somebody with many network addresses; and only who knows the password gets so far.
    """
    return _of(digest, AT_ACCOUNT, "code", "anywhere", account_id)


def at_forgotten(place: LoginSource, digest: Hash) -> Counters:
    """What asking for a new password counts for: a browser that anybody has signed in in counts for itself."""
    if place.browser:
        return Counters(_of(digest, FROM_CLIENT, "forgotten", "browser", place.browser))
    return Counters(_of(digest, FROM_CLIENT, "forgotten", "client", place.client))


def begin_try(tx: Transaction, counters: Counters, now: datetime) -> int:
    """Count the try and say how many there were with it. Raises TooSoon, having counted nothing."""
    wait = max(_left(tx, counter, now) for counter in counters.all)
    if wait > timedelta(0):
        raise TooSoon(wait)
    return _count(tx, counters.own, now)


def count_failure(tx: Transaction, counters: Counters, now: datetime) -> None:
    """Count for everyone at the same network address that a try has failed."""
    if counters.shared:
        _count(tx, counters.shared, now)


def forgive(tx: Transaction, counters: Counters) -> None:
    """Forget the failures of one who has succeeded; those of everyone at their network address are left."""
    tx[Attempts].remove(counters.own.id)


def forget_attempts(store: Store, now: datetime) -> int:
    """Let go of all counts that are too old to matter; says how many."""
    old = [attempts.id for attempts in readable(store[Attempts].all()).records if not _matters(attempts, now)]
    if old:
        with store.transaction() as tx:
            for attempts_id in old:
                found = tx[Attempts].get(attempts_id)
                if found is not None and not _matters(found, now):
                    tx[Attempts].remove(attempts_id)
    return len(old)


def in_words(wait: timedelta) -> str:
    """A wait as people read it, rounded up: `40 seconds`, `15 minutes`."""
    seconds = max(1, -(-wait // timedelta(seconds=1)))
    number, unit = (seconds, "second") if seconds <= 90 else (-(-seconds // 60), "minute")
    return f"{number} {unit}{'' if number == 1 else 's'}"


def _left(tx: Transaction, counter: Counter, now: datetime) -> timedelta:
    found = tx[Attempts].get(counter.id)
    wait = counter.pace.after(found.count) if found is not None and _matters(found, now) else timedelta(0)
    return found.last_at + wait - now if found is not None and wait else timedelta(0)


def _count(tx: Transaction, counter: Counter, now: datetime) -> int:
    found = tx[Attempts].get(counter.id)
    if found is None or not _matters(found, now):
        found = Attempts(counter.id, 0, now)
    tx[Attempts].put(replace(found, count=found.count + 1, last_at=max(now, found.last_at)))
    return found.count + 1


def _matters(attempts: Attempts, now: datetime) -> bool:
    # after a clock was set back, nobody waits until it has caught up
    return now - FORGOTTEN < attempts.last_at <= now + _AT_ONCE


def _of(digest: Hash, pace: Pace, *parts: str) -> Counter:
    return Counter(digest("attempts", "\n".join(parts)), pace)
