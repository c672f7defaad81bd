"""Which other questions decide whether a question is asked, so that its base tells how those were answered."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from service.definitions import Expression, Form, Question
from service.definitions.question import GroupQuestion


@dataclass(frozen=True)
class Condition:
    """One thing that has to be so for a question to be asked, of which `text` is the spelling.

    `looks_at` are the questions that it looks at; `and_beyond` says that it also looks at what is no answer.
    """

    text: str
    looks_at: frozenset[str]
    and_beyond: bool = False


Deciding = Mapping[str, frozenset[Condition]]
ANOTHER_VERSION = Condition("the version that was answered", frozenset(), and_beyond=True)


def deciding(forms: Iterable[Form]) -> Deciding:
    """For each question the conditions that decide, in any of these versions, whether it is asked.

    Pages, groups, the option that a detail belongs to and what is computed on the way are seen through.
    """
    found: dict[str, frozenset[Condition]] = {}
    for form in forms:
        for page in form.pages:
            outer = _looked_at(page.visible_if, form)
            for question in page.questions:
                for name, conditions in _walk(question, outer, form):
                    if found.setdefault(name, conditions) != conditions:
                        found[name] |= {*conditions, ANOTHER_VERSION}
    return found


def deciders(conditions: Iterable[Condition]) -> frozenset[str]:
    """All the questions that these conditions look at."""
    return frozenset().union(*(one.looks_at for one in conditions))


def not_implied(conditions: frozenset[Condition], found: Deciding) -> frozenset[Condition]:
    """Those of the conditions that do not already hold of everybody whom another looks at for their answer."""
    asked_alike = [found.get(name, frozenset()) for name in deciders(conditions)]
    return conditions.difference(*(before for before in asked_alike if before < conditions))


def _walk(question: Question, outer: frozenset[Condition], form: Form) -> Iterator[tuple[str, frozenset[Condition]]]:
    here = outer | _looked_at(question.visible_if, form)
    yield question.id, here
    if isinstance(question, GroupQuestion):
        for inner in question.questions:
            yield from _walk(inner, here, form)
    for _, option, detail in form.details(question):
        chosen = Condition(f"{question.id} is {option.value}", frozenset({question.id}))
        yield from _walk(detail, here | {chosen}, form)


def _looked_at(condition: Expression | None, form: Form) -> frozenset[Condition]:
    """The condition with the questions that it looks at; what is only known of the respondent is no question."""
    if condition is None:
        return frozenset()
    names: set[str] = set()
    beyond = False
    waiting, seen = [condition], set()
    while waiting:
        for reference in waiting.pop().references():
            start, _, rest = reference.name.partition(".")
            if start == "computed" and rest not in seen and rest in form.computed:
                seen.add(rest)
                waiting.append(form.computed[rest])
            elif start == "row":
                names.add(rest)
            elif start == "meta":
                beyond = True
            elif start != "computed":
                names.add(start)
    return frozenset({Condition(repr(condition.tree), frozenset(names), beyond)})
