"""All versions of a form that a workbook covers, joined by question id; the newest version's wording leads."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from service.analysis.counted_response import CountedResponse
from service.definitions import Form, Option, Question
from service.definitions.expression import is_missing
from service.definitions.question import (
    GroupQuestion,
    MatrixQuestion,
    Note,
    Row,
)

Verbatim = Literal["never", "managers_only", "always"]
STRICTEST_FIRST: tuple[Verbatim, ...] = ("never", "managers_only", "always")


@dataclass(frozen=True, slots=True)
class QuestionAnswer:
    """What one person, or one row of a repeating group, said to one question.

    `offered` are the options they could choose from, `lines` the rows of a matrix that they were shown.
    """

    asked: bool
    answer: Any = None
    offered: frozenset[str] = frozenset()
    lines: frozenset[str] = frozenset()


NOT_ASKED = QuestionAnswer(asked=False)


@dataclass(frozen=True)
class OfferedOptions:
    """What one version let people choose: the values of its options, the ids of its lines."""

    options: frozenset[str]
    lines: frozenset[str]


@dataclass(frozen=True)
class JoinedQuestion:
    """A question through its versions.

    `options` are the union by value. `within` is the repeating group whose rows answer it; `under` the question and
    the option that a detail belongs to. `included` is false where the question or one that it stands in may not be
    reported; both it and `verbatim` are as strict as the strictest version, since each person was promised theirs.
    `changes` says what earlier versions worded differently; `offers` has what each version offered, by fingerprint.
    """

    question: Question
    form: Form
    page: str
    within: str | None
    under: tuple[Question, Option] | None
    included: bool
    verbatim: Verbatim = "managers_only"
    options: tuple[Option, ...] = ()
    rows: tuple[Row, ...] = ()
    versions: tuple[int, ...] = ()
    changes: tuple[str, ...] = ()
    offers: Mapping[str, "OfferedOptions"] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.question.id

    @property
    def repeats(self) -> bool:
        """Whether this is a repeating group, whose rows are what is counted."""
        return isinstance(self.question, GroupQuestion)

    def said(self, heard: CountedResponse) -> Iterator[QuestionAnswer]:
        """What was said to it in a response: once, or once for each row of its repeating group."""
        offer = self.offers.get(heard.form.fingerprint)
        for name, answers in self._places(heard):
            if offer is None or name not in heard.asked:
                yield NOT_ASKED
                continue
            answer = answers.get(self.id)
            yield QuestionAnswer(True, None if is_missing(answer) else answer, offer.options, offer.lines)

    def _places(self, heard: CountedResponse) -> Iterator[tuple[str, Any]]:
        if self.within is None:
            yield self.id, heard.answers
            return
        for number, row in enumerate(rows_of(heard, self.within)):
            yield f"{self.within}.{number}.{self.id}", row


def rows_of(heard: CountedResponse, group: str) -> list[dict[str, Any]]:
    """The rows that a response gave to a repeating group."""
    rows = heard.answers.get(group)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list | tuple) else []


@dataclass(frozen=True)
class JoinedForm:
    """A form through the versions that were answered; `newest` lends its title and wording."""

    newest: Form
    forms: tuple[Form, ...]
    questions: tuple[JoinedQuestion, ...] = field(default=())

    @property
    def reported(self) -> tuple[JoinedQuestion, ...]:
        """The questions that may be reported at all."""
        return tuple(question for question in self.questions if question.included)


def join(forms: Sequence[Form]) -> JoinedForm:
    """Versions of one form as one, in the newest version's order, then what only earlier versions asked."""
    newest_first = sorted({form.fingerprint: form for form in forms}.values(), key=lambda form: -form.version)
    found: dict[tuple[str, str, str | None], list[JoinedQuestion]] = {}
    for form in newest_first:
        for question in _questions(form):
            found.setdefault((question.id, question.question.type, question.within), []).append(question)
    questions = tuple(_joined(same) for same in found.values())
    return JoinedForm(newest_first[0], tuple(newest_first), questions)


