"""The collated workbook of some rounds: what it holds, sheet by sheet, and how its counts reconcile."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from service.analysis.reconciliation import CountReconciliation
from service.collection.follow_up.due import Due, duties_at
from service.collection.models.home import Home
from service.collection.models.round import PlannedRound, Round
from service.collection.rounds.annex_a import last_annex_a
from service.dates import day_at
from service.definitions import Role
from service.reports.dataset import Dataset, Forms, load_dataset
from service.reports.labels import in_a_list
from service.reports.progress import Work
from service.reports.sheets.codebook import codebook_sheet
from service.reports.sheets.comments import comments_sheet, themes_sheet
from service.reports.sheets.homes import beside_sheet, homes_sheet, rounds_sheet
from service.reports.sheets.national_figures import published_sheet
from service.reports.sheets.over_time import over_time_sheet
from service.reports.sheets.read_me import (
    FEW,
    by_name,
    has_many_rounds,
    is_demonstration,
    one_provider,
    read_me,
    rounds_in_words,
)
from service.reports.sheets.responses import Plan, plans, response_sheet
from service.reports.sheets.summary import summary_sheet
from service.reports.sheets.suppression import withheld_sheet
from service.reports.sheets.voices import voices_sheet
from service.reports.tables import Report
from service.repository import Records

READ_ME, SUMMARY, VOICES, COMMENTS, CODEBOOK = "Read me", "Summary", "Voices side by side", "Comments", "Codebook"
OVER_TIME, PUBLISHED, THEMES, WITHHELD = "Over time", "Published figures", "Themes", "Withheld"
HOMES, BESIDE, ROUNDS = "Homes", "Homes side by side", "Rounds"
NAMES = (READ_ME, HOMES, SUMMARY, BESIDE, VOICES, OVER_TIME, PUBLISHED, COMMENTS, THEMES, CODEBOOK, ROUNDS, WITHHELD)

HAND_ON = "To hand on: figures only, small numbers withheld"


@dataclass(frozen=True)
class Collation:
    """A workbook ready to be written: its file name, what it says, and the accounts to print beside it.

    `gathered` and `plans` are what it was made from, for other formats of the same.
    """

    file_name: str
    report: Report
    accounts: tuple[CountReconciliation, ...]
    demonstration: bool
    dataset: Dataset
    plans: tuple[Plan, ...]

    @property
    def names(self) -> bool:
        """Whether single answers are in it."""
        return any(told.exported for told in self.accounts)

    @property
    def agrees(self) -> bool:
        """Whether every count reconciles."""
        return all(account.agrees for account in self.accounts)


class NothingToCollate(Exception):
    """No round was given."""


def collate(
    records: Records,
    rounds: Sequence[Round],
    forms: Forms,
    key: bytes,
    now: datetime,
    roles: Collection[Role] | None = None,
    *,
    to_hand_on: bool = False,
    homes: Sequence[Home] = (),
    work: Work | None = None,
) -> Collation:
    """Everything said in some rounds as one workbook "to act on", for the readers that each form names.

    `forms` gives the published version with a fingerprint. `key` makes the order of rows, which says nothing and
    stays the same. With `roles` it is for somebody who is this and no more: single answers are in it only where the
    form names one of them as reader, the others are withheld and counted. `to_hand_on` makes the other workbook: no
    single answers for anybody, figures as they may be shown to all. `homes` are those that it is about, where some may
    have had none of these rounds. `work` is told how far it has come.
    Raises NothingToCollate without a round, HomeMissing for a round whose home is not in the store.
    """
    if not rounds:
        raise NothingToCollate
    work = work or Work()
    rounds = list({round_.id: round_ for round_ in rounds}.values())
    dataset = load_dataset(records, rounds, forms, key, now, roles, to_hand_on, also=homes, work=work)
    about = _about(dataset)
    taken = {name.casefold() for name in NAMES}
    planned = plans(dataset, taken)
    single = () if to_hand_on else planned
    # Of several homes together there is no Annex A: each home has its own.
    annex_a = last_annex_a(records, dataset.homes[0].id, forms) if len(dataset.homes) == 1 else None
    published = published_sheet(dataset, PUBLISHED, f"Published figures beside ours: {about}")
    over_time = over_time_sheet(dataset, OVER_TIME, f"Over time: {about}")
    themes = themes_sheet(dataset, THEMES, f"Themes: {about}")
    several = len(dataset.homes) > 1
    standing = [homes_sheet(dataset, _due(records, dataset), HOMES, f"Homes: {about}")] if several else []
    beside = [beside_sheet(dataset, BESIDE, f"Homes side by side: {about}")] if several else []
    listed = [rounds_sheet(dataset, ROUNDS, f"Rounds: {about}")] if has_many_rounds(dataset) else []
    others = [
        *(
            [(HOMES, "Each home: its rounds, who was asked and answered, whether a child was heard")]
            if standing
            else []
        ),
        (SUMMARY, "How many said what: a row for each question, figures with their base, and bars"),
        *([(BESIDE, "What each home says to the same question, and all of them together")] if beside else []),
        (VOICES, "The same topic as children and others see it, the widest gaps first"),
        *([(OVER_TIME, "Each question through the rounds, and what has changed")] if over_time else []),
        *([(PUBLISHED, "What children said nationally, beside ours: never a target")] if published else []),
        *((plan.name, _holds(plan)) for plan in single),
        (COMMENTS, "What people wrote, by audience and question"),
        *([(THEMES, "How many comments readers say are about what, by audience")] if themes else []),
        (CODEBOOK, "What every column means, and what was worded differently before"),
        *([(ROUNDS, "Every round that this workbook is about, and how it stands")] if listed else []),
        (WITHHELD, "What is not shown, and why"),
    ]
    sheets = (
        read_me(dataset, READ_ME, f"What people said: {about}", others),
        *standing,
        summary_sheet(dataset, SUMMARY, f"Summary: {about}"),
        *beside,
        voices_sheet(dataset, VOICES, f"Voices side by side: {about}", annex_a),
        *([over_time] if over_time else []),
        *([published] if published else []),
        *(response_sheet(plan, dataset, number) for number, plan in enumerate(single, 1)),
        comments_sheet(dataset, COMMENTS, f"Comments: {about}"),
        *([themes] if themes else []),
        codebook_sheet(dataset, planned, CODEBOOK, f"Codebook: {about}"),
        *listed,
        withheld_sheet(dataset, WITHHELD, f"Withheld: {about}"),
    )
    work.finish("counted")
    demonstration = is_demonstration(dataset)
    head = "To hand on. Small numbers are withheld." if to_hand_on else "To act on. Not to be handed on."
    if demonstration:
        head = "DEMONSTRATION: everything here is made up"
    report = Report(
        title=f"What people said: {about}",
        subject=HAND_ON if to_hand_on else "To act on: for the readers named on the first sheet",
        head=head,
        foot=about,
        made_at=now,
        sheets=sheets,
    )
    accounts = tuple(voice.account for voice in dataset.voices)
    return Collation(_file_name(dataset), report, accounts, demonstration, dataset, planned)


def _holds(plan: Plan) -> str:
    if plan.voice.protection.no_rows is not None:
        return "Why single responses are not shown"
    if plan.group is not None:
        return f"The rows given to “{plan.group.question.label}”"
    return "A row for each response"


def _due(records: Records, dataset: Dataset) -> dict[str, list[Due]]:
    """What is due at each home, whatever rounds of it the workbook is about."""
    found = {}
    for home in dataset.homes:
        rounds = list(records[Round].find("home_id", home.id))
        planned = list(records[PlannedRound].find("home_id", home.id))
        found[home.id] = duties_at(home, rounds, planned, day_at(dataset.now))
    return found


def _about(dataset: Dataset) -> str:
    """Which homes and rounds, in so many words as a title has room for."""
    names = [home.name for home in by_name(dataset.homes)]
    homes = in_a_list(names)
    if len(names) > 1:
        whose = one_provider(dataset.homes)
        homes = f"{whose}, {len(names)} homes" if whose else homes if len(names) <= FEW else f"{len(names)} homes"
    if not has_many_rounds(dataset):
        return f"{homes}, {in_a_list([round_.title for round_ in dataset.rounds])}"
    return f"{homes}, {rounds_in_words(dataset)}"


def _file_name(dataset: Dataset) -> str:
    """Home or provider, round and day, in characters that every system takes; never a person's name."""
    if len(dataset.homes) == 1:
        homes = _plain(dataset.homes[0].id)
    else:
        whose = one_provider(dataset.homes)
        homes = f"{_plain(whose)}-{len(dataset.homes)}-homes" if whose else f"{len(dataset.homes)}-homes"
    rounds = _plain(dataset.rounds[0].id) if len(dataset.rounds) == 1 else f"{len(dataset.rounds)}-rounds"
    which = "-to-hand-on" if dataset.to_hand_on else ""
    return f"{homes}-{rounds}-{day_at(dataset.now):%Y-%m-%d}{which}.xlsx"


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9-]+", "-", text.lower()).strip("-")[:60] or "round"
