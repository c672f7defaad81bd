"""Which other questions decide whether a question is asked, so that its base tells how those were answered."""

from collections.abc import Iterable, Iterator

from service.definitions import Expression, Form, Question
from service.definitions.question import GroupQuestion, SelectMultipleQuestion, SelectOneQuestion

Deciding = dict[str, frozenset[str]]


def deciding(forms: Iterable[Form]) -> Deciding:
    """For each question the ids of those that decide, in any of these versions, whether it is asked.

    Pages, groups, the option that a detail belongs to and what is computed on the way are seen through.
    """
    found: Deciding = {}
    for form in forms:
        for page in form.pages:
            outer = _looked_at(page.visible_if, form)
            for question in page.questions:
                for name, names in _walk(question, outer, form):
                    found[name] = found.get(name, frozenset()) | names
    return found


def nearest(names: frozenset[str], found: Deciding) -> frozenset[str]:
    """Those of the deciding questions through which the others decide."""
    return frozenset(one for one in names if not any(one in found.get(other, ()) for other in names))


def _walk(question: Question, outer: frozenset[str], form: Form) -> Iterator[tuple[str, frozenset[str]]]:
    here = outer | _looked_at(question.visible_if, form)
    yield question.id, here
    if isinstance(question, GroupQuestion):
        for inner in question.questions:
            yield from _walk(inner, here, form)
    elif isinstance(question, SelectOneQuestion | SelectMultipleQuestion):
        for option in form.options(question):
            if option.detail is not None:
                yield from _walk(option.detail, here | {question.id}, form)


def _looked_at(condition: Expression | None, form: Form) -> frozenset[str]:
    """The questions that a condition looks at; what is only known of the respondent is no question."""
    if condition is None:
        return frozenset()
    names: set[str] = set()
    waiting, seen = [condition], set()
    while waiting:
        for reference in waiting.pop().references():
            start, _, rest = reference.name.partition(".")
            if start == "computed" and rest not in seen and rest in form.computed:
                seen.add(rest)
                waiting.append(form.computed[rest])
            elif start == "row":
                names.add(rest)
            elif start not in ("computed", "meta"):
                names.add(start)
    return frozenset(names)
