"""A condition as a sentence for a reader who must decide for themselves, as on paper."""

from collections.abc import Mapping
from typing import Any

from service.answers.validation import Say
from service.definitions import Expression, Form
from service.definitions.form import as_choice

# A comparison, and the key of the clause that says it.
COMPARED = {">": "paper.more", "<": "paper.less", ">=": "paper.at_least", "<=": "paper.at_most"}
TURNED = {">": "<", "<": ">", ">=": "<=", "<=": ">="}


def only_if(condition: Expression, form: Form, numbers: Mapping[str, int], say: Say) -> str:
    """When a question is meant for the reader: “Only if you said “Never” to question 3.”

    Where the condition cannot be said plainly, as one on figures that the service works out, the reader judges.
    `form` is in the reader's language; `numbers` are those of the questions that have one.
    """
    clause = _Clauses(form, numbers, say).clause(condition.tree)
    return say("paper.only_if", what=clause) if clause else say("paper.about_you")


class _Clauses:
    """The clauses of one form in one language. Each gives None for what it cannot say."""

    def __init__(self, form: Form, numbers: Mapping[str, int], say: Say) -> None:
        self.form, self.numbers, self.say = form, numbers, say

    def clause(self, tree: Any) -> str | None:
        if not isinstance(tree, dict) or len(tree) != 1:
            return None
        [(operator, given)] = tree.items()
        operands = given if isinstance(given, list) else [given]
        if operator in ("and", "or"):
            return self._joined(operator, [self.clause(each) for each in operands])
        if operator == "!" and len(operands) == 1:
            return self._negated(operands[0])
        if operator == "answered" and len(operands) == 1:
            return self._of("paper.answered", {"var": operands[0]})  # which names its question bare
        if operator in ("==", "!=", "in", "any_in", *COMPARED) and len(operands) == 2:
            return self._compared(operator, *operands)
        return None

    def _compared(self, operator: str, left: Any, right: Any) -> str | None:
        if _name(left) is None and operator not in ("in", "any_in"):
            left, right, operator = right, left, TURNED.get(operator, operator)
        if operator == "in" and _name(left) is None:  # one value among those ticked
            left, right = right, [left]
        if operator in COMPARED:
            number = isinstance(right, int | float) and not isinstance(right, bool)
            return self._of(COMPARED[operator], left, value=right) if number else None
        values = right if isinstance(right, list) else [right]
        answers = self._labels(left, values)
        if not answers:
            return None
        return self._of("paper.not_said" if operator == "!=" else "paper.said", left, answers=answers)

    def _negated(self, tree: Any) -> str | None:
        if not isinstance(tree, dict) or len(tree) != 1:
            return None
        [(operator, given)] = tree.items()
        if operator in ("==", "in", "any_in") and isinstance(given, list) and len(given) == 2:
            left, right = given
            if operator == "in" and _name(left) is None:
                left, right = right, [left]
            values = right if isinstance(right, list) else [right]
            answers = self._labels(left, values)
            return self._of("paper.not_said", left, answers=answers) if answers else None
        return None

    def _joined(self, operator: str, clauses: list[str | None]) -> str | None:
        said = [clause for clause in clauses if clause]
        if len(said) != len(clauses) or not said:
            return None
        return self._listed("paper.and" if operator == "and" else "paper.or", said)

    def _listed(self, key: str, parts: list[str]) -> str:
        *first, last = parts
        return self.say(key, first=", ".join(first), last=last) if first else last

    def _labels(self, asked: Any, values: list[Any]) -> str:
        """The answers of these values as the reader finds them: “Sometimes” or “Never”."""
        placed = self.form.questions.get(_name(asked) or "")
        choice = as_choice(placed.question) if placed else None
        labels = {option.value: option.label for option in self.form.options(choice)} if choice else {}
        if not values or not all(isinstance(value, str | int | float) for value in values):
            return ""
        if choice and not all(value in labels for value in values):
            return ""
        return self._listed("paper.or", [f"“{labels.get(str(value), str(value))}”" for value in values])

    def _of(self, key: str, asked: Any, **values: object) -> str | None:
        name = _name(asked)
        placed = self.form.questions.get(name or "")
        if placed is None:
            return None
        number = self.numbers.get(placed.question.id)
        where = self.say("paper.question", number=number) if number else f"“{placed.question.label}”"
        return self.say(key, question=where, **values)


def _name(tree: Any) -> str | None:
    """The question that this looks at; None for anything else, as for what is worked out."""
    if isinstance(tree, dict) and len(tree) == 1 and isinstance(tree.get("var"), str):
        return str(tree["var"]).removeprefix("row.")
    return None
