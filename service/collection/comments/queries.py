"""What people wrote and who may read it: by question, without who, in an order that says nothing."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from service.accounts.account import Account
from service.accounts.roles import roles_at
from service.answers.piping import piped
from service.answers.visibility import visible
from service.audit import AnswersRead, remember
from service.collection.alerts.answers import is_to_be_read, questions_behind
from service.collection.alerts.workflow import may_see, taken_on
from service.collection.models.alert import Alert
from service.collection.models.comment_read import CommentRead
from service.collection.models.figures import RoundFigures, figures_id
from service.collection.models.form_meta import meta_of
from service.collection.models.hashing import Hasher
from service.collection.models.home import Home
from service.collection.models.response import Response
from service.collection.models.round import Round, is_embargoed
from service.collection.models.theme import Theming
from service.collection.responses.one_voice import left_out
from service.dates import day_at, week_of
from service.definitions import Audience, Form
from service.definitions.question import (
    GroupQuestion,
    Question,
    TextQuestion,
)
from service.repository import Records, Store, Transaction

Forms = Callable[[str], Form]


@dataclass(frozen=True)
class Comment:
    """One answer in somebody's own words. `id` leads to nothing but the comment, so that no two can be joined by it.

    `marked`: something in it worries; only a safeguarding lead is told, as of the alert that it raised. `name` is what
    the answer goes by, and like `response_id` never on a page. `read` is None where it waits for nobody, as only what
    children write does. `themes` are the ids of those it was given.
    """

    id: str
    round: Round
    question: str
    words: str
    week: date
    marked: bool
    response_id: str
    name: str
    form_id: str
    audience: Audience
    read: bool | None = None
    themes: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What a reading and the themes of it are kept under."""
        return f"{self.response_id}:{self.name}"


@dataclass(frozen=True)
class ReadableComments:
    """The comments that one account may read at a home.

    `later` are unnamed forms whose rounds are not released, and `withheld` anonymous ones of which nothing may be
    quoted, whether there are any comments or not. `reader` says whether the account reads any child's comments here at
    all, `others` whether anybody else's.
    """

    comments: tuple[Comment, ...]
    withheld: tuple[tuple[Round, Form], ...] = ()
    later: tuple[tuple[Round, Form], ...] = ()
    reader: bool = True
    others: bool = False

    @property
    def waiting(self) -> tuple[Comment, ...]:
        """Those that they have still to read."""
        return tuple(comment for comment in self.comments if comment.read is False)


def comments_at(
    records: Records, home: Home, account: Account, forms: Forms, hasher: Hasher, today: date
) -> ReadableComments:
    """The comments of a home's rounds, open and closed, that this account may read.

    Those of unnamed forms come when the round's last planned day is over. Until then the safeguarding lead reads what
    cannot wait through its alert.

    Of children's a safeguarding lead reads all; what somebody else has read still waits for them. Others read what the
    workbook and the results show them: all that was written to a form that names one of their roles. Where children
    answered anonymously it is what they were told may be quoted, once the round's figures are kept and show how many
    wrote it; what anybody else wrote anonymously is read by nobody here.
    """
    roles = roles_at(account, home.id)
    lead = "safeguarding_lead" in roles
    read = {reading.id for reading in records[CommentRead].find("home_id", home.id) if reading.by_lead or not lead}
    themes = {theming.id: theming.themes for theming in records[Theming].find("home_id", home.id)}
    found: list[Comment] = []
    withheld: list[tuple[Round, Form]] = []
    later: list[tuple[Round, Form]] = []
    reader, others = lead, False
    for round_ in records[Round].find("home_id", home.id):
        for form in [forms(ref.fingerprint) for ref in round_.forms]:
            child = form.audience == "child"
            if not (_may_read(roles, form) or (child and lead)):
                continue
            reader, others = reader or child, others or not child
            if is_embargoed([form], round_, today):
                later.append((round_, form))
                continue
            sent = _sent(records, round_, form)
            quoted = _quoted(records, round_, form) if form.identity == "anonymous" and not lead else None
            if quoted is not None and not quoted:
                withheld.append((round_, form))
                continue
            not_counted = left_out(records, round_, sent) if quoted is not None else ()
            for response in sent:
                if quoted is not None and (not response.gives_figures or response.id in not_counted):
                    continue  # quotes are of those whom the figures count
                answered = forms(response.fingerprint)
                if child or _may_read(roles, answered):
                    found += _written(response, answered, round_, home, lead and child, hasher, quoted)
    found = [
        replace(one, read=one.key in read if one.audience == "child" else None, themes=themes.get(one.key, ()))
        for one in found
    ]
    # within a week by what says nothing
    found.sort(key=lambda comment: (not comment.marked, comment.week, comment.id))
    return ReadableComments(tuple(found), tuple(withheld), tuple(later), reader, others)