def _joined(same: list[JoinedQuestion]) -> JoinedQuestion:
    """One question from its versions, newest first."""
    newest, *older = same
    options = {option.value: option for version in reversed(same) for option in version.options}
    rows = {row.id: row for version in reversed(same) for row in version.rows}
    changes = [change for version in older for change in _changes(newest, version)]
    return JoinedQuestion(
        question=newest.question,
        form=newest.form,
        page=newest.page,
        within=newest.within,
        under=newest.under,
        included=all(version.included for version in same),
        verbatim=min((version.verbatim for version in same), key=STRICTEST_FIRST.index),
        options=_in_order([option.value for version in same for option in version.options], options),
        rows=_in_order([row.id for version in same for row in version.rows], rows),
        versions=tuple(sorted({version.form.version for version in same})),
        changes=tuple(changes),
        offers={fingerprint: offer for version in same for fingerprint, offer in version.offers.items()},
    )


def _in_order(names: list[str], things: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(things[name] for name in dict.fromkeys(names))


def _changes(newest: JoinedQuestion, older: JoinedQuestion) -> Iterator[str]:
    version = f"Version {older.form.version}"
    if older.question.label != newest.question.label:
        yield f"{version} asked: “{older.question.label}”"
    now = {option.value: option for option in newest.options}
    before = {option.value: option for option in older.options}
    for value, option in before.items():
        if value not in now:
            yield f"{version} also offered “{option.label}”"
            continue
        if option.label != now[value].label:
            yield f"{version} said “{option.label}” for “{now[value].label}”"
        if option.score != now[value].score:
            yield f"{version} scored “{option.label}” {_plain(option.score)}, now {_plain(now[value].score)}"
        if option.missing != now[value].missing:
            yield f"{version} counted “{option.label}” {'apart' if option.missing else 'as an answer'}"
    for value, option in now.items():
        if value not in before:
            yield f"{version} did not offer “{option.label}”"
    yield from _changed_rows(version, newest, older)


def _changed_rows(version: str, newest: JoinedQuestion, older: JoinedQuestion) -> Iterator[str]:
    now = {row.id: row.label for row in newest.rows}
    before = {row.id: row.label for row in older.rows}
    for row, label in before.items():
        if row not in now:
            yield f"{version} also had the line “{label}”"
        elif label != now[row]:
            yield f"{version} said “{label}” for “{now[row]}”"
    for row, label in now.items():
        if row not in before:
            yield f"{version} did not have the line “{label}”"


def _plain(score: float | None) -> str:
    return "nothing" if score is None else f"{score:g}"


def _questions(form: Form) -> Iterator[JoinedQuestion]:
    """The questions of one version that take an answer, repeating groups among them."""
    for page in form.pages:
        for question in page.questions:
            yield from _walk(form, JoinedQuestion(question, form, page.title, None, None, True))


def _walk(form: Form, joined: JoinedQuestion) -> Iterator[JoinedQuestion]:
    question = joined.question
    included = joined.included and question.reporting.include
    if isinstance(question, Note):
        return
    if isinstance(question, GroupQuestion):
        within = question.id if question.repeat else joined.within
        if question.repeat:
            offers = {form.fingerprint: OfferedOptions(frozenset(), frozenset())}
            yield JoinedQuestion(question, form, joined.page, None, None, included, offers=offers)
        for inner in question.questions:
            yield from _walk(form, JoinedQuestion(inner, form, joined.page, within, None, included))
        return
    options = form.options(question)
    rows = question.rows if isinstance(question, MatrixQuestion) else ()
    verbatim = question.reporting.verbatim
    offer = OfferedOptions(frozenset(option.value for option in options), frozenset(row.id for row in rows))
    offers = {form.fingerprint: offer}
    yield replace(joined, included=included, verbatim=verbatim, options=options, rows=rows, offers=offers)
    for _, option, detail in form.details(question):
        yield from _walk(form, JoinedQuestion(detail, form, joined.page, joined.within, (question, option), included))
