"""Looking at what an alert is about: the questions behind it and what was answered. Every look is remembered."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from service.accounts.account import Account
from service.accounts.roles import roles_at
from service.answers.piping import piped, shown
from service.answers.visibility import AskedQuestion, Visible, visible
from service.audit import AnswersRead, remember
from service.collection.models.alert import Alert
from service.collection.models.comment_read import CommentRead
from service.collection.models.form_meta import meta_of
from service.collection.models.home import Child, Home
from service.collection.models.invitation import Invitation
from service.collection.models.response import Response
from service.collection.models.round import Round
from service.collection.people.child_names import name_of
from service.definitions import Expression, Form, Question
from service.definitions.expression import is_missing
from service.definitions.question import MatrixQuestion, NumberQuestion, RankQuestion, TextQuestion
from service.repository import Records, Store

Forms = Callable[[str], Form]
# `changed`: the answers no longer say what raised it; `gone`: they were deleted; `unknown`: nobody can say whose.
State = Literal["as_raised", "changed", "gone", "unknown"]


@dataclass(frozen=True)
class AlertAnswer:
    """A question under the name its answer goes by, and the answer as people read it; empty where there is none.

    `written`: in words of their own.
    """

    name: str
    question: str
    answer: str = ""
    written: bool = False


@dataclass(frozen=True)
class Seen:
    """What a look at an alert shows. `who` is known of a form whose answers carry a name; `sent` whether it was."""

    said: tuple[AlertAnswer, ...]
    state: State
    sent: bool = False
    who: Child | Invitation | None = None


def form_of(records: Records, alert: Alert, forms: Forms) -> Form | None:
    """The form as it was asked."""
    round_ = records[Round].get(alert.round_id)
    ref = round_.form_ref(alert.form_id) if round_ else None
    return forms(ref.fingerprint) if ref else None


def may_read_whole(account: Account, form: Form, alert: Alert) -> bool:
    """Whether the form names a role of this account's among those who may read single responses."""
    return bool(alert.response_id) and bool(roles_at(account, alert.home_id) & set(form.readers))


def questions_behind(form: Form, alert: Alert) -> tuple[str, ...]:
    """The ids of the questions that an alert is about, in the order of the form."""
    if alert.kind == "words":
        return (alert.rule.rpartition(".")[2],)
    rule = next((rule for rule in form.alerts if rule.id == alert.rule), None)
    named = set(_named(rule.when, form)) if rule and alert.kind == "answer" else set()
    return tuple(question_id for question_id in form.questions if question_id in named)


def is_to_be_read(form: Form, alert: Alert) -> bool:
    """Whether the alert asks for nothing but that somebody reads words."""
    behind = questions_behind(form, alert)
    return bool(behind) and all(isinstance(form.questions[one].question, TextQuestion) for one in behind)


def look(
    store: Store, alert: Alert, forms: Forms, account: Account, now: datetime, *, whole: bool = False
) -> Seen | None:
    """What was answered, and in the same commit that this account has looked. None where the form is not known.

    Words of a child that are shown here count as read.
    """
    with store.transaction() as tx:
        form = form_of(tx, alert, forms)
        if form is None:
            return None
        seen = _seen(tx, alert, form, whole=whole)
        remember(tx, AnswersRead(alert.round_id, alert.form_id), account.id, now, alert.home_id)
        by_lead = "safeguarding_lead" in roles_at(account, alert.home_id)
        for said in seen.said if seen.sent and form.audience == "child" else ():
            if said.written and said.answer:
                key = f"{alert.response_id}:{said.name}"
                before = tx[CommentRead].get(key)
                if before is None or (by_lead and not before.by_lead):
                    tx[CommentRead].put(CommentRead(key, alert.home_id, alert.response_id, now, account.id, by_lead))
        return seen


@dataclass(frozen=True)
class Whose:
    """Who gave the answers behind an alert: the child, with the name that is kept of them, or who was asked by link."""

    child: Child | None = None
    person: Invitation | None = None
    name: str = ""


