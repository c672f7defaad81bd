"""What at a home needs somebody: letters that did not arrive, silence, people nobody asks, what is missing."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from service.accounts.account import Account
from service.accounts.roles import Action, roles_at
from service.collection.follow_up.due import ended_on, is_stale
from service.collection.follow_up.progress import Progress
from service.collection.invitations.planned_rounds import hindrance
from service.collection.models.help_lines import lines_kept
from service.collection.models.home import Home
from service.collection.models.response import Response
from service.collection.models.round import PlannedRound, Round
from service.collection.models.round_template import template_of
from service.collection.people.who_to_talk_to import OUTSIDE, own_contacts
from service.dates import day_at, in_words, start_of
from service.definitions import Audience, Form
from service.mail.email import Email
from service.repository import Records, readable

LATE_FOR = timedelta(days=30)  # how long a closed round still needs somebody
MAIL_STUCK = timedelta(minutes=30)
MOST_NAMED = 3

MANAGING: tuple[Action, ...] = ("manage_rounds",)
FOLLOWING: tuple[Action, ...] = ("follow_rounds",)
HOUSEHOLD: tuple[Action, ...] = ("manage_people", "manage_homes", "manage_accounts")

Kind = Literal[
    "unreached",
    "declined",
    "late",
    "silent",
    "missing",
    "hindered",
    "no_lead",
    "no_mail",
    "mail_stuck",
    "contacts",
    "help_lines",
    "alerts_new",
    "alerts_taken",
]


@dataclass(frozen=True)
class Attention:
    """Something that needs somebody, as a sentence; `more` says who or what in detail.

    `told` are the actions of which one makes somebody hear of it, `act` whether it cannot wait.
    """

    kind: Kind
    words: str
    told: tuple[Action, ...]
    act: bool = False
    more: tuple[str, ...] = ()
    round_id: str = ""
    planned_id: str = ""
    alert_id: str = ""


@dataclass(frozen=True)
class HomeContext:
    """What is not the home's own: the forms there are, whether letters can leave, what audiences are called."""

    library: Mapping[str, Form]
    mail_is_set: bool
    audiences: Mapping[Audience, str]
    now: datetime


def attention_at(
    records: Records,
    home: Home,
    followed: Sequence[tuple[Round, Progress]],
    planned: Sequence[PlannedRound],
    around: HomeContext,
) -> list[Attention]:
    """All that needs somebody at a home, what cannot wait first. `followed` are its rounds with how far they are."""
    found: list[Attention] = []
    for round_, progress in followed:
        found += _of_round(records, round_, progress, around)
    for plan in planned:
        if plan.opens_on <= day_at(around.now) and (why := hindrance(records, plan, around.library, around.now)):
            words = f"{plan.reason or plan.title} could not open. {why} Change the plan or let it go."
            found.append(Attention("hindered", words, MANAGING, act=True, planned_id=plan.id))
    found += _of_home(records, home, day_at(around.now))
    found += _of_mail(records, home, around)
    return sorted(found, key=lambda each: not each.act)


def worth_following(round_: Round, today: date) -> bool:
    """Whether a round is open, or has ended so lately that something of it may need somebody."""
    return round_.is_open(today) or today - ended_on(round_) <= LATE_FOR


def _of_round(records: Records, round_: Round, progress: Progress, around: HomeContext) -> Iterator[Attention]:
    name = round_.reason or round_.title
    if round_.is_open(day_at(around.now)):
        if progress.unreached:
            count = len(progress.unreached)
            words = "1 letter" if count == 1 else f"{count} letters"
            yield Attention(
                "unreached",
                f"{name}: nobody can say that {words} arrived. Correct the address, or ask in another way.",
                MANAGING,
                act=True,
                more=_some([f"{each.name or each.email}: {_why(letter)}" for each, letter in progress.unreached]),
                round_id=round_.id,
            )
        if progress.declined:
            people = "1 person says" if len(progress.declined) == 1 else f"{len(progress.declined)} people say"
            yield Attention(
                "declined",
                f"{name}: {people} that they are not the right person to ask.",
                MANAGING,
                more=_some(
                    [f"{each.name or each.email}{each.declined and ': '}{each.declined}" for each in progress.declined]
                ),
                round_id=round_.id,
            )
        if progress.missing:
            whom = _listed([around.audiences[each].lower() for each in progress.missing])
            yield Attention(
                "missing",
                f"{name}: nobody is asked of these: {whom}. Without them it is incomplete, however many answer.",
                FOLLOWING,
                more=_needs(round_, around.audiences),
                round_id=round_.id,
            )
    elif late := _late(records, round_, progress):
        people = "1 person" if late == 1 else f"{late} people"
        yield Attention(
            "late",
            f"{name}: {people} came with answers after it had closed. They were kept as drafts and are not counted. "
            "To hear them, open another round.",
            MANAGING,
            round_id=round_.id,
        )
    if progress.silent and _is_half_over(round_, around.now):
        whom = _listed(
            list(
                dict.fromkeys(around.audiences[form.audience].lower() for form in progress.by_form if not form.unnamed)
            )
        )
        so_far = "has answered so far" if round_.is_open(day_at(around.now)) else "answered"
        yield Attention(
            "silent",
            f"{name}: nobody {so_far} ({whom}). No answers at all are a line of enquiry in themselves: "
            "an inspector will ask why.",
            FOLLOWING,
            act=True,
            round_id=round_.id,
        )


