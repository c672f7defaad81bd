"""Lists of options: there, different from each other, used."""

from collections.abc import Iterator

from service.definitions.checks.outline import Outline
from service.definitions.fault import Fault
from service.definitions.question import Option


def lists_without_options(outline: Outline) -> Iterator[Fault]:
    """A list with nothing to choose."""
    for place, options in outline.option_lists:
        if not options:
            yield Fault(place, "there are no options to choose from")


def options_twice(outline: Outline) -> Iterator[Fault]:
    """Two options with one value; upper and lower case are one, because conditions take them as one."""
    for place, options in outline.option_lists:
        for index, first in _doubles(outline, place, "value", options):
            value = options[index].value
            yield Fault(f"{place}[{index}].value", f"the value '{value}' is used already, at {place}[{first}]")


def labels_twice(outline: Outline) -> Iterator[Fault]:
    """Two options that read the same."""
    for place, options in outline.option_lists:
        for index, first in _doubles(outline, place, "label", options):
            yield Fault(f"{place}[{index}].label", f"the option reads like the one at {place}[{first}]")


def lists_that_are_not_there(outline: Outline) -> Iterator[Fault]:
    """A question that names a choice list which the form does not have."""
    for standing, choice in outline.choices:
        name = choice.options
        if isinstance(name, str) and name not in outline.form.choice_lists:
            if outline.is_lost(f"choice_lists.{name}") or not outline.stands("choice_lists"):
                continue
            yield Fault(f"{standing.place}.options", f"no choice list is called '{name}'")


def lists_that_nobody_uses(outline: Outline) -> Iterator[Fault]:
    """A choice list that no question names."""
    used = {choice.options for _, choice in outline.choices if isinstance(choice.options, str)}
    for name in outline.form.choice_lists:
        if name not in used:
            yield Fault(f"choice_lists.{name}", "no question uses this choice list")


def _doubles(outline: Outline, place: str, key: str, options: tuple[Option, ...]) -> Iterator[tuple[int, int]]:
    first: dict[str, int] = {}
    for index, option in enumerate(options):
        said = str(getattr(option, key)).strip().lower()
        if outline.stands(f"{place}[{index}].{key}") and first.setdefault(said, index) != index:
            yield index, first[said]
