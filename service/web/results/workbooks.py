"""Workbooks over more than a round: all homes of whoever asks, or all rounds of a home."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, abort, request, url_for
from flask.typing import ResponseReturnValue

from service.accounts.account import Account
from service.accounts.roles import may as may_at
from service.analysis.release_rules import protection
from service.collection.exports.requests import is_large, roles_for
from service.collection.models.export import Use, Wanted
from service.collection.models.home import Home
from service.collection.models.round import Round
from service.collection.rounds.queries import rounds_of
from service.definitions import Role
from service.exporters.formats import EXCEL
from service.repository import readable
from service.state import app_state
from service.web.http.access import current, current_home, freshly_proved, may
from service.web.results import exports

bp = Blueprint("workbooks", __name__)


@dataclass(frozen=True)
class Span:
    """Homes with all their rounds, for one account; `roles` are those that it has at every one of them."""

    homes: tuple[Home, ...]
    rounds: tuple[Round, ...]
    roles: frozenset[Role]

    @property
    def to_act_on(self) -> bool:
        """Whether the account may read single answers at each of the homes that have been asked."""
        return all(
            any(self._may_read(round_) for round_ in self.rounds if round_.home_id == home_id)
            for home_id in {round_.home_id for round_ in self.rounds}
        )

    @property
    def large(self) -> bool:
        """Whether its workbook takes longer than somebody waits for."""
        return is_large(app_state().store, self.wanted("to_hand_on"))

    def wanted(self, use: Use) -> Wanted:
        """All of it, for this use."""
        return Wanted(tuple(round_.id for round_ in self.rounds), use, tuple(home.id for home in self.homes))

    def _may_read(self, round_: Round) -> bool:
        forms = [app_state().form(ref.fingerprint) for ref in round_.forms]
        return any(protection([form], 0, still_open=False, roles=self.roles).no_rows is None for form in forms)


@bp.get("/homes/workbook.xlsx")
@may("take_workbooks")
@freshly_proved
def all_homes() -> ResponseReturnValue:
    """With single answers, for who may read some at each of the homes; for everybody else there is none."""
    span = over_homes(current().account)
    return _taken(span if span is not None and span.to_act_on else None, "to_act_on")


@bp.post("/all-homes/exports")  # below /homes it would stand where a home of that name does
@may("take_workbooks")
def ask_all_homes() -> ResponseReturnValue:
    """Have the workbook over all homes made, where it is large."""
    span, use = over_homes(current().account), _use()
    return _asked(span if span is not None and (use == "to_hand_on" or span.to_act_on) else None, use)


@bp.get("/homes/to-hand-on.xlsx")
@may("take_workbooks")
def all_homes_to_hand_on() -> ResponseReturnValue:
    """What a provider is shown: no single answers, small numbers withheld."""
    return _taken(over_homes(current().account), "to_hand_on")


@bp.get("/homes/<home_id>/workbook.xlsx")
@may("take_workbooks")
@freshly_proved
def all_rounds(home_id: str) -> ResponseReturnValue:
    """All rounds of a home, with single answers only of forms that name one of the account's roles as reader."""
    return _taken(over([current_home()], current().account), "to_act_on")


@bp.get("/homes/<home_id>/to-hand-on.xlsx")
@may("take_workbooks")
def all_rounds_to_hand_on(home_id: str) -> ResponseReturnValue:
    """All rounds of a home, with no single answers, small numbers withheld."""
    return _taken(over([current_home()], current().account), "to_hand_on")


@bp.post("/homes/<home_id>/exports")
@may("take_workbooks")
def ask_all_rounds(home_id: str) -> ResponseReturnValue:
    """Have the workbook of all rounds made, where it is large."""
    return _asked(over([current_home()], current().account), _use())


def over_homes(account: Account) -> Span | None:
    """All homes whose workbooks this account may take; None where that is one home only, or none was asked."""
    homes = [
        home for home in readable(app_state().store[Home].all()).records if may_at(account, "take_workbooks", home.id)
    ]
    return over(homes, account) if len(homes) > 1 else None


def over(homes: Sequence[Home], account: Account) -> Span | None:
    """These homes with all their rounds; None where they have had none, or the account may not take them."""
    rounds, roles = rounds_of(app_state().store, homes), roles_for(account, [home.id for home in homes])
    return Span(tuple(homes), tuple(rounds), roles) if rounds and roles is not None else None


def _use() -> Use:
    use = request.form.get("use", "")
    if use == "to_act_on":
        return "to_act_on"
    return "to_hand_on" if use == "to_hand_on" else abort(400)


def _asked(span: Span | None, use: Use) -> ResponseReturnValue:
    return exports.asked_for(span.wanted(use), "xlsx") if span is not None else abort(404)


def _taken(span: Span | None, use: Use) -> ResponseReturnValue:
    if span is None:
        abort(404)
    one = span.homes[0].id if len(span.homes) == 1 else None
    buttons = url_for("results.over_time", home_id=one) if one else url_for("dashboard.homes")
    return exports.taken(span.wanted(use), EXCEL, span.roles, buttons)
