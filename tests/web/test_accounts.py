"""The pages of accounts: the way in and out, one's own account, everybody's."""

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from argon2 import PasswordHasher
from flask import Flask
from werkzeug.test import TestResponse

from service import create_app
from service.accounts.account import Account, Grant
from service.accounts.passwords import Passwords
from service.calendar import now
from service.collection.home import Home
from service.config import SettingError, config_from
from service.storage import open_store
from service.storage.store import KeptStore
from service.web.accounts.entering import own_address
from service.web.known_browser import client_of
from service.web.running import running
from tests.accounts.at_the_door import CHEAP, KEPT, PASSWORD, TOTP, code_at
from tests.manager import account_with, signed_in
from tests.visitor import Page, Visitor

MORNING = datetime(2026, 11, 23, 9, 0, 5, tzinfo=UTC)
NEW = "green kettle hums quietly"
WRONG = {"email": "ro@example.org", "password": "wrong wrong wrong"}
RIGHT = {"email": "ro@example.org", "password": PASSWORD}


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MORNING, tick=False) as moved:
        yield moved


@pytest.fixture
def app(app: Flask) -> Flask:
    running(app).passwords = CHEAP
    return app


@pytest.fixture
def ro(store: KeptStore, home: Home) -> Account:
    """A registered manager with a password and, in this demonstration home, no second factor yet."""
    return kept(store, Account("ro", "Ro Okafor", "ro@example.org", now(), (Grant("registered_manager"),), KEPT))


@pytest.fixture
def admin(app: Flask, store: KeptStore, home: Home) -> Visitor:
    return signed_in(app, kept(store, replace(account_with(app, "administrator", name="Ada Bell"), password=KEPT)))


def kept(store: KeptStore, account: Account) -> Account:
    with store.transaction() as books:
        books.accounts.put(account)
    return account


def enter(
    visitor: Visitor, values: dict[str, str] | None = None, address: str = "/sign-in", **kwargs: object
) -> TestResponse:
    """Type address and password."""
    visitor.visit("/sign-in")
    return visitor.post(address, values or RIGHT, **kwargs)


def is_in(visitor: Visitor) -> bool:
    return visitor.client.get("/account").status_code == 200


def cookies(reply: TestResponse) -> dict[str, str]:
    return {line.partition("=")[0]: line for line in reply.headers.getlist("Set-Cookie")}


def newest_link(store: KeptStore) -> str:
    letter = max(store.letters.all(), key=lambda letter: letter.created_at)
    found = re.search(r"http://127\.0\.0\.1:8000(/password/\S+)", letter.text)
    assert found
    return found[1]


# --- the way in ---


def test_the_home_page_shows_the_way_in(visitor: Visitor) -> None:
    assert "/sign-in" in visitor.visit("/").links


def test_address_and_password_stand_on_one_page_that_password_managers_know(visitor: Visitor) -> None:
    page = visitor.visit("/sign-in")
    told = {field["name"]: field.get("autocomplete") for field in page.fields if field.get("type") != "hidden"}
    assert told == {"email": "username", "password": "current-password"}


def test_who_is_right_goes_where_they_wanted_to(visitor: Visitor, ro: Account) -> None:
    reply = visitor.client.get("/account?tab=1")
    assert reply.location == "/sign-in?next=/account?tab%3D1"
    assert enter(visitor, address=reply.location).location == "/account?tab=1"
    assert is_in(visitor)
    assert visitor.client.get("/sign-in").location == "/homes"


def test_a_part_of_a_page_that_needs_signing_in_comes_back_to_its_page(visitor: Visitor) -> None:
    part = {"HX-Request": "true", "HX-Current-URL": "http://localhost/homes?x=1"}
    reply = visitor.client.get("/account", headers=part)
    assert (reply.status_code, reply.headers["HX-Redirect"]) == (401, "/sign-in?next=/homes?x%3D1")
    elsewhere = {**part, "HX-Current-URL": "https://evil.example/homes"}
    assert visitor.client.get("/account", headers=elsewhere).headers["HX-Redirect"] == "/sign-in"


def test_without_a_wish_one_goes_to_the_homes_and_without_a_role_to_ones_account(
    visitor: Visitor, store: KeptStore, ro: Account
) -> None:
    assert enter(visitor).location == "/homes"
    kept(store, replace(ro, grants=()))
    assert enter(Visitor(visitor.client.application)).location == "/account"


