"""The sheet of voices side by side: a row for each descriptor, what each audience says of it, the widest gaps first."""

from collections.abc import Iterator, Sequence

from service.analysis.figures import SIGNS_EXPLAINED, Figure, Sign
from service.analysis.voices import ORDER, WIDE, Speaker, Topic, View, editions, side_by_side
from service.definitions import Audience
from service.frameworks import Framework, load_frameworks
from service.workbooks.gathering import Gathered
from service.workbooks.layout import Cell, Column, Marked, Sheet, Table
from service.workbooks.wording import AUDIENCES, wording

FIGURE = 8
# Those whom an inspector will look for, whether they were asked or not.
ALWAYS: tuple[Audience, ...] = ("child", "parent", "staff", "social_worker", "professional")


def speakers(gathered: Gathered) -> list[Speaker]:
    """Everyone who spoke, with their figures as they may be shown."""
    return [
        Speaker(
            voice.form.audience,
            Sign.WITHHELD if voice.protection.no_counts else len(voice.counted),
            voice.told,
        )
        for voice in gathered.voices
    ]


def voices_sheet(gathered: Gathered, name: str, title: str) -> Sheet:
    """One table: every descriptor of the editions that these homes are inspected by."""
    heard = speakers(gathered)
    frameworks = editions({home.kind for home in gathered.homes})
    topics = [topic for framework in frameworks for topic in side_by_side(framework, heard)]
    asked = {view.audience for topic in topics for view in topic.views}
    audiences = [audience for audience in ORDER if audience in asked or audience in ALWAYS]
    columns = [
        Column("Descriptor", 20, "strong"),
        Column("What it says", 34),
        Column("Gap in points", FIGURE, "number", flagged_from=WIDE),
        Column("Between whom", 22),
        Column("A child’s voice", 12),
    ]
    for audience in audiences:
        who = AUDIENCES[audience]
        columns += [
            Column(f"{who}: answered", FIGURE, "number"),
            Column(f"{who}: two best answers %", FIGURE, "percent"),
            Column(f"{who}: level of 100", FIGURE, "number"),
        ]
    columns += [Column("What was asked", 110), Column("Annex A items that bear on it", 80), Column("Edition", 10)]
    rows = [_row(topic, audiences, gathered) for topic in topics]
    notes = (
        "Questions of different forms that measure the same descriptor, side by side; the widest gaps come first.",
        f"Level: where the mean lies between the worst answer (0) and the best (100). ▲ marks a gap of {WIDE} or more.",
        "Answered: the most people who answered any one of the questions. Other figures are means over the questions.",
        "Nobody stands in for a child: where no child answered it says so, and that is never a good sign.",
        *(f"{sign} {words}." for sign, words in SIGNS_EXPLAINED.items()),
    )
    table = Table("Voices", tuple(columns), rows, empty="No question of these forms carries the code of a descriptor.")
    return Sheet(name, title, notes, (table,), frozen=1)


def _row(topic: Topic, audiences: Sequence[Audience], gathered: Gathered) -> list[Cell]:
    descriptor = topic.descriptor
    row: list[Cell] = [f"{descriptor.code} {descriptor.title}", descriptor.text, topic.gap, _ends(topic), _child(topic)]
    for audience in audiences:
        row += _figures(topic.view(audience))
    asked = "\n".join(line for view in topic.views for line in _asked(view, gathered))
    return [*row, asked, "; ".join(_annex_a(topic.framework, descriptor.annex_a)) or None, topic.framework.edition]


def _figures(view: View | None) -> list[Figure]:
    return [Sign.NOT_APPLICABLE] * 3 if view is None else [view.answered, view.best_two, view.level]


def _ends(topic: Topic) -> Cell:
    if topic.ends is None:
        return Sign.NOT_APPLICABLE
    lowest, highest = topic.ends
    if topic.gap == 0:
        return "All the same"
    return f"{AUDIENCES[lowest.audience]} {lowest.level}, {AUDIENCES[highest.audience].lower()} {highest.level}"


def _child(topic: Topic) -> Cell:
    if topic.child == "withheld":
        return Sign.WITHHELD
    if topic.child == "heard":
        return "Heard"
    return Marked("No child voice" if topic.view("child") else "No child voice: not asked", "loud")


def _asked(view: View, gathered: Gathered) -> Iterator[str]:
    said = dict.fromkeys(wording(tally.question, gathered.homes) for tally in view.questions)
    yield f"{AUDIENCES[view.audience]}: {' · '.join(said)}"


def _annex_a(framework: Framework, codes: Sequence[str]) -> Iterator[str]:
    if framework.annex_a is None:
        return
    items = load_frameworks()[framework.annex_a].descriptors
    yield from (f"{code} {items[code].title}" if not code.startswith("x-") else items[code].title for code in codes)
