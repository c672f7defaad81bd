"""A respondent's way through the front door: a link or a tablet, the form, its drafts, the thank-you page."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from service.collection.forms.publication import publish
from service.collection.invitations.invite import Addressee, invite, linked
from service.collection.models.alert import Alert
from service.collection.models.home import Home
from service.collection.models.invitation import Invitation
from service.collection.models.response import Ledger, Response, Tombstone, ledger_id
from service.collection.models.round import Round
from service.collection.rounds.open_close import open_round
from service.dates import day_at, now
from service.definitions import Form
from service.repository import Store
from tests.round_closure import close_round
from tests.tablet import unlock_here
from tests.visitor import Page, Visitor


@pytest.fixture
def link(store: Store, round_: Round) -> str:
    person = Addressee("social-worker-views", "Sam Okafor", "sam@example.org", "the review in November")
    [(_, token)] = invite(store, round_, [person], now())
    return f"/i/{token}"


def begin_on_tablet(visitor: Visitor, round_: Round, form_id: str = "child-views") -> str:
    """The address of a draft just begun."""
    unlock_here(visitor.app, visitor, round_.home_id, round_.id)
    visitor.visit("/tablet")
    begun = visitor.post(f"/tablet/start/{form_id}")
    assert begun.status_code == 303
    visitor.visit(begun.location)
    return str(begun.location)


def only_response(store: Store, round_: Round) -> Response:
    [response] = store[Response].find("round_id", round_.id)
    return response


def all_of(store: Store, round_: Round) -> list[Response]:
    return list(store[Response].find("round_id", round_.id))


def test_a_child_answers_on_the_tablet_and_nothing_is_left(visitor: Visitor, store: Store, round_: Round) -> None:
    address = begin_on_tablet(visitor, round_)
    page = visitor.send(address, {"company": "alone", "feel_safe": "mostly"})
    assert page.status == 200
    assert page.response.request.path == f"{address}/done"
    assert "mostly" not in page.text.lower()
    assert page.response.headers["Clear-Site-Data"] == '"cache"'
    response = only_response(store, round_)
    assert response.answers == {"company": "alone", "feel_safe": "mostly"}
    assert response.submitted_at is not None
    assert response.channel == "tablet"
    begin_on_tablet(visitor, round_)
    assert visitor.visit(address).status == 404, "the next child's session knows nothing of the one before"


def test_looking_at_a_link_changes_nothing_and_pressing_its_button_begins(
    visitor: Visitor, store: Store, round_: Round, link: str
) -> None:
    for _ in range(2):
        page = visitor.visit(link)
        visitor.client.head(link)
    assert "Larch House" in page.text
    assert not all_of(store, round_)
    begun = visitor.send(link)
    assert re.fullmatch(r"/r/[0-9a-f]{32}", begun.response.request.path)
    assert only_response(store, round_).invitation_id == linked(store, link.removeprefix("/i/")).id


def test_the_same_browser_goes_on_and_another_sees_nothing(
    app: Flask, visitor: Visitor, store: Store, round_: Round, link: str
) -> None:
    visitor.visit(link)
    address = visitor.send(link).response.request.path
    visitor.send(f"{address}/draft", {"make_better": "Warm and calm."}, headers={"HX-Request": "true"})
    visitor.visit(link)
    assert visitor.send(link).response.request.path == address
    other = Visitor(app)
    other.visit(link)
    elsewhere = other.send(link)
    assert elsewhere.response.request.path == link
    assert "Warm and calm." not in elsewhere.html
    assert other.visit(address).status == 404
    assert only_response(store, round_).id == address.removeprefix("/r/")


def test_a_draft_is_kept_and_drawn_back_into_the_page(visitor: Visitor, store: Store, round_: Round) -> None:
    address = begin_on_tablet(visitor, round_)
    kept = visitor.post(
        f"{address}/draft",
        {"feel_safe": "never", "make_better": "More <b>trips</b> & \u202erewop"},
        headers={"HX-Request": "true"},
    )
    assert kept.status_code in (200, 204)
    page = visitor.visit(address)
    assert "More &lt;b&gt;trips&lt;/b&gt; &amp; \u202erewop" in page.html
    chosen = [found for found in page.fields if found.get("name") == "feel_safe" and "checked" in found]
    assert [found["value"] for found in chosen] == ["never"]
    assert only_response(store, round_).submitted_at is None


def test_help_is_shown_at_once_when_an_answer_tells_of_danger(visitor: Visitor, round_: Round) -> None:
    address = begin_on_tablet(visitor, round_)
    kept = visitor.post(f"{address}/draft", {"feel_safe": "never"}, headers={"HX-Request": "true"})
    assert kept.status_code == 200
    assert "0800 1111" in kept.text
    assert "hx-swap-oob" in kept.text
    calm = visitor.post(f"{address}/draft", {"feel_safe": "always"}, headers={"HX-Request": "true"})
    assert "0800 1111" not in calm.text


@pytest.mark.parametrize("times", [2, 3])
def test_the_same_submission_sent_again_is_one_response(
    visitor: Visitor, store: Store, round_: Round, times: int
) -> None:
    address = begin_on_tablet(visitor, round_)
    token = visitor.token
    cookie = visitor.client.get_cookie("sayso").value
    for _ in range(times):
        visitor.client.set_cookie("sayso", cookie)  # as when each reply is lost and the browser sends once more
        sent = visitor.post(address, {"company": "alone", "feel_safe": "mostly", "csrf-token": token})
        assert sent.status_code == 303, sent.text
        assert visitor.visit(sent.location).status == 200
    assert only_response(store, round_).answers["feel_safe"] == "mostly"


def test_other_content_under_the_same_id_is_kept_and_flagged(visitor: Visitor, store: Store, round_: Round) -> None:
    address = begin_on_tablet(visitor, round_)
    token = visitor.token
    cookie = visitor.client.get_cookie("sayso").value
    for said in ("mostly", "never"):
        visitor.client.set_cookie("sayso", cookie)
        assert visitor.post(address, {"feel_safe": said, "csrf-token": token}).status_code == 303
    assert sorted((response.conflict, response.answers["feel_safe"]) for response in all_of(store, round_)) == [
        (False, "mostly"),
        (True, "never"),
    ]
    [alert] = store[Alert].all()
    assert alert.rule == "child_not_safe"
    assert [response.conflict for response in all_of(store, round_) if response.id == alert.response_id] == [True]


@pytest.mark.parametrize("identity", ["pseudonymous", "anonymous"])
def test_after_everything_was_sent_it_is_not_too_late_to_say_that_one_needs_help(
    visitor: Visitor, store: Store, home: Home, library: dict[str, Form], identity: str
) -> None:
    form = Form.of({**library["child-views"].to_json(), "version": 91, "identity": identity})
    publish(store, [form])
    closes_on = day_at(now()) + timedelta(days=14)
    round_ = open_round(store, home, [form], title="Your views", reason="Reg 45 review", closes_on=closes_on, now=now())
    address = begin_on_tablet(visitor, round_)
    visitor.send(address, {"feel_safe": "mostly"})
    before = all_of(store, round_)
    assert visitor.visit(f"{address}/done").names() == {"csrf-token", "talk-to", "talk-name", "talk-now"}
    late = visitor.post(f"{address}/draft", {"feel_safe": "never"}, headers={"HX-Request": "true"})
    assert "Childline" in late.text, "from a page that was still open"
    thanked = visitor.send(f"{address}/draft", {"talk-now": "yes", "talk-to": "0", "talk-name": "Kim"})
    assert thanked.response.request.path == f"{address}/done"
    assert "We have passed this on" in thanked.text
    assert {(alert.rule, alert.whom, alert.asker) for alert in store[Alert].all()} == {
        ("child_not_safe", "", ""),
        ("talk", "Amina, your advocate", "Kim"),
    }
    assert all_of(store, round_) == before


def test_a_reply_that_was_lost_is_found_again_by_looking(
    visitor: Visitor, store: Store, round_: Round, library: dict[str, Form]
) -> None:
    address = begin_on_tablet(visitor, round_)
    cookie = visitor.client.get_cookie("sayso").value
    visitor.post(address, {"feel_safe": "mostly"})
    visitor.client.set_cookie("sayso", cookie)
    assert visitor.visit(address).response.request.path == f"{address}/done"


@pytest.mark.parametrize("identity", ["pseudonymous", "anonymous"])
def test_a_late_reply_to_a_draft_that_puts_the_older_cookie_back_takes_no_thanks_away(
    visitor: Visitor, store: Store, home: Home, library: dict[str, Form], identity: str
) -> None:
    form = Form.of({**library["child-views"].to_json(), "version": 90, "identity": identity})
    publish(store, [form])
    closes_on = day_at(now()) + timedelta(days=14)
    round_ = open_round(store, home, [form], title="Your views", reason="Reg 45 review", closes_on=closes_on, now=now())
    address = begin_on_tablet(visitor, round_)
    cookie = visitor.client.get_cookie("sayso").value
    thanks = visitor.post(address, {"feel_safe": "mostly"}).location
    visitor.client.set_cookie("sayso", cookie)
    assert visitor.visit(thanks).status == 200
    assert visitor.visit(address).response.request.path == f"{address}/done"


def test_a_finished_session_still_gets_its_receipt_and_no_form(visitor: Visitor, round_: Round) -> None:
    address = begin_on_tablet(visitor, round_)
    visitor.send(address, {"feel_safe": "mostly"})
    assert visitor.visit(address).response.request.path == f"{address}/done"
    assert visitor.post(f"{address}/draft", {"feel_safe": "never"}).location == f"{address}/done"


def test_deleting_my_answers_leaves_only_a_count(visitor: Visitor, store: Store, round_: Round) -> None:
    address = begin_on_tablet(visitor, round_)
    visitor.post(f"{address}/draft", {"feel_safe": "never"})
    page = visitor.send(f"{address}/withdraw", {"withdraw": "yes"})
    assert page.status == 200
    assert not all_of(store, round_)
    assert store[Ledger].get(ledger_id(round_.id, "child-views")).withdrawn == 1
    assert visitor.visit(address).status == 404


def test_a_stale_page_loses_no_answer_and_gets_a_fresh_token(visitor: Visitor, store: Store, round_: Round) -> None:
    address = begin_on_tablet(visitor, round_)
    page = visitor.send(address, {"feel_safe": "mostly", "make_better": "Longer walks", "csrf-token": "stale"})
    assert page.status == 400
    assert "Longer walks" in page.html
    assert visitor.send(address, {"feel_safe": "mostly", "make_better": "Longer walks"}).status == 200
    assert only_response(store, round_).answers["make_better"] == "Longer walks"


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"feel_safe": "sometimes or so"}, "feel_safe"),
        ({"feel_safe": "sometimes", "unsafe_where": ["bedroom", "not_say"]}, "unsafe_where"),
        ({"make_better": "x" * 5001}, "make_better"),
    ],
)
def test_a_faulty_answer_is_422_with_its_sentence_beside_it_and_nothing_lost(
    visitor: Visitor, store: Store, round_: Round, values: dict[str, Any], fault: str
) -> None:
    address = begin_on_tablet(visitor, round_)
    page = visitor.send(address, {"what_is_good": "The garden.", **values})
    assert page.status == 422
    assert f'href="#q-{fault}"' in page.html
    assert "The garden." in page.html
    response = only_response(store, round_)
    assert response.submitted_at is None
    assert response.answers["what_is_good"] == "The garden."


# What cannot be kept anywhere is let go or spelled out; all else stays as it was typed.
KEPT_AS = {"NUL\x00 in it": "NUL in it", "half a pair \ud800": "half a pair %ED%A0%80"}


@pytest.mark.parametrize(
    "nasty",
    [
        "NUL\x00 in it",
        "half a pair \ud800",
        "👩🏽‍🚀 emoji",
        "مرحبا بالعالم",
        "=1+1",
        "<script>alert(1)</script>",
        "{{7*7}}",
        "\u202egnirts",
    ],
)
def test_nasty_text_is_kept_as_text(visitor: Visitor, store: Store, round_: Round, nasty: str) -> None:
    address = begin_on_tablet(visitor, round_)
    encoded = nasty.encode("utf-8", "surrogatepass")
    page = visitor.send(address, {"make_better": encoded})
    assert page.status == 200
    kept = only_response(store, round_).answers["make_better"]
    assert kept == KEPT_AS.get(nasty, nasty)


def test_a_name_that_is_no_question_is_not_read(visitor: Visitor, store: Store, round_: Round) -> None:
    address = begin_on_tablet(visitor, round_)
    assert visitor.send(address, {"feel_safe": "mostly", "no_such": "x", "restraints.0.x": "y"}).status == 200
    assert only_response(store, round_).answers == {"feel_safe": "mostly"}


def test_a_row_that_is_not_there_takes_no_other_away(
    visitor: Visitor, store: Store, home: Home, library: dict[str, Form]
) -> None:
    round_ = open_round(
        store, home, [library["annex-a-2021-22"]], title="Annex A", reason="", closes_on=day_at(now()), now=now()
    )
    [(_, token)] = invite(store, round_, [Addressee("annex-a-2021-22")], now())
    visitor.visit(f"/i/{token}")
    address = visitor.post(f"/i/{token}").location
    visitor.visit(address)
    rows = {"residents.0.resident_child": "AB", "residents.1.resident_child": "CD"}
    for number in ("7", "²", "9" * 5000):
        asked_for = {"remove-row": f"residents.{number}", "talk-now": "yes", "talk-to": number}
        assert visitor.send(f"{address}/draft", {**rows, **asked_for}).status == 200
    assert only_response(store, round_).answers["residents"] == [{"resident_child": "AB"}, {"resident_child": "CD"}]


def test_the_longest_text_that_can_be_sent_is_kept_in_the_draft_and_said_to_be_too_long(
    visitor: Visitor, store: Store, round_: Round
) -> None:
    address = begin_on_tablet(visitor, round_)
    page = visitor.send(address, {"make_better": "x" * 150_001})
    assert page.status == 422
    assert "5000 characters or fewer" in page.text
    assert len(only_response(store, round_).answers["make_better"]) == 150_001


def test_a_megabyte_is_refused_with_a_sentence(visitor: Visitor, store: Store, round_: Round) -> None:
    address = begin_on_tablet(visitor, round_)
    page = visitor.send(address, {"make_better": "x" * 1_000_000})
    assert page.status == 413
    assert "longer than we can take" in page.text
    assert only_response(store, round_).answers == {}


@pytest.mark.parametrize(
    "address",
    [
        "/i/no-such-token",
        "/i/" + "x" * 5000,
        "/i/%00",
        "/i/..%2f..%2fetc",
        "/r/" + "0" * 32,
        "/r/%F0%9F%92%A9",
        "/r/" + "0" * 32 + "/done",
        "/nowhere",
    ],
)
def test_an_unknown_address_is_explained(visitor: Visitor, store: Store, round_: Round, address: str) -> None:
    page = visitor.visit(address)
    assert page.status == 404
    assert "We do not know this link" in page.text or "if you followed a link" in page.text.lower()


def test_a_closed_round_says_so_keeps_the_draft_and_takes_no_more(
    visitor: Visitor, store: Store, round_: Round, link: str
) -> None:
    address = begin_on_tablet(visitor, round_)
    close_round(store, round_.id, now() + timedelta(seconds=1))
    assert visitor.send(address, {"feel_safe": "never"}).status == 410
    response = only_response(store, round_)
    assert response.submitted_at is None
    assert response.answers == {"feel_safe": "never"}
    assert visitor.visit(link).status == 410


def test_easy_read_keeps_the_answers_and_says_the_same_in_other_words(
    visitor: Visitor, store: Store, round_: Round, library: dict[str, Form]
) -> None:
    address = begin_on_tablet(visitor, round_)
    page = visitor.send(f"{address}/draft", {"feel_safe": "mostly", "show-language": "en-x-easyread"})
    assert page.status == 200
    assert 'lang="en-x-easyread"' in page.html
    easy = library["child-views"].to_json()["translations"]["en-x-easyread"]["questions.feel_safe.label"]
    assert easy in page.text
    assert only_response(store, round_).language == "en-x-easyread"
    assert only_response(store, round_).answers["feel_safe"] == "mostly"


def test_every_page_says_what_it_may_load_and_is_not_kept(visitor: Visitor, round_: Round, link: str) -> None:
    address = begin_on_tablet(visitor, round_)
    for page in (visitor.visit("/"), visitor.visit(link), visitor.visit(address), visitor.visit("/nowhere")):
        assert_guarded(page)


def test_what_others_may_keep_carries_nobody_s_cookie(visitor: Visitor, link: str) -> None:
    visitor.visit(link)
    visitor.visit(visitor.post(link).location)
    kept = visitor.client.get("/static/css/sayso.css?v=1").headers
    assert kept["Cache-Control"].startswith("public")
    assert "Set-Cookie" not in kept
    assert "Set-Cookie" in visitor.client.get("/").headers


def assert_guarded(page: Page) -> None:
    headers = page.response.headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Robots-Tag"] == "noindex"
    assert "Cookie" in headers["Vary"]


def test_every_address_says_who_may_enter_and_changes_nothing_when_looked_at(
    app: Flask, visitor: Visitor, store: Store, round_: Round, link: str
) -> None:
    visitor.visit(link)
    address = visitor.send(link).response.request.path
    before = everything(store)
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        entry = getattr(app.view_functions[rule.endpoint], "entry", None)
        assert entry, f"{rule.endpoint} does not say who may enter"
        if entry in ("account", "may"):
            continue  # what lies behind the sign-in has its own table
        values = {
            "token": link.removeprefix("/i/"),
            "response_id": address.removeprefix("/r/"),
            "form_id": "child-views",
        }
        with app.test_request_context():
            from flask import url_for

            looked_at = url_for(rule.endpoint, **{name: values[name] for name in rule.arguments})
        for look in (visitor.client.get, visitor.client.head):
            assert look(looked_at).status_code < 500
    assert everything(store) == before


def everything(store: Store) -> list[object]:
    return [
        list(records.all())
        for records in (store[Home], store[Round], store[Invitation], store[Response], store[Ledger], store[Tombstone])
    ]


@pytest.mark.parametrize(
    "path", ["/tablet/start/child-views", "/r/{id}", "/r/{id}/draft", "/r/{id}/withdraw", "{link}"]
)
def test_a_change_without_our_own_token_is_refused(
    visitor: Visitor, store: Store, round_: Round, link: str, path: str
) -> None:
    address = begin_on_tablet(visitor, round_)
    before = everything(store)
    path = path.format(id=address.removeprefix("/r/"), link=link)
    for token in ("", "wrong"):
        assert visitor.client.post(path, data={"csrf-token": token}).status_code == 400
    assert everything(store) == before