@pytest.mark.parametrize(
    "bad",
    [
        "",
        None,
        "account",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "\\/evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "/\r\nLocation: //evil.example",
        " /account",
        "/account ",
        "/ /evil.example",
        "/x//evil.example",
        "/.//evil.example",
        "https://evil.example/",
        "https:/evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "/\x00",
        "/\u2044evil.example",
        "/é",
        "data:text/html,x",
        "/" + "a" * 500,
        "@evil.example",
        "//[::1",
    ],
)
def test_nobody_is_led_elsewhere_after_signing_in(bad: str | None) -> None:
    assert own_address(bad) is None


@pytest.mark.parametrize("good", ["/", "/account", "/homes/larch-house/now?x=1&y=%2F", "/audit?next=//evil.example"])
def test_an_address_of_our_own_is_gone_on_to(good: str) -> None:
    assert own_address(good) == good


def test_a_link_that_leads_astray_ends_at_the_homes(visitor: Visitor, ro: Account) -> None:
    assert enter(visitor, address="/sign-in?next=//evil.example").location == "/homes"


@pytest.mark.parametrize(
    ("email", "password", "words"),
    [
        ("", "", "Enter an e-mail address. Enter the password."),
        ("ro@example.org", "x", "do not belong together"),
        ("nobody@example.org", PASSWORD, "do not belong together"),
        ("ro@example.org", PASSWORD.title(), "do not belong together"),
        ("\x00", "\x00", "do not belong together"),
        ("ro@example.org" * 1000, "x" * 50_000, "do not belong together"),
    ],
)
def test_who_is_wrong_is_told_the_same_whatever_was_wrong(
    visitor: Visitor, ro: Account, email: str, password: str, words: str
) -> None:
    visitor.visit("/sign-in")
    page = visitor.send("/sign-in", {"email": email, "password": password})
    assert page.status == 422
    assert words in page.text
    assert page.title.startswith("Error: ")
    [field] = [field for field in page.fields if field.get("name") == "password"]
    assert not field.get("value"), "a password never comes back"
    assert not is_in(visitor)


def test_a_known_and_an_unknown_address_get_the_same_page(visitor: Visitor, ro: Account) -> None:
    def page(address: str, email: str) -> str:
        visitor.visit(address)
        shown = visitor.send(address, {"email": email, "password": "wrong wrong wrong"})
        return re.sub(r'value="[^"]*"', "", shown.html.replace(email, "…"))

    assert page("/sign-in", "ro@example.org") == page("/sign-in", "nobody@example.org")
    assert page("/forgotten", "ro@example.org") == page("/forgotten", "nobody@example.org")


def test_signing_in_needs_a_token_of_our_own_page(visitor: Visitor, ro: Account) -> None:
    assert visitor.client.post("/sign-in", data=RIGHT).status_code == 400
    assert not is_in(visitor)


def test_when_nothing_can_be_kept_the_page_that_says_so_shows_no_password(
    app: Flask, visitor: Visitor, ro: Account, store_url: str
) -> None:
    visitor.visit("/sign-in")
    keys = running(app).seal_keys
    with (
        closing(running(app).store),
        closing(open_store(store_url, seal_keys=keys)) as busy,
        closing(open_store(store_url, seal_keys=keys, lock_seconds=0.2)) as waiting,
        busy.transaction() as books,
    ):
        books.accounts.get("ro")  # from its first reading on it is alone
        running(app).store = waiting
        page = visitor.read(visitor.post("/sign-in", RIGHT))
    assert page.status == 503
    assert PASSWORD not in page.html


# --- sessions (S8) ---


def test_signing_in_begins_a_new_session_whatever_was_planted_before(
    app: Flask, visitor: Visitor, store: KeptStore, ro: Account
) -> None:
    planted = signed_in(app, account_with(app, "staff"))
    theirs = planted.client.get_cookie("sayso-account")
    assert theirs is not None
    visitor.client.set_cookie("sayso-account", theirs.value)
    with visitor.client.session_transaction() as session:
        session["responses"] = {"planted": ["round", "form", "en", "link", False]}
        session["csrf_token"] = "planted"
    enter(visitor)
    mine = visitor.client.get_cookie("sayso-account")
    assert mine is not None
    assert mine.value != theirs.value
    with visitor.client.session_transaction() as session:
        assert "responses" not in session
        assert session.get("csrf_token") != "planted"
    assert not is_in(planted), "the session that was here before is over"
    assert "Ro Okafor" in visitor.visit("/account").text


