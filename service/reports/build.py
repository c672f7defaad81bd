"""What was asked for, collated: the same way for a page that hands it over at once, a job, and a command."""

from collections.abc import Collection
from datetime import datetime

from service.analysis.snapshots import keep_figures
from service.collection.models.export import Wanted
from service.collection.models.repository import Store
from service.collection.models.round import Round
from service.definitions import Role
from service.reports.dataset import Forms
from service.reports.progress import Work
from service.reports.report import Collation, collate


class RoundMissing(Exception):
    """A round that was asked for is not kept any more."""


def collated(
    store: Store,
    wanted: Wanted,
    forms: Forms,
    key: bytes,
    now: datetime,
    roles: Collection[Role] | None = None,
    work: Work | None = None,
) -> Collation:
    """All that is wanted, for somebody who is this and no more; without `roles`, for all readers together.

    What is to be handed on is the same for everybody. Figures of rounds that are over are kept on the way.
    Raises RoundMissing, and what `collate` raises.
    """
    rounds = [_round(store, round_id) for round_id in wanted.round_ids]
    keep_figures(store, rounds, forms, now)
    homes = [home for home_id in wanted.home_ids if (home := store.homes.get(home_id)) is not None]
    to_hand_on = wanted.use == "to_hand_on"
    made_for = None if to_hand_on else roles
    return collate(store, rounds, forms, key, now, made_for, to_hand_on=to_hand_on, homes=homes, work=work)


def _round(store: Store, round_id: str) -> Round:
    asked = store.rounds.get(round_id)
    if asked is None:
        raise RoundMissing(round_id)
    return asked
