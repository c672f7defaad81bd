"""Names that must be the only ones of their kind."""

from collections.abc import Iterator

from service.definitions.checks.outline import Outline
from service.definitions.fault import Fault
from service.definitions.question import MatrixQuestion


def ids_used_twice(outline: Outline) -> Iterator[Fault]:
    """Questions and their details, pages, alerts, the rows of a matrix: each id stands for one thing."""
    form = outline.form
    questions: dict[str, str] = {}
    for standing in outline.questions:
        name, first = standing.question.id, questions.setdefault(standing.question.id, standing.place)
        if first == standing.place and outline.by_id[name] is not standing:
            yield Fault(f"{first}.id", f"'{name}' would be asked twice: two questions use the choice list it stands in")
        elif first != standing.place:
            yield Fault(f"{standing.place}.id", f"the id '{name}' is used already, at {first}")
        if isinstance(standing.question, MatrixQuestion):
            yield from _doubles(f"{standing.place}.rows", [row.id for row in standing.question.rows])
    yield from _doubles("pages", [page.id for page in form.pages])
    yield from _doubles("alerts", [alert.id for alert in form.alerts])


def entries_used_twice(outline: Outline) -> Iterator[Fault]:
    """Lists in which an entry says no more the second time: languages, settings, age bands, readers, those told."""
    form = outline.form
    lists: list[tuple[str, tuple[str, ...]]] = [
        ("languages", form.languages),
        ("settings", form.settings or ()),
        ("age_bands", form.age_bands or ()),
        ("readers", form.readers),
    ]
    for number, alert in enumerate(form.alerts):
        lists.append((f"alerts[{number}].notify", alert.notify))
        for step, escalation in enumerate(alert.escalate):
            lists.append((f"alerts[{number}].escalate[{step}].to", escalation.to))
    for number, check in enumerate(form.checks):
        lists.append((f"checks[{number}].questions", check.questions))
    for place, entries in lists:
        seen: set[str] = set()
        for index, entry in enumerate(entries):
            if outline.stands(f"{place}[{index}]"):
                if entry.lower() in seen:
                    yield Fault(f"{place}[{index}]", f"'{entry}' stands in the list already")
                seen.add(entry.lower())


def name_of_the_file(outline: Outline, name: str | None) -> Iterator[Fault]:
    """A form is found by the name of its file."""
    if name is not None and outline.form.id != name:
        yield Fault("id", f"the form is called '{outline.form.id}' and its file '{name}'")


def _doubles(place: str, ids: list[str]) -> Iterator[Fault]:
    first: dict[str, int] = {}
    for index, name in enumerate(ids):
        if first.setdefault(name, index) != index:
            yield Fault(f"{place}[{index}].id", f"the id '{name}' is used already, at {place}[{first[name]}]")