def test_the_cookie_of_a_session_that_was_signed_out_opens_nothing(visitor: Visitor, ro: Account) -> None:
    enter(visitor)
    cookie = visitor.client.get_cookie("sayso-account")
    assert cookie is not None
    page = visitor.visit("/account")
    assert page.status == 200
    assert "You are signed out" in visitor.send("/sign-out").text
    visitor.client.set_cookie("sayso-account", cookie.value)
    assert not is_in(visitor)


def test_a_closed_account_is_out_at_its_next_step(visitor: Visitor, store: KeptStore, ro: Account) -> None:
    enter(visitor)
    assert is_in(visitor)
    kept(store, replace(ro, closed_at=now()))
    assert not is_in(visitor)
    assert enter(visitor).status_code == 422


def test_a_new_password_signs_out_every_other_browser_and_not_this_one(
    app: Flask, visitor: Visitor, store: KeptStore, ro: Account
) -> None:
    elsewhere = Visitor(app)
    enter(elsewhere)
    enter(visitor)
    before = visitor.client.get_cookie("sayso-account")
    visitor.visit("/account")
    values = {"current": PASSWORD, "password": NEW, "again": NEW}
    assert "Your password is changed" in visitor.send("/account/password", values).text
    assert is_in(visitor)
    assert not is_in(elsewhere)
    assert before is not None
    elsewhere.client.set_cookie("sayso-account", before.value)
    assert not is_in(elsewhere), "what this browser's cookie was before opens nothing either"
    assert enter(elsewhere).status_code == 422
    assert enter(elsewhere, {**RIGHT, "password": NEW}).location == "/homes"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"current": "wrong wrong wrong", "password": NEW, "again": NEW}, "That is not your password."),
        ({"current": PASSWORD, "password": NEW, "again": NEW + "!"}, "This is not the same as above"),
        ({"current": PASSWORD, "password": "short", "again": "short"}, "Use at least 15 characters."),
        ({"current": PASSWORD, "password": "Ro Okafor, example 1", "again": "x"}, "mostly your name"),
        ({"current": "", "password": "", "again": ""}, "Enter the password that you have now."),
    ],
)
def test_a_password_is_not_changed_without_the_old_one_or_to_a_weak_one(
    visitor: Visitor, store: KeptStore, ro: Account, values: dict[str, str], words: str
) -> None:
    enter(visitor)
    visitor.visit("/account")
    page = visitor.send("/account/password", values)
    assert (page.status, words in page.text) == (422, True)
    assert store.accounts.get("ro") == ro


def test_the_cookies_say_no_more_and_live_no_longer_than_they_must(visitor: Visitor, ro: Account) -> None:
    set_here = cookies(enter(visitor))
    for name in ("sayso-account", "sayso-known"):
        assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= set(set_here[name].split("; "))
        assert "ro@example.org" not in set_here[name]
    assert "Expires" not in set_here["sayso-account"]
    assert "Max-Age" not in set_here["sayso-account"], "it ends with the browser"
    assert "Max-Age=15552000" in set_here["sayso-known"]


def test_over_https_the_cookies_are_bound_to_this_host(tmp_path: Path) -> None:
    keys = {"SAYSO_SECRET_KEYS": "s" * 32, "SAYSO_SEAL_KEYS": "k" * 32}
    folders = {"SAYSO_STORE_URL": f"tinydb:{tmp_path / 'store'}", "SAYSO_INSTANCE_DIR": str(tmp_path)}
    app = create_app(config_from({**folders, **keys, "SAYSO_BASE_URL": "https://sayso.example.org"}))
    running(app).passwords = CHEAP
    kept(running(app).store, Account("ro", "Ro", "ro@example.org", now(), (), KEPT))
    visitor = Visitor(app)
    https = {"base_url": "https://sayso.example.org", "headers": {"Referer": "https://sayso.example.org/sign-in"}}
    page = visitor.read(visitor.client.get("/sign-in", base_url=https["base_url"]))
    set_here = cookies(visitor.client.post("/sign-in", data={**RIGHT, "csrf-token": page.value("csrf-token")}, **https))
    for name in ("__Host-sayso-account", "__Host-sayso-known"):
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(set_here[name].split("; "))
        assert "Domain" not in set_here[name]
    running(app).store.close()


def test_after_an_hour_without_a_step_one_is_signed_out(
    visitor: Visitor, ro: Account, clock: time_machine.Traveller
) -> None:
    enter(visitor)
    clock.shift(timedelta(minutes=59))
    assert is_in(visitor)
    clock.shift(timedelta(minutes=59))
    assert is_in(visitor)
    clock.shift(timedelta(minutes=61))
    assert not is_in(visitor)


