"""Printed one-person codes: a sheet of slips, each a single-use way to one form of one survey.

A slip is an invitation without a name or an address. Nothing tells which slips were used, and the manager who printed
them cannot try them out: a used code begins the form as before, and only the first answers sent with it count.
"""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from service.audit import Invited, remember
from service.collection.invitations.links import end_links
from service.collection.models.errors import NotPossible
from service.collection.models.invitation import Invitation, Link, hash_of
from service.collection.models.round import Round
from service.collection.responses.paper_codes import LETTERS, MEANT
from service.collection.rounds.open_close import open_still
from service.repository import Records, Store

LENGTH = 12  # 23^12 are some 2^54


def print_slips(store: Store, round_: Round, form_id: str, now: datetime, *, by: str) -> Sequence[str]:
    """Make one code for each expected person; only their hashes are kept. Every code printed before ends.

    The number is always that of the people expected, so a new sheet says nothing about how many codes were used.
    Raises NotPossible where no one is expected for this form, or the survey is closed.
    """
    count = round_.expected_people(form_id)
    if round_.form_ref(form_id) is None or not count:
        raise NotPossible("No number of people was given for this form when the survey opened.")
    codes = [new_code() for _ in range(count)]
    with store.transaction() as tx:
        open_still(tx, round_.id, now)
        for before in list(tx[Invitation].find("round_id", round_.id)):
            if before.slip and before.form_id == form_id and before.revoked_at is None:
                tx[Invitation].put(replace(before, revoked_at=now))
                end_links(tx, before, now)
        for code in codes:
            made = Invitation(secrets.token_hex(16), round_.id, form_id, now, round_.closes_on, slip=True)
            tx[Invitation].put(made)
            tx[Link].put(Link(hash_of(code), made.id, round_.id, now))
        remember(tx, Invited(round_.id, "slips", count), by, now, round_.home_id)
    return codes


def new_code() -> str:
    """A code as `K7QF-4TDW-92XC`."""
    return _in_fours("".join(secrets.choice(LETTERS) for _ in range(LENGTH)))


def slip_with(records: Records, typed: str, round_: Round) -> Invitation | None:
    """The slip of this survey whose code was typed, however it was spelled; None where there is none, or it ended."""
    letters = "".join(letter for letter in typed.upper() if letter.isalnum()).translate(MEANT)
    link = records[Link].get(hash_of(_in_fours(letters)))
    found = records[Invitation].get(link.invitation_id) if link and link.ended_at is None else None
    if found is None or not found.slip or found.round_id != round_.id or found.revoked_at is not None:
        return None
    return found


def _in_fours(letters: str) -> str:
    return "-".join(letters[place : place + 4] for place in range(0, len(letters), 4))