def _of_home(records: Records, home: Home, today: date) -> Iterator[Attention]:
    accounts = readable(records[Account].all())
    if not any(each.is_open and "safeguarding_lead" in roles_at(each, home.id) for each in accounts.records):
        yield Attention(
            "no_lead",
            "No safeguarding lead has an account for this home, so nobody outside the shift can be told of a worry.",
            HOUSEHOLD,
            act=True,
        )
    found = tuple(_contacts_missing(home, today))
    if found:
        words, more = (found[0], ()) if len(found) == 1 else ("Check who this home’s contacts are shown to.", found)
        yield Attention("contacts", words, HOUSEHOLD, more=more)
    national = lines_kept(records).checked_on
    if national is None or is_stale(national, today):
        checked = f"were last checked on {in_words(national)}" if national else "have not been checked yet"
        yield Attention(
            "help_lines",
            f"The national help lines on every questionnaire {checked}. An administrator can check them.",
            HOUSEHOLD,
        )


def _contacts_missing(home: Home, today: date) -> Iterator[str]:
    """Who is shown no one to turn to, and which numbers they are told to ring and do not get."""
    if not own_contacts(home, "child"):
        yield "Children cannot see anyone at this home they can contact. Add at least one person."
    if not own_contacts(home, "staff"):
        yield "Staff cannot see anyone they can contact. Add at least one person."
    if not home.telephone:
        alone = not all(own_contacts(home, audience) for audience in OUTSIDE)
        said = "Adults outside cannot see anyone at this home they can contact." if alone else ""
        yield f"{said} Adults who report a danger are told to ring the home. Add its telephone number.".strip()
    if home.designated_officer is None:
        yield "Adults are told to go to the designated officer (LADO). Add how to reach them."
    if home.contacts and home.contacts_checked_on is None:
        yield "Nobody has noted yet that the contacts shown on questionnaires were checked."
    elif home.contacts and home.contacts_checked_on and is_stale(home.contacts_checked_on, today):
        yield f"The contacts shown on questionnaires were last checked on {in_words(home.contacts_checked_on)}."


def _of_mail(records: Records, home: Home, around: HomeContext) -> Iterator[Attention]:
    letters = readable(records[Email].find("state", "waiting")).records
    waiting = [letter for letter in letters if _is_for(records, letter.round_id, home)]
    count = "1 letter waits" if len(waiting) == 1 else f"{len(waiting) or 'no'} letters wait"
    if home.demonstration:
        if waiting:
            yield Attention("no_mail", f"In a demonstration no letter leaves: {count}.", ("see_jobs",))
        return
    if not around.mail_is_set:
        yield Attention(
            "no_mail",
            f"No mail server is set, so no letter can leave: {count}.",
            ("see_jobs",),
            act=bool(waiting),
        )
        return
    due = [letter for letter in waiting if letter.tries or letter.next_try_at <= around.now - MAIL_STUCK]
    stuck = [letter for letter in due if letter.created_at <= around.now - MAIL_STUCK]
    if stuck:
        since = int((around.now - min(letter.created_at for letter in stuck)).total_seconds()) // 60
        long = f"{since} minutes" if since < 120 else f"{since // 60} hours"
        yield Attention("mail_stuck", f"Mail is not leaving: {count} for up to {long}.", ("see_jobs",), act=True)


def _is_for(records: Records, round_id: str, home: Home) -> bool:
    round_ = records[Round].get(round_id) if round_id else None
    return round_ is None or round_.home_id == home.id


def _late(records: Records, round_: Round, progress: Progress) -> int:
    """How many people wrote to a draft of a named form after the end: of others each one would show."""
    end = _end(round_)
    shown = {form.form_id for form in progress.by_form if not form.unnamed}
    late = {
        (each.form_id, each.child_id or each.id)
        for each in records[Response].find("round_id", round_.id)
        if each.submitted_at is None and not each.conflict and each.saved_at > end and each.form_id in shown
    }
    return len(late)


def _is_half_over(round_: Round, now: datetime) -> bool:
    end = _end(round_)
    return now - round_.opened_at >= (end - round_.opened_at) / 2


def _end(round_: Round) -> datetime:
    """The moment from which on nobody can answer: it may be a while until somebody, or the service, closes a round."""
    midnight = start_of(round_.closes_on + timedelta(days=1))
    return min(round_.closed_at, midnight) if round_.closed_at else midnight


def _needs(round_: Round, audiences: Mapping[Audience, str]) -> tuple[str, ...]:
    template = template_of(round_.template)
    if template is None:
        return ()
    whom = _listed([audiences[each].lower() for each in template.needs])
    return (f"It needs {whom} (Children's Homes Regulations 2015, reg 45(5)).",)


def _why(letter: Email) -> str:
    if letter.state == "unsure":
        return "sending was cut short, so it may have arrived or not"
    return f"refused: {letter.said}" if letter.said else "refused"


def _some(lines: Collection[str]) -> tuple[str, ...]:
    """The first few, and how many more there are."""
    left = len(lines) - MOST_NAMED
    return tuple(lines) if left <= 1 else (*list(lines)[:MOST_NAMED], f"and {left} more")


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