def test_a_page_that_only_refreshes_itself_keeps_nobody_signed_in(
    visitor: Visitor, ro: Account, clock: time_machine.Traveller
) -> None:
    enter(visitor)
    for _ in range(3):
        clock.shift(timedelta(minutes=25))
        reply = visitor.client.get("/account", headers={"HX-Request": "true"})
    assert reply.status_code == 401


def test_after_twelve_hours_everybody_signs_in_again(
    visitor: Visitor, ro: Account, clock: time_machine.Traveller
) -> None:
    enter(visitor)
    for _ in range(23):
        clock.shift(timedelta(minutes=30))
        assert is_in(visitor)
    clock.shift(timedelta(minutes=30))
    assert not is_in(visitor)


def test_one_sees_where_one_is_signed_in_and_signs_out_there(app: Flask, visitor: Visitor, ro: Account) -> None:
    ipad = Visitor(app)
    agent = "Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1"
    enter(ipad, headers={"User-Agent": agent})
    enter(visitor)
    page = visitor.visit("/account")
    assert "Safari on an iPad" in page.text
    assert "23 November 2026, 9:00 am" in page.text
    [other] = re.findall(r'name="session" value="(\w+)"', page.html)
    assert "That browser is signed out" in visitor.send("/account/sessions", {"session": other}).text
    assert not is_in(ipad)
    assert is_in(visitor)


def test_signing_out_everywhere_leaves_no_session(app: Flask, visitor: Visitor, store: KeptStore, ro: Account) -> None:
    elsewhere = Visitor(app)
    enter(elsewhere)
    enter(visitor)
    visitor.visit("/account")
    assert "You are signed out everywhere" in visitor.send("/account/sessions").text
    assert not is_in(elsewhere)
    assert not is_in(visitor)
    assert not list(store.account_sessions.all())


def test_nobody_ends_the_sessions_of_others(app: Flask, visitor: Visitor, store: KeptStore, ro: Account) -> None:
    other = signed_in(app, account_with(app, "staff"))
    [theirs] = store.account_sessions.all()
    enter(visitor)
    visitor.visit("/account")
    visitor.send("/account/sessions", {"session": theirs.id})
    assert is_in(other)


# --- brute force (S9) ---


def test_of_a_thousand_tries_few_are_looked_at_and_the_owner_and_others_enter(
    app: Flask, visitor: Visitor, store: KeptStore, ro: Account
) -> None:
    kept(store, replace(ro, id="mo", email="mo@example.org"))
    owner = Visitor(app)
    enter(owner)
    owner.send("/sign-out")
    visitor.visit("/sign-in")
    statuses = [visitor.post("/sign-in", WRONG).status_code for _ in range(1000)]
    assert statuses[:5] == [422] * 5
    assert set(statuses[5:]) == {429}
    waiting = visitor.post("/sign-in", RIGHT)
    assert waiting.status_code == 429, "also with the right password"
    assert enter(owner).location == "/homes", "in a browser that has signed in here before, at the same address"
    stranger = Visitor(app)
    elsewhere = {"environ_overrides": {"REMOTE_ADDR": "198.51.100.7"}}
    assert enter(stranger, {**RIGHT, "email": "mo@example.org"}, **elsewhere).location == "/homes"
    assert enter(Visitor(app), **elsewhere).location == "/homes", "and the owner in a new one, from elsewhere"


def test_who_must_wait_is_told_how_long(visitor: Visitor, ro: Account, clock: time_machine.Traveller) -> None:
    for _ in range(5):
        enter(visitor, WRONG)
    page = visitor.send("/sign-in", RIGHT)
    assert page.status == 429
    assert page.response.headers["Retry-After"] == "5"
    assert "There were too many tries. Please wait 5 seconds and try again." in page.text
    clock.shift(timedelta(seconds=5))
    assert enter(visitor).location == "/homes"


def test_a_cookie_that_was_made_up_makes_no_browser_known(visitor: Visitor, ro: Account) -> None:
    for number in range(6):
        visitor.client.set_cookie("sayso-known", f'["{number}","ro"].aaaa.bbbb')
        last = enter(visitor, WRONG)
    assert last.status_code == 429


def test_one_client_that_asks_for_letter_after_letter_is_stopped(visitor: Visitor, store: KeptStore) -> None:
    visitor.visit("/forgotten")
    replies = [visitor.post("/forgotten", {"email": f"{number}@example.org"}).status_code for number in range(70)]
    assert replies[:30] == [303] * 30
    assert replies[30:] == [429] * 40


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        (None, ""),
        ("unix:", ""),
    ],
)
def test_a_network_is_one_client(address: str | None, client: str) -> None:
    assert client_of(address) == client


