"""Codes: what a question measures is known to its framework."""

from collections.abc import Iterator

from service.definitions.checks.outline import Outline
from service.definitions.fault import Fault
from service.definitions.question import Code
from service.frameworks import known_code, load_frameworks


def codes_that_nobody_knows(outline: Outline) -> Iterator[Fault]:
    """A code that its framework does not have, or an edition that we do not have of one of ours.

    Systems of others are theirs to know.
    """
    for place, code in _codes(outline):
        if not outline.stands(f"{place}.system"):
            continue
        name = code.system.partition("/")[0]
        editions = [system for system in load_frameworks() if system.partition("/")[0] == name]
        if code.system in editions:
            if not known_code(code.system, code.code):
                yield Fault(f"{place}.code", f"'{code.system}' has no code '{code.code}'")
        elif editions:
            yield Fault(f"{place}.system", f"'{code.system}' is unknown; of '{name}' there is {' and '.join(editions)}")


def codes_twice(outline: Outline) -> Iterator[Fault]:
    """A question that has one code twice."""
    for standing in outline.questions:
        codes = standing.question.codes
        for index, code in enumerate(codes):
            if code in codes[:index]:
                yield Fault(f"{standing.place}.codes[{index}]", f"'{code.code}' stands in the list already")


def _codes(outline: Outline) -> Iterator[tuple[str, Code]]:
    if outline.form.denominator:
        yield "denominator", outline.form.denominator
    for standing in outline.questions:
        for index, code in enumerate(standing.question.codes):
            yield f"{standing.place}.codes[{index}]", code
