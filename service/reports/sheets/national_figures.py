"""The Published figures: what children said nationally, beside what they said here; never as a target."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from service.analysis.figures import Figure, percent
from service.analysis.scales import best_two, share
from service.analysis.tallies import ChoiceTally, Tally
from service.definitions import Option
from service.frameworks import Descriptor, descriptor
from service.frameworks.national_figures import QUESTIONNAIRE, Amount, Published, national, published_for
from service.reports.dataset import Dataset, Voice
from service.reports.labels import either_or, wording
from service.reports.tables import Cell, Column, Sheet, Table, Value

NOT_KNOWN = "not known"


def published_sheet(dataset: Dataset, name: str, title: str) -> Sheet | None:
    """The sheet, where children were asked about something that has been published nationally."""
    asked = list(_asked(dataset))
    if not asked:
        return None
    notes = (
        "National figures give a sense of size. They are no target: who was asked, how, and in what home differ.",
        "Hold figures side by side only where the answers joined are the same, and look at n first.",
        national().note,
    )
    rows = [row for tally, found in asked for row in _rows(dataset, tally, found)]
    tables = (
        Table("Published_figures", _COLUMNS, rows, heading="Here, and nationally"),
        Table("Published_answered", _ANSWERED, list(_answered()), heading="How many answered Ofsted", filtered=False),
        Table("Published_homes", _HOMES, list(_homes()), heading="Children’s homes in England", filtered=False),
    )
    return Sheet(name, title, notes, tables, fit="one_wide")


@dataclass(frozen=True)
class NationalComparison:
    """What has been published of a theme, and the figure of ours that is nearest to it, with its base."""

    theme: Descriptor
    answers: str
    share: Figure
    base: Figure
    figures: tuple[Published, ...]


def beside(voice: Voice, tally: Tally) -> Iterator[NationalComparison]:
    """What stands beside what children were asked here. Nobody else's answers stand in for theirs."""
    ours = own_share(tally) if isinstance(tally, ChoiceTally) and voice.form.audience == "child" else None
    if ours is None:
        return
    for code in tally.question.question.codes:
        if code.system == QUESTIONNAIRE and (figures := published_for(code.code)):
            yield NationalComparison(descriptor(code.system, code.code), *ours, tally.answered, figures)


def own_share(tally: ChoiceTally) -> tuple[str, Figure] | None:
    """The figure of ours that is nearest to how they are reported: the two best answers of four, else the best.

    None where the answers are no scale.
    """
    scored = [option for option in (count.option for count in tally.counts) if option.score is not None]
    best: Sequence[Option] = best_two(scored)
    if not best and scored:
        highest = max(option.score for option in scored if option.score is not None)
        best = [option for option in scored if option.score == highest]
    return (either_or(best), share(tally.counts, best, tally.answered)) if best else None


def change(now: int, before: int) -> Figure:
    """By how many percent a number has grown."""
    return percent(now - before, before)


_COLUMNS = (
    Column("Theme", 18),
    Column("Asked here", 34),
    Column("Answers here", 20),
    Column("Here %", 8, "percent"),
    Column("n here", 8, "number"),
    Column("National %", 12, "percent"),
    Column("The others %", 12, "percent"),
    Column("Answers nationally", 20),
    Column("Year", 10, "year"),
    Column("Setting", 16),
    Column("n nationally", 11, "number"),
    Column("Note", 34),
    Column("Source", 40),
)
_ANSWERED = (
    Column("Year", 18, "year"),
    Column("Children", 34, "number"),
    # The columns of a sheet are as wide as their widest table: words stand where words stand above.
    Column("Note", 20),
    Column("All audiences", 8, "number"),
    Column("Change since the year before %", 8, "percent"),
)
_HOMES = (
    Column("Period", 18),
    Column("Registered", 34, "number"),
    Column("Closed", 20, "number"),
    Column("More", 8, "number"),
    Column("At the end", 8, "number"),
    Column("Change %", 12, "percent"),
)


def _asked(dataset: Dataset) -> Iterator[tuple[Tally, NationalComparison]]:
    for voice in dataset.voices:
        for tally in voice.told:
            for found in beside(voice, tally):
                yield tally, found


def _rows(dataset: Dataset, tally: Tally, found: NationalComparison) -> Iterator[list[Cell]]:
    asked = wording(tally.question, dataset.homes, tally.line)
    for one in found.figures:
        yield [found.theme.title, asked, found.answers, found.share, found.base, *_national(one)]


def _national(one: Published) -> list[Cell]:
    return [
        _amount(one.percent, "%"),
        _amount(one.rest, "%"),
        one.answer[:1].upper() + one.answer[1:],
        NOT_KNOWN if one.year is None else date(one.year, 1, 1),
        one.setting or NOT_KNOWN,
        one.base if one.base is not None else NOT_KNOWN,
        one.note,
        national().sources[one.source],
    ]


def _answered() -> Iterator[list[Cell]]:
    children = {one.year: one.children for one in national().responses}
    for one in national().responses:
        now, before = one.children, children.get(one.year - 1)
        exact = now is not None and before is not None and not now.bound and not before.bound
        notes = [f"{one.first_published:,} when first published, restated since." if one.first_published else ""]
        notes += [f"Open {one.window}." if one.window else "", one.note or ""]
        yield [
            date(one.year, 1, 1),
            NOT_KNOWN if now is None else _amount(now),
            " ".join(filter(None, notes)) or None,
            NOT_KNOWN if one.all is None else _amount(one.all),
            change(now.number, before.number) if exact and now and before else None,
        ]


def _homes() -> Iterator[list[Cell]]:
    for one in national().homes:
        flow: list[Cell] = [_amount(one.registered), _amount(one.closed)]
        yield [one.period, *flow, one.more, one.total, change(one.total, one.before)]


def _amount(amount: Amount, unit: str = "") -> Value:
    """A number where it is exact; else words, which nobody can reckon with by mistake."""
    return f"{amount}{unit}" if amount.bound else amount.number
