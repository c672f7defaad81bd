"""Whatever happens to responses, in any order, every one that was ever begun is accounted for, and none twice."""

import itertools
import secrets
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from service.collection.alerts.raise_alerts import AlertTriggers
from service.collection.forms.publication import publish
from service.collection.invitations.invite import Addressee, invite
from service.collection.models.form_meta import meta_of
from service.collection.models.hashing import Hasher
from service.collection.models.home import Home
from service.collection.models.invitation import Invitation
from service.collection.models.published_form import FormRef
from service.collection.models.response import Channel, Response
from service.collection.models.round import Round
from service.collection.responses import submission
from service.collection.responses.paper_entry import Copy, key_in, take_back
from service.collection.responses.submission import NoSuchResponse
from service.collection.retention.erasure import erase_responses
from service.collection.rounds.open_close import open_round
from service.dates import day_at, now
from service.definitions import Form
from service.repository import Store
from tests.accounts_factory import account_with
from tests.analysis.tally_factory import a_form, asks
from tests.cli.test_commands import run
from tests.reports.study import row_of, table
from tests.round_closure import close_round, released

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
NAMED = a_form(asks("words", "text"), id="named", identity="named", retention={"drafts_days": 20, "responses_days": 50})
NOBODY = a_form(asks("words", "text"), id="nobody", identity="anonymous", audience="social_worker")
FORMS = (NAMED, NOBODY)
NAMES = ("started", "submitted", "drafts", "withdrawn", "deleted", "exported", "withheld")
STEPS = (
    *("begin", "begin_by_link", "begin_elsewhere", "save", "submit", "submit", "submit", "submit_otherwise"),
    *(
        "submit_otherwise",
        "withdraw",
        "erase",
        "erase_person",
        "key_in",
        "take_back",
        "wait",
        "tidy",
        "close",
        "export",
    ),
)
AFTER_CLOSING = ("withdraw", "erase", "erase_person", "wait", "tidy", "export")
numbers = itertools.count()


