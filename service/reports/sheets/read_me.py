"""The first sheet: what the workbook is, who was asked and answered, who may read it, whether the counts agree."""

from collections.abc import Iterator, Sequence

from service.analysis.figures import SIGNS_EXPLAINED, Sign, percent
from service.analysis.reconciliation import COUNTED, CountReconciliation, added_up
from service.analysis.release_rules import SMALL_GROUPS
from service.collection.follow_up.due import ended_on
from service.collection.models.home import Home
from service.collection.models.round import Round
from service.dates import day_at, in_words, moment_in_words
from service.reports.dataset import Dataset, Voice
from service.reports.labels import IDENTITIES, KINDS, ROLES, count_of, in_a_list, with_home
from service.reports.tables import Cell, Column, Marked, Sheet, Table

LABEL = 36
WORDS = 64
COUNT = 12
FEW = 3  # of which a title names each

TO_ACT_ON = (
    "To act on. It shows what single people said, to the people named under “Who may read it”. "
    "It is not to be handed on."
)

TO_HAND_ON = (
    "To hand on. It shows no single answers and no words of anybody who was not told that they may be quoted. "
    "Small numbers are withheld, and the sheet “Withheld” says which and why."
)


def read_me(dataset: Dataset, name: str, title: str, others: Sequence[tuple[str, str]]) -> Sheet:
    """The sheet to read first. `others` are the names of the other sheets, each with what it holds."""
    tables = (
        _pairs("About", ("This workbook", "What it is about"), list(_about(dataset))),
        _asked(dataset),
        _counts(dataset),
        Table(
            "Sheets",
            (Column("Sheet", LABEL, "link"), Column("What it holds", WORDS)),
            others,
            heading="The other sheets",
            filtered=False,
        ),
        _pairs(
            "Signs",
            ("Sign", "What it means"),
            [
                *([sign.value, words] for sign, words in SIGNS_EXPLAINED.items()),
                ["(empty)", "skipped: asked, and left without an answer"],
                ["0", "a true zero: asked, and chosen by nobody"],
            ],
            heading="What the signs mean",
        ),
    )
    return Sheet(name, title, tables=tables, fit="one", alarm="\n".join(_alarms(dataset)))


def is_demonstration(dataset: Dataset) -> bool:
    """Whether any of it is made up."""
    return any(home.demonstration for home in dataset.homes)


def by_name(homes: Sequence[Home]) -> list[Home]:
    """Homes as people look for them."""
    return sorted(homes, key=lambda home: home.name.casefold())


def one_provider(homes: Sequence[Home]) -> str:
    """The provider of them all; empty where there is none, or more than one."""
    providers = {home.provider for home in homes}
    return providers.pop() if len(providers) == 1 else ""


def has_many_rounds(dataset: Dataset) -> bool:
    """Whether there are more rounds, or of more homes, than a title has room for."""
    return len(dataset.homes) > 1 or len(dataset.rounds) > FEW


def rounds_in_words(dataset: Dataset) -> str:
    """How many rounds, from when to when."""
    opened = [day_at(round_.opened_at) for round_ in dataset.rounds]
    ended = [min(ended_on(round_), day_at(dataset.now)) for round_ in dataset.rounds]
    days = dict.fromkeys(in_words(day) for day in (min(opened), max(ended)))
    return f"{count_of(len(opened), 'round')}, {' to '.join(days)}"


def _alarms(dataset: Dataset) -> Iterator[str]:
    if is_demonstration(dataset):
        yield "DEMONSTRATION: every person and every answer in this workbook is made up."
    for voice in dataset.voices:
        told = voice.account
        if not told.agrees:
            yield (
                f"THE COUNTS DO NOT AGREE for {voice.label}: {_wrong(told)} "
                "Tell the administrator before anybody relies on this workbook."
            )


def _wrong(told: CountReconciliation) -> str:
    if told.unaccounted > 0:
        what = count_of(told.unaccounted, "response that was begun is", "responses that were begun are")
        return f"{what} neither here nor counted as withdrawn or deleted."
    if told.unaccounted < 0:
        return f"{count_of(-told.unaccounted, 'response is', 'responses are')} here that nobody counted as begun."
    return f"{told.exported} are shown of {told.submitted} submitted."


def _about(dataset: Dataset) -> Iterator[list[Cell]]:
    yield ["Which workbook this is", Marked(TO_HAND_ON if dataset.to_hand_on else TO_ACT_ON, "strong")]
    whose = one_provider(dataset.homes)
    if whose:
        yield ["Provider", whose]
    for home in by_name(dataset.homes):
        yield ["Home", f"{home.name} ({KINDS[home.kind]})"]
        if home.provider and not whose:
            yield ["Provider", home.provider]
        if home.urn:
            yield ["Ofsted’s reference (URN)", home.urn]
    for round_ in () if has_many_rounds(dataset) else dataset.rounds:
        yield ["Round", f"{round_.title}: {round_.reason}" if round_.reason else round_.title]
        yield ["Period", _period(round_, dataset)]
    if has_many_rounds(dataset):
        yield ["Rounds", f"{rounds_in_words(dataset)}; the sheet “Rounds” lists them"]
    if dataset.roles is not None:
        yield ["Who it was made for", _capital(in_a_list([ROLES[role] for role in dataset.roles]))]
    for voice in dataset.voices if not dataset.to_hand_on else ():
        yield [f"Who may read it: {voice.label}", _readers(voice)]
    if dataset.to_hand_on and any(voice.form.is_unnamed for voice in dataset.voices):
        yield ["Small groups", SMALL_GROUPS]
    yield ["Made", moment_in_words(dataset.now)]