def whose(records: Records, alert: Alert) -> Whose:
    """Who gave the answers; empty where nobody is known."""
    response = records[Response].get(alert.response_id) if alert.response_id else None
    who = _who(records, response) if response else None
    if isinstance(who, Child):
        return Whose(child=who, name=name_of(records, who))
    return Whose(person=who)


def _who(records: Records, response: Response) -> Child | Invitation | None:
    child = records[Child].get(response.child_id) if response.child_id else None
    return child or (records[Invitation].get(response.invitation_id) if response.invitation_id else None)


def _seen(records: Records, alert: Alert, form: Form, *, whole: bool) -> Seen:
    response = records[Response].get(alert.response_id) if alert.response_id else None
    round_, home = records[Round].get(alert.round_id), records[Home].get(alert.home_id)
    behind = questions_behind(form, alert)
    if round_ is None or home is None:
        return Seen((), "gone")
    if response is None:
        bare = visible(form, {}, meta_of(round_, home, None, alert.raised_at))
        said = tuple(AlertAnswer(one, _label(form.questions[one].question, form, bare)) for one in behind)
        return Seen(said, "gone" if alert.response_id else "unknown")
    invitation = records[Invitation].get(response.invitation_id) if response.invitation_id else None
    found = visible(form, response.answers, meta_of(round_, home, invitation, response.saved_at))
    return Seen(
        tuple(_all(form, found) if whole else _some(form, found, alert, behind)),
        "as_raised" if _still_holds(form, found, alert, response) else "changed",
        response.submitted_at is not None,
        _who(records, response) if form.identity == "named" else None,
    )


def _all(form: Form, found: Visible) -> Iterator[AlertAnswer]:
    return (_said(form, found, asked) for asked in _answerable(found) if not is_missing(asked.answer))


def _some(form: Form, found: Visible, alert: Alert, behind: tuple[str, ...]) -> list[AlertAnswer]:
    """What it is about: of a repeating group every row, and of several questions those that were answered."""
    said = [
        _said(form, found, asked)
        for asked in _answerable(found)
        if asked.name == alert.rule
        or (alert.kind == "answer" and (asked.question.id in behind or asked.name.partition(".")[0] in behind))
    ]
    return [each for each in said if each.answer] or said


def _answerable(found: Visible) -> Iterator[AskedQuestion]:
    return (asked for asked in found.asked if asked.question.facts.takes_answer)


def _said(form: Form, found: Visible, asked: AskedQuestion) -> AlertAnswer:
    answer = "" if is_missing(asked.answer) else in_words(form, asked.question, asked.answer)
    return AlertAnswer(
        asked.name, _label(asked.question, form, found), answer, isinstance(asked.question, TextQuestion)
    )


def in_words(form: Form, question: Question, answer: object) -> str:
    """An answer as people read it."""
    if isinstance(question, MatrixQuestion) and isinstance(answer, dict):
        rows = {row.id: row.label for row in question.rows}
        return "; ".join(f"{rows.get(row, row)}: {shown(question.id, form, value)}" for row, value in answer.items())
    if isinstance(question, RankQuestion) and isinstance(answer, list):
        return ", ".join(f"{place}. {shown(question.id, form, one)}" for place, one in enumerate(answer, 1))
    words = shown(question.id, form, answer)
    return f"{words} {question.unit}" if isinstance(question, NumberQuestion) and question.unit else words


def _label(question: Question, form: Form, found: Visible) -> str:
    return str(piped(question.label, form, found).striptags())


def _still_holds(form: Form, found: Visible, alert: Alert, response: Response) -> bool:
    if alert.kind == "words":
        return alert.rule in response.marked
    rule = next((rule for rule in form.alerts if rule.id == alert.rule), None)
    return rule is None or rule.when.holds(found)


def _named(expression: Expression, form: Form) -> Iterator[str]:
    """The questions that an expression looks at, also through what is computed."""
    for reference in expression.references():
        start, _, rest = reference.name.partition(".")
        if start == "computed" and rest in form.computed:
            yield from _named(form.computed[rest], form)  # a checked form has no circle in it
        elif start not in ("computed", "meta", "row"):
            yield start
