"""What happens by itself: nothing is kept past its time, and no order tells who said what."""

import os
import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask

from service.audit import COMMAND
from service.collection.forms.publication import publish
from service.collection.invitations.invite import Addressee, invite, linked
from service.collection.models.form_meta import meta_of
from service.collection.models.hashing import Hasher
from service.collection.models.home import Home
from service.collection.models.invitation import Invitation
from service.collection.models.response import Ledger, Receipt, Response, ledger_id
from service.collection.models.round import Round
from service.collection.responses import submission
from service.collection.retention.erasure import erase_person, find_person
from service.collection.rounds.open_close import open_round
from service.config import Config
from service.dates import day_at, now
from service.definitions import Form
from service.jobs.retention import RetentionCounts, shuffle_anonymous, tidy
from service.repository import Store
from service.state import app_state

HASHER = Hasher([b"k" * 32])
CANARY = "the-cat-that-sings-at-dawn"


@pytest.fixture
def anonymous(store: Store, library: dict[str, Form]) -> Form:
    form = Form.of({**library["social-worker-views"].to_json(), "id": "quiet-views", "identity": "anonymous"})
    publish(store, [form])
    return form


@pytest.fixture
def round_(store: Store, home: Home, library: dict[str, Form], anonymous: Form) -> Round:
    forms = [library["social-worker-views"], anonymous]
    return open_round(
        store, home, forms, title="Views", reason="", closes_on=day_at(now()) + timedelta(days=9), now=now()
    )


@pytest.fixture
def respond(store: Store, home: Home, round_: Round) -> Callable[..., str]:
    def responded(form: Form, said: str, when: datetime, email: str = "", *, finish: bool = True) -> str:
        [(_, token)] = invite(store, round_, [Addressee(form.id, "Ada", email, "the review")], now())
        ref = round_.form_ref(form.id)
        assert ref is not None
        draft = submission.begin(store, round_, ref, "link", "en", when, linked(store, token).id)
        answers = {"make_better": said}
        submission.save_answers(store, draft.id, answers, "en", when)
        if finish:
            submission.submit(store, draft.id, form, answers, meta_of(round_, home, None, when), HASHER, when)
        return draft.id

    return responded


def tidied(app: Flask, config: Config, at: datetime) -> RetentionCounts:
    service = app_state(app)
    return tidy(service.store, service.form, config.exports_dir, config.exports_keep_days, at)


def test_what_is_past_its_time_goes_and_is_counted_and_cannot_come_back(
    app: Flask, config: Config, store: Store, home: Home, round_: Round, library: dict[str, Form], respond
) -> None:
    form = library["social-worker-views"]
    submitted, draft = respond(form, "old", now()), respond(form, "half", now(), finish=False)
    assert tidied(app, config, now() + timedelta(days=form.retention.drafts_days - 1)) == RetentionCounts()
    assert tidied(app, config, now() + timedelta(days=form.retention.drafts_days + 1)).drafts == 1
    assert store[Response].get(draft) is None
    assert tidied(app, config, now() + timedelta(days=form.retention.responses_days + 1)).responses == 1
    ledger = store[Ledger].get(ledger_id(round_.id, form.id))
    assert (ledger.started, ledger.deleted) == (2, 2)
    meta = meta_of(round_, home, None, now())
    assert submission.submit(store, submitted, form, {"make_better": "old"}, meta, HASHER, now()) == "deleted"
    later = now() + timedelta(days=form.retention.responses_days + 20)
    assert tidied(app, config, later).invitations == 2
    assert not list(store[Invitation].all())


