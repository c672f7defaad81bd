"""Voices side by side: what different people say of the same descriptor, the widest gaps first."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Literal

from service.analysis.figures import Figure, Sign, total
from service.analysis.scales import best_two, is_scored, mean_score
from service.analysis.tallies import ChoiceTally, Tally
from service.collection.rounds.annex_a import Item
from service.definitions import Audience, Setting
from service.frameworks import Descriptor, Framework, descriptor, load_frameworks

# Those it is about first; nobody ever stands in for somebody else.
ORDER: tuple[Audience, ...] = (
    "child",
    "parent",
    "foster_carer",
    "staff",
    "social_worker",
    "professional",
    "manager",
    "independent_person",
)
# Points of a hundred from which a gap is worth asking about: one whole answer on a scale of four is 33.
WIDE = 25
ChildVoice = Literal["heard", "none", "withheld"]


@dataclass(frozen=True)
class Speaker:
    """What people of one audience said on one form: its tallies as they may be shown, and how many people that is."""

    audience: Audience
    people: Figure
    tallies: Sequence[Tally]


@dataclass(frozen=True)
class View:
    """How one audience sees a descriptor.

    `questions` are what they were asked that carries its code. `answered` is the most people who answered any one of
    them. `best_two` is the whole percentage who chose one of the two best answers, `level` where their answers lie
    between the worst (0) and the best (100) of their scale: means over the questions, which all weigh the same.
    """

    audience: Audience
    questions: tuple[Tally, ...]
    answered: Figure
    best_two: Figure
    level: Figure


@dataclass(frozen=True)
class Bearing:
    """An Annex A item that bears on a descriptor, with the number that the home gives for it; None where none is."""

    item: Descriptor
    number: int | float | None


@dataclass(frozen=True)
class Topic:
    """A descriptor with every audience's view of it. `gap` is how far the shown levels lie apart, in points of 100."""

    framework: Framework
    descriptor: Descriptor
    views: tuple[View, ...]
    gap: Figure
    child: ChildVoice
    annex_a: tuple[Bearing, ...] = ()

    def view(self, audience: Audience) -> View | None:
        """What this audience sees; None where it was asked nothing about it."""
        return next((view for view in self.views if view.audience == audience), None)

    @property
    def ends(self) -> tuple[View, View] | None:
        """Who sees it lowest and who sees it highest."""
        shown = [(view.level, view) for view in self.views if not isinstance(view.level, Sign)]
        if len(shown) < 2:
            return None
        lowest, highest = min(shown, key=lambda one: one[0]), max(shown, key=lambda one: one[0])
        return lowest[1], highest[1]


def editions(kinds: Collection[Setting]) -> tuple[Framework, ...]:
    """The editions of the framework that such settings are inspected by, the newest first."""
    systems = {"sccif-fostering-agency" if kind == "fostering_agency" else "sccif-childrens-home" for kind in kinds}
    found = [one for one in load_frameworks().values() if one.system.split("/")[0] in systems]
    return tuple(sorted(found, key=lambda one: one.edition or "", reverse=True))


def side_by_side(
    framework: Framework, speakers: Sequence[Speaker], annex_a: Mapping[Item, int | float] | None = None
) -> tuple[Topic, ...]:
    """Every descriptor that any question carries the code of: the widest gaps first, then as the framework has them.

    `annex_a` are the home's own numbers, of which each descriptor gets those that bear on it.
    """
    found = [
        topic
        for entry in framework.descriptors.values()
        if (topic := _topic(framework, entry, speakers, annex_a or {})) is not None
    ]
    return tuple(sorted(found, key=lambda topic: -topic.gap if not isinstance(topic.gap, Sign) else 1))


def _topic(
    framework: Framework, entry: Descriptor, speakers: Sequence[Speaker], numbers: Mapping[Item, int | float]
) -> Topic | None:
    views = []
    for audience in ORDER:
        asked = tuple(
            tally
            for speaker in speakers
            if speaker.audience == audience
            for tally in speaker.tallies
            if _carries(tally, framework.system, entry.code)
        )
        if asked:
            views.append(_view(audience, asked))
    if not views:
        return None
    children = [speaker for speaker in speakers if speaker.audience == "child"]
    bearing = tuple(_bearing(framework, entry, numbers))
    return Topic(framework, entry, tuple(views), _gap(views), _child(views, children), bearing)


def _bearing(framework: Framework, entry: Descriptor, numbers: Mapping[Item, int | float]) -> Iterator[Bearing]:
    if framework.annex_a is not None:
        for code in entry.annex_a:
            yield Bearing(descriptor(framework.annex_a, code), numbers.get((framework.annex_a, code)))


def _carries(tally: Tally, system: str, code: str) -> bool:
    return any(one.system == system and one.code == code for one in tally.question.question.codes)


def _view(audience: Audience, asked: tuple[Tally, ...]) -> View:
    scored = [tally for tally in asked if isinstance(tally, ChoiceTally) and is_scored(tally.question.options)]
    answered = [tally.answered for tally in scored] or [tally.answered for tally in asked]
    return View(
        audience,
        asked,
        Sign.WITHHELD if Sign.WITHHELD in answered else max(figure for figure in answered),
        _mean([_best(tally) for tally in scored if best_two(tally.question.options)]),
        _mean([_level(tally) for tally in scored]),
    )


def _best(tally: ChoiceTally) -> Figure:
    """The share of the two best answers, not rounded yet."""
    best = {option.value for option in best_two(tally.question.options)}
    chosen = total([count.number for count in tally.counts if count.option.value in best])
    if isinstance(chosen, Sign) or isinstance(tally.answered, Sign):
        return Sign.WITHHELD if Sign.WITHHELD in (chosen, tally.answered) else Sign.NOT_APPLICABLE
    return 100 * chosen / tally.answered if tally.answered else Sign.NOT_APPLICABLE


def _level(tally: ChoiceTally) -> Figure:
    """Where the mean lies between the worst and the best that could be chosen."""
    mean = mean_score(tally.counts)
    scores = [option.score for option in tally.question.options if option.score is not None and not option.missing]
    if isinstance(mean, Sign) or max(scores) == min(scores):
        return mean if isinstance(mean, Sign) else Sign.NOT_APPLICABLE
    return 100 * (mean - min(scores)) / (max(scores) - min(scores))


def _mean(figures: Sequence[Figure]) -> Figure:
    """The whole mean, halves up; withheld where any part of it is, or the hidden part could be worked out."""
    if Sign.WITHHELD in figures:
        return Sign.WITHHELD
    known = [figure for figure in figures if not isinstance(figure, Sign)]
    return int(fmean(known) + 0.5) if known else Sign.NOT_APPLICABLE


def _gap(views: Sequence[View]) -> Figure:
    levels = [view.level for view in views if view.level is not Sign.NOT_APPLICABLE]
    shown = [level for level in levels if not isinstance(level, Sign)]
    if len(shown) > 1:
        return max(shown) - min(shown)
    return Sign.WITHHELD if len(levels) > 1 else Sign.NOT_APPLICABLE


def _child(views: Sequence[View], children: Sequence[Speaker]) -> ChildVoice:
    """Whether a child spoke of it. That no child answered at all is never hidden, and never good."""
    if all(speaker.people == 0 for speaker in children):
        return "none"
    answered = list(_answered(views))
    if any(not isinstance(figure, Sign) and figure for figure in answered):
        return "heard"
    return "withheld" if Sign.WITHHELD in answered else "none"


def _answered(views: Sequence[View]) -> Iterator[Figure]:
    for view in views:
        if view.audience == "child":
            yield from (tally.answered for tally in view.questions)
