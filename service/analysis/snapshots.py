"""Figures are worked out once, when a round closes, and kept as they may be shown: later views are views of these."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from service.analysis.cell_suppression import Disclosed, Hidden, Why, with_two_groups
from service.analysis.counted_response import CountedResponse, count_response
from service.analysis.figures import Figure, Sign
from service.analysis.merged_form import JoinedForm, JoinedQuestion, join
from service.analysis.release_rules import Protection, explained, protection
from service.analysis.tallies import ChoiceTally, Count, NumberTally, RankCount, RankTally, RowsTally, Tally, tallies
from service.collection.models.figures import KeptTally, RoundFigures, figures_id
from service.collection.models.form_meta import meta_of
from service.collection.models.home import Home
from service.collection.models.invitation import Invitation
from service.collection.models.picture_decision import PictureDecision
from service.collection.models.response import Response
from service.collection.models.round import Round
from service.collection.responses.one_voice import counted
from service.definitions import Form, Option
from service.repository import Records

Forms = Callable[[str], Form]
_BASES = ("asked", "not_asked", "answered", "skipped")
_ALONE = ("total", "mean", "median", "lowest", "highest", "rows", "most")


def figures_of(records: Records, round_: Round, form_id: str, forms: Forms, now: datetime) -> RoundFigures:
    """What may be shown of one form in a round that is over, to anybody."""
    home = records[Home].get(round_.home_id)
    ref = round_.form_ref(form_id)
    prints = {ref.fingerprint} if ref is not None else set()
    heard: list[CountedResponse] = []
    given = (one for one in records[Response].find("round_id", round_.id) if one.form_id == form_id)
    for one in counted(given, records[PictureDecision].find("round_id", round_.id)):
        prints.add(one.fingerprint)
        invitation = records[Invitation].get(one.invitation_id) if one.invitation_id else None
        meta = meta_of(round_, home, invitation, one.submitted_at or now) if home else {}
        heard.append(count_response(one.id, forms(one.fingerprint), one.answers, meta))
    joined = join([forms(fingerprint) for fingerprint in sorted(prints)])
    asked = _asked(records, round_, form_id)
    shield = protection(joined.forms, len(heard), still_open=False, to_hand_on=True, asked=asked)
    return RoundFigures(
        id=figures_id(round_.id, form_id),
        round_id=round_.id,
        form_id=form_id,
        kept_at=now,
        people=len(heard),
        no_figures=shield.no_figures or "",
        no_counts=shield.no_counts,
        tallies=tuple(_kept(joined, heard, shield)),
        by_person=True,
    )


def _asked(records: Records, round_: Round, form_id: str) -> int:
    """How many people were expected for the form, and invited by link."""
    invited = [one for one in records[Invitation].find("round_id", round_.id) if one.form_id == form_id]
    return round_.expected_people(form_id) + sum(not one.slip for one in invited)


def disclosed_again(figures: RoundFigures, joined: JoinedForm) -> list[Disclosed]:
    """The figures as they were kept, in the order and wording of these versions.

    What the round did not ask is there too, as asked of nobody.
    """
    kept = {(one.question, one.line): one for one in figures.tallies}
    again = [
        _again(tally, kept.get((question.id, line)))
        for question in joined.reported
        for line, tally in _lines(question, tallies(question, ()))
    ]
    return with_two_groups(again, joined.forms)  # figures that 0.1.0 kept may be of one group


def _kept(joined: JoinedForm, heard: Sequence[CountedResponse], shield: Protection) -> Iterable[KeptTally]:
    said = [
        (question.id, line, tally)
        for question in joined.reported
        for line, tally in _lines(question, tallies(question, heard))
    ]
    shown = explained([tally for *_, tally in said], shield)
    for (question, line, _), one in zip(said, shown, strict=True):
        why = {hidden.what: hidden.why.name for hidden in one.hidden}
        yield KeptTally(question, line, _numbers(one.tally), why)


def _lines(question: JoinedQuestion, told: Sequence[Tally]) -> Iterable[tuple[str, Tally]]:
    """Each tally with the id of its matrix line, whose words may differ from version to version."""
    return zip([row.id for row in question.rows] or [""], told, strict=True)


def _numbers(tally: Tally) -> dict[str, Any]:
    numbers: dict[str, Any] = {name: getattr(tally, name) for name in _BASES}
    numbers["missing"] = {count.option.value: count.number for count in tally.missing}
    if isinstance(tally, ChoiceTally):
        numbers["counts"] = {count.option.value: count.number for count in tally.counts}
    elif isinstance(tally, RankTally):
        numbers["places"] = {place.option.value: [place.first, place.ranked, place.mean] for place in tally.places}
    elif isinstance(tally, NumberTally | RowsTally):
        numbers |= {name: getattr(tally, name) for name in _ALONE if hasattr(tally, name)}
    plain: dict[str, Any] = _plain(numbers)
    return plain


def _plain(value: Any) -> Any:
    """Signs as the text they are, for a store that keeps plain values only."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value.value if isinstance(value, Sign) else value


def _figure(value: Any) -> Figure:
    figure: Figure = Sign(value) if isinstance(value, str) else value
    return figure


def _again(tally: Tally, kept: KeptTally | None) -> Disclosed:
    if kept is None:
        return Disclosed(replace(tally, not_asked=Sign.NOT_APPLICABLE))
    numbers = kept.numbers
    changes: dict[str, Any] = {name: _figure(numbers[name]) for name in (*_BASES, *_ALONE) if name in numbers}
    changes["missing"] = _counts(tally.missing, numbers["missing"])
    if isinstance(tally, ChoiceTally):
        changes["counts"] = _counts(tally.counts, numbers["counts"])
    elif isinstance(tally, RankTally):
        given = numbers["places"]
        places = [
            RankCount(option, *[_figure(one) for one in given.get(option.value, [Sign.NOT_APPLICABLE.value] * 3)])
            for option in _options([place.option for place in tally.places], given)
        ]
        changes["places"] = tuple(places)
    hidden = tuple(Hidden(what, Why[why]) for what, why in kept.hidden.items())
    return Disclosed(replace(tally, **changes), hidden)


def _counts(counts: Sequence[Count], given: dict[str, Any]) -> tuple[Count, ...]:
    options = _options([count.option for count in counts], given)
    return tuple(Count(option, _figure(given.get(option.value, Sign.NOT_APPLICABLE.value))) for option in options)


def _options(known: Sequence[Option], given: dict[str, Any]) -> list[Option]:
    """The options of all versions, then those that only an answer knew."""
    values = {option.value for option in known}
    return [*known, *(Option(value=value, label=value) for value in given if value not in values)]
