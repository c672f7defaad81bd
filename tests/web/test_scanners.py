"""S7: whoever only looks changes nothing, whatever they look at; and nothing is changed by a page that is not ours."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask

from service.accounts.roles import ROLES
from service.definitions import Form
from tests.visitor import Visitor
from tests.web.provider_world import NOBODY, Documents, Who, World

# What mail scanners, messengers and browsers send when they look at a link before anybody does.
SCANNERS: tuple[dict[str, Any], ...] = (
    {},
    {"headers": {"User-Agent": "Mozilla/5.0 (compatible; SafeLinks scanner)", "Accept": "*/*"}},
    {"headers": {"Purpose": "prefetch", "Sec-Purpose": "prefetch;prerender", "X-Moz": "prefetch"}},
    {"headers": {"HX-Request": "true"}},
    {"headers": {"Range": "bytes=0-100", "If-None-Match": "*"}},
    {"query_string": {"language": "en-x-easyread", "before": "2", "next": "/homes"}},
)
EVERYWHERE = tuple(Who(role, "everywhere") for role in ROLES)
REMEMBERED = {"answers_read", "exported"}  # what looking may leave behind, for it is remembered who looked
MOST_PAGES = 150

LONG_ON_POSTGRES = True


@pytest.fixture
def world(app: Flask, library: dict[str, Form]) -> World:
    return World(app, library, demonstration=True)


def looked_at(before: dict[str, Documents], after: dict[str, Documents]) -> list[str]:
    """What of the store is different, but for who looked at what."""
    different = []
    for table, documents in after.items():
        if table == "audit":
            new = {entry_id: entry for entry_id, entry in documents.items() if entry_id not in before[table]}
            different += [f"audit: {entry}" for entry in new.values() if entry["kind"] not in REMEMBERED]
            documents = {entry_id: entry for entry_id, entry in documents.items() if entry_id not in new}
        if documents != before[table]:
            changed = [each for each in documents if documents[each] != before[table].get(each)]
            different.append(f"{table}: {changed or before[table].keys() - documents.keys()}")
    return different


def getting(world: World) -> Iterator[str]:
    for _, rule in world.rules("GET"):
        yield world.address(rule)


def test_a_scanner_that_opens_every_address_and_every_link_changes_nothing(world: World) -> None:
    before = world.documents()
    for sent in SCANNERS:
        statuses: Counter[int] = Counter()
        for address in getting(world):
            for method in ("GET", "HEAD"):
                reply = world.visit(NOBODY, method, address, **sent)
                assert reply.status_code < 500, f"{method} {address}: {reply.status}"
                statuses[reply.status_code] += 1
        assert statuses[200] > 10, "a crawl that met nothing but doors has shown nothing"
        assert not looked_at(before, world.documents()), sent


def test_looking_twice_shows_the_same(world: World) -> None:
    """A link that a scanner has opened is as good as new."""
    address = f"/i/{world.stands_for['token']}"
    plain = [re.sub(r'value="[^"]+"', "", world.visit(NOBODY, "GET", address).text) for _ in range(2)]
    assert plain[0] == plain[1]
    assert "<form" in plain[0]


@pytest.mark.parametrize("who", EVERYWHERE, ids=lambda who: who.role)
def test_somebody_signed_in_who_follows_every_link_changes_nothing(world: World, who: Who) -> None:
    before = world.documents()
    left, seen, doors = ["/", "/account", *getting(world)], set[str](), set[str]()
    while left and len(seen) < MOST_PAGES:
        address = left.pop(0)
        if address in seen:
            continue
        seen.add(address)
        reply = world.visit(who, "GET", address)
        assert reply.status_code < 500, f"{address}: {reply.status}"
        if world.door_of(address) not in doors:  # once for each: it does all that a look does
            doors.add(world.door_of(address))
            head = world.visit(who, "HEAD", address)
            assert head.status_code == reply.status_code, address
            assert not head.data, address
        if reply.mimetype == "text/html":
            page = Visitor.read(reply)
            left += [link for link in page.links if _is_ours(link)]
        if reply.location:
            left.append(reply.location)
    assert not looked_at(before, world.documents())


def _is_ours(link: str) -> bool:
    parts = urlsplit(link)
    return not parts.netloc and parts.path.startswith("/") and not parts.path.startswith("/static/")


@pytest.mark.parametrize("who", [NOBODY, *EVERYWHERE[:3]], ids=str)
def test_without_its_own_token_no_page_changes_anything(world: World, who: Who) -> None:
    before = world.documents()
    _, foreign = world.browser(Who("registered_manager", "elsewhere"))
    client, own = world.browser(who)
    for _, rule in world.rules("POST"):
        address = world.address(rule)
        for token in ("", "nonsense", foreign):
            reply = world.visit(who, "POST", address, token=token)
            assert reply.status_code == 400, f"{rule.rule}: {reply.status}"
        from_elsewhere = client.post(
            address, data={"csrf-token": own}, base_url="https://localhost", headers={"Referer": "https://x.example/"}
        )
        assert from_elsewhere.status_code == 400, f"{rule.rule} from another site: {from_elsewhere.status}"
    assert not looked_at(before, world.documents())


def test_no_token_of_the_page_before_lets_another_site_send_a_respondents_answers(world: World, app: Flask) -> None:
    visitor = Visitor(app)
    visitor.visit(f"/i/{world.stands_for['token']}")
    address = visitor.post(f"/i/{world.stands_for['token']}").location
    assert address.startswith("/r/")
    before = world.documents()
    for place in ("", "/draft", "/withdraw"):
        reply = visitor.client.post(f"{address}{place}", data={"make_better": "Sent by another site."})
        assert reply.status_code == 400, place
    assert world.documents() == before


def test_what_only_takes_posts_refuses_to_be_looked_at(world: World) -> None:
    before = world.documents()
    takes = {method: {rule.rule for _, rule in world.rules(method)} for method in ("GET", "POST")}
    only = [rule for _, rule in world.rules("POST") if rule.rule not in takes["GET"]]
    assert only
    for rule in only:
        for who in (NOBODY, Who("registered_manager", "everywhere")):
            assert world.visit(who, "GET", world.address(rule)).status_code in (404, 405), rule.rule
    assert world.documents() == before
