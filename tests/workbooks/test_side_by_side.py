"""The sheet of voices side by side."""

from typing import Any

from tests.analysis.making import HOW_OFTEN, a_form, asks, of_each
from tests.workbooks.study import Study, table

CODED: dict[str, Any] = {"codes": [{"system": "sccif-childrens-home/2026", "code": "S1"}]}
NAME = "Voices side by side"


def form(audience: str, **more: Any) -> Any:
    label = f"Safe, {audience}?"
    return a_form(asks("safe", options=HOW_OFTEN, label=label, **CODED), id=audience, audience=audience, **more)


def rows(study: Study) -> dict[str, dict[str, Any]]:
    """The rows of the descriptor, by audience."""
    return {row["Who"]: row for row in table(study.read()[NAME]) if row["Descriptor"] == "S1 Risks"}


def test_under_a_descriptor_every_audience_has_a_row_with_its_base(study: Study) -> None:
    child, staff = form("child"), form("staff")
    study.ask(staff, child)
    study.hear(child, of_each("safe", {"sometimes": 6}))
    study.hear(staff, of_each("safe", {"always": 7}))
    found = rows(study)
    assert list(found) == ["Children", "Staff"]
    assert list(found["Children"].values())[2:9] == [67, "Children", 6, 0, 33, "Lowest", "Safe, child?"]
    assert list(found["Staff"].values())[2:9] == [67, "Staff", 7, 100, 100, "Highest", "Safe, staff?"]
    assert found["Children"]["Annex A items that bear on it"].startswith("8a ")


def test_no_child_voice_stands_there_as_that_whatever_parents_say(study: Study) -> None:
    child, parent = form("child"), form("parent")
    study.ask(child, parent)
    study.hear(parent, of_each("safe", {"always": 7}))
    found = rows(study)
    assert found["Children"]["To note"] == "No child voice"
    assert (found["Children"]["Level of 100"], found["Parents"]["Level of 100"]) == ("[z]", 100)
    assert {row["Gap in points"] for row in found.values()} == {"[z]"}


def test_children_who_were_not_asked_have_a_row_that_says_so(study: Study) -> None:
    staff = form("staff")
    study.ask(staff)
    study.hear(staff, of_each("safe", {"always": 7}))
    assert rows(study)["Children"]["To note"] == "No child voice: not asked"


def test_withheld_figures_are_signs_here_too(study: Study) -> None:
    child = form("child", identity="anonymous", readers=[])
    study.ask(child)
    study.hear(child, of_each("safe", {"never": 3}))
    assert list(rows(study)["Children"].values())[4:8] == ["[c]", "[c]", "[c]", None]


def test_a_wide_gap_is_marked_with_a_sign_and_not_by_colour_alone(study: Study) -> None:
    child = form("child")
    study.ask(child)
    sheet: Any = study.read()[NAME]
    [(place, [rule])] = [(str(area.sqref), rules) for area, rules in sheet.conditional_formatting._cf_rules.items()]
    assert place[0] == "C"
    assert (rule.operator, rule.formula) == ("greaterThanOrEqual", ["25"])
    assert rule.dxf.font.b
    assert rule.dxf.numFmt.formatCode.startswith('"▲ "')


def test_forms_without_codes_say_so(study: Study) -> None:
    study.ask(a_form(asks("q", "text")))
    sheet = study.read()[NAME]
    assert not sheet.tables
    assert "No question of these forms carries the code of a descriptor." in [cell.value for cell in sheet["A"]]


def test_editions_come_one_after_the_other(study: Study) -> None:
    both = [*CODED["codes"], {"system": "sccif-childrens-home/2020-21", "code": "W1"}]
    made = a_form(asks("safe", options=HOW_OFTEN, codes=both))
    study.ask(made)
    study.hear(made, of_each("safe", {"always": 7}))
    assert [row["Edition"] for row in table(study.read()[NAME]) if row["Who"] == "Staff"] == ["2026", "2020-21"]