@dataclass
class History:
    """What happens in one round, kept count of as it happens. `begun` are the ids that browsers hold."""

    app: Flask
    store: Store
    home: Home
    round: Round
    clock: time_machine.Traveller
    folder: Path
    hasher: Hasher
    begun: list[tuple[str, Form]] = field(default_factory=list)
    people: list[tuple[str, str, Form]] = field(default_factory=list)
    counted: dict[str, Counter[str]] = field(default_factory=lambda: {form.id: Counter() for form in FORMS})

    def __post_init__(self) -> None:
        self.account = account_with(self.app, "registered_manager", home_id=self.home.id)

    def happens(self, step: str, which: int) -> None:
        self.clock.shift(timedelta(minutes=1))
        if step in AFTER_CLOSING or self._round().is_open(day_at(now())):
            getattr(self, step)(which)

    def begin(self, which: int, invitation_id: str | None = None, form: Form | None = None) -> None:
        form = form or FORMS[which % len(FORMS)]
        channel: Channel = "link" if invitation_id else "tablet"
        draft = submission.begin(self.store, self.round, self._ref(form), channel, "en", now(), invitation_id)
        self.begun.append((draft.id, form))
        self.counted[form.id]["started"] += 1

    def begin_by_link(self, which: int) -> None:
        form, email = FORMS[which % len(FORMS)], f"{next(numbers)}@example.org"
        invite(self.store, self.round, [Addressee(form.id, "Sam", email)], now())
        [invitation] = self.store[Invitation].find("email", email)
        self.people.append((invitation.id, email, form))
        self.begin(which, invitation.id, form)

    def begin_elsewhere(self, which: int) -> None:
        """The same link in another browser."""
        if self.people:
            invitation_id, _, form = self.people[which % len(self.people)]
            if self.store[Invitation].get(invitation_id) is not None:
                self.begin(which, invitation_id, form)

    def save(self, which: int) -> None:
        if self.begun:
            submission.save_answers(self.store, self._one(which)[0], {"words": str(which)}, "en", now())

    def submit(self, which: int, words: str = "first") -> None:
        """Send one in, as often as it comes; other content under the same id is one more, the same again is none."""
        if not self.begun:
            return
        response_id, form = self._one(which)
        before = self._kept(form)
        meta = meta_of(self.round, self.home, None, now())
        try:
            outcome = submission.submit(self.store, response_id, form, {"words": words}, meta, self.hasher, now())
        except NoSuchResponse:  # an anonymous one whose receipt is gone
            outcome = "deleted"
        assert outcome == "conflict_kept" or len(self._kept(form)) == len(before)
        self.counted[form.id]["started"] += len(self._kept(form)) - len(before)

    def submit_otherwise(self, which: int) -> None:
        self.submit(which, f"other {which % 2}")

    def withdraw(self, which: int) -> None:
        if not self.begun:
            return
        response_id, form = self._one(which)
        draft = self.store[Response].get(response_id)
        if draft is not None and draft.submitted_at is None:
            submission.withdraw(self.store, response_id)
            submission.withdraw(self.store, response_id)
            self.counted[form.id]["withdrawn"] += 1

    def erase(self, which: int) -> None:
        kept = sorted(self._kept(), key=lambda each: each.id)
        if kept:
            gone = kept[which % len(kept)]
            assert erase_responses(self.store, [gone.id, gone.id, "nobody's"]) == [gone]
            self.counted[gone.form_id]["deleted"] += 1

    def erase_person(self, which: int) -> None:
        if self.people:
            _, email, _ = self.people[which % len(self.people)]
            self._deleting("erase", email, "--yes")

    def tidy(self, which: int) -> None:
        self._deleting("tidy")

    def key_in(self, which: int) -> None:
        form, copy = FORMS[which % len(FORMS)], Copy(secrets.token_hex(16), {"words": "on paper"}, "en")
        triggers, meta = AlertTriggers(form, (), (), self.hasher, ""), meta_of(self.round, self.home, None, now())
        for _ in range(2):  # sent twice, it is kept once
            key_in(
                self.store, self.round, self._ref(form), form, copy, meta, self.hasher, triggers, self.account, now()
            )
        self.counted[form.id]["started"] += 1

    def take_back(self, which: int) -> None:
        keyed = [each for each in self._kept() if each.keyed_by]
        if keyed:
            one = keyed[which % len(keyed)]
            take_back(self.store, self.round, one.id, self.account, NOON, now())
            self.counted[one.form_id]["withdrawn"] += 1

    def wait(self, which: int) -> None:
        self.clock.shift(timedelta(days=4 * (which % 3 + 1)))

    def close(self, which: int) -> None:
        close_round(self.store, self.round.id, now())

    def export(self, which: int) -> None:
        """The command and the first sheet say what the records say, and what was counted as it happened."""
        to_hand_on = which % 2 == 0
        options = ["--to-hand-on"] if to_hand_on else []
        with released(self.store, self.round.id, now()):  # an unnamed form shows nothing before
            done = run(self.app, "export", self.round.id, "--out", str(self.folder), *options)
        assert done.exit_code == 0, done.output
        path, begun, sent = done.stdout.splitlines()
        by_form = {form.id: self._recomputed(form, to_hand_on) for form in FORMS}
        assert begun == _begun(sum(by_form.values(), Counter()))
        assert sent == _sent(sum(by_form.values(), Counter()))
        sheet = load_workbook(path)["Read me"]
        for form, who in zip(FORMS, ("Staff", "Social workers"), strict=True):
            row, told = row_of(sheet, who, "Counts"), by_form[form.id]
            if form.is_unnamed and (to_hand_on or form.identity == "anonymous"):
                # what was begun and not sent says which person it was, to whoever may not read the answers
                assert {row[name.capitalize()] for name in NAMES} == {"[c]"}
                continue
            assert {name: row[name.capitalize()] for name in NAMES} == {name: told[name] for name in NAMES}
            assert (row["Unaccounted for"], row["Do the counts agree?"]) == (0, "Yes")
            assert row["Of these sent twice"] == told["conflicts"]
        rows = {row["Who"]: row["Started"] for row in table(sheet, "Counts")}
        everything = rows.pop("All")
        hidden = "[c]" in rows.values()
        assert everything == ("[c]" if hidden else sum(told["started"] for told in by_form.values()))

    def _recomputed(self, form: Form, to_hand_on: bool) -> Counter[str]:
        """From the documents as they are kept, and from nothing that counts them."""
        kept = self._kept(form)
        assert len({each.id for each in kept}) == len(kept)
        sent = [each for each in kept if each.submitted_at is not None]
        counted = self.counted[form.id]
        found = Counter(
            started=counted["started"],
            submitted=len(sent),
            drafts=len(kept) - len(sent),
            withdrawn=counted["withdrawn"],
            deleted=counted["deleted"],
            conflicts=sum(each.conflict for each in sent),
            exported=0 if to_hand_on or form.identity == "anonymous" else len(sent),
        )
        found["withheld"] = found["submitted"] - found["exported"]
        assert found["started"] == sum(found[name] for name in ("submitted", "drafts", "withdrawn", "deleted"))
        return found

    def _deleting(self, *command: str) -> None:
        before = {form.id: len(self._kept(form)) for form in FORMS}
        assert run(self.app, *command).exit_code == 0
        for form in FORMS:
            self.counted[form.id]["deleted"] += before[form.id] - len(self._kept(form))

    def _one(self, which: int) -> tuple[str, Form]:
        return self.begun[which % len(self.begun)]

    def _kept(self, form: Form | None = None) -> list[Response]:
        kept = self.store[Response].find("round_id", self.round.id)
        return [each for each in kept if form is None or each.form_id == form.id]

    def _ref(self, form: Form) -> FormRef:
        found = self.round.form_ref(form.id)
        assert found is not None
        return found

    def _round(self) -> Round:
        found = self.store[Round].get(self.round.id)
        assert found is not None
        return found


def _begun(told: Counter[str]) -> str:
    parts = " + ".join(f"{name} {told[name]}" for name in ("submitted", "drafts", "withdrawn", "deleted"))
    return f"started {told['started']} = {parts}"


def _sent(told: Counter[str]) -> str:
    return f"submitted {told['submitted']} = exported {told['exported']} + withheld {told['withheld']}"


@settings(
    max_examples=8,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 20)), min_size=20, max_size=45))
def test_whatever_happens_every_response_is_accounted_for_once(
    app: Flask, store: Store, home: Home, tmp_path: Path, steps: list[tuple[str, int]]
) -> None:
    publish(store, FORMS)
    with time_machine.travel(NOON, tick=False) as clock:
        for left in list(store[Round].all()):  # of the example before
            close_round(store, left.id, now())
        round_ = open_round(
            store, home, FORMS, title="Autumn", reason="", closes_on=NOON.date() + timedelta(days=300), now=now()
        )
        history = History(app, store, home, round_, clock, tmp_path, Hasher([b"k" * 32]))
        for step, which in steps:
            history.happens(step, which)
        history.export(0)
        history.export(1)
