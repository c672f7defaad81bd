"""Whatever is sent to a page, the answer is a page and never a fault of ours."""

import io
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from service import create_app
from service.config import config_from
from service.definitions import Form
from service.state import app_state
from service.web.http.rate_limit import limiter
from tests.accounts.sign_in_helpers import CHEAP
from tests.visitor import Visitor
from tests.web.provider_world import NOBODY, Who, World

LONG_ON_POSTGRES = True
SOMEBODY = tuple(Who(role, "everywhere") for role in ("administrator", "responsible_individual", "safeguarding_lead"))
AWKWARD = (
    "", "\x00\x1b[31m \ufffe\u202e", "🦊" * 5000, "9" * 400, "-1", "²", "٣", "0001-01-01", "2026-02-30",
    "'<script>{{7*7}}", "../../%00", "//[::1", "sam@example.org\r\nBcc: all@example.org",
)  # fmt: skip


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One service for all that is sent: nobody looks at what comes of it but for its status."""
    folder = str(tmp_path_factory.mktemp("awkward"))
    app = create_app(
        config_from(
            {
                "SAYSO_STORE_URL": f"tinydb:{folder}/store",
                "SAYSO_INSTANCE_DIR": folder,
                "SAYSO_EXPORTS_DIR": f"{folder}/exports",
                "SAYSO_HTMX_SOURCE": "local",
            }
        )
    )
    app_state(app).passwords = CHEAP
    yield app
    app_state(app).store.close()


@pytest.fixture(scope="module")
def world(app: Flask, library: dict[str, Form]) -> World:
    return World(app, library)


@pytest.fixture(scope="module")
def sent_to(world: World) -> Iterator[list[tuple[Who, Rule, set[str]]]]:
    """Every address that takes something, somebody who may send it there, and the fields of the pages around it."""
    limiter.enabled = False
    fields: dict[Who, set[str]] = {}
    for who in SOMEBODY:
        looked_at = [world.address(rule) for _, rule in world.rules("GET") if "." not in rule.rule]
        replies = [world.visit(who, "GET", address) for address in looked_at]
        pages = [Visitor.read(reply) for reply in replies if reply.mimetype == "text/html"]
        fields[who] = {name for page in pages for name in page.names()} - {"csrf-token"}
    found = []
    for _, rule in world.rules("POST"):
        for who in (*SOMEBODY, NOBODY):
            if world.visit(who, "POST", world.address(rule)).status_code not in (401, 403, 404):
                found.append((who, rule, fields.get(who, set().union(*fields.values()))))
                break
        world.put_back()
    yield found
    limiter.enabled = True
    world.put_back()


def test_words_that_no_field_expects(world: World, sent_to: list[tuple[Who, Rule, set[str]]]) -> None:
    tried = 0
    for who, rule, names in sent_to:
        for awkward in AWKWARD:
            reply = world.visit(
                who, "POST", world.address(rule), values=dict.fromkeys(names, awkward[: 40_000 // len(names)])
            )
            assert reply.status_code < 500, f"{rule.rule}: {awkward[:30]!r}"
            tried += 1
    assert tried > 500


def test_what_is_no_form_at_all(world: World, sent_to: list[tuple[Who, Rule, set[str]]]) -> None:
    for who, rule, names in sent_to:
        files: Mapping[str, Any] = {name: (io.BytesIO(b"PK\x03\x04\x00"), "a\x00.xlsx") for name in names}
        twice: Mapping[str, Any] = {name: ["one", "two"] for name in names}
        for values in (files, twice):
            reply = world.visit(who, "POST", world.address(rule), values=values)
            assert reply.status_code < 500, rule.rule
        client, token = world.browser(who)
        for body in ({name: {"a": [1]} for name in names}, [1], 5, None):
            reply = client.post(world.address(rule), json=body, headers={"X-CSRFToken": token})
            assert reply.status_code < 500, f"{rule.rule}: {str(body)[:30]}"