def _period(round_: Round, dataset: Dataset) -> str:
    begun = in_words(day_at(round_.opened_at))
    if round_.closed_at is not None:
        return f"{begun} to {in_words(day_at(round_.closed_at))}, closed"
    if round_.is_open(day_at(dataset.now)):
        return f"{begun} to {in_words(round_.closes_on)}, still open: more answers may come"
    return f"{begun} to {in_words(round_.closes_on)}, over"


def _readers(voice: Voice) -> str:
    if voice.protection.no_rows is not None:
        return voice.protection.no_rows
    return _capital(in_a_list([ROLES[role] for role in voice.protection.readers]))


def _capital(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"


def _asked(dataset: Dataset) -> Table:
    columns = (
        Column("Who", LABEL),
        Column("What they were asked", WORDS),
        Column("Names", COUNT + 2),
        Column("Asked by link", COUNT, "number"),
        Column("Answered by link", COUNT, "number"),
        Column("Answered by link %", COUNT, "percent"),
        Column("Answered in all", COUNT, "number"),
    )
    rows: list[list[Cell]] = []
    for voice in dataset.voices:
        told, people = voice.account, voice.people
        rows.append(
            [
                voice.label,
                f"{with_home(voice.form.title, dataset.homes)} ({told.form_id}, {_versions(voice)})",
                IDENTITIES[voice.protection.identity],
                Sign.WITHHELD if told.invited and voice.of_a_few else told.invited,
                Sign.WITHHELD if voice.no_account else told.invited_answered,
                Sign.WITHHELD if voice.no_account else percent(told.invited_answered, told.invited),
                _answered(voice, people),
            ]
        )
    return Table("Asked", columns, rows, heading="Who was asked, and who answered", filtered=False)


def _answered(voice: Voice, people: int) -> Cell:
    if voice.protection.no_counts:
        return Sign.WITHHELD
    return Marked("0: no child’s voice", "loud") if voice.account.audience == "child" and not people else people


def _versions(voice: Voice) -> str:
    numbers = sorted(form.version for form in voice.joined.forms)
    return f"version {numbers[0]}" if len(numbers) == 1 else f"versions {in_a_list([str(one) for one in numbers])}"


def _counts(dataset: Dataset) -> Table:
    names = ("Started", "Submitted", "Drafts", "Withdrawn", "Deleted", "Unaccounted for", "Exported", "Withheld")
    columns = (
        Column("Who", LABEL),
        Column("Do the counts agree?", WORDS),
        *(Column(name, COUNT if index else COUNT + 2, "number") for index, name in enumerate(names)),
        Column("Of these sent twice", COUNT, "number"),
        Column("Kept, not counted: the same picture again", COUNT, "number"),
        Column("Kept, not counted: begun by its title", COUNT, "number"),
    )
    rows: list[list[Cell]] = [[voice.label, _agreement(voice.account), *_numbers(voice)] for voice in dataset.voices]
    total = added_up([voice.account for voice in dataset.voices])
    # A total would give away the one number that is withheld.
    hidden = any(voice.no_account for voice in dataset.voices)
    rows.append([Marked("All", "strong"), None, *(Sign.WITHHELD if hidden else total[name] for name in COUNTED)])
    return Table(
        "Counts",
        columns,
        rows,
        heading="Is everything accounted for?",
        notes=(
            "Started = submitted + drafts + withdrawn + deleted, held against what was counted as it happened.",
            "Submitted = exported (shown one by one in this workbook) + withheld.",
            "A child counts once for each form, with the newest answers. Earlier ones are kept and not counted.",
            "A form that was begun on a tablet by its title alone is kept and not counted.",
        ),
        filtered=False,
    )


def _numbers(voice: Voice) -> list[Cell]:
    return [Sign.WITHHELD if voice.no_account else getattr(voice.account, name) for name in COUNTED]


def _agreement(one: CountReconciliation) -> Cell:
    return "Yes" if one.agrees else Marked(f"NO: {_wrong(one)}", "loud")


def _pairs(name: str, headers: tuple[str, str], rows: Sequence[Sequence[Cell]], heading: str = "") -> Table:
    columns = (Column(headers[0], LABEL), Column(headers[1], WORDS))
    return Table(name, columns, rows, heading=heading, filtered=False)