def shown_to(store: Store, home: Home, comments: Collection[Comment], account: Account, now: datetime) -> None:
    """Remember that this account was shown these comments."""
    shown = dict.fromkeys((comment.round.id, comment.form_id) for comment in comments)
    if shown:
        with store.transaction() as tx:
            for round_id, form_id in shown:
                remember(tx, AnswersRead(round_id, form_id), account.id, now, home.id)


def read(
    store: Store,
    home: Home,
    ids: Collection[str],
    account: Account,
    forms: Forms,
    hasher: Hasher,
    now: datetime,
) -> int:
    """Keep that this account has read these comments; says how many there were.

    Alerts that asked for nothing but this, and that the account knows of, are thereby taken on.
    """
    lead = "safeguarding_lead" in roles_at(account, home.id)
    with store.transaction() as tx:
        comments = [one for one in comments_at(tx, home, account, forms, hasher, day_at(now)).waiting if one.id in ids]
        for comment in comments:
            tx[CommentRead].put(CommentRead(comment.key, home.id, comment.response_id, now, account.id, lead))
        for response_id in dict.fromkeys(comment.response_id for comment in comments):
            _take_on(tx, response_id, account, forms, now)
    return len(comments)


def _take_on(tx: Transaction, response_id: str, account: Account, forms: Forms, now: datetime) -> None:
    response = tx[Response].get(response_id)
    if response is None:
        return
    form = forms(response.fingerprint)
    read = {reading.id.partition(":")[2] for reading in tx[CommentRead].find("response_id", response_id)}
    for alert in list(tx[Alert].find("round_id", response.round_id)):
        ours = alert.response_id == response_id and alert.state == "new" and may_see(account, alert)
        if ours and is_to_be_read(form, alert):
            asked_for = {alert.rule} if alert.kind == "words" else {*questions_behind(form, alert)}
            if {name for name in asked_for if response.answers.get(name)} <= read:
                taken_on(tx, alert, account.id, now)


def _may_read(roles: Collection[str], form: Form) -> bool:
    """Whether the form names one of these roles. What was written anonymously is read where children wrote it only."""
    return bool({*roles} & {*form.readers}) and (form.audience == "child" or form.identity != "anonymous")


def _sent(records: Records, round_: Round, form: Form) -> list[Response]:
    return [
        response
        for response in records[Response].find("round_id", round_.id)
        if response.form_id == form.id and response.submitted_at is not None
    ]


def _quoted(records: Records, round_: Round, form: Form) -> Collection[str]:
    """The questions of a form answered anonymously of which words are shown: as its figures are, when it has closed."""
    kept = records[RoundFigures].get(figures_id(round_.id, form.id))
    if kept is None or kept.no_figures:
        return ()
    shown = {tally.question for tally in kept.tallies if isinstance(tally.numbers["answered"], int)}
    return {name for name, placed in form.questions.items() if name in shown and _may_quote(placed.question)}


def _may_quote(question: Question) -> bool:
    return question.reporting.verbatim == "always"


def _written(
    response: Response,
    form: Form,
    round_: Round,
    home: Home,
    lead: bool,
    hasher: Hasher,
    quoted: Collection[str] | None,
) -> Iterator[Comment]:
    moment = response.submitted_at or response.saved_at
    meta = meta_of(round_, home, None, moment)
    bare = visible(form, {}, meta)  # an answer in a question's wording would join it to another
    # what children write somebody reads in any case
    kept_back = set() if form.audience == "child" else {one.id for one in _not_reported(form)}
    for each in visible(form, response.answers, meta).asked:
        if each.question.id in kept_back:
            continue
        if _is_comment(each.question) and isinstance(each.answer, str) and each.answer.strip():
            if each.question.reporting.verbatim == "never" and not lead:
                continue
            if quoted is not None and each.question.id not in quoted:
                continue
            yield Comment(
                id=hasher.new("comment", f"{response.id}:{each.name}")[:32],
                round=round_,
                question=str(piped(each.question.label, form, bare).striptags()),
                words=each.answer,
                week=week_of(moment),
                marked=lead and each.name in response.marked,
                response_id=response.id,
                name=each.name,
                form_id=form.id,
                audience=form.audience,
            )


def _is_comment(question: Question) -> bool:
    return isinstance(question, TextQuestion) and question.type == "text"


def _not_reported(form: Form) -> Iterator[Question]:
    """The questions that the form keeps out of every report, with all that stands in them."""
    return _kept_back(form, (question for page in form.pages for question in page.questions))


def _kept_back(form: Form, questions: Iterable[Question], *, whole: bool = False) -> Iterator[Question]:
    for question in questions:
        out = whole or not question.reporting.include
        if out:
            yield question
        if isinstance(question, GroupQuestion):
            yield from _kept_back(form, question.questions, whole=out)
        yield from _kept_back(form, (detail for *_, detail in form.details(question)), whole=out)
