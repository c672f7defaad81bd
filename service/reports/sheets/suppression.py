"""The Withheld: everything that is not shown, question by question, and why."""

from collections.abc import Iterator

from service.reports.dataset import Dataset, Voice
from service.reports.labels import wording
from service.reports.sheets.comments import THEMES_WITHHELD, writes
from service.reports.tables import Cell, Column, Sheet, Table

ALL = "All figures"


def withheld_sheet(dataset: Dataset, name: str, title: str) -> Sheet:
    """What was hidden of each audience in each round; nothing says which of several hidden numbers is the small one."""
    columns: tuple[Column, ...] = (
        Column("Who", 22),
        Column("Round", 22),
        Column("Question", 60),
        Column("What is withheld", 46),
        Column("Why", 70),
    )
    rows = [row for voice in dataset.voices for row in _of_voice(dataset, voice)]
    if len(dataset.homes) > 1:
        columns = (columns[0], Column("Home", 22), *columns[1:])
    else:
        rows = [[who, *rest] for who, _, *rest in rows]
    notes = (
        "Withheld numbers stand as [c]. Percentages, means and sums that they are part of are withheld with them.",
        "Rounds are added up from what each of them shows: a round that shows nothing is in no sum.",
    )
    table = Table("Withheld", columns, rows, empty="Nothing is withheld.")
    return Sheet(name, title, notes, (table,), fit="one_wide")


def _of_voice(dataset: Dataset, voice: Voice) -> Iterator[list[Cell]]:
    names = {home.id: home.name for home in dataset.homes}
    for one in voice.in_rounds:
        about = (voice.label, names[one.round.home_id], one.round.title)
        if one.protection.no_rows is not None:
            yield [*about, None, "Single answers", one.protection.no_rows]
            if writes(voice):
                yield [*about, None, "Themes of comments", THEMES_WITHHELD]
        if one.protection.no_figures is not None and one.protection.no_rows is not None:
            yield [*about, None, ALL, one.protection.no_figures]
        for disclosed in voice.hidden_in(one.round.id):
            question = wording(disclosed.tally.question, dataset.homes, disclosed.tally.line)
            for hidden in disclosed.hidden:
                why = hidden.why.format(smallest=one.protection.smallest_group)
                yield [*about, question, hidden.what or ALL, why]