def test_a_limit_that_needs_what_is_not_installed_stops_the_start_with_a_sentence(tmp_path: Path) -> None:
    settings = {"SAYSO_STORE_URL": f"tinydb:{tmp_path}", "SAYSO_LIMITS_URL": "redis://127.0.0.1:1"}
    with pytest.raises(SettingError, match="SAYSO_LIMITS_URL: needs the package redis"):
        create_app(config_from(settings))


# --- the second factor (S10) ---


def with_app(store: KeptStore, ro: Account) -> Account:
    return kept(store, replace(ro, totp=TOTP))


def test_after_the_password_comes_the_code_and_before_it_nothing_opens(
    visitor: Visitor, store: KeptStore, ro: Account
) -> None:
    with_app(store, ro)
    reply = enter(visitor, address="/sign-in?next=/account")
    assert reply.location == "/sign-in/code?next=/account"
    assert not is_in(visitor)
    page = visitor.visit(reply.location)
    [field] = [field for field in page.fields if field.get("name") == "code"]
    assert (field["autocomplete"], field["inputmode"]) == ("one-time-code", "numeric")
    assert visitor.post(reply.location, {"code": code_at(now())}).location == "/account"
    assert is_in(visitor)


def test_a_code_that_was_used_enters_no_second_time(
    app: Flask, visitor: Visitor, store: KeptStore, ro: Account, clock: time_machine.Traveller
) -> None:
    with_app(store, ro)
    code = code_at(now())
    onlooker = Visitor(app)
    for each, ends in ((visitor, 303), (onlooker, 422)):
        enter(each)
        each.visit("/sign-in/code")
        assert each.post("/sign-in/code", {"code": code}).status_code == ends
    clock.shift(timedelta(seconds=30))
    assert onlooker.post("/sign-in/code", {"code": code}).status_code == 422
    assert not is_in(onlooker)
    assert onlooker.post("/sign-in/code", {"code": code_at(now())}).status_code == 303


@pytest.mark.parametrize(("seconds", "status"), [(-60, 422), (-30, 303), (30, 303), (60, 422)])
def test_a_phones_clock_may_be_half_a_minute_off(
    visitor: Visitor, store: KeptStore, ro: Account, seconds: int, status: int
) -> None:
    with_app(store, ro)
    enter(visitor)
    visitor.visit("/sign-in/code")
    code = code_at(now() + timedelta(seconds=seconds))
    assert visitor.post("/sign-in/code", {"code": code}).status_code == status


def test_the_code_must_follow_the_password_within_ten_minutes(
    visitor: Visitor, store: KeptStore, ro: Account, clock: time_machine.Traveller
) -> None:
    with_app(store, ro)
    assert visitor.client.get("/sign-in/code").location == "/sign-in"
    enter(visitor)
    clock.shift(timedelta(minutes=10))
    assert visitor.client.get("/sign-in/code").location == "/sign-in"
    enter(visitor)
    kept(store, replace(ro, totp=TOTP, password=CHEAP.hash(NEW)))
    assert visitor.client.get("/sign-in/code").location == "/sign-in"


def test_wrong_codes_wait_like_wrong_passwords(visitor: Visitor, store: KeptStore, ro: Account) -> None:
    with_app(store, ro)
    enter(visitor)
    visitor.visit("/sign-in/code")
    assert [visitor.post("/sign-in/code", {"code": "000000"}).status_code for _ in range(6)] == [422] * 5 + [429]


def secret_on(page: Page) -> str:
    found = re.search(r'class="secret">([A-Z2-7 ]+)<', page.html)
    assert found
    return found[1].replace(" ", "")


def test_whose_role_asks_for_it_cannot_go_on_without_a_second_factor(app: Flask, store: KeptStore) -> None:
    account = kept(store, replace(account_with(app, "administrator"), password=KEPT))
    visitor = Visitor(app)
    assert enter(visitor, {"email": account.email, "password": PASSWORD}).location == "/homes"
    assert visitor.client.get("/accounts").location == "/account/second-factor?next=/accounts"
    page = visitor.visit("/account/second-factor?next=/accounts")
    assert "a password alone is not enough" in page.text
    assert "<svg" in page.html
    assert "style=" not in page.html
    values = {"offer": page.value("offer"), "code": "000000"}
    again = visitor.send("/account/second-factor?next=/accounts", values)
    assert again.status == 422
    assert secret_on(again) == secret_on(page), "what the app has read stays right"
    assert store.accounts.get(account.id) == account
    before = visitor.client.get_cookie("sayso-account")
    values = {"offer": again.value("offer"), "code": code_at(now(), secret_on(page))}
    assert visitor.post("/account/second-factor?next=/accounts", values).location == "/accounts"
    assert visitor.client.get("/accounts").status_code == 200
    assert visitor.client.get_cookie("sayso-account") != before


