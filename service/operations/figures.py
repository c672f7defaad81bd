"""Figures are worked out once, when a round is over and may be shown, and kept."""

from collections.abc import Callable, Iterable
from datetime import datetime

from service.analysis.snapshots import figures_of
from service.collection.models.figures import RoundFigures, figures_id
from service.collection.models.round import Round, is_embargoed
from service.dates import day_at
from service.definitions import Form
from service.repository import Records, Store, Transaction

Forms = Callable[[str], Form]


def keep_figures(store: Store, rounds: Iterable[Round], forms: Forms, now: datetime) -> int:
    """Keep the figures of the rounds that are over and whose figures are missing; gives how many forms' were kept.

    Figures that are kept are never worked out again, so anyone may call this at any time.
    """
    kept = 0
    for round_ in rounds:
        if not round_.is_open(day_at(now)) and _missing(store, round_, forms, now):
            with store.transaction() as tx:
                kept += put_figures(tx, round_, forms, now)
    return kept


def put_figures(tx: Transaction, round_: Round, forms: Forms, now: datetime) -> int:
    """Keep the missing figures of a round that is over, in this transaction; gives how many forms' were kept.

    Those of unnamed forms follow when the last planned day is over.
    """
    missing = _missing(tx, round_, forms, now)
    for form_id in missing:
        tx[RoundFigures].put(figures_of(tx, round_, form_id, forms, now))
    return len(missing)


def _missing(records: Records | Transaction, round_: Round, forms: Forms, now: datetime) -> list[str]:
    return [
        ref.form_id
        for ref in round_.forms
        if records[RoundFigures].get(figures_id(round_.id, ref.form_id)) is None
        and not is_embargoed([forms(ref.fingerprint)], round_, day_at(now))
    ]
