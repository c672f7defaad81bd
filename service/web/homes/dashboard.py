"""The pages that open first: the homes, and of each what is open, who has answered, what is due, what needs you."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from service.accounts.account import Account
from service.accounts.roles import Action
from service.accounts.roles import may as may_at
from service.collection.follow_up.alert_notices import alerts_at
from service.collection.follow_up.attention import Attention, HomeContext, Kind, attention_at, worth_following
from service.collection.follow_up.due import Due, days_left, due_at, ended_on, inspection_clock
from service.collection.follow_up.progress import Progress, progress_of
from service.collection.models.home import Home
from service.collection.models.person import Person
from service.collection.models.round import PlannedRound, Round
from service.collection.people.contacts_and_children import children_of
from service.dates import day_at, in_words, now, time_in_words
from service.reports.labels import AUDIENCES, KINDS
from service.repository import readable
from service.state import app_state
from service.web.http.access import current, current_home, is_demonstration, may
from service.web.results.workbooks import over_homes

bp = Blueprint("dashboard", __name__)

_FOR_ALL_HOMES: tuple[Kind, ...] = ("no_lead", "help_lines")  # what whoever sees to it sees to for all homes at once


@dataclass(frozen=True)
class OpenRound:
    """A round that may be answered today. `progress` is for those who follow it; `clock` says what an inspector
    waits for."""

    round: Round
    progress: Progress | None
    left: str
    clock: str

    @property
    def name(self) -> str:
        """What the manager calls it."""
        return self.round.reason or self.round.title


@dataclass(frozen=True)
class HomeNow:
    """A home at this moment, as far as one account may see it."""

    open: tuple[OpenRound, ...]
    planned: tuple[PlannedRound, ...]
    due: tuple[Due, ...]
    needs: tuple[Attention, ...]
    closed: Round | None

    @property
    def urgent(self) -> int:
        """How much of what needs somebody cannot wait."""
        return sum(each.act for each in self.needs)

    @property
    def news(self) -> str:
        """What is worth saying aloud once it changes: the counts and the calls, not the time that passes."""
        counts = [
            f"{each.name}: {each.progress.asked} asked, {each.progress.answered_in_words}."
            for each in self.open
            if each.progress is not None and each.progress.asked and each.progress.answered_in_words
        ]
        calls = len(self.needs)
        return " ".join([*counts, f"{calls} {'thing needs' if calls == 1 else 'things need'} you." if calls else ""])


@bp.get("/homes")
@may("see_home")
def homes() -> ResponseReturnValue:
    """Every home that one may see, with what needs attention; whoever has one home is sent on to it."""
    account = current().account
    seen = [each for each in readable(app_state().store[Home].all()).records if may_at(account, "see_home", each.id)]
    if len(seen) == 1:
        return redirect(url_for(".home", home_id=seen[0].id))
    moment = now()
    return render_template(
        "homes/all.html",
        homes=[(each, _now(each, account, moment)) for each in sorted(seen, key=lambda each: each.name)],
        kinds=KINDS,
        span=over_homes(account),
        demonstration=is_demonstration(),
    )


@bp.get("/homes/<home_id>")
@may("see_home")
def home(home_id: str) -> ResponseReturnValue:
    """What is open, who has answered, what is due, what needs you."""
    return render_template("homes/dashboard.html", **_shown(now()))


@bp.get("/homes/<home_id>/now", endpoint="now")
@may("see_home")
def changed(home_id: str) -> ResponseReturnValue:
    """The part of the page that changes, for the page itself; nothing where the page has it as it is."""
    if request.headers.get("HX-Request") != "true":  # opened by itself, as after signing in again
        return redirect(url_for(".home", home_id=home_id))
    moment = now()
    shown = _shown(moment)
    if shown["mark"] == request.args.get("mark"):
        return "", 204
    if shown["news_mark"] != request.args.get("news"):
        shown["said"] = f"Changed at {time_in_words(moment)}. {shown['found'].news}"
    return render_template("homes/_now.html", **shown)


def _shown(moment: datetime) -> dict[str, Any]:
    """All that the page and its fragment are given. `mark` is the same as long as the fragment would be."""
    shown: dict[str, Any] = {"home": current_home(), "found": _now(current_home(), current().account, moment)}
    shown |= {
        "today": day_at(moment),
        "demonstration": current_home().demonstration,
        "audiences": AUDIENCES,
        "children": bool(children_of(app_state().store, current_home().id)),
        "people": app_state().store[Person].count("home_id", current_home().id),
        "in_words": in_words,
        "ended_on": ended_on,
        "way_to": _way_to,
    }
    shown["parts"] = Markup(render_template("homes/_dashboard.html", **shown))  # noqa: S704 - a page of ours, escaped
    return shown | {"mark": _mark(shown["parts"]), "news_mark": _mark(shown["found"].news)}


def _now(home: Home, account: Account, moment: datetime) -> HomeNow:
    service = app_state()
    store, today = service.store, day_at(moment)
    rounds = list(readable(store[Round].find("home_id", home.id)).records)
    planned = sorted(readable(store[PlannedRound].find("home_id", home.id)).records, key=lambda plan: plan.opens_on)
    follows = may_at(account, "follow_rounds", home.id)
    followed = {
        round_.id: progress_of(store, round_, service.form)
        for round_ in rounds
        if follows and worth_following(round_, today)
    }
    running_now = sorted((round_ for round_ in rounds if round_.is_open(today)), key=lambda round_: round_.closes_on)
    around = HomeContext(service.library, bool(service.config.smtp_url), AUDIENCES, moment)
    needs = attention_at(
        store, home, [(round_, followed[round_.id]) for round_ in rounds if round_.id in followed], planned, around
    )
    over = [round_ for round_ in rounds if not round_.is_open(today)]
    return HomeNow(
        open=tuple(
            OpenRound(round_, followed.get(round_.id), days_left(round_, today), inspection_clock(round_, home, moment))
            for round_ in running_now
        ),
        planned=tuple(planned) if follows else (),
        due=tuple(due_at(store, home, rounds, planned, today, service.config.extra_holidays)) if follows else (),
        needs=(
            *alerts_at(store, home, account, moment),
            *(each for each in needs if any(may_at(account, action, home.id) for action in each.told)),
        ),
        closed=max(over, key=ended_on, default=None) if follows else None,
    )


def _way_to(need: Attention) -> tuple[str, str] | None:
    """Where to see to it, for those who may: the address, and what the link says."""
    home_id = current_home().id
    alerts: tuple[Action, str, dict[str, Any], str] = ("see_alerts", "alerts.all", {}, "See them")
    if need.alert_id:
        alerts = ("see_alerts", "alerts.one", {"alert_id": need.alert_id}, "See it")
    ways: dict[str, tuple[Action, str, dict[str, Any], str]] = {
        "unreached": ("manage_rounds", "rounds.letters", {"round_id": need.round_id}, "See the letters"),
        "declined": (
            "manage_rounds",
            "rounds.letters",
            {"round_id": need.round_id, "step": "declined"},
            "See whom they name",
        ),
        "missing": ("manage_rounds", "rounds.invite", {"round_id": need.round_id}, "Ask them"),
        "late": ("manage_rounds", "rounds.new", {"home_id": home_id}, "Open a round"),
        "silent": ("follow_rounds", "rounds.one", {"round_id": need.round_id}, "Look at the round"),
        "hindered": ("manage_rounds", "rounds.planned", {"planned_id": need.planned_id}, "Change the plan"),
        "no_lead": ("manage_accounts", "accounts.everyone", {}, "Invite one"),
        "contacts": ("manage_homes", "homes.edit", {"home_id": home_id}, "Check them"),
        "help_lines": ("keep_help_lines", "help_lines.edit", {}, "Check them"),
        "no_mail": ("see_jobs", "jobs.status", {}, "What runs by itself"),
        "alerts_new": alerts,
        "alerts_taken": alerts,
        "mail_stuck": ("see_jobs", "jobs.status", {}, "What runs by itself"),
    }
    action, endpoint, values, words = ways[need.kind]
    allowed = current().may_everywhere if need.kind in _FOR_ALL_HOMES else current().may
    return (url_for(endpoint, **values), words) if allowed(action) else None


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
