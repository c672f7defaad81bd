"""How far a round has come: who was asked, who has opened it, who has answered, and whom it does not ask."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from service.answers.piping import piped
from service.answers.visibility import visible
from service.collection.models.form_meta import meta_of
from service.collection.models.home import Home
from service.collection.models.invitation import Invitation
from service.collection.models.response import Response
from service.collection.models.round import Round
from service.collection.models.round_template import template_of
from service.collection.models.tablet import ON_THE_TABLET
from service.collection.responses.one_voice import left_out
from service.definitions import Audience, Form
from service.mail.email import Email
from service.repository import Records

STEP = 5


@dataclass(frozen=True)
class FormProgress:
    """One form's counts. `asked` is how many people it is meant for: those expected on the tablet, and those invited
    who have neither been taken back nor said that they are not the right person (`declined`).

    `shown` is false for an unnamed form that fewer than its smallest group are asked, and for a children's form of
    which nobody knows how many: of a few even whether one has answered says who. Then nothing was counted, and every
    number is 0.
    Of an `unnamed` form `answered` goes up in steps, and `opened` with it.
    """

    form_id: str
    title: str
    audience: Audience
    channel: Literal["link", "tablet"]
    asked: int = 0
    opened: int = 0
    answered: int = 0
    shown: bool = True
    declined: int = 0
    unnamed: bool = False

    @property
    def answered_in_words(self) -> str:
        """How many have answered, as far as it may be said; empty where nothing is."""
        return answered_in_words(self.answered, unnamed=self.unnamed) if self.shown else ""


@dataclass(frozen=True)
class AudienceProgress:
    """The counts of an audience's forms together; `shown` only where those of every one of them are."""

    audience: Audience
    channel: Literal["link", "tablet"]
    asked: int
    opened: int
    answered: int
    shown: bool
    unnamed: bool = False

    @property
    def answered_in_words(self) -> str:
        """How many have answered, as far as it may be said; empty where nothing is."""
        return answered_in_words(self.answered, unnamed=self.unnamed) if self.shown else ""


@dataclass(frozen=True)
class Progress:
    """How far a round has come.

    `missing` are the audiences that its template needs and that nobody of is asked. `silent` says that nobody has
    answered of those whose forms are named: of others the first answer would show. `unreached` are those of whom
    nobody can say that their letter arrived, with that letter.
    """

    by_form: tuple[FormProgress, ...]
    missing: tuple[Audience, ...]
    silent: bool
    declined: tuple[Invitation, ...]
    unreached: tuple[tuple[Invitation, Email], ...]

    @property
    def by_audience(self) -> tuple[AudienceProgress, ...]:
        """The same by audience, in the order of the round's forms."""
        audiences = dict.fromkeys(form.audience for form in self.by_form)
        return tuple(_together([form for form in self.by_form if form.audience == each]) for each in audiences)

    @property
    def answered_in_words(self) -> str:
        """How many have answered, of those whose numbers are shown."""
        return answered_in_words(self.answered, unnamed=any(form.unnamed for form in self.by_form if form.shown))

    @property
    def asked(self) -> int:
        """How many are asked, of those whose numbers are shown."""
        return sum(form.asked for form in self.by_form)

    @property
    def answered(self) -> int:
        """How many have answered, of those whose numbers are shown."""
        return sum(form.answered for form in self.by_form)


def progress_of(records: Records, round_: Round, forms: Callable[[str], Form]) -> Progress:
    """Count what a round has come to. `forms` gives a published form by its fingerprint."""
    unnamed = {ref.form_id for ref in round_.forms if forms(ref.fingerprint).is_unnamed}
    reached = _reached(records, round_)
    everyone = list(records[Invitation].find("round_id", round_.id))
    invited = [
        each
        for each in everyone
        if each.slip  # as many as are expected, printed twice or not: see `_of_form`
        or not each.revoked_at
        or (reached(each) if each.form_id in unnamed else each.answered)
    ]
    # a response that came by link is counted with its invitation, which stays when an anonymous answer has left it;
    # so is a paper copy of somebody who was invited
    given = records[Response].find("round_id", round_.id)
    here = [
        each
        for each in given
        if each.channel != "link"
        and each.invitation_id is None
        and each.begun_as not in ("code", "title")
        and not each.conflict
    ]
    repeated = left_out(records, round_, here)
    here = [each for each in here if each.id not in repeated]
    expected = {each.form_id: each.people for each in round_.expected}
    home = records[Home].get(round_.home_id)
    by_form = tuple(
        _of_form(
            form := forms(ref.fingerprint),
            _title(form, round_, home),
            expected.get(ref.form_id, 0),
            [each for each in invited if each.form_id == ref.form_id],
            [each for each in everyone if each.form_id == ref.form_id],
            [each for each in here if each.form_id == ref.form_id],
        )
        for ref in round_.forms
    )
    named = [form for form in by_form if not form.unnamed]
    return Progress(
        by_form=by_form,
        missing=missing_of(
            round_.template,
            (form.audience for form in by_form if form.channel == "tablet" or form.asked or not form.shown),
        ),
        silent=bool(named) and not any(form.answered for form in named),
        declined=tuple(
            each
            for each in invited
            if each.declined_at and not each.revoked_at and not is_asked(each, unnamed=each.form_id in unnamed)
        ),
        unreached=_unreached(
            records, round_, [each for each in invited if each.gets_emails(unnamed=each.form_id in unnamed)], unnamed
        ),
    )


