"""What a workbook is about: each form's responses over some rounds, in an order that says nothing."""

import hmac
import sys
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property, partial
from hashlib import sha256
from typing import cast

from service.analysis.cell_suppression import Disclosed
from service.analysis.counted_response import CountedResponse, count_response
from service.analysis.figures import Figure, Sign
from service.analysis.merged_form import JoinedForm, join
from service.analysis.pooling import pooled
from service.analysis.reconciliation import Counting, CountReconciliation
from service.analysis.release_rules import Protection, explained, protection
from service.analysis.snapshots import disclosed_again
from service.analysis.tallies import Tally, tallies
from service.collection.comments.themes import Theme, themes_at
from service.collection.follow_up.progress import is_asked, told_of_asked
from service.collection.models.figures import RoundFigures, figures_id
from service.collection.models.form_meta import meta_of
from service.collection.models.home import Home
from service.collection.models.invitation import Invitation
from service.collection.models.response import Channel, Ledger, Response, ledger_id
from service.collection.models.round import Round, is_embargoed
from service.collection.responses.one_voice import left_out
from service.dates import day_at
from service.definitions import Form, Role
from service.reports.labels import AUDIENCES, ROLES
from service.reports.progress import Work
from service.repository import Records

Forms = Callable[[str], Form]


@dataclass(frozen=True, slots=True)
class InvitedPerson:
    """Who was asked by link: their name, and what their letter calls the child."""

    name: str
    label: str


@dataclass(frozen=True, slots=True)
class Sent:
    """A submitted response with all that a row needs, and no more: a year's are held together."""

    heard: CountedResponse
    at: datetime
    channel: Channel
    language: str
    conflict: bool
    counts: bool
    round: Round
    home: Home
    addressee: InvitedPerson | None

    @property
    def id(self) -> str:
        return self.heard.response_id

    @property
    def form_version(self) -> int:
        return self.heard.form.version


@dataclass(frozen=True)
class InRound:
    """What one audience said in one round. `kept` are its figures as they were when it closed, where it has.

    `asked` is how many people the form was meant for; withheld of a few without names. Of what is `embargoed` nothing
    is read: no response, no figure.
    """

    round: Round
    protection: Protection
    heard: tuple[CountedResponse, ...]
    kept: RoundFigures | None
    asked: Figure = Sign.NOT_APPLICABLE
    embargoed: bool = False

    @property
    def answered(self) -> Figure:
        """How many have answered, as far as that may be said; where it has closed, as many as then."""
        if self.protection.no_counts:
            return Sign.WITHHELD
        return len(self.heard) if self.kept is None or self.protection.no_rows is None else self.kept.people


