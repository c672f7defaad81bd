"""Files that are made for whoever asked: asked for, taken up one after another, had while one may have them."""

import secrets
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime

from service.accounts.account import Account
from service.accounts.roles import may, roles_at
from service.audit import Exported, remember
from service.collection.models.export import Export, Fault, FileForm, Wanted
from service.collection.models.response import Ledger, Response
from service.collection.models.round import Round
from service.definitions import Role
from service.repository import Records, Store, Transaction

# A service may be restarted twice while a file is made. What has died three times would take the fourth with it.
MOST_TRIES = 3
# Up to here a workbook takes about two seconds, which one waits for; 45,655 responses take half a minute.
LARGE = 2_000


def is_large(records: Records, wanted: Wanted) -> bool:
    """Whether this takes longer than somebody waits for a page, so that it is made beside."""
    return sum(records[Response].count("round_id", round_id) for round_id in wanted.round_ids) > LARGE


def ask_for(store: Store, account: Account, wanted: Wanted, form: FileForm, now: datetime) -> Export:
    """Have this made for the account; what it asks for already, and waits for, is not made twice."""
    with store.transaction() as tx:
        for known in tx[Export].find("account_id", account.id):
            if known.is_pending and (known.wanted, known.form) == (wanted, form):
                return known
        new = Export(secrets.token_hex(12), account.id, wanted, form, now, now)
        tx[Export].put(new)
        return new


def ask_again(store: Store, export_id: str, now: datetime) -> None:
    """Have what failed made once more; nothing where it has not failed."""
    with store.transaction() as tx:
        failed = tx[Export].get(export_id)
        if failed is not None and failed.state == "failed":
            tx[Export].put(Export(failed.id, failed.account_id, failed.wanted, failed.form, now, now))


def asked_by(records: Records, account_id: str) -> list[Export]:
    """What an account has asked for, the newest first."""
    return sorted(records[Export].find("account_id", account_id), key=lambda export: export.asked_at, reverse=True)


def waiting_before(records: Records, export: Export) -> int:
    """How many are made before this one."""
    waiting = [one for one in records[Export].find("state", "waiting") if _turn(one) < _turn(export)]
    return len(waiting) + len(list(records[Export].find("state", "being_made")))


def begin_next(store: Store, now: datetime) -> Export | None:
    """Take up the next that waits; for whoever is alone in making them.

    What somebody else had begun comes first: they have died. What has died too often is given up.
    """
    with store.transaction() as tx:
        left = sorted(tx[Export].find("state", "being_made"), key=_turn)
        for export in [*left, *sorted(tx[Export].find("state", "waiting"), key=_turn)]:
            if export.tries < MOST_TRIES:
                begun = replace(export, state="being_made", done=0, tries=export.tries + 1, moved_at=now)
                begun = replace(begun, deleted=_deleted(tx, export.wanted))
                tx[Export].put(begun)
                return begun
            tx[Export].put(replace(export, state="failed", fault="stopped", moved_at=now))
        return None


def has_moved(store: Store, export: Export, done: int, now: datetime) -> None:
    """Keep how far it has come."""
    with store.transaction() as tx:
        if (kept := tx[Export].get(export.id)) is not None:
            tx[Export].put(replace(kept, done=done, moved_at=now))


def is_made(store: Store, export: Export, file: str, made_for: Collection[Role], now: datetime, *, names: bool) -> None:
    """It is there."""
    with store.transaction() as tx:
        if (kept := tx[Export].get(export.id)) is not None:
            ready = replace(kept, state="ready", done=100, file=file, made_at=now, moved_at=now)
            tx[Export].put(replace(ready, made_for=tuple(sorted(made_for)), names=names))


def has_failed(store: Store, export: Export, fault: Fault, now: datetime) -> None:
    """It is not to be had."""
    with store.transaction() as tx:
        if (kept := tx[Export].get(export.id)) is not None:
            tx[Export].put(replace(kept, state="failed", fault=fault, moved_at=now))


def put_back(store: Store, export: Export, now: datetime) -> None:
    """Let it wait for the next who makes files: its making was ended in good order, and counts as no try."""
    with store.transaction() as tx:
        if (kept := tx[Export].get(export.id)) is not None:
            tx[Export].put(replace(kept, state="waiting", done=0, tries=kept.tries - 1, moved_at=now))


def remember_taken(store: Store, wanted: Wanted, file: str, actor: str, now: datetime, *, names: bool) -> None:
    """Remember that a file left the service; `names` says whether it holds single answers."""
    homes = homes_of(store, wanted) or []
    with store.transaction() as tx:
        taken = Exported(", ".join(wanted.round_ids), file, names)
        remember(tx, taken, actor, now, homes[0] if len(homes) == 1 else "")


def homes_of(records: Records, wanted: Wanted) -> list[str] | None:
    """The homes that it is about, each once; None where a round is not kept any more."""
    rounds = [records[Round].get(round_id) for round_id in wanted.round_ids]
    known = [round_.home_id for round_ in rounds if round_ is not None]
    return list(dict.fromkeys((*known, *wanted.home_ids))) if known and len(known) == len(rounds) else None


def roles_for(account: Account, home_ids: Iterable[str]) -> frozenset[Role] | None:
    """The roles that an account has at every one of these homes; None where it may not take workbooks of them all."""
    homes = list(home_ids)
    if not account.is_open or not all(may(account, "take_workbooks", home_id) for home_id in homes):
        return None
    return frozenset.intersection(*(roles_at(account, home_id) for home_id in homes))


def why_not(records: Records, export: Export, account: Account | None) -> Fault:
    """Why a file that was made is not to be had any more; empty where it is."""
    homes = homes_of(records, export.wanted)
    if homes is None:
        return "rounds"
    roles = roles_for(account, homes) if account is not None else None
    if roles is None or not roles.issuperset(export.made_for):
        return "role"
    return "erased" if _deleted(records, export.wanted) > export.deleted else ""


def _turn(export: Export) -> tuple[datetime, str]:
    return export.asked_at, export.id


def _deleted(records: Records | Transaction, wanted: Wanted) -> int:
    ledgers = (ledger for round_id in wanted.round_ids for ledger in records[Ledger].find("round_id", round_id))
    return sum(ledger.deleted for ledger in ledgers)