def test_a_draft_that_somebody_goes_on_with_while_it_is_looked_for_stays(
    app: Flask, config: Config, store: Store, round_: Round, library: dict[str, Form], respond
) -> None:
    form = library["social-worker-views"]
    draft, other = (respond(form, "half", now(), finish=False) for _ in range(2))
    late = now() + timedelta(days=form.retention.drafts_days + 1)

    left = [draft]

    def meanwhile(fingerprint: str) -> Form:
        if left:
            submission.save_answers(store, left.pop(), {"make_better": "and more"}, "en", late)
        return app_state(app).form(fingerprint)

    gone = tidy(app_state(app).store, meanwhile, config.exports_dir, config.exports_keep_days, late)
    assert gone.drafts == 1
    assert [kept.id for kept in store[Response].find("round_id", round_.id)] == [draft]
    assert store[Response].get(other) is None


def test_old_workbooks_are_deleted_and_nothing_else(app: Flask, config: Config) -> None:
    config.exports_dir.mkdir()
    old = ("old.xlsx", "old-csv.zip", "old.json", "old-spss.zip")
    for name, age in (*((name, 31) for name in old), ("new.xlsx", 29), ("old.txt", 400)):
        path = config.exports_dir / name
        path.write_text("x")
        moment = (now() - timedelta(days=age)).timestamp()
        os.utime(path, (moment, moment))
    assert tidied(app, config, now()).exports == len(old)
    assert sorted(path.name for path in config.exports_dir.iterdir()) == ["new.xlsx", "old.txt"]


def test_anonymous_responses_and_their_receipts_lose_their_order(
    app: Flask, store: Store, round_: Round, anonymous: Form, respond
) -> None:
    for number in range(40):
        respond(anonymous, str(number), now())
    receipts = [receipt.id for receipt in store[Receipt].find("round_id", round_.id)]
    assert shuffle_anonymous(store, app_state(app).form) == 40
    after = list(store[Response].find("round_id", round_.id))
    said = [response.answers["make_better"] for response in after]
    assert sorted(said, key=int) == [str(number) for number in range(40)]
    assert said != [str(number) for number in range(40)]
    assert [receipt.id for receipt in store[Receipt].find("round_id", round_.id)] != receipts


def test_named_responses_keep_their_ids(app: Flask, store: Store, round_: Round, library, respond) -> None:
    kept = respond(library["social-worker-views"], "named", now())
    shuffle_anonymous(store, app_state(app).form)
    assert store[Response].get(kept) is not None


def test_one_person_is_found_and_erased_however_the_address_is_typed(
    store: Store, library: dict[str, Form], anonymous: Form, respond
) -> None:
    form = library["social-worker-views"]
    mine = respond(form, "mine", now(), "Ada@Example.org")
    respond(anonymous, "nobody's", now(), "ada@example.org")
    theirs = respond(form, "theirs", now(), "bob@example.org")
    found = find_person(store, " ADA@example.org ")
    assert (len(found.invitations), [response.id for response in found.responses]) == (2, [mine])
    assert erase_person(store, "ada@example.org", now(), by=COMMAND) == found
    assert find_person(store, "ada@example.org").invitations == ()
    assert store[Response].get(mine) is None
    assert store[Response].get(theirs) is not None
    assert len(list(store[Response].all())) == 2, "what was said anonymously leads to nobody and stays"


def test_after_tidying_a_search_of_the_files_finds_nothing(
    app: Flask, config: Config, store: Store, round_: Round, library: dict[str, Form], respond
) -> None:
    form = library["social-worker-views"]
    respond(form, CANARY, now() - timedelta(days=form.retention.responses_days + 1), f"{CANARY}@example.org")
    draft = respond(form, CANARY, now() - timedelta(days=99), f"{CANARY}@example.org", finish=False)
    with app.app_context():
        done = app.test_cli_runner().invoke(args=["tidy"])
        assert done.exit_code == 0, done.output
        assert re.search(r"deleted: 1 responses, 1 drafts", done.output)
        assert app.test_cli_runner().invoke(args=["erase", f"{CANARY}@example.org", "--yes"]).exit_code == 0
    held = b"".join(path.read_bytes() for path in config.instance_dir.parent.rglob("*") if path.is_file())
    assert CANARY.encode() not in held, "not in the clear, and not anywhere else"
    assert held.count(draft.encode()) <= 1, "a tombstone of the id only"
