"""What may stand in what: groups, rows, details, questions named by checks, steps of an alert."""

from collections.abc import Iterator

from service.definitions.checks.outline import Outline, Standing
from service.definitions.fault import Fault
from service.definitions.question import (
    GroupQuestion,
)


def rows_in_rows(outline: Outline) -> Iterator[Fault]:
    """A repeating group inside a repeating group."""
    for standing in outline.questions:
        if isinstance(standing.question, GroupQuestion) and standing.question.repeat and standing.rows_of:
            yield Fault(
                f"{standing.place}.repeat", f"'{standing.rows_of}' repeats already: a row cannot have rows of its own"
            )


def details_that_cannot_be(outline: Outline) -> Iterator[Fault]:
    """A detail where nothing shows it, or one that is more than a single question."""
    for standing in outline.questions:
        known = outline.stands(f"{standing.place}.type")
        if standing.holder and known and not standing.question.facts.can_be_detail:
            yield Fault(standing.place, f"a {standing.question.type} cannot be the detail of an option")
    for standing, choice in outline.choices:
        if choice.facts.holds_details:
            continue
        for index, option in enumerate(outline.form.options(choice)):
            if option.detail is not None and outline.stands(f"{standing.place}.type"):
                place = f"{standing.place}.options"
                if not isinstance(choice.options, str):
                    place = f"{place}[{index}].detail"
                yield Fault(place, f"the options of a {choice.type} have no details")


def checks_of_nothing(outline: Outline) -> Iterator[Fault]:
    """A check that is to be shown at a question that is not there, or where nothing can be shown."""
    for number, check in enumerate(outline.form.checks):
        for index, name in enumerate(check.questions):
            place = f"checks[{number}].questions[{index}]"
            standing = outline.by_id.get(name)
            if standing is None:
                if not outline.is_lost(name):
                    yield Fault(place, f"no question is called '{name}'")
            elif standing.rows_of:
                yield Fault(place, f"'{name}' is asked in each row: the check is shown at '{standing.rows_of}'")
            elif _has_no_place_of_its_own(outline, standing):
                yield Fault(place, f"'{name}' is a group without rows: the check is shown at a question in it")


def steps_out_of_order(outline: Outline) -> Iterator[Fault]:
    """An alert's later step must come later."""
    for number, alert in enumerate(outline.form.alerts):
        minutes = [step.after.minutes for step in alert.escalate]
        for index in range(1, len(minutes)):
            place = f"alerts[{number}].escalate"
            if minutes[index] <= minutes[index - 1] and outline.stands(f"{place}[{index - 1}].after.minutes"):
                yield Fault(f"{place}[{index}].after.minutes", "this step does not come later than the one before it")


def _has_no_place_of_its_own(outline: Outline, standing: Standing) -> bool:
    is_plain_group = isinstance(standing.question, GroupQuestion) and standing.question.repeat is None
    return is_plain_group and outline.stands(f"{standing.place}.type", f"{standing.place}.repeat")