def in_steps(count: int) -> int:
    """A count of people of unnamed forms, down to a full step: each single answer would show otherwise."""
    return count // STEP * STEP


def answered_in_words(count: int, *, unnamed: bool) -> str:
    """How many have answered; of unnamed forms at least how many, and nothing before the first full step."""
    if not unnamed:
        return f"{count} answered"
    return f"at least {in_steps(count)} answered" if in_steps(count) else ""


def is_asked(invitation: Invitation, *, unnamed: bool) -> bool:
    """Whether an invited person is among those whom a form is meant for: one who has declined is not.

    A named form that was answered after all counts again; of an unnamed one that would tell who has answered.
    """
    return not invitation.declined_at or (invitation.answered and not unnamed)


def told_of_asked(form: Form, count: int) -> int | None:
    """How many people a form is meant for: those expected on the tablet, and those who are asked by link.

    None where even that is not told: of an unnamed form fewer than its smallest group, or of children nobody knows
    how many. That no adult has been asked yet is told.
    """
    if not form.is_unnamed or (form.audience != "child" and not count):
        return count
    return count if count >= form.reporting.minimum_group_size else None


def missing_of(template_id: str, audiences: Iterable[Audience]) -> tuple[Audience, ...]:
    """The audiences without which a round of this template is incomplete, and which are not among these."""
    template = template_of(template_id)
    present = set(audiences)
    return tuple(each for each in template.needs if each not in present) if template else ()


def _of_form(
    form: Form,
    title: str,
    expected: int,
    invited: Sequence[Invitation],
    everyone: Sequence[Invitation],
    here: Sequence[Response],
) -> FormProgress:
    asked = [each for each in invited if is_asked(each, unnamed=form.is_unnamed) and not each.slip]
    heard = everyone if form.is_unnamed else [*asked, *(each for each in everyone if each.slip)]
    count = told_of_asked(form, expected + len(asked))
    by_link = bool(asked) if expected == 0 and form.audience in ON_THE_TABLET else form.audience not in ON_THE_TABLET
    told = FormProgress(form.id, title, form.audience, "link" if by_link else "tablet", unnamed=form.is_unnamed)
    if count is None:
        return replace(told, shown=False)
    sent = [each for each in here if each.submitted_at is not None]
    opened = len(sent) + len(_still_at_it(here)) + sum(map(_has_opened, heard))
    answered = len(sent) + sum(each.answered for each in heard)
    if form.is_unnamed:
        opened = answered = in_steps(answered)
    declined = sum(not is_asked(each, unnamed=form.is_unnamed) for each in invited if not each.slip)
    return replace(told, asked=count, opened=opened, answered=answered, declined=declined)


def _has_opened(invitation: Invitation) -> bool:
    return bool(invitation.opened_at or invitation.response_id or invitation.answered)


def _still_at_it(here: Sequence[Response]) -> set[str]:
    """The people who have begun and sent nothing: a child with two drafts is one, a child who has sent is none."""
    sent = {each.child_id for each in here if each.submitted_at is not None}
    drafts = (each for each in here if each.submitted_at is None)
    return {each.child_id or each.id for each in drafts if not each.child_id or each.child_id not in sent}


def _title(form: Form, round_: Round, home: Home | None) -> str:
    """The form's title as those who are asked read it, with the home's name in its place."""
    meta = meta_of(round_, home, None, round_.opened_at) if home else {}
    return str(piped(form.title, form, visible(form, {}, meta)).striptags())


def _together(forms: Sequence[FormProgress]) -> AudienceProgress:
    shown = all(form.shown for form in forms)
    counted = forms if shown else ()
    return AudienceProgress(
        forms[0].audience,
        "link" if all(form.channel == "link" for form in forms) else "tablet",
        sum(form.asked for form in counted),
        sum(form.opened for form in counted),
        sum(form.answered for form in counted),
        shown,
        any(form.unnamed for form in forms),
    )


def _reached(records: Records, round_: Round) -> Callable[[Invitation], bool]:
    """Whether a person may hold a link: unless every email to them has come back or never left."""
    letters = [one for one in records[Email].find("round_id", round_.id) if one.kind != "code"]
    written = {one.invitation_id for one in letters}
    arrived = {one.invitation_id for one in letters if one.state in ("sent", "unsure", "leaving")}
    return lambda invitation: invitation.id in arrived or invitation.id not in written


def _unreached(
    records: Records, round_: Round, waiting: Sequence[Invitation], unnamed_forms: Collection[str]
) -> tuple[tuple[Invitation, Email], ...]:
    named = {each.id for each in waiting if each.form_id not in unnamed_forms}
    newest = {
        letter.invitation_id: letter
        for letter in records[Email].find("round_id", round_.id)
        # one that was dropped never left; who is reminded says who has not answered, which only named forms may tell
        if letter.state != "dropped" and (letter.kind != "reminder" or letter.invitation_id in named)
    }
    return tuple(
        (each, letter)
        for each in waiting
        if (letter := newest.get(each.id)) is not None and letter.state in ("bounced", "unsure")
    )
