"""The Annex A form says when figures cannot be true, and when they are not what the tables add up to."""

import json

import pytest

from service.answers.validation import faults_of
from service.answers.visibility import visible
from service.definitions import Form
from tests.paths import ROOT

FORMS = ROOT / "forms"
META = {"today": "2021-10-01"}

HEADER = {
    "home_name": "Larch House",
    "home_urn": "SC012345",
    "completed_by": "Jo Marsh",
    "completed_on": "2021-10-01",
    "period_basis": "september",
}
COUNTS = {
    "admitted": 1,
    "left": 1,
    "resident": 2,
    "restraint_incidents": 3,
    "restraint_children": 2,
    "away_episodes": 0,
    "away_children": 0,
}
RESIDENTS = [
    {
        "resident_child": "AB",
        "resident_admitted": "2019-05-01",
        "resident_authority": "Leeds",
        "resident_risks": ["cse_risk", "cce_risk"],
        "resident_circumstances": ["none"],
    },
    {"resident_child": "CD", "resident_admitted": "2021-03-01", "resident_authority": "York"},
]
LEAVERS = [
    {"leaver_child": "EF", "leaver_admitted": "2018-01-10", "leaver_left_on": "2021-02-01", "leaver_notice": "yes"}
]
RESTRAINTS = [
    {"restraint_child": "AB", "restraint_date": "2020-10-01"},
    {"restraint_child": "ab", "restraint_date": "2020-12-24"},
    {"restraint_child": "EF", "restraint_date": "2021-01-15"},
]
EDUCATION = [
    {"education_child": "AB", "education_status": "school", "education_offered": 25, "education_attended": 20},
    {"education_child": "CD", "education_status": "neet"},
]
WHOLE = {
    **HEADER,
    **COUNTS,
    "residents_at_start": 2,
    "residents": RESIDENTS,
    "leavers": LEAVERS,
    "restraints": RESTRAINTS,
    "education": EDUCATION,
}


@pytest.fixture(scope="module")
def annex_a():
    return Form.of(json.loads((FORMS / "annex-a-2021-22.json").read_text(encoding="utf-8")))


@pytest.fixture
def seen(annex_a):
    """What the form makes of a whole Annex A with some answers changed; None takes one away."""

    def look(**changes):
        return visible(annex_a, {**WHOLE, **changes}, META)

    return look


@pytest.fixture
def faults(annex_a, seen):
    def look(**changes):
        return faults_of(annex_a, seen(**changes), META, lambda key, /, **_: key)

    return look


def test_an_annex_a_that_adds_up_has_no_faults(faults, seen):
    found = faults()
    assert found.errors == {}
    assert found.warnings == {}
    assert "difference_reason" not in seen().questions


def test_what_the_tables_hold_is_counted(seen):
    computed = seen().computed
    assert computed["period_start"] == "2020-09-01"
    assert computed["admissions_listed"] == 1
    assert computed["restraint_incidents_listed"] == 3
    assert computed["restraint_children_listed"] == 2  # AB and ab are one child
    assert computed["cse_risk_listed"] == 1
    assert computed["left_immediately"] == 1
    assert computed["neet_listed"] == 1


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"restraint_children": 4}, "restraint_children"),
        ({"restraint_children": 0}, "restraint_children"),
        ({"away_children": 1}, "away_children"),
        ({"away_episodes": 2}, "away_children"),
        ({"missing_episodes": 1, "missing_children": 2}, "missing_children"),
        ({"missing_episodes": 1, "missing_children": 0}, "missing_children"),
        ({"cse_risk": 3}, "cse_risk"),
        ({"cce_subject": 3}, "cce_subject"),
        ({"left_immediate_notice": 2}, "left_immediate_notice"),
        ({"referrals": 1, "radicalisation_referrals": 2}, "radicalisation_referrals"),
        ({"restraint_incidents": None}, "restraint_incidents"),
        ({"admitted": -1}, "admitted"),
        ({"resident": 2.5}, "resident"),
        ({"home_urn": "none"}, "home_urn"),
        ({"completed_on": "2021-10-02"}, "completed_on"),
        ({"period_basis": "visit"}, "period_date"),
        ({"leavers": [{**LEAVERS[0], "leaver_left_on": "2017-12-31"}]}, "leavers.0.leaver_left_on"),
        ({"education": [{**EDUCATION[0], "education_attended": 26}]}, "education.0.education_attended"),
        ({"restraints": [{"restraint_date": "2020-10-01"}]}, "restraints.0.restraint_child"),
    ],
)
def test_what_cannot_be_true_stops_it(faults, changes, place):
    assert place in faults(**changes).errors


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"residents_at_start": 3}, "resident"),
        ({"residents": RESIDENTS[:1]}, "resident"),
        ({"restraints": RESTRAINTS[:2]}, "restraint_incidents"),
        ({"restraints": RESTRAINTS[:2]}, "restraint_children"),
        ({"leavers": []}, "left"),
        ({"admitted": 0, "residents_at_start": 3}, "admitted"),
        ({"education": EDUCATION[:1]}, "education"),
        ({"residents": [RESIDENTS[0], RESIDENTS[0]]}, "residents"),
        ({"restraints": [*RESTRAINTS[:2], {**RESTRAINTS[2], "restraint_date": "2020-08-31"}]}, "restraints"),
        ({"missing_episodes": 9, "missing_children": 4}, "missing_children"),
        ({"cse_risk": 2}, "cse_risk"),
        ({"allegations": 1, "allegations_children": 2}, "allegations_children"),
    ],
)
def test_what_does_not_add_up_is_worth_a_second_look(faults, changes, place):
    found = faults(**changes)
    assert place in found.warnings
    assert found.errors == {}


def test_a_figure_that_differs_from_its_table_asks_for_the_reason(seen):
    assert "difference_reason" in seen(restraints=RESTRAINTS[:2]).questions


def test_being_away_never_counts_as_missing(seen):
    away = {"absence_child": "AB", "absence_date": "2021-01-01"}
    missing = {"missing_child": "CD", "missing_date": "2021-01-01"}
    computed = seen(absences=[away, away], missing_times=[missing]).computed
    assert (computed["away_episodes_listed"], computed["away_children_listed"]) == (2, 1)
    assert (computed["missing_episodes_listed"], computed["missing_children_listed"]) == (1, 1)


def test_a_question_under_a_code_of_our_own_says_so(annex_a):
    for placed in annex_a.placed():
        question = placed.question
        ours = any(code.code.startswith("x-") for code in question.codes)
        if ours and placed.group is None and not question.id.endswith(("_other", "_due")):
            assert "not known to us" in question.hint or "exact words" in question.hint, question.id