def test_looking_at_the_set_up_page_keeps_no_secret(visitor: Visitor, store: KeptStore, ro: Account) -> None:
    enter(visitor)
    secrets = {secret_on(visitor.visit("/account/second-factor")) for _ in range(2)}
    assert len(secrets) == 2
    assert store.accounts.get("ro") == ro


def test_nobody_sets_up_a_secret_that_the_service_did_not_offer_them(
    app: Flask, visitor: Visitor, store: KeptStore, ro: Account
) -> None:
    other = signed_in(app, account_with(app, "staff"))
    theirs = other.visit("/account/second-factor")
    enter(visitor)
    visitor.visit("/account/second-factor")
    for offer, secret in ((theirs.value("offer"), secret_on(theirs)), ("made up", TOTP), ("", TOTP)):
        reply = visitor.post("/account/second-factor", {"offer": offer, "code": code_at(now(), secret)})
        assert reply.status_code == 422
    assert store.accounts.get("ro") == ro


def test_in_a_demonstration_it_is_offered_and_not_asked_for(visitor: Visitor, ro: Account) -> None:
    enter(visitor)
    page = visitor.visit("/account")
    assert "Not set up" in page.text
    assert "/account/second-factor" in page.links
    assert "password alone is not enough" not in visitor.visit("/account/second-factor").text


# --- proving oneself again ---


def test_after_a_quarter_of_an_hour_a_change_to_accounts_asks_for_the_password_again(
    admin: Visitor, store: KeptStore, ro: Account, clock: time_machine.Traveller
) -> None:
    page = admin.visit("/accounts/ro")
    clock.shift(timedelta(minutes=16))
    values = {"role": "staff", "home": "larch-house"}
    reply = admin.post("/accounts/ro/roles", values, headers={"Referer": "http://localhost/accounts/ro"})
    assert reply.location == "/account/prove?next=/accounts/ro"
    assert store.accounts.get("ro") == ro
    page = admin.visit(reply.location)
    assert "Is it still you?" in page.text
    assert admin.send(reply.location, {"password": "wrong wrong wrong"}).status == 422
    assert admin.post(reply.location, {"password": PASSWORD}).location == "/accounts/ro"
    admin.visit("/accounts/ro")
    assert "given to Ro Okafor" in admin.send("/accounts/ro/roles", values).text


def test_proving_oneself_asks_for_a_code_as_well_and_changes_the_cookie(
    app: Flask, visitor: Visitor, store: KeptStore, ro: Account, clock: time_machine.Traveller
) -> None:
    owner = signed_in(app, with_app(store, ro))
    before = owner.client.get_cookie("sayso-account")
    assert before is not None
    page = owner.visit("/account/prove")
    assert page.names() >= {"password", "code"}
    for code in ("", "000000"):
        assert owner.post("/account/prove", {"password": PASSWORD, "code": code}).status_code == 422
    assert owner.post("/account/prove", {"password": PASSWORD, "code": code_at(now())}).status_code == 303
    visitor.client.set_cookie("sayso-account", before.value)
    assert not is_in(visitor), "the old secret is over"
    assert is_in(owner)


# --- letters with links ---


def test_who_has_forgotten_chooses_a_new_password_by_the_letters_link(
    visitor: Visitor, store: KeptStore, ro: Account
) -> None:
    enter(visitor)
    visitor.visit("/forgotten")
    assert "If there is an account for ro@example.org" in visitor.send("/forgotten", {"email": "ro@example.org"}).text
    address = newest_link(store)
    page = visitor.visit(address)
    assert "ro@example.org" in page.text
    told = {field["name"]: field.get("autocomplete") for field in page.fields if field.get("type") == "password"}
    assert told == {"password": "new-password", "again": "new-password"}
    assert "Your password is kept" in visitor.send(address, {"password": NEW, "again": NEW}).text
    assert not is_in(visitor), "a new password signs out everywhere"
    assert visitor.client.get(address).status_code == 410
    assert enter(visitor, {**RIGHT, "password": NEW}).location == "/homes"


