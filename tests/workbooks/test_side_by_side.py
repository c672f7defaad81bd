"""The sheet of voices side by side."""

from typing import Any

from tests.analysis.making import HOW_OFTEN, a_form, asks, of_each
from tests.workbooks.study import Study, row_of, table

CODED: dict[str, Any] = {"codes": [{"system": "sccif-childrens-home/2026", "code": "S1"}]}
NAME = "Voices side by side"


def form(audience: str, **more: Any) -> Any:
    label = f"Safe, {audience}?"
    return a_form(asks("safe", options=HOW_OFTEN, label=label, **CODED), id=audience, audience=audience, **more)


def test_a_row_has_every_audience_with_its_base_and_the_gap_between_them(study: Study) -> None:
    child, staff = form("child"), form("staff")
    study.ask(child, staff)
    study.hear(child, of_each("safe", {"sometimes": 6}))
    study.hear(staff, of_each("safe", {"always": 7}))
    row = row_of(study.read()[NAME], "S1 Risks")
    assert (row["Gap in points"], row["Between whom"]) == (67, "Children 33, staff 100")
    assert (row["Children: answered"], row["Children: two best answers %"], row["Children: level of 100"]) == (6, 0, 33)
    assert (row["Staff: answered"], row["Staff: two best answers %"], row["Staff: level of 100"]) == (7, 100, 100)
    assert row["Parents: answered"] == "[z]"
    assert row["A child’s voice"] == "Heard"
    assert row["What was asked"] == "Children: Safe, child?\nStaff: Safe, staff?"
    assert row["Annex A items that bear on it"].startswith("8a ")


def test_no_child_voice_stands_there_as_that(study: Study) -> None:
    child, parent = form("child"), form("parent")
    study.ask(child, parent)
    study.hear(parent, of_each("safe", {"always": 7}))
    row = row_of(study.read()[NAME], "S1 Risks")
    assert row["A child’s voice"] == "No child voice"
    assert row["Gap in points"] == "[z]"
    assert row["Parents: level of 100"] == 100


def test_children_who_were_not_asked_are_no_voice_either(study: Study) -> None:
    staff = form("staff")
    study.ask(staff)
    study.hear(staff, of_each("safe", {"always": 7}))
    assert row_of(study.read()[NAME], "S1 Risks")["A child’s voice"] == "No child voice: not asked"


def test_withheld_figures_are_signs_here_too(study: Study) -> None:
    child = form("child", identity="anonymous", readers=[])
    study.ask(child)
    study.hear(child, of_each("safe", {"never": 3}))
    row = row_of(study.read()[NAME], "S1 Risks")
    assert [row[f"Children: {name}"] for name in ("answered", "two best answers %", "level of 100")] == ["[c]"] * 3
    assert row["A child’s voice"] == "[c]"


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
    assert [row["Edition"] for row in table(study.read()[NAME])] == ["2026", "2020-21"]
