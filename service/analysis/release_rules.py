"""What may be shown of an audience: single responses, figures, or neither, and why not."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from service.analysis.cell_suppression import Disclosed, disclosed
from service.analysis.masking import withheld
from service.analysis.tallies import Tally
from service.dates import in_words
from service.definitions import Form, Identity, Role

SMALL_GROUPS = (
    "Where fewer than 10 people answered a question without their names, how many gave each answer is hidden. "
    "This protects what each of them said. With 10 or more people, more can be shown."
)
STRICTEST_FIRST: tuple[Identity, ...] = ("anonymous", "pseudonymous", "named")


@dataclass(frozen=True)
class Protection:
    """What holds for one audience.

    `no_rows` says why single responses are not shown, `no_figures` why figures are withheld; None: they are shown.
    `no_counts`: even how many have answered is withheld, as of a few people that says which. `forms` are the
    versions that were answered.
    """

    identity: Identity
    readers: tuple[Role, ...]
    smallest_group: int
    no_rows: str | None
    no_figures: str | None
    no_counts: bool = False
    forms: tuple[Form, ...] = ()


def protection(
    forms: Sequence[Form],
    submitted: int,
    *,
    still_open: bool,
    roles: Collection[Role] | None = None,
    to_hand_on: bool = False,
    embargoed_until: date | None = None,
    asked: int = 0,
) -> Protection:
    """What may be shown of these versions' audience, as strict as the strictest promise that any of them made.

    `roles` are what the one reader is; None stands for all the readers that the forms name. What is handed on is for
    people whom no form names. Until the end of the day `embargoed_until` nothing is shown, to readers either.
    `asked` is how many people were expected; 0 where no one said.
    """
    identity = min((form.identity for form in forms), key=STRICTEST_FIRST.index)
    readers = tuple(role for role in forms[0].readers if all(role in form.readers for form in forms))
    smallest_group = max(form.reporting.minimum_group_size for form in forms)
    no_rows = None
    if embargoed_until is not None:
        no_rows = f"Answers and figures are shown when the last day is over, {in_words(embargoed_until)}."
    elif identity == "anonymous":
        no_rows = "This form is anonymous: single answers are shown to nobody."
    elif to_hand_on:
        no_rows = "This workbook is to hand on: single answers are for the readers that the form names."
    elif not readers:
        no_rows = "This form names nobody who may read single answers."
    elif roles is not None and not set(roles) & set(readers):
        no_rows = "Whoever this workbook was made for is not among those whom the form names as readers."
    # Whoever may read every single answer learns nothing more from the figures.
    no_figures = _no_figures(submitted, smallest_group, asked, still_open=still_open) if no_rows else None
    if embargoed_until is not None:
        no_figures = no_rows
    return Protection(
        identity=identity,
        readers=readers,
        smallest_group=smallest_group,
        no_rows=no_rows,
        no_figures=no_figures,
        no_counts=embargoed_until is not None or (no_figures is not None and _is_unnamed(forms) and submitted > 0),
        forms=tuple(forms),
    )


def _is_unnamed(forms: Iterable[Form]) -> bool:
    return any(form.is_unnamed for form in forms)


def _no_figures(submitted: int, smallest_group: int, asked: int, *, still_open: bool) -> str | None:
    if still_open:
        return "Figures are worked out once, when the round closes, so that nobody can watch them change."
    if submitted < smallest_group:
        return f"Fewer than {smallest_group} people have answered: figures could show who said what."
    if asked and submitted > asked:
        return "More people have answered than were expected: figures could be of answers that were added."
    return None


def explained(tallies: Iterable[Tally], protection: Protection) -> list[Disclosed]:
    """What one audience said in one round, as it may be shown: all of its questions at once, in document order.

    With what was taken out of each and why; nothing is said of each where an audience is hidden whole. Pages,
    workbooks and interfaces show figures that have come through here only.
    """
    if protection.no_rows is None:
        # Whoever may read every single answer learns nothing more from the figures.
        return [Disclosed(tally) for tally in tallies]
    if protection.no_figures is not None:
        return [Disclosed(withheld(tally)) for tally in tallies]
    return disclosed(tallies, protection.forms, protection.smallest_group)
