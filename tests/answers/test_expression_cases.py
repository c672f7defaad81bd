"""What expressions come to, operator by operator; tests/browser/ holds the page's script to the same table."""

from collections import Counter

import pytest

from service.definitions.expression import OPERANDS, parsed
from tests.answers.cases import FlatScope, expression_cases, read, spelled

CASES = expression_cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_an_expression_comes_to_what_the_table_says(case):
    scope = FlatScope(read(case.get("scope", {})))
    assert spelled(parsed(case["expression"]).value(scope)) == spelled(read(case["value"]))


def test_the_table_has_every_operator_several_times():
    used = Counter(operator for case in CASES for operator in operators_in(case["expression"]))
    assert {operator for operator in OPERANDS if used[operator] < 4} == set()


def operators_in(tree):
    if isinstance(tree, dict):
        yield from tree
    for item in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from operators_in(item)
