"""The sheet of voices side by side."""

from datetime import timedelta
from typing import Any

from service.collection.models.home import Home
from tests.analysis.tally_factory import HOW_OFTEN, a_form, asks, of_each
from tests.reports.study import NOW, Study, table, words

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


# --- what the home itself counts ---


def annex_a(**more: Any) -> Any:
    """An Annex A with a number, one that stands in a table, and the day on which its period began."""

    def of_annex_a(code: str) -> dict[str, Any]:
        return {"codes": [{"system": "ofsted-annex-a/2021-22", "code": code}]}

    rows = [asks("minutes", "number", **of_annex_a("x-cse-risk"))]
    return a_form(
        asks("since", "date", **of_annex_a("x-period-start")),
        asks("restraints", "number", **of_annex_a("8a")),
        asks("away", "number", **of_annex_a("9a")),
        asks("table", "group", questions=rows, **of_annex_a("x-table-restraint")),
        **{"id": "annex-a-2021-22", "audience": "manager", "identity": "named", **more},
    )


def bearing(study: Study, *rounds: Any, to_hand_on: bool = False) -> tuple[str, str]:
    """What stands beside the descriptor, and what the sheet says of it."""
    sheet = study.read(*rounds, to_hand_on=to_hand_on)[NAME]
    [row] = [row for row in table(sheet) if row["Descriptor"] == "S1 Risks" and row["Who"] == "Children"]
    above = " ".join(str(cell.value) for cell in sheet["A"][:12])
    return row["Annex A items that bear on it"], above


def test_what_the_home_last_counted_stands_beside_the_voices_with_its_day(study: Study) -> None:
    child, counted = form("child"), annex_a()
    round_ = study.ask(child)
    items, said = bearing(study, round_)
    assert items.startswith("8a Number of incidents of restraint; 8b ")
    assert "No Annex A figures yet." in said
    # of the same home, in a round of its own
    study.ask(counted, title="Annex A")
    study.hear(counted, [{"restraints": 7}], submitted_at=NOW - timedelta(days=30))
    newest: dict[str, Any] = {"restraints": 2, "since": "2026-05-05", "away": 0, "table": [{"minutes": 9}]}
    study.hear(counted, [newest], submitted_at=NOW - timedelta(days=2))
    study.hear(counted, [{"restraints": 8}], submitted_at=None)
    study.hear(counted, [{"restraints": 9}], conflict=True, submitted_at=NOW)
    for to_hand_on in (False, True):
        items, said = bearing(study, round_, to_hand_on=to_hand_on)
        assert items.startswith("8a Number of incidents of restraint: 2; 8b Number of children")
        assert "authorisation: 0; " in items, "a true zero"
        assert "exploitation;" in items, "one child's row is nobody's total"
        assert "the home gave on 20 November 2026. What they count over time is since 5 May 2026." in said


def test_an_annex_a_that_nobody_signed_and_that_of_another_home_say_nothing(study: Study) -> None:
    child, unsigned = form("child"), annex_a(identity="pseudonymous")
    round_ = study.ask(child, unsigned)
    study.hear(unsigned, [{"restraints": 2}])
    assert "No Annex A figures yet." in bearing(study, round_)[1]
    other = Home("elm-house", "Elm House", "childrens_home", "Acorn Care", "SC654321")
    with study.store.transaction() as tx:
        tx[Home].put(other)
    study.home = other
    signed = annex_a(version=2)
    elsewhere = study.ask(signed)
    study.hear(signed, [{"restraints": 3}])
    assert "No Annex A figures yet." in bearing(study, round_)[1]
    both = study.read(round_, elsewhere)[NAME]
    assert "Annex A figures" not in words(both), "each home has its own"
    assert "restraint: 3" not in words(both)


def test_an_agency_that_is_asked_for_no_annex_a_is_told_of_none(study: Study) -> None:
    study.home = Home("fern", "Fern Fostering", "fostering_agency", "Acorn Care")
    with study.store.transaction() as tx:
        tx[Home].put(study.home)
    study.ask(form("child"))
    assert "Annex A figures" not in words(study.read()[NAME])