def test_a_scanner_that_opens_the_link_uses_nothing_up(
    app: Flask, store: KeptStore, visitor: Visitor, ro: Account
) -> None:
    visitor.visit("/forgotten")
    visitor.send("/forgotten", {"email": "ro@example.org"})
    address, links = newest_link(store), list(store.account_links.all())
    scanner = app.test_client()
    for method in ("GET", "HEAD", "OPTIONS", "GET"):
        assert scanner.open(address, method=method).status_code == 200
    assert list(store.account_links.all()) == links
    assert store.accounts.get("ro") == ro
    assert scanner.get(address).headers["Referrer-Policy"] == "same-origin"


def test_a_link_that_does_not_work_shows_the_way_to_a_new_one(
    visitor: Visitor, store: KeptStore, ro: Account, clock: time_machine.Traveller
) -> None:
    visitor.visit("/forgotten")
    visitor.send("/forgotten", {"email": "ro@example.org"})
    address = newest_link(store)
    clock.shift(timedelta(hours=1))
    for gone in (address, "/password/made-up"):
        page = visitor.visit(gone)
        assert (page.status, "/forgotten" in page.links) == (410, True)
        assert "Ro Okafor" not in page.text
        assert visitor.post(gone, {"password": NEW, "again": NEW}).status_code == 410


def test_who_came_by_letter_waits_for_nobodys_wrong_tries(app: Flask, store: KeptStore, ro: Account) -> None:
    attacker, owner = Visitor(app), Visitor(app)
    for _ in range(6):
        enter(attacker, WRONG)
    assert enter(owner).status_code == 429, "at the same network address, in a browser that nobody knows"
    owner.visit("/forgotten")
    owner.send("/forgotten", {"email": "ro@example.org"})
    address = newest_link(store)
    owner.visit(address)
    owner.send(address, {"password": NEW, "again": NEW})
    assert enter(owner, {**RIGHT, "password": NEW}).location == "/homes"


# --- everybody's accounts ---


def test_somebody_is_invited_sets_themselves_up_and_enters(
    app: Flask, admin: Visitor, store: KeptStore, visitor: Visitor
) -> None:
    admin.visit("/accounts")
    values = {"name": "Sam Lind", "email": "sam@example.org", "role": "safeguarding_lead", "home": "larch-house"}
    page = admin.send("/accounts", {**values, "deputy": "y"})
    assert "A letter to sam@example.org is on its way" in page.text
    assert "Safeguarding lead (deputy) at Larch House" in page.text
    assert "waits to leave" in page.text
    address = newest_link(store)
    assert "Welcome to Sayso" in visitor.visit(address).text
    visitor.send(address, {"password": NEW, "again": NEW})
    assert enter(visitor, {"email": "sam@example.org", "password": NEW}).location == "/homes"
    assert "Safeguarding lead (deputy) at Larch House" in visitor.visit("/account").text


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": ""}, "Enter a name."),
        ({"email": "sam"}, "Enter an e-mail address such as name@example.org."),
        ({"email": "RO@example.org"}, "There is an account with the address ro@example.org already."),
        ({"role": "administrator"}, "An administrator looks after all homes."),
        ({"role": "king"}, "Not a valid choice"),
        ({"home": "no-such-home"}, "Not a valid choice"),
    ],
)
def test_an_invitation_that_cannot_be_says_why_and_keeps_what_was_typed(
    admin: Visitor, store: KeptStore, ro: Account, changed: dict[str, str], words: str
) -> None:
    admin.visit("/accounts")
    values = {"name": "Sam Lind", "email": "sam@example.org", "role": "staff", "home": "larch-house", **changed}
    page = admin.send("/accounts", values)
    assert (page.status, words in page.text) == (422, True)
    assert page.value("name") == values["name"]
    assert not list(store.letters.all())


def test_roles_are_given_and_taken_in_words(admin: Visitor, store: KeptStore, ro: Account) -> None:
    admin.visit("/accounts/ro")
    page = admin.send("/accounts/ro/roles", {"role": "safeguarding_lead", "home": "larch-house"})
    assert "Safeguarding lead at Larch House: given to Ro Okafor." in page.text
    page = admin.send("/accounts/ro/roles/taken", {"role": "registered_manager", "home": ""})
    assert "Taken away: Registered manager at all homes." in page.text
    found = store.accounts.get("ro")
    assert found is not None
    assert found.grants == (Grant("safeguarding_lead", "larch-house"),)
    assert admin.send("/accounts/ro/roles/taken", {"role": "staff", "home": ""}).status == 200


