"""A form laid out for checking: every question with its place, its turn and what may hide it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from service.definitions.error_recovery import Draft
from service.definitions.expression import Expression
from service.definitions.form import Form, as_choice
from service.definitions.question import (
    Choice,
    GroupQuestion,
    Option,
    Question,
)
from service.definitions.translation import TextAt, texts


@dataclass(frozen=True)
class Standing:
    """A question where it stands.

    `turn` counts in document order, `page` too. `around` are the ids of the groups about it, `rows_of` the id of the
    repeating one among them, `holder` the question whose detail it is. It is shown when all `conditions` hold.
    """

    question: Question
    place: str
    page: int
    turn: int = 0
    around: tuple[str, ...] = ()
    rows_of: str | None = None
    holder: Question | None = None
    conditions: tuple[Expression, ...] = ()


@dataclass(frozen=True)
class Outline:
    """What every check looks at."""

    draft: Draft

    @property
    def form(self) -> Form:
        return self.draft.form

    def stands(self, *places: str) -> bool:
        """Whether all of these are what the author wrote, and do not stand in for something unreadable."""
        return all(self.draft.stands(place) for place in places)

    def has_gaps(self, place: str) -> bool:
        """Whether something at this place or in it could not be read."""
        inside = (f"{place}.", f"{place}[")
        return not self.stands(place) or any(each.startswith(inside) for each in self.draft.broken)

    def is_lost(self, name: str) -> bool:
        """Whether the name stood in a part that could not be read, so that nobody can say what it means."""
        return name in self.draft.lost

    @cached_property
    def questions(self) -> tuple[Standing, ...]:
        """Every question in document order, each detail after the question that holds it."""
        walk = _Walk(self.form)
        for number, page in enumerate(self.form.pages):
            for index, question in enumerate(page.questions):
                standing = Standing(question, f"pages[{number}].questions[{index}]", number)
                walk.meet(replace(standing, conditions=_with((), page.visible_if)))
        return tuple(walk.met)

    @cached_property
    def by_id(self) -> Mapping[str, Standing]:
        """The first question of each id."""
        return {standing.question.id: standing for standing in reversed(self.questions)}

    @cached_property
    def first_turns(self) -> Mapping[int, int]:
        """The turn of each page's first question, by the page's number."""
        return {standing.page: standing.turn for standing in reversed(self.questions)}

    @cached_property
    def texts(self) -> tuple[TextAt, ...]:
        """Every text that can be translated."""
        return tuple(texts(self.form.to_json()))

    @cached_property
    def paths(self) -> Mapping[str, str]:
        """Every path that a translation may have, with the text in the base language."""
        return {each.path: each.text for each in self.texts}

    @property
    def end(self) -> int:
        """The turn after all questions."""
        return len(self.questions)

    @cached_property
    def computed_names(self) -> Mapping[str, tuple[str, ...]]:
        """The names that each computed value uses."""
        return {
            name: tuple(dict.fromkeys(reference.name for reference in expression.references()))
            for name, expression in self.form.computed.items()
        }

    @cached_property
    def choices(self) -> tuple[tuple[Standing, Choice], ...]:
        """Every question that is answered from options."""
        found = ((standing, as_choice(standing.question)) for standing in self.questions)
        return tuple((standing, choice) for standing, choice in found if choice is not None)

    @cached_property
    def option_lists(self) -> tuple[tuple[str, tuple[Option, ...]], ...]:
        """Every list of options with its place: the choice lists, then those that stand in questions."""
        named = [(f"choice_lists.{name}", options) for name, options in self.form.choice_lists.items()]
        own = [
            (f"{standing.place}.options", choice.options)
            for standing, choice in self.choices
            if not isinstance(choice.options, str)
        ]
        # the options of a shared detail are met once for each question that shares it
        return tuple(dict([*named, *own]).items())

    def values_of(self, standing: Standing) -> tuple[str, ...] | None:
        """The values among which the question is answered; None where it has none or they cannot all be read."""
        choice = as_choice(standing.question)
        if choice is None:
            return None
        place = options_place(standing)
        options = self.form.options(choice)
        known = not isinstance(choice.options, str) or choice.options in self.form.choice_lists
        if not known or not self.stands(f"{standing.place}.type", f"{standing.place}.options", place):
            return None
        if self.draft.broken and not self.stands(*(f"{place}[{index}].value" for index, _ in enumerate(options))):
            return None
        return tuple(option.value for option in options)


def options_place(standing: Standing) -> str:
    """Where the options of a choice question stand: in it, or in a choice list."""
    options = getattr(standing.question, "options", None)
    return f"choice_lists.{options}" if isinstance(options, str) else f"{standing.place}.options"


def english_texts(outline: Outline) -> Iterator[tuple[str, str]]:
    """Every English text with its place, easy read included."""
    form = outline.form
    if form.base_language.split("-")[0] == "en":
        for at in outline.texts:
            yield at.place, at.text
    for language, translated in form.translations.items():
        if language.split("-")[0] == "en":
            for path, text in translated.items():
                yield f"translations.{language}.{path}", text


def _with(conditions: tuple[Expression, ...], one_more: Expression | None) -> tuple[Expression, ...]:
    return conditions if one_more is None else (*conditions, one_more)


@dataclass
class _Walk:
    form: Form
    met: list[Standing] = field(default_factory=list)
    _users: Counter[str] = field(default_factory=Counter)

    def meet(self, standing: Standing) -> None:
        question = standing.question
        conditions = _with(standing.conditions, question.visible_if)
        standing = replace(standing, turn=len(self.met), conditions=conditions)
        self.met.append(standing)
        if isinstance(question, GroupQuestion):
            for index, inner in enumerate(question.questions):
                self.meet(
                    replace(
                        standing,
                        question=inner,
                        place=f"{standing.place}.questions[{index}]",
                        around=(*standing.around, question.id),
                        rows_of=question.id if question.repeat else standing.rows_of,
                    )
                )
        elif question.facts.holds_details:
            root = options_place(standing)
            self._users[root] += 1
            if self._users[root] > 2:
                return  # two are enough to see that the details of a shared list would be asked twice
            for place, detail, chosen in self._details(question, root):
                self.meet(
                    replace(standing, question=detail, place=place, holder=question, conditions=(*conditions, chosen))
                )

    def _details(self, question: Question, root: str) -> Iterator[tuple[str, Question, Expression]]:
        for index, option, detail in self.form.details(question):
            chosen = Expression({"==": [{"var": question.id}, option.value]})
            if question.facts.takes_several:
                chosen = Expression({"in": [option.value, {"var": question.id}]})
            yield f"{root}[{index}].detail", detail, chosen
