"""The numbers of a home's Annex A as they were last sent, for whoever sets them beside what people say."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from service.collection.models.response import Response
from service.collection.models.round import Round
from service.dates import day_at
from service.definitions import Form, Question
from service.definitions.expression import day_of
from service.definitions.question import DateQuestion, NumberQuestion
from service.repository import Records

FORM, SYSTEM = "annex-a-", "ofsted-annex-a/"
PERIOD = "x-period-start"
Item = tuple[str, str]  # the system of its edition, and its code there


@dataclass(frozen=True)
class AnnexA:
    """What one response says: a number for each item that has one, the day it was sent, when its period began."""

    round_id: str
    form_id: str
    given_on: date
    period_from: date | None
    numbers: Mapping[Item, int | float]


def last_annex_a(records: Records, home_id: str, forms: Callable[[str], Form]) -> AnnexA | None:
    """The newest that somebody signed with their name. A draft says nothing yet, and what was answered without a
    name was not meant to be the home's own account of itself."""
    sent = [
        (response.submitted_at, response)
        for round_ in records[Round].find("home_id", home_id)
        if any(ref.form_id.startswith(FORM) for ref in round_.forms)
        for response in records[Response].find("round_id", round_.id)
        if response.form_id.startswith(FORM) and response.submitted_at is not None and not response.conflict
    ]
    for at, response in sorted(sent, key=lambda one: one[0], reverse=True):
        form = forms(response.fingerprint)
        if form.identity == "named":
            return AnnexA(
                response.round_id, response.form_id, day_at(at), _period(form, response), dict(_numbers(form, response))
            )
    return None


def _numbers(form: Form, response: Response) -> Iterator[tuple[Item, int | float]]:
    """Those that stand by themselves: what is in the tables is about one child each."""
    for question in _asked(form):
        answer = response.answers.get(question.id)
        if isinstance(question, NumberQuestion) and isinstance(answer, int | float):
            for code in question.codes:
                if code.system.startswith(SYSTEM):
                    yield (code.system, code.code), answer


def _period(form: Form, response: Response) -> date | None:
    for question in _asked(form):
        answer = response.answers.get(question.id)
        if isinstance(question, DateQuestion) and answer and any(code.code == PERIOD for code in question.codes):
            return day_of(str(answer))
    return None


def _asked(form: Form) -> Iterator[Question]:
    return (placed.question for placed in form.questions.values())
