"""The sheet of voices side by side: under each descriptor a row for each audience, the widest gaps first."""

from collections.abc import Iterable, Iterator, Sequence

from service.analysis.figures import SIGNS_EXPLAINED, Sign
from service.analysis.voices import ORDER, WIDE, Speaker, Topic, View, editions, side_by_side
from service.collection.models.home import Home
from service.collection.rounds.annex_a import AnnexA
from service.dates import in_words
from service.definitions import Audience
from service.frameworks import Framework
from service.reports.dataset import Dataset
from service.reports.labels import AUDIENCES, wording
from service.reports.tables import Cell, Column, Marked, Sheet, Table

FIGURE = 9


def speakers(dataset: Dataset) -> list[Speaker]:
    """Everyone who spoke, with their figures as they may be shown."""
    return [
        Speaker(
            voice.form.audience,
            Sign.WITHHELD if voice.protection.no_counts else voice.people,
            voice.told,
        )
        for voice in dataset.voices
    ]


def given_in_words(frameworks: Sequence[Framework], homes: Sequence[Home], annex_a: AnnexA | None) -> str:
    """Which Annex A the numbers beside the voices come from; nothing of homes that Ofsted asks for none."""
    if len(homes) != 1 or all(framework.annex_a is None for framework in frameworks):
        return ""
    if annex_a is None:
        return "No Annex A figures yet."
    since = f" What they count over time is since {in_words(annex_a.period_from)}." if annex_a.period_from else ""
    return f"Annex A figures are those that the home gave on {in_words(annex_a.given_on)}.{since}"


def voices_sheet(dataset: Dataset, name: str, title: str, annex_a: AnnexA | None = None) -> Sheet:
    """One table: every descriptor of the editions that these homes are inspected by.

    `annex_a` is what the home itself last counted; of several homes together there is none.
    """
    heard = speakers(dataset)
    frameworks = editions({home.kind for home in dataset.homes})
    numbers = annex_a.numbers if annex_a else {}
    topics = [topic for framework in frameworks for topic in side_by_side(framework, heard, numbers)]
    columns = (
        Column("Descriptor", 20, "strong"),
        Column("What it says", 36),
        Column("Gap in points", FIGURE, "number", flagged_from=WIDE),
        Column("Who", 18),
        Column("Answered", FIGURE, "number"),
        Column("Two best answers %", FIGURE, "percent"),
        Column("Level of 100", FIGURE, "number"),
        Column("To note", 16),
        Column("What they were asked", 60),
        Column("Annex A items that bear on it", 54),
        Column("Edition", FIGURE),
    )
    rows = [row for topic in topics for row in _rows(topic, dataset)]
    notes = (
        "Questions of different forms that measure the same descriptor, side by side; the widest gaps come first.",
        f"Level: where the mean lies between the worst answer (0) and the best (100). ▲ marks a gap of {WIDE} or more.",
        "Answered: the most people who answered any one of the questions. Other figures are means over the questions.",
        "Nobody stands in for a child: where no child answered it says so, and that is never a good sign.",
        *([words] if (words := given_in_words(frameworks, dataset.homes, annex_a)) else []),
        *(f"{sign} {words}." for sign, words in SIGNS_EXPLAINED.items()),
    )
    table = Table("Voices", columns, rows, empty="No question of these forms carries the code of a descriptor.")
    return Sheet(name, title, notes, (table,), fit="one_wide")


def _rows(topic: Topic, dataset: Dataset) -> Iterator[list[Cell]]:
    """A row for each audience that was asked; one for children always, so that their silence is seen."""
    descriptor = topic.descriptor
    for audience in ORDER:
        view = topic.view(audience)
        if view is None and audience != "child":
            continue
        yield [
            f"{descriptor.code} {descriptor.title}",
            descriptor.text,
            topic.gap,
            AUDIENCES[audience],
            *([Sign.NOT_APPLICABLE] * 3 if view is None else [view.answered, view.best_two, view.level]),
            _note(topic, audience, view),
            None if view is None else "\n".join(_asked(view, dataset)),
            # Once for each descriptor, where children speak of it: it is about their lives.
            ("; ".join(_bearing(topic)) or None) if audience == "child" else None,
            topic.framework.edition,
        ]


def _note(topic: Topic, audience: Audience, view: View | None) -> Cell:
    if audience == "child" and topic.child == "none":
        return Marked("No child voice" if view else "No child voice: not asked", "loud")
    if view is None or topic.ends is None or not topic.gap:
        return None
    lowest, highest = topic.ends
    return "Lowest" if view is lowest else "Highest" if view is highest else None


def _asked(view: View, dataset: Dataset) -> Iterable[str]:
    return dict.fromkeys(wording(tally.question, dataset.homes) for tally in view.questions)


def _bearing(topic: Topic) -> Iterator[str]:
    for one in topic.annex_a:
        yield one.item.name if one.number is None else f"{one.item.name}: {one.number:,}"
