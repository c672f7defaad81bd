"""Random expressions, scopes, forms and answers, in which each rule of the two engines has a fair chance to matter."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from hypothesis import strategies as st

# Characters that both Python and the browser know: unassigned ones may be letters in the newer of the two.
LETTERS = st.characters(exclude_categories=["Cs", "Cn"])
DAYS = ["2026-11-22", "2026-11", "2026", "2028-02-29", "2026-02-29", "0001-01-01", "9999-12-31", "1969-12-31", "0000"]
WORDS = ["a", "A", "b", "ß", "ẞ", "İ", "Σ", "ΑΣ", "ας", "\uff01", "\U0001f600", " ", "", "now", "0", "1", "yes"]
NUMBERS = st.sampled_from([0, 1, 2, 3, -1, 0.5, 0.1, 0.2, -0.0, 2**53, 1e300]) | st.integers(-100, 100)

texts = st.sampled_from([*WORDS, *DAYS]) | st.text(LETTERS, max_size=4)
numbers = NUMBERS | st.floats(allow_nan=False, allow_infinity=False)
dates = st.sampled_from([date(2026, 11, 22), date(2026, 11, 1), date(2026, 1, 1), date(1, 1, 1)]) | st.dates()
simple = st.none() | st.booleans() | numbers | texts
constants = simple.filter(lambda value: not isinstance(value, float) or abs(value) <= 2**53)
rows = st.lists(st.dictionaries(st.sampled_from(["a", "b"]), simple | dates, max_size=2), max_size=3)
values = simple | dates | st.lists(simple | dates, max_size=4) | rows

NAMES = ["x", "y", "z", "g", "m.a", "meta.today", "computed.c", "row.a", "row.b", "nobody"]
names = st.sampled_from(NAMES)
scopes = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(NAMES[:-1], values),
        "g": rows,
        "meta.today": st.sampled_from(DAYS),
    },
)
offsets = st.dictionaries(
    st.sampled_from(["days", "months", "years"]),
    st.integers(-40, 40) | st.integers(-100_000, 100_000),
    min_size=1,
)


def trees_over(known: st.SearchStrategy[str], plain: st.SearchStrategy[Any] = constants) -> st.SearchStrategy[Any]:
    """Expressions that use these names."""
    reading = known.map(lambda name: {"var": name}) | known.map(lambda name: {"answered": name})
    leaves = reading | plain | st.lists(plain, max_size=4)
    return st.recursive(leaves, _grown, max_leaves=12)


def _grown(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    def operation(operators: list[str], *counts: int) -> st.SearchStrategy[Any]:
        operands = st.sampled_from(counts).flatmap(lambda count: st.lists(inner, min_size=count, max_size=count))
        return st.builds(lambda operator, given: {operator: given}, st.sampled_from(operators), operands)

    rows_of_group = st.just({"var": "g"}) | inner
    moment = st.just("now") | texts | inner
    return st.one_of(
        operation(["==", "!=", "<", "<=", ">", ">=", "in", "any_in", "all_in"], 2),
        operation(["==", "<", "<=", ">", ">="], 2),
        operation(["and", "or", "+", "*"], 2, 3),
        operation(["-", "/"], 2),
        operation(["!", "count", "distinct", "sum"], 1),
        operation(["if"], 3, 5),
        st.builds(lambda start: {"date": [start]}, moment),
        st.builds(lambda start, by: {"date": [start, by]}, moment, offsets),
        st.builds(
            lambda operator, of, then: {operator: [of, then]}, st.sampled_from(["filter", "map"]), rows_of_group, inner
        ),
        st.lists(inner, max_size=3),
    )


trees = trees_over(names)

OPTIONS = ["yes", "no", "Yes"]
LINES = ["a", "b"]
GIVEN = ["q0", "q1", "q2", "q3", "q4", "row.q1", "row.q2", "row.q3", "q1.a", "g", "meta.kind", "meta.today"]
asked_names = st.sampled_from([*GIVEN, "computed.c", "computed.d"])
# A checked form has no circle among its computed values, so the engines need not agree on what one comes to.
computed = st.fixed_dictionaries(
    {"c": trees_over(st.sampled_from([*GIVEN, "computed.d"])), "d": trees_over(st.sampled_from(GIVEN))}
)
metas = st.fixed_dictionaries({}, optional={"today": st.sampled_from([*DAYS, None]), "kind": simple})

# About as often true as false; and anything.
conditions = st.one_of(
    asked_names.map(lambda name: {"answered": name}),
    asked_names.map(lambda name: {"!": {"answered": name}}),
    asked_names.map(lambda name: {"!=": [{"var": name}, "yes"]}),
    asked_names.map(lambda name: {"<=": [{"var": name}, "2026-11"]}),
    st.just({"<": [{"count": {"filter": [{"var": "g"}, {"answered": "row.q2"}]}}, 2]}),
    trees_over(asked_names),
)
maybe_condition = st.just({}) | st.just({}) | conditions.map(lambda tree: {"visible_if": tree})

KINDS = ["text", "number", "date", "time", "select_one", "scale", "select_multiple", "rank", "matrix", "note"]
DEFAULTS: dict[str, st.SearchStrategy[Any]] = {
    "text": st.just("today"),
    "number": NUMBERS,
    "date": st.sampled_from(["today", "2026-11", "2026-02-30"]),
    "select_one": st.sampled_from(OPTIONS),
    "select_multiple": st.lists(st.sampled_from(OPTIONS), max_size=2),
}
FITTING: dict[str, st.SearchStrategy[Any]] = {
    "text": texts,
    "time": st.sampled_from(["09:30", "10:00"]),
    "number": numbers | st.just(2**53 + 1),
    "date": st.sampled_from(DAYS),
    "select_one": st.sampled_from(OPTIONS),
    "scale": st.sampled_from(["0", "7", "10", "not_say"]),
    "select_multiple": st.lists(st.sampled_from(OPTIONS), max_size=3),
    "rank": st.lists(st.sampled_from(OPTIONS), max_size=3),
    "matrix": st.dictionaries(st.sampled_from(LINES), st.sampled_from(OPTIONS)),
    "note": texts,
}
misfits = values.map(lambda value: json.loads(json.dumps(value, default=str)))


@dataclass
class _Author:
    """Writes the questions of one form, so that each has another id."""

    draw: st.DrawFn
    made: int = 0
    has_rows: bool = False

    def question(self, groups: bool = True, rows: bool = True) -> dict[str, Any]:
        kinds = KINDS + ["group"] * groups + ["rows", "rows"] * (rows and not self.has_rows)
        kind = self.draw(st.sampled_from(kinds))
        question: dict[str, Any] = {"id": f"q{self.made}", "type": kind, "label": "?", **self.draw(maybe_condition)}
        if kind == "rows":
            self.has_rows = True
            question |= {"id": "g", "type": "group", "repeat": {}, "questions": self.several(rows=False)}
            return question
        self.made += 1
        if kind == "group":
            question["questions"] = self.several(groups=False, rows=rows)
        elif kind == "scale":
            question |= {"lowest_label": "Not at all", "highest_label": "Completely"}
            question["others"] = [{"value": "not_say", "label": "I do not want to say", "missing": True}]
        elif kind.startswith("select") or kind in ("rank", "matrix"):
            question["options"] = [{"value": value, "label": value} for value in OPTIONS]
        if kind.startswith("select") and self.draw(st.booleans()):
            question["options"][0]["detail"] = self.question(groups=False, rows=False)
        if kind == "matrix":
            question["rows"] = [{"id": line, "label": line} for line in LINES]
        if kind == "date":
            question["precision"] = self.draw(st.sampled_from(["day", "month", "year"]))
        if kind in DEFAULTS and self.draw(st.integers(0, 3)) == 0:
            question["default"] = self.draw(DEFAULTS[kind])
        return question

    def several(self, **inside: bool) -> list[dict[str, Any]]:
        return [self.question(**inside) for _ in range(self.draw(st.integers(1, 3)))]


def _answer(draw: st.DrawFn, question: dict[str, Any], answers: dict[str, Any]) -> None:
    """Answer the question or not; one answer in ten is of a kind that does not fit."""
    inside = question.get("questions", [])
    chance = draw(st.integers(0, 9))
    if inside and "repeat" not in question:
        _answer_all(draw, inside, answers)
    elif chance == 0:
        answers[question["id"]] = draw(misfits)
    elif inside:
        answers[question["id"]] = [_answer_all(draw, inside, {}) for _ in range(draw(st.integers(0, 3)))]
    elif chance > 1:
        answers[question["id"]] = draw(FITTING[question["type"]])
    details = [option["detail"] for option in question.get("options", ()) if "detail" in option]
    _answer_all(draw, details, answers)


def _answer_all(draw: st.DrawFn, questions: list[dict[str, Any]], answers: dict[str, Any]) -> dict[str, Any]:
    for question in questions:
        _answer(draw, question, answers)
    return answers


@st.composite
def respondents(draw: st.DrawFn) -> dict[str, Any]:
    """A form's pages and computed values, what someone answers, and what is known of them."""
    author = _Author(draw)
    pages = [
        {"id": f"p{number}", "title": "?", **draw(maybe_condition), "questions": author.several()}
        for number in range(draw(st.integers(1, 3)))
    ]
    answers: dict[str, Any] = {}
    for page in pages:
        _answer_all(draw, page["questions"], answers)
    form = {"pages": pages, "computed": draw(computed)}
    return {"form": form, "answers": answers, "meta": draw(metas)}