@dataclass(frozen=True)
class Voice:
    """All that one audience said on one form. `sent` includes what gives no figures: copies, forms begun by title, and
    what is `repeated`, the ids of responses whose picture answered again.

    `label` is what the workbook calls it: the audience, with the form where several are for the same people.
    """

    label: str
    joined: JoinedForm
    sent: tuple[Sent, ...]
    account: CountReconciliation
    protection: Protection
    in_rounds: tuple[InRound, ...] = ()
    repeated: frozenset[str] = frozenset()
    work: Work = field(default_factory=Work, compare=False, repr=False)

    @property
    def form(self) -> Form:
        """The newest version."""
        return self.joined.newest

    @property
    def counted(self) -> list[CountedResponse]:
        """The responses that figures are made of: one for each person."""
        return [sent.heard for sent in self.sent if sent.counts and sent.id not in self.repeated]

    @property
    def people(self) -> int:
        """How many have answered; where only figures are shown, as many as when each round closed."""
        if self.protection.no_rows is None:
            return len(self.counted)
        return sum(len(one.heard) if one.kept is None else one.kept.people for one in self.in_rounds)

    @property
    def of_a_few(self) -> bool:
        """Whether in a round so few were asked without their names that even their number is not told.

        Of children to nobody; of adults not to whoever is no reader.
        """
        to_be_told = self.form.audience != "child" and self.protection.no_rows is None
        return not to_be_told and any(one.asked is Sign.WITHHELD for one in self.in_rounds)

    @property
    def no_account(self) -> bool:
        """Whether what became of all that was begun is withheld: of an unnamed form, to whoever is no reader of it.

        One draft more, or one answer by link, says which person it was.
        """
        return self.protection.no_counts or (self.form.is_unnamed and self.protection.no_rows is not None)

    @cached_property
    def told(self) -> tuple[Tally, ...]:
        """The figures of every reported question, as they may be shown: sheets and charts take them from here."""
        if self.protection.no_rows is None:
            return tuple(self._tallies(self.counted))
        return tuple(pooled([[one.tally for one in each] for each in self._disclosed.values()]))

    def told_in(self, round_id: str) -> tuple[Tally, ...]:
        """The same of one round alone; nothing of a round that did not ask this."""
        asked = [each for each in self.in_rounds if each.round.id == round_id]
        if self.protection.no_rows is None and not any(each.embargoed for each in asked):
            return tuple(self._tallies([one for each in asked for one in each.heard]))
        return tuple(one.tally for one in self._disclosed.get(round_id, ()))

    def told_at(self, home_id: str) -> tuple[Tally, ...]:
        """The same of one home alone, over its rounds; nothing of a home that was not asked this.

        Made of what is shown of each round, as the figures of all homes are: taken from those it leaves nothing over.
        """
        rounds = [one for one in self.in_rounds if one.round.home_id == home_id]
        if self.protection.no_rows is None and not all(one.embargoed for one in rounds):
            return tuple(self._tallies([said for one in rounds for said in one.heard])) if rounds else ()
        return tuple(pooled([self.told_in(one.round.id) for one in rounds]))

    def hidden_in(self, round_id: str) -> tuple[Disclosed, ...]:
        """What was taken out of the figures of a round, question by question, and why."""
        if self.protection.no_rows is None:
            return ()
        return tuple(one for one in self._disclosed.get(round_id, ()) if one.hidden)

    @property
    def shown(self) -> tuple[Sent, ...]:
        """The responses that may be shown one by one."""
        return () if self.protection.no_rows else self.sent

    @cached_property
    def _disclosed(self) -> dict[str, list[Disclosed]]:
        return {
            one.round.id: explained(self._tallies(one.heard), one.protection)
            if one.kept is None
            else disclosed_again(one.kept, self.joined)
            for one in self.in_rounds
        }

    def _tallies(self, heard: Sequence[CountedResponse]) -> list[Tally]:
        found: list[Tally] = []
        for question in self.joined.reported:
            found += tallies(question, heard)
            self.work.did("counted", len(heard) / len(self.joined.reported))
        return found


@dataclass(frozen=True)
class Order:
    """An order that says nothing about when or by whom, and stays the same from one export to the next."""

    key: bytes

    def __call__(self, *names: str) -> bytes:
        """The place of whatever has these names."""
        return hmac.new(self.key, "\n".join(("order", *names)).encode(), sha256).digest()


@dataclass(frozen=True)
class Dataset:
    """Everything that a workbook is made from. `roles` are those of whom it is for; None: of all readers together.

    What is `to_hand_on` is for people whom no form names. `themes` are those that readers have given to comments, by
    what a comment is kept under; `themes_of` says where they may stand.
    """

    homes: tuple[Home, ...]
    rounds: tuple[Round, ...]
    voices: tuple[Voice, ...]
    order: Order
    now: datetime
    roles: tuple[Role, ...] | None = None
    to_hand_on: bool = False
    themes: Mapping[str, tuple[Theme, ...]] = field(default_factory=dict)
    work: Work = field(default_factory=Work, compare=False, repr=False)

    def themes_of(self, voice: Voice, key: str) -> tuple[Theme, ...]:
        """The themes of one comment, for those who may read single answers: how many have one is a count of answers."""
        return self.themes.get(key, ()) if voice.protection.no_rows is None else ()


class HomeMissing(Exception):
    """A round points at a home that is not in the store."""