@pytest.mark.parametrize(
    ("action", "words", "then"),
    [
        ("close", "The account is closed", "Open the account again"),
        ("second-factor", "The authenticator app is taken away", "Close the account"),
    ],
)
def test_an_account_is_closed_or_loses_its_app_and_is_out_at_once(
    app: Flask, admin: Visitor, store: KeptStore, ro: Account, action: str, words: str, then: str
) -> None:
    owner = signed_in(app, with_app(store, ro))
    admin.visit("/accounts/ro")
    page = admin.send(f"/accounts/ro/{action}")
    assert words in page.text
    assert then in page.text
    assert not is_in(owner)


def test_what_cannot_be_done_is_said_in_a_sentence_and_changes_nothing(
    admin: Visitor, store: KeptStore, ro: Account
) -> None:
    [ada] = [account for account in store.accounts.all() if account.name == "Ada Bell"]
    admin.visit(f"/accounts/{ada.id}")
    for action, values in (
        ("close", {}),
        ("roles/taken", {"role": "administrator", "home": ""}),
        ("letter", {}),
        ("name", {"name": "  "}),
    ):
        page = admin.send(f"/accounts/{ada.id}/{action}", values)
        assert 'class="notice act"' in page.html
    assert store.accounts.get(ada.id) == ada


def test_a_name_is_changed_by_its_owner_and_by_an_administrator(
    app: Flask, admin: Visitor, visitor: Visitor, store: KeptStore, ro: Account
) -> None:
    enter(visitor)
    visitor.visit("/account")
    assert "Your name is changed" in visitor.send("/account/name", {"name": " Ro <b>Bold</b> "}).text
    assert "Ro &lt;b&gt;Bold&lt;/b&gt;" in visitor.visit("/account").html
    assert visitor.send("/account/name", {"name": ""}).status == 422
    admin.visit("/accounts/ro")
    admin.send("/accounts/ro/name", {"name": "Ro O’Kafor"})
    assert "Ro O’Kafor" in visitor.visit("/account").text


def test_a_letter_that_came_back_is_shown_with_the_servers_words(admin: Visitor, store: KeptStore, home: Home) -> None:
    admin.visit("/accounts")
    admin.send("/accounts", {"name": "Sam", "email": "sam@example.org", "role": "staff", "home": "larch-house"})
    [letter] = store.letters.all()
    with store.transaction() as books:
        books.letters.put(replace(letter, state="bounced", said="550 no such mailbox"))
    page = admin.visit(f"/accounts/{letter.account_id}")
    assert "came back: “550 no such mailbox”" in page.text
    assert "is on its way again" in admin.send(f"/accounts/{letter.account_id}/letter").text
    assert len(list(store.letters.all())) == 2


def test_what_is_changed_about_accounts_is_remembered(
    app: Flask, admin: Visitor, store: KeptStore, ro: Account
) -> None:
    admin.visit("/accounts/ro")
    admin.send("/accounts/ro/close")
    admin.send("/accounts/ro/reopen")
    enter(Visitor(app), WRONG)
    enter(Visitor(app))
    told = [(entry.kind, entry.facts.get("change") or entry.facts.get("reason")) for entry in store.audit.all()]
    assert sorted(told, key=str) == [
        ("account_changed", "closed"),
        ("account_changed", "reopened"),
        ("sign_in_refused", "password"),
        ("signed_in", None),
    ]
    assert "example.org" not in repr(list(store.audit.all()))


def test_looking_at_pages_of_accounts_changes_nothing(
    app: Flask, admin: Visitor, store: KeptStore, ro: Account
) -> None:
    def everything() -> list[object]:
        kinds = (
            store.accounts,
            store.account_sessions,
            store.account_links,
            store.attempts,
            store.letters,
            store.audit,
        )
        return [list(kind.all()) for kind in kinds]

    before = everything()
    for method in ("GET", "HEAD"):
        for address in ("/sign-in", "/sign-in/code", "/forgotten", "/password/x", "/account", "/account/prove"):
            admin.client.open(address, method=method)
        for address in ("/account/second-factor", "/accounts", "/accounts/ro"):
            assert admin.client.open(address, method=method).status_code == 200
        for address in ("/sign-in", "/forgotten"):
            assert app.test_client().open(address, method=method).status_code == 200
    assert everything() == before


def test_a_password_at_its_full_cost_enters_as_well(
    app: Flask, visitor: Visitor, store: KeptStore, ro: Account
) -> None:
    running(app).passwords = Passwords()
    kept(store, replace(ro, password=Passwords().hash(PASSWORD)))
    assert enter(visitor).location == "/homes"
    assert PasswordHasher().check_needs_rehash((store.accounts.get("ro") or ro).password) is False
