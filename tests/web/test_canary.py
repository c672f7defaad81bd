"""S12: what people are called and what they say is in no log and in nothing that the audit remembers."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from werkzeug.datastructures import MultiDict

from service import create_app
from service.accounts.account import Account
from service.accounts.roles import ROLES
from service.audit import Entry, kinds
from service.collection.invitations.invite import Addressee, invite
from service.collection.models.home import Child, ChildName, Home
from service.collection.models.invitation import Invitation
from service.collection.models.person import Person
from service.collection.models.response import Response
from service.collection.models.round import Round
from service.config import config_from
from service.dates import now
from service.definitions import Form
from service.mail.email import Email
from service.operations.children import name_child
from service.operations.homes import change_home
from service.state import app_state
from service.storage.codec import to_json
from tests.live_server import Served, serving
from tests.web.crawler import Somebody
from tests.web.provider_world import FORMS, NOBODY, Who, World

WORD, CHILD = "quokkawombat", "numbatbilby"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with serving(tmp_path) as running_there:
        yield running_there


@pytest.fixture
def world(served: Served, library: dict[str, Form]) -> Iterator[World]:
    """The service's own code on the store that is served, to make people and to look at what was kept."""
    settings = {name: value for name, value in served.environ.items() if name.startswith("SAYSO_")}
    app = create_app(config_from(settings))
    yield World(app, library, mark=WORD)
    app_state(app).store.close()


def somebody(served: Served, world: World, who: Who) -> Somebody:
    client, _ = world.browser(who)
    cookies = {name: found.value for name in ("sayso", "sayso-account") if (found := client.get_cookie(name))}
    return Somebody(served.address, WORD, cookies, world.door_of)


def test_no_log_and_no_audit_holds_a_name_an_address_or_an_answer(served: Served, world: World) -> None:
    round_ = world.store[Round].get(world.stands_for["round_id"])
    assert round_ is not None
    people = [Addressee(form_id, WORD, f"{WORD}{n}@example.org", WORD) for n, form_id in enumerate(FORMS * 2)]
    links = [f"/i/{token}" for _, token in invite(world.store, round_, people, now())]
    visitor = somebody(served, world, NOBODY)
    visitor.go_everywhere(*links, "/sign-in", "/forgotten", f"/nowhere/{WORD}?said={WORD}")
    for role in ("registered_manager", "responsible_individual", "administrator"):
        signed_in = somebody(served, world, Who(role, "everywhere"))
        signed_in.go_everywhere("/homes", "/account", *(world.address(rule) for _, rule in world.rules("GET")))
        # what a page of another day would send
        signed_in.cookies.pop("sayso", None)
        signed_in.send("POST", f"/i/{world.stands_for['token']}", MultiDict({"csrf-token": WORD, "name": WORD}))
        assert not [each for each in signed_in.statuses if each[2] >= 500]
        print(role, *[e for e in signed_in.statuses if e[0] == "POST"], sep="\n")
    assert not [each for each in visitor.statuses if each[2] >= 500]
    served.flask("jobs", "run")

    told = [f"{entry.id} {entry.kind} {entry.actor} {facts_of(entry)}" for entry in world.store[Entry].all()]
    assert not [each for each in told if WORD in each.lower()]
    assert WORD not in (served.folder / "server.log").read_text().lower()
    _assert_that_this_could_have_found_it(world)


def test_a_child_s_name_is_on_no_page_but_the_look_up_and_in_no_file(served: Served, world: World) -> None:
    child = world.store[Child].get(world.stands_for["child_id"])
    home = world.store[Home].get(world.stands_for["home_id"])
    assert child is not None
    assert home is not None
    change_home(world.store, home, lambda there: replace(there, child_names=True), now(), by="")
    name_child(world.store, child, CHILD, now(), by="")
    with world.store.transaction() as tx:
        [said] = [
            each for each in tx[Response].find("round_id", world.stands_for["round_id"]) if not each.invitation_id
        ]
        tx[Response].put(replace(said, child_id=child.id))

    shown: list[tuple[str, str]] = []  # where the name stood
    for who in (NOBODY, *(Who(role, "everywhere") for role in ROLES)):
        for method, rule in world.rules("GET"):
            reply = world.visit(who, method, world.address(rule))
            if CHILD in words_of(reply.data):
                shown.append((str(who), rule.rule))
    assert shown == []
    looked_up = world.visit(
        Who("safeguarding_lead", "here"),
        "POST",
        f"/alerts/{world.stands_for['alert_id']}/child",
        values={"why": "to_help"},
    )
    assert CHILD in looked_up.text, "this could have found it"
    assert looked_up.headers["Cache-Control"] == "no-store"

    served.flask("rounds", "close", world.stands_for["round_id"])
    served.flask("jobs", "run")
    for more in ((), ("--to-hand-on",), ("--csv",), ("--json",)):
        served.flask("export", world.stands_for["round_id"], *more)
    served.flask("store", "backup", str(served.folder / "a.backup"))
    for letter in world.store[Email].all():
        assert CHILD not in json.dumps(to_json(letter))
    files = [path for path in served.folder.rglob("*") if path.is_file()]
    assert any(path.suffix == ".xlsx" for path in files)
    assert [path.name for path in files if CHILD in words_of(path.read_bytes())] == []
    assert not [entry for entry in world.store[Entry].all() if CHILD in str(entry)]
    assert [each.name for each in world.store[ChildName].all()] == [CHILD]


def words_of(data: bytes) -> str:
    """What a file or a reply holds, taken out of what it is packed in."""
    if data[:2] == b"PK":
        with ZipFile(BytesIO(data)) as packed:
            return " ".join(words_of(packed.read(name)) for name in packed.namelist())
    return data.decode(errors="replace").lower()


def facts_of(entry: Entry) -> dict[str, Any]:
    """Its facts but for what is made of the names of homes and providers: ids of rounds, and the names of files."""
    made = re.compile(r"\d{8}-[a-z0-9-]+(, \d{8}-[a-z0-9-]+)*|[a-z0-9-]+-homes-[a-z0-9-]+\.xlsx")
    return {name: fact for name, fact in entry.facts.items() if not made.fullmatch(str(fact))}


def _assert_that_this_could_have_found_it(world: World) -> None:
    """The word was said wherever words are kept, and much of what the audit knows has happened."""
    for kind in (Home, Person, Invitation, Response, Email, Account, Round):
        records = world.store[kind].all()
        assert any(WORD in json.dumps(to_json(record)).lower() for record in records), f"no {kind} holds the word"
    assert any(WORD in json.dumps(said.answers).lower() for said in world.store[Response].all() if said.submitted_at)
    happened = {entry.kind for entry in world.store[Entry].all()}
    expected = {"home_changed", "people_changed", "round_changed", "invited", "account_changed", "exported"}
    assert not expected - happened, f"of {set(kinds())} only {happened} happened"