def load_dataset(
    records: Records,
    rounds: Sequence[Round],
    forms: Forms,
    key: bytes,
    now: datetime,
    roles: Collection[Role] | None = None,
    to_hand_on: bool = False,
    also: Sequence[Home] = (),
    work: Work | None = None,
) -> Dataset:
    """Read the rounds and everything that was sent in them, as much as these roles may see.

    `also` are homes that belong to it though they may have had no round.
    """
    order, work = Order(key), work or Work()
    homes = {home.id: home for home in also}
    homes |= {round_.home_id: _home(records, round_.home_id) for round_ in rounds}
    work.expect(sum(records[Response].count("round_id", round_.id) for round_ in rounds))
    read = {ref.form_id: _Read() for round_ in rounds for ref in round_.forms}
    for round_ in rounds:
        _read(records, round_, homes[round_.home_id], read, forms, work, day_at(now))
    work.finish("heard")
    for_whom = partial(protection, roles=roles, to_hand_on=to_hand_on)
    voices = [
        _voice(records, form_id, of_form, rounds, forms, order, now, for_whom, work)
        for form_id, of_form in read.items()
    ]
    places = list(AUDIENCES)
    voices.sort(key=lambda voice: places.index(voice.form.audience))
    audiences = Counter(voice.form.audience for voice in voices)
    voices = [
        voice if audiences[voice.form.audience] == 1 else replace(voice, label=f"{voice.label} ({voice.form.id})")
        for voice in voices
    ]
    made_for = None if roles is None else tuple(role for role in ROLES if role in roles)
    themes = {} if to_hand_on else themes_at(records, homes)
    return Dataset(tuple(homes.values()), tuple(rounds), tuple(voices), order, now, made_for, to_hand_on, themes, work)


@dataclass
class _Read:
    """What was read of one form: its responses as they count, how many records there were of it, whom it was sent to.

    `fingerprints` are those of the versions that were answered, `invited` how many were by round, `repeated` the ids
    of responses that do not count as their picture answered again.
    """

    sent: list[Sent] = field(default_factory=list)
    counting: Counting = field(default_factory=Counting)
    fingerprints: dict[str, None] = field(default_factory=dict)
    invited: Counter[str] = field(default_factory=Counter)
    repeated: set[str] = field(default_factory=set)


def _read(
    records: Records,
    round_: Round,
    home: Home,
    read: dict[str, _Read],
    forms: Forms,
    work: Work,
    today: date,
) -> None:
    """Take in a round, record by record, keeping of each what is needed: there may be tens of thousands.

    Of a form that is embargoed nothing is read but how many people were invited.
    """
    embargoed = {ref.form_id for ref in round_.forms if is_embargoed([forms(ref.fingerprint)], round_, today)}
    addressees: dict[str, InvitedPerson] = {}
    unnamed = {ref.form_id for ref in round_.forms if forms(ref.fingerprint).is_unnamed}
    for one in records[Invitation].find("round_id", round_.id):
        addressees[one.id] = InvitedPerson(one.name, sys.intern(one.label))
        if (of_form := read.get(one.form_id)) is not None and not one.slip:  # slips are among those expected
            of_form.counting.invitation(replace(one, answered=False) if one.form_id in embargoed else one)
            of_form.invited[round_.id] += is_asked(one, unnamed=one.form_id in unnamed)
    of_pictures: list[Response] = []
    for response in records[Response].find("round_id", round_.id):
        if response.form_id in embargoed:
            continue
        of_form = read.setdefault(response.form_id, _Read())
        of_form.counting.response(response)
        of_form.fingerprints[response.fingerprint] = None
        if response.child_id:
            of_pictures.append(replace(response, answers={}))  # their answers would take too much room
        if response.submitted_at is not None:
            addressee = addressees.get(response.invitation_id or "")
            of_form.sent.append(_sent(response, response.submitted_at, round_, home, addressee, forms))
            work.did("heard")
    repeated = left_out(records, round_, of_pictures)
    for response in of_pictures:
        if response.id in repeated:
            read[response.form_id].repeated.add(response.id)


