"""Nothing is open unless it says so: every address, for everybody, as the table in who_may.txt has it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from service import create_app
from service.accounts.account import Account, AccountSession
from service.accounts.roles import MAY, ROLES, SECOND_FACTOR
from service.collection.models.errors import NotPossible
from service.config import config_from
from service.dates import now
from service.definitions import Form
from service.state import app_state
from service.web.http import access
from service.web.http.access import open_to_all
from service.web.http.security_headers import content_security_policy
from tests.visitor import Visitor
from tests.web.provider_world import EVERYBODY, LACKING_SECOND_FACTOR, NOBODY, Who, World
from tests.web.who_may import TABLE, as_word, seen, table_on_page, written

MANAGER, ADMINISTRATOR = Who("registered_manager", "everywhere"), Who("administrator", "everywhere")
ADMITTED = {"200", "204", "302", "303", "400", "404", "409", "422"}  # a view of its own may still miss something


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One service for all the doors; what somebody changes is put back before the next comes."""
    folder = tmp_path_factory.mktemp("who-may")
    app = create_app(
        config_from(
            {
                "SAYSO_STORE_URL": f"tinydb:{folder / 'store'}",
                "SAYSO_INSTANCE_DIR": str(folder),
                "SAYSO_HTMX_SOURCE": "local",
            }
        )
    )
    app.add_url_rule("/broken", "broken", open_to_all(lambda: str(1 // 0)))
    app.add_url_rule("/unmarked", "unmarked", lambda: "nobody said who may come in here")
    yield app
    app_state(app).store.close()


@pytest.fixture(scope="module")
def world(app: Flask, library: dict[str, Form]) -> World:
    return World(app, library)


@pytest.fixture
def left_as_found(world: World) -> Iterator[World]:
    yield world
    world.put_back()


def addresses(world: World) -> list[tuple[str, Rule]]:
    return [each for each in world.rules("GET", "POST") if each[1].endpoint not in ("broken", "unmarked")]


def entered_by_account(world: World) -> Iterator[tuple[str, Rule]]:
    for method, rule in addresses(world):
        if getattr(world.app.view_functions[rule.endpoint], "entry", "") == "may":
            yield method, rule


FRAMED = re.compile(r"/forms/.*/preview/(page|draft)")  # for pages of ours alone


def assert_headers(reply: TestResponse, world: World) -> None:
    """What every reply says to the browser, error pages and redirects too."""
    headers, where = reply.headers, f"{reply.request.method} {reply.request.path}: {reply.status}"
    policy = headers["Content-Security-Policy"]
    if FRAMED.fullmatch(reply.request.path):
        policy = policy.replace("frame-ancestors 'self'", "frame-ancestors 'none'")
    assert policy == content_security_policy(app_state(world.app).config), where
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff", where
    assert headers["Referrer-Policy"] == "same-origin", where
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin", where
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin", where
    assert "camera=()" in headers["Permissions-Policy"], where
    assert headers["Cache-Control"] == "no-store", where
    assert "Cookie" in headers["Vary"], where
    for cookie in headers.getlist("Set-Cookie"):
        assert "HttpOnly" in cookie, where
        assert "SameSite=Lax" in cookie, where
        assert "Path=/" in cookie, where
    if reply.mimetype == "text/html" and reply.status_code not in (302, 303):
        assert "charset=utf-8" in reply.content_type
        Visitor.read(reply)


def test_the_table_is_as_it_is_written(world: World) -> None:
    text = TABLE.read_text()
    assert written(table_on_page(text)) == text


def test_every_address_is_in_the_table_and_nothing_else_is(world: World) -> None:
    present = {(method, rule.rule) for method, rule in addresses(world)}
    listed = table_on_page(TABLE.read_text()).keys()
    assert not present - listed, "a new address: say who may enter it (python -m tests.web.who_may)"
    assert not listed - present, "an address that is gone"


def test_no_address_takes_anything_but_looking_and_posting(world: World) -> None:
    others = {(method, rule.rule) for method, rule in world.rules("PUT", "PATCH", "DELETE")}
    assert not others


def test_everybody_meets_what_the_table_says(world: World) -> None:
    """S6 and S11: each address is visited by everybody, each reply has its headers, and each page is well made."""
    table = table_on_page(TABLE.read_text())
    wrong = []
    for method, rule in addresses(world):
        words = seen(world, method, rule, lambda reply: assert_headers(reply, world))
        for who, said, met in zip(EVERYBODY, table.get((method, rule.rule), words), words, strict=True):
            if said != met:
                wrong.append(f"{method} {rule.rule}: {who} should meet {said} and met {met}")
    assert not wrong, "\n".join(wrong)


def test_the_table_agrees_with_the_roles(world: World) -> None:
    """The table is written by hand or by looking; here it is held against what each view asks for."""
    table = table_on_page(TABLE.read_text())
    for method, rule in entered_by_account(world):
        view = world.app.view_functions[rule.endpoint]
        homely = rule.arguments & access._HOMES.keys()
        for who, word in zip(EVERYBODY, table[method, rule.rule], strict=True):
            where = f"{method} {rule.rule} for {who}: {word}"
            if who.role is None:
                assert word == "in", where
            elif homely and who.where == "elsewhere":
                assert word == "404", where
            elif view.action not in MAY[who.role] or (view.everywhere and not homely and who.where != "everywhere"):
                assert word == "403", where
            else:
                assert word in ADMITTED, where


def test_a_record_of_one_home_is_not_reached_through_another(left_as_found: World) -> None:
    world = left_as_found
    tried = 0
    for method, rule in addresses(world):
        names = sorted(rule.arguments & access._HOMES.keys())
        for name in names if len(names) > 1 else ():
            address = world.address(rule, **{name: world.other[name]})
            assert world.visit(MANAGER, method, address).status_code == 404, f"{method} {address}"
            tried += 1
    assert tried or not any(len(rule.arguments & access._HOMES.keys()) > 1 for _, rule in addresses(world))


@pytest.mark.parametrize(
    "nonsense", ["nothing", "..%2f..%2fetc%2fpasswd", "%00", "%ff", "a" * 3000, "é\u202e", "' OR 1=1 --"]
)
def test_what_is_not_there_is_404_and_never_a_fault(left_as_found: World, nonsense: str) -> None:
    world = left_as_found
    for method, rule in addresses(world):
        for name in rule.arguments:
            address = world.address(rule, **{name: "NONSENSE"}).replace("NONSENSE", nonsense)
            for who in (NOBODY, MANAGER, ADMINISTRATOR):
                reply = world.visit(who, method, address)
                assert reply.status_code in (302, 303, 400, 403, 404, 405, 410), f"{method} {address}: {reply.status}"
                assert_headers(reply, world)


def test_what_somebody_else_was_quicker_to_end_is_no_fault_of_ours(world: World) -> None:
    with world.app.test_request_context("/rounds/r/close", method="POST"):
        reply = world.app.make_response(world.app.handle_user_exception(NotPossible("The round is closed.")))
    assert reply.status_code == 409
    assert "The round is closed." in reply.get_data(as_text=True)


def test_whoever_can_read_names_enters_with_a_second_factor(world: World) -> None:
    for method, rule in entered_by_account(world):
        for who in LACKING_SECOND_FACTOR:
            if who.role and world.app.view_functions[rule.endpoint].action in MAY[who.role]:
                reply = world.visit(who, method, world.address(rule))
                assert (as_word(reply) == "2nd") == (who.role in SECOND_FACTOR), f"{method} {rule.rule} for {who.role}"
                world.put_back()


def test_what_needs_a_fresh_proof_opens_only_just_after_one(left_as_found: World) -> None:
    world = left_as_found
    with world.store.transaction() as tx:
        for session in list(tx[AccountSession].all()):
            tx[AccountSession].put(_proved_long_ago(session))
    doors = set()
    for method, rule in entered_by_account(world):
        view = world.app.view_functions[rule.endpoint]
        for role in ROLES:
            if getattr(view, "proved", False) and view.action in MAY[role]:
                reply = world.visit(Who(role, "everywhere"), method, world.address(rule))
                assert as_word(reply) == "pw", f"{method} {rule.rule} for {role}"
                doors.add(rule.endpoint)
    assert "rounds.workbook" in doors, "it holds single answers"


def _proved_long_ago(session: AccountSession) -> AccountSession:
    return replace(session, proved_at=session.proved_at - access.FRESH * 2)


def test_an_ended_session_opens_nothing(left_as_found: World) -> None:
    world = left_as_found
    with world.store.transaction() as tx:
        for session in list(tx[AccountSession].all()):
            tx[AccountSession].remove(session.id)
    for method, rule in entered_by_account(world):
        assert as_word(world.visit(MANAGER, method, world.address(rule))) == "in", rule.rule


def test_a_closed_account_opens_nothing(left_as_found: World) -> None:
    world = left_as_found
    with world.store.transaction() as tx:
        for account in list(tx[Account].all()):
            tx[Account].put(replace(account, closed_at=now()))
    for method, rule in entered_by_account(world):
        assert as_word(world.visit(MANAGER, method, world.address(rule))) == "in", rule.rule


def test_a_fragment_whose_session_has_ended_sends_the_whole_page_to_sign_in(world: World) -> None:
    for method, rule in entered_by_account(world):
        reply = world.visit(NOBODY, method, world.address(rule), headers={"HX-Request": "true"})
        assert reply.status_code == 401, rule.rule
        assert reply.headers["HX-Redirect"].startswith("/sign-in"), rule.rule


def test_a_fragment_is_no_way_around_a_door(left_as_found: World) -> None:
    """What a page fetches for itself meets the same refusals as the page."""
    world = left_as_found
    for method, rule in entered_by_account(world):
        for who in (Who("staff", "here"), Who("registered_manager", "elsewhere")):
            whole = world.visit(who, method, world.address(rule)).status_code
            world.put_back()
            part = world.visit(who, method, world.address(rule), headers={"HX-Request": "true"})
            world.put_back()
            assert (part.status_code in (403, 404)) == (whole in (403, 404)), f"{method} {rule.rule} for {who}"
            assert_headers(part, world)


def test_a_view_that_says_nothing_is_closed_to_everybody(world: World) -> None:
    for who in EVERYBODY:
        assert world.visit(who, "GET", "/unmarked").status_code == 403


class TestHeadersOfFaults:
    """S11 on what no row of the table reaches."""

    @pytest.mark.parametrize(
        ("method", "address", "status"),
        [("GET", "/nowhere", 404), ("POST", "/audit", 405), ("GET", "/broken", 500), ("GET", "/unmarked", 403)],
    )
    def test_an_error_page_has_them(self, world: World, method: str, address: str, status: int) -> None:
        reply = world.visit(ADMINISTRATOR, method, address)
        assert reply.status_code == status
        assert_headers(reply, world)
        assert "Traceback" not in reply.text
        assert "ZeroDivisionError" not in reply.text

    def test_a_page_without_its_token_has_them(self, world: World) -> None:
        reply = world.visit(NOBODY, "POST", f"/i/{world.stands_for['token']}", token="")
        assert reply.status_code == 400
        assert_headers(reply, world)

    def test_what_is_too_much_has_them(self, world: World) -> None:
        reply = world.visit(NOBODY, "POST", f"/i/{world.stands_for['token']}", values={"x": "y" * 300_000})
        assert reply.status_code == 413
        assert_headers(reply, world)

    def test_a_store_that_cannot_be_reached_has_them(self, app: Flask, world: World, tmp_path: Path) -> None:
        lost = create_app(
            config_from(
                {
                    "SAYSO_STORE_URL": f"postgresql:///nowhere?host={tmp_path}",
                    "SAYSO_INSTANCE_DIR": str(tmp_path),
                    "SAYSO_HTMX_SOURCE": "local",
                }
            )
        )
        reply = lost.test_client().get("/")
        assert reply.status_code == 503
        assert_headers(reply, world)

    def test_over_https_they_include_transport_security_and_host_cookies(
        self, tmp_path: Path, library: dict[str, Form]
    ) -> None:
        app = create_app(
            config_from(
                {
                    "SAYSO_STORE_URL": f"tinydb:{tmp_path / 'store'}",
                    "SAYSO_INSTANCE_DIR": str(tmp_path),
                    "SAYSO_BASE_URL": "https://sayso.example.org",
                    "SAYSO_SECRET_KEYS": "k" * 40,
                    "SAYSO_SEAL_KEYS": "s" * 40,
                }
            )
        )
        reply = app.test_client().get("/sign-in", base_url="https://sayso.example.org")
        app_state(app).store.close()
        assert reply.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
        for cookie in reply.headers.getlist("Set-Cookie"):
            assert cookie.startswith("__Host-sayso")
            assert "; Secure" in cookie
