"""The script that shows and hides in the page decides as the engine in Python does, in a real browser."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from service.answers.rules import rules_of
from service.answers.visibility import visible
from service.definitions import Form
from service.definitions.expression import parsed
from service.web.page_scripts import is_simple
from tests.answers.cases import (
    CONFORMANCE,
    FlatScope,
    conformance_files,
    expression_cases,
    form_of,
    read,
    shown,
    spelled,
    visibility_cases,
    written,
)
from tests.answers.generated import respondents, scopes, trees

pytestmark = pytest.mark.browser

STATIC = Path(__file__).parents[2] / "static"
FILES = conformance_files()
ALONE = '<!doctype html><title>Expressions</title><script defer src="/expression.js"></script>'
HTML = ALONE + '<script defer src="/expression-more.js"></script>'
POLICY = {"Content-Security-Policy": "default-src 'none'; script-src 'self'"}

VALUES = """text => {
  const read = value => Array.isArray(value) ? value.map(read)
    : value === null || typeof value !== "object" ? value
    : "$date" in value ? Sayso.value({date: value.$date}, () => null)
    : Object.fromEntries(Object.entries(value).map(([key, item]) => [key, read(item)]));
  const written = value => value instanceof Date ? {$date: value.toISOString().slice(0, 10)}
    : Array.isArray(value) ? value.map(written)
    : value === undefined || value === Infinity || value === -Infinity ? String(value)
    : value === null || typeof value !== "object" ? value
    : Object.fromEntries(Object.entries(value).map(([key, item]) => [key, written(item)]));
  return JSON.stringify(JSON.parse(text).map(([expression, scope]) => {
    const known = new Map(Object.entries(read(scope)));
    return written(Sayso.value(expression, name => known.has(name) ? known.get(name) : null));
  }));
}"""
SHOWN = "text => JSON.stringify(JSON.parse(text).map(([rules, answers, meta]) => Sayso.visible(rules, answers, meta)))"


class Script:
    """`static/expression.js`, with or without the rest of it, in a page of its own."""

    def __init__(self, page) -> None:
        self.page = page

    def values(self, cases: list[tuple[Any, dict[str, Any]]]) -> list[Any]:
        """What each expression comes to in its scope."""
        return self._all(VALUES, [[expression, written(scope)] for expression, scope in cases])

    def shown(self, cases: list[tuple[Form, dict[str, Any], dict[str, Any]]]) -> list[dict[str, Any]]:
        """What each form shows for its answers and meta."""
        return self._all(SHOWN, [[rules_of(form), answers, meta] for form, answers, meta in cases])

    def _all(self, function: str, cases: list[Any]) -> list[Any]:
        return json.loads(self.page.evaluate(function, json.dumps(cases)))


def serve(route):
    name = route.request.url.rpartition("/")[2]
    if name.endswith(".js"):
        route.fulfill(path=STATIC / name, content_type="text/javascript")
    else:
        route.fulfill(body=ALONE if name == "alone" else HTML, content_type="text/html", headers=POLICY)


@pytest.fixture(scope="module")
def script(open_page):
    with open_page() as page:
        page.route("**/*", serve)
        page.goto("http://sayso.test/")
        yield Script(page)


@pytest.fixture(scope="module")
def alone(open_page):
    """What a form that needs no more is given."""
    with open_page() as page:
        page.route("**/*", serve)
        page.goto("http://sayso.test/alone")
        yield Script(page)


def both_show(script, form, answers, meta):
    """What is shown as Python and as the page have it; of what is computed, what the page is told."""
    here = shown(visible(form, answers, meta))
    here["computed"] = {name: here["computed"][name] for name in rules_of(form).get("computed", {})}
    [there] = script.shown([(form, answers, meta)])
    return spelled(here), spelled(there)


def test_every_expression_of_the_table_comes_to_the_same(script):
    cases = expression_cases()
    found = script.values([(case["expression"], read(case.get("scope", {}))) for case in cases])
    pairs = zip(cases, found, strict=True)
    wrong = {case["name"]: value for case, value in pairs if spelled(value) != spelled(case["value"])}
    assert wrong == {}


def test_every_form_of_the_table_shows_the_same(script):
    cases = visibility_cases()
    found = script.shown([(form_of(case["form"]), case["answers"], case["meta"]) for case in cases])
    wrong = {}
    for case, result in zip(cases, found, strict=True):
        parts = {part: result[part] for part in case["shown"]}
        if spelled(parts) != spelled(case["shown"]):
            wrong[case["name"]] = result
    assert wrong == {}


@pytest.mark.skipif(not FILES, reason=f"the conformance cases are not at {CONFORMANCE}")
def test_every_respondent_is_shown_the_pages_that_others_worked_out(script):
    wrong = []
    for path in FILES:
        content = json.loads(path.read_text("utf-8"))
        form = Form.of(content["definition"])
        found = script.shown([(form, case["answers"], case["meta"]) for case in content["cases"]])
        wrong += [
            (path.stem, case, result)
            for case, result in zip(content["cases"], found, strict=True)
            if result["pages"] != case["pages"]
        ]
    assert wrong == []


BOUNDED = settings(
    max_examples=500,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


@BOUNDED
@given(expression=trees, scope=scopes)
def test_any_expression_comes_to_the_same(script, expression, scope):
    [there] = script.values([(expression, scope)])
    assert spelled(there) == spelled(parsed(expression).value(FlatScope(scope)))


@settings(BOUNDED, max_examples=400)
@given(respondent=respondents())
def test_any_form_shows_the_same(script, respondent):
    here, there = both_show(script, form_of(respondent["form"]), respondent["answers"], respondent["meta"])
    assert there == here


@settings(BOUNDED, max_examples=400)
@given(respondent=respondents())
def test_a_form_that_is_called_simple_needs_no_more_to_show_the_same(alone, respondent):
    form = form_of(respondent["form"])
    if is_simple(form):
        here, there = both_show(alone, form, respondent["answers"], respondent["meta"])
        assert there == here


def test_the_shipped_forms_for_children_are_simple_and_show_the_same_alone(alone, library):
    for form in (form for form in library.values() if form.audience == "child"):
        assert is_simple(form)
        for answers in (
            {},
            {"feel_safe": "NEVER", "company": "helping", "unsafe_where": ["other"], "unsafe_other": "x"},
        ):
            here, there = both_show(alone, form, answers, {})
            assert there == here


def test_an_answer_that_the_page_leaves_undefined_is_missing(script):
    form = form_of({"pages": [{"id": "p", "title": "p", "questions": [{"id": "a", "type": "text", "label": "a"}]}]})
    found = script.page.evaluate("rules => Sayso.visible(rules, {a: undefined}, {})", rules_of(form))
    assert found == {"pages": ["p"], "questions": ["a"], "answers": {}, "computed": {}}


def test_what_the_script_offers_can_be_neither_replaced_nor_changed(script):
    assert script.page.evaluate(
        """() => {
          const {value, visible} = Sayso;
          const attempts = [() => { Sayso = null; }, () => { window.Sayso = null; }, () => { Sayso.value = null; }];
          for (const attempt of attempts) try { attempt(); } catch (refused) { /* as some are */ }
          return Sayso.value === value && Sayso.visible === visible && Object.isFrozen(Sayso);
        }"""
    )