def _sent(
    response: Response, at: datetime, round_: Round, home: Home, addressee: InvitedPerson | None, forms: Forms
) -> Sent:
    meta = {**meta_of(round_, home, None, at), "label": addressee.label if addressee else ""}
    heard = count_response(response.id, forms(response.fingerprint), response.answers, meta)
    channel, language = cast(Channel, sys.intern(response.channel)), sys.intern(response.language)
    return Sent(heard, at, channel, language, response.conflict, response.gives_figures, round_, home, addressee)


def _voice(
    records: Records,
    form_id: str,
    read: _Read,
    rounds: Sequence[Round],
    forms: Forms,
    order: Order,
    now: datetime,
    for_whom: Callable[..., Protection],
    work: Work,
) -> Voice:
    asking = {round_.id: ref for round_ in rounds if (ref := round_.form_ref(form_id)) is not None}
    fingerprints = dict.fromkeys((*(ref.fingerprint for ref in asking.values()), *read.fingerprints))
    joined = join([forms(fingerprint) for fingerprint in fingerprints])
    sent = sorted(read.sent, key=lambda one: order(one.id))
    by_round: dict[str, list[CountedResponse]] = {}
    for one in sent:
        if one.counts and one.id not in read.repeated:
            by_round.setdefault(one.round.id, []).append(one.heard)
    in_rounds, ledgers = [], []
    for round_ in rounds:
        if (ref := asking.get(round_.id)) is None:
            continue
        meant_for = _meant_for(forms(ref.fingerprint), round_, read)
        if is_embargoed([forms(ref.fingerprint)], round_, day_at(now)):
            alone = for_whom(joined.forms, 0, still_open=True, embargoed_until=round_.embargoed_until)
            in_rounds.append(InRound(round_, alone, (), None, meant_for, embargoed=True))
            continue
        ledgers.append(records[Ledger].get(ledger_id(round_.id, form_id)))
        kept_figures = records[RoundFigures].get(figures_id(round_.id, form_id))
        said = tuple(by_round.get(round_.id, ()))
        asked = round_.expected_people(form_id) + read.invited[round_.id]
        alone = for_whom(joined.forms, len(said), still_open=round_.is_open(day_at(now)), asked=asked)
        if kept_figures is not None and alone.no_rows is not None:
            few = bool(kept_figures.no_figures) and kept_figures.people > 0 and joined.newest.is_unnamed
            alone = replace(alone, no_figures=kept_figures.no_figures or None, no_counts=few or kept_figures.no_counts)
        if not joined.newest.is_unnamed and not isinstance(meant_for, Sign):
            alone = replace(alone, no_counts=False)  # who has answered is told by name
        in_rounds.append(InRound(round_, alone, said, kept_figures, meant_for))
    shield = _of_all(for_whom(joined.forms, 0, still_open=False), in_rounds)
    told = read.counting.account(
        form_id,
        joined.newest.audience,
        [ledger for ledger in ledgers if ledger is not None],
        exported=0 if shield.no_rows else len(sent),
        repeated=len(read.repeated),
    )
    label, repeated = AUDIENCES[joined.newest.audience], frozenset(read.repeated)
    return Voice(label, joined, tuple(sent), told, shield, tuple(in_rounds), repeated, work)


def _meant_for(form: Form, round_: Round, read: _Read) -> Figure:
    expected = sum(each.people for each in round_.expected if each.form_id == form.id)
    count = told_of_asked(form, expected + read.invited[round_.id])
    return Sign.WITHHELD if count is None else count


def _of_all(shield: Protection, in_rounds: Sequence[InRound]) -> Protection:
    """What holds for all rounds together: figures are those of the rounds that show any."""
    if not in_rounds:
        return shield
    rounds = [one.protection for one in in_rounds if not one.embargoed]
    if not rounds:
        return in_rounds[0].protection
    shown = any(one.no_figures is None for one in rounds)
    return replace(
        shield,
        no_figures=None if shown else rounds[0].no_figures,
        no_counts=any(one.no_counts for one in rounds),
    )


def _home(records: Records, home_id: str) -> Home:
    home = records[Home].get(home_id)
    if home is None:
        raise HomeMissing(home_id)
    return home
