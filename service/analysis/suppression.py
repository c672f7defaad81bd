"""What may be shown of an audience: single responses, figures, or neither, and why not."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import singledispatch
from typing import TypeVar

from service.analysis.counts import ChoiceTally, Count, NumberTally, RankTally, RowsTally, Tally
from service.analysis.figures import Sign
from service.definitions import Form, Identity, Role

Kind = TypeVar("Kind", bound=Tally)

STRICTEST_FIRST: tuple[Identity, ...] = ("anonymous", "pseudonymous", "named")


@dataclass(frozen=True)
class Protection:
    """What holds for one audience.

    `no_rows` says why single responses are not shown, `no_figures` why figures are withheld; None: they are shown.
    `no_counts`: even how many have answered is withheld, as of a few children that says which.
    """

    identity: Identity
    readers: tuple[Role, ...]
    smallest_group: int
    no_rows: str | None
    no_figures: str | None
    no_counts: bool = False


def protection(
    forms: Sequence[Form], submitted: int, *, still_open: bool, roles: Collection[Role] | None = None
) -> Protection:
    """What may be shown of these versions' audience, as strict as the strictest promise that any of them made.

    `roles` are what the one reader is; None stands for all the readers that the forms name.
    """
    identity = min((form.identity for form in forms), key=STRICTEST_FIRST.index)
    readers = tuple(role for role in forms[0].readers if all(role in form.readers for form in forms))
    smallest_group = max(form.reporting.minimum_group_size for form in forms)
    no_rows = None
    if identity == "anonymous":
        no_rows = "This form is anonymous: single answers are shown to nobody."
    elif not readers:
        no_rows = "This form names nobody who may read single answers."
    elif roles is not None and not set(roles) & set(readers):
        no_rows = "Whoever this workbook was made for is not among those whom the form names as readers."
    # Whoever may read every single answer learns nothing more from the figures.
    no_figures = _no_figures(submitted, smallest_group, still_open=still_open) if no_rows else None
    return Protection(
        identity=identity,
        readers=readers,
        smallest_group=smallest_group,
        no_rows=no_rows,
        no_figures=no_figures,
        no_counts=roles is not None and no_figures is not None and forms[0].audience == "child" and submitted > 0,
    )


def _no_figures(submitted: int, smallest_group: int, *, still_open: bool) -> str | None:
    if still_open:
        return "Figures are worked out once, when the round closes, so that nobody can watch them change."
    if submitted < smallest_group:
        return f"Fewer than {smallest_group} people have answered: figures could show who said what."
    return None


def protected(tally: Tally, protection: Protection) -> Tally:
    """The tally as it may be shown. Pages, workbooks and interfaces show figures that have come through here only."""
    return _withheld(tally) if protection.no_figures else tally


def protected_all(tallies: Iterable[Tally], protection: Protection) -> list[Tally]:
    """What one audience said in one round, as it may be shown: all of its questions at once, in document order."""
    return [protected(tally, protection) for tally in tallies]


@singledispatch
def _withheld(tally: Tally) -> Tally:
    return _base(tally)


def _base(tally: Kind) -> Kind:
    return replace(
        tally,
        asked=Sign.WITHHELD,
        not_asked=Sign.WITHHELD,
        answered=Sign.WITHHELD,
        skipped=Sign.WITHHELD,
        missing=_counts(tally.missing),
    )


@_withheld.register
def _(tally: ChoiceTally) -> ChoiceTally:
    return replace(_base(tally), counts=_counts(tally.counts))


@_withheld.register
def _(tally: RankTally) -> RankTally:
    places = tuple(
        replace(place, first=Sign.WITHHELD, ranked=Sign.WITHHELD, mean=Sign.WITHHELD) for place in tally.places
    )
    return replace(_base(tally), places=places)


@_withheld.register
def _(tally: NumberTally) -> NumberTally:
    return replace(
        _base(tally),
        total=Sign.WITHHELD,
        mean=Sign.WITHHELD,
        median=Sign.WITHHELD,
        lowest=Sign.WITHHELD,
        highest=Sign.WITHHELD,
    )


@_withheld.register
def _(tally: RowsTally) -> RowsTally:
    return replace(_base(tally), rows=Sign.WITHHELD, most=Sign.WITHHELD)


def _counts(counts: tuple[Count, ...]) -> tuple[Count, ...]:
    return tuple(replace(count, number=Sign.WITHHELD) for count in counts)
