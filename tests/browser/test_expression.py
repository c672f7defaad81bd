"""The script that shows and hides in the page decides as the engine in Python does, in a real browser."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from service.answers.client_rules import rules_of
from service.answers.simple_conditions import simple_conditions
from service.answers.visibility import visible
from service.definitions import Form
from service.definitions.expression import parsed
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
from tests.answers.random_cases import respondents, scopes, trees
from tests.paths import ROOT

pytestmark = pytest.mark.browser

STATIC = ROOT / "static" / "js"
FILES = conformance_files()
HTML = "<!doctype html><title>Expressions</title>" + "".join(
    f'<script defer src="/{name}.js"></script>' for name in ("expression", "expression-more", "show-hide")
)
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
SIMPLY = """text => JSON.stringify(JSON.parse(text).map(([questions, given]) =>
  showing(questions.map(([id, condition]) => [id, condition && JSON.stringify(condition)]), id => given[id] || [])))"""
SHOWN = "text => JSON.stringify(JSON.parse(text).map(([rules, answers, meta]) => Sayso.visible(rules, answers, meta)))"


class Script:
    """`static/js/expression.js` and the rest of it, and `static/js/show-hide.js`, in a page of their own."""

    def __init__(self, page) -> None:
        self.page = page

    def values(self, cases: list[tuple[Any, dict[str, Any]]]) -> list[Any]:
        """What each expression comes to in its scope."""
        return self._all(VALUES, [[expression, written(scope)] for expression, scope in cases])

    def shown(self, cases: list[tuple[Form, dict[str, Any], dict[str, Any]]]) -> list[dict[str, Any]]:
        """What each form shows for its answers and meta."""
        return self._all(SHOWN, [[rules_of(form), answers, meta] for form, answers, meta in cases])

    def simply(self, cases: list[tuple[Form, dict[str, Any]]]) -> list[list[str]]:
        """The questions that each form shows where it is simple, as its page has them."""
        return self._all(SIMPLY, [[_as_asked(form), _as_given(answers)] for form, answers in cases])

    def _all(self, function: str, cases: list[Any]) -> list[Any]:
        return json.loads(self.page.evaluate(function, json.dumps(cases)))


def serve(route):
    name = route.request.url.rpartition("/")[2]
    if name.endswith(".js"):
        route.fulfill(path=STATIC / name, content_type="text/javascript")
    else:
        route.fulfill(body=HTML, content_type="text/html", headers=POLICY)


@pytest.fixture(scope="module")
def script(open_page):
    with open_page() as page:
        page.route("**/*", serve)
        page.goto("http://sayso.test/")
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


# --- simple forms, whose pages have no engine ---


def _as_asked(form: Form) -> list[tuple[str, Any]]:
    conditions = simple_conditions(form)
    assert conditions is not None
    return [
        (placed.question.id, conditions.get(placed.question.id))
        for placed in form.placed()
        if placed.question.type != "group"
    ]


def _as_given(answers: dict[str, Any]) -> dict[str, list[str]]:
    return {name: [answer] if isinstance(answer, str) else answer for name, answer in answers.items()}


# t: texts, s: one of several, m: several of several, n: notes
IDS = ["t0", "s0", "m0", "t1", "s1", "m1", "n0", "s2"]
WORDS = ["yes", "no", "Maybe"]
single = st.sampled_from([name for name in IDS if name[0] in "ts"])
among = st.lists(st.sampled_from(["YES", *WORDS]), min_size=1, max_size=2)
clauses = st.one_of(
    st.sampled_from(IDS).map(lambda name: {"answered": name}),
    st.sampled_from(IDS).map(lambda name: {"var": name}),
    st.builds(lambda name, word: {"==": [{"var": name}, word]}, single, st.sampled_from(WORDS)),
    st.builds(lambda name, word: {"!=": [word, {"var": name}]}, single, st.sampled_from(WORDS)),
    st.builds(lambda name, words: {"in": [{"var": name}, words]}, single, among),
    st.builds(lambda name, words: {"any_in": [{"var": name}, words]}, st.sampled_from(["m0", "m1"]), among),
    st.booleans(),
)
plain_conditions = st.recursive(
    clauses,
    lambda inner: st.one_of(
        inner.map(lambda part: {"!": [part]}),
        st.builds(
            lambda operator, parts: {operator: parts},
            st.sampled_from(["and", "or"]),
            st.lists(inner, min_size=2, max_size=3),
        ),
    ),
    max_leaves=4,
)


@st.composite
def simple_forms(draw) -> dict[str, Any]:
    """Pages, groups and details, each perhaps with a condition that can be put plainly."""

    def question(name: str) -> dict[str, Any]:
        kind = {"t": "text", "s": "select_one", "m": "select_multiple", "n": "note"}[name[0]]
        made = {"id": name, "type": kind, "label": "?", **condition()}
        if kind.startswith("select"):
            made["options"] = [{"value": word, "label": word} for word in WORDS]
        return made

    def condition() -> dict[str, Any]:
        return draw(st.just({}) | plain_conditions.map(lambda tree: {"visible_if": tree}))

    names = draw(st.permutations(IDS))
    first, second, third = (list(map(question, names[start : start + 3])) for start in (0, 3, 6))
    holding = next((asked for asked in first if "options" in asked), None)
    if holding:
        holding["options"][0]["detail"] = third.pop()
    group = {"id": "g", "type": "group", "label": "?", "questions": second, **condition()}
    pages = [
        {"id": f"p{number}", "title": "?", "questions": asked, **condition()}
        for number, asked in enumerate((first, [group], third))
        if asked
    ]
    return {"pages": pages}


answers_of_simple = st.fixed_dictionaries(
    {},
    optional={
        name: st.lists(st.sampled_from(WORDS), unique=True)
        if name[0] == "m"
        else st.sampled_from([*WORDS, "YES", "some words"])
        for name in IDS
        if name[0] != "n"
    },
)


@settings(BOUNDED, max_examples=400)
@given(definition=simple_forms(), answers=answers_of_simple)
@pytest.mark.long
def test_a_simple_form_shows_the_same_without_an_engine(script, definition, answers):
    form = form_of(definition)
    assume(simple_conditions(form) is not None)  # now and then there are too many ways for one to hold
    assert script.simply([(form, answers)]) == [list(visible(form, answers, {}).questions)]


@settings(BOUNDED, max_examples=400)
@given(respondent=respondents())
def test_any_form_that_is_called_simple_shows_the_same_without_an_engine(script, respondent):
    form = form_of(respondent["form"])
    answers = {
        name: answer.strip() if isinstance(answer, str) else answer
        for name, answer in respondent["answers"].items()
        if name in form.questions and _fits(form.questions[name].question.type, answer)
    }
    if simple_conditions(form) is not None:
        assert script.simply([(form, answers)]) == [list(visible(form, answers, respondent["meta"]).questions)]


def _fits(kind: str, answer: Any) -> bool:
    """Whether the fields of such a question can hold this."""
    if kind == "select_multiple":
        return isinstance(answer, list) and all(isinstance(each, str) and each for each in answer)
    return kind not in ("note", "group") and isinstance(answer, str) and bool(answer.strip())


def test_the_shipped_forms_for_children_are_simple_and_show_the_same(script, library):
    for form in (form for form in library.values() if form.audience == "child"):
        for answers in (
            {},
            {"feel_safe": "NEVER", "company": "helping", "unsafe_where": ["other"], "unsafe_other": "x"},
        ):
            assert script.simply([(form, answers)]) == [list(visible(form, answers, {}).questions)]


@pytest.mark.parametrize(
    ("condition", "needs"),
    [
        ({"==": [{"var": "a"}, 1]}, "a number"),
        ({"==": [{"var": "a"}, "\u0130"]}, "letters that languages make small in their own ways"),
        ({"==": [{"var": "a"}, {"var": "b"}]}, "two answers side by side"),
        ({"==": [{"var": "b"}, "yes"]}, "a list beside one answer"),
        ({"<": [{"count": {"var": "b"}}, 2]}, "counting"),
        ({"answered": "meta.kind"}, "the round"),
        ({"and": [{"or": [{"answered": "a"}, {"answered": "b"}]}] * 5}, "too many ways to hold"),
    ],
)
def test_what_needs_more_is_not_called_simple(condition, needs):
    options = [{"value": value, "label": value} for value in ("yes", "no")]
    asked = [
        {"id": "a", "type": "text", "label": "?"},
        {"id": "b", "type": "select_multiple", "label": "?", "options": options},
        {"id": "c", "type": "text", "label": "?", "visible_if": condition},
    ]
    assert simple_conditions(form_of({"pages": [{"id": "p", "title": "?", "questions": asked}]})) is None, needs


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
