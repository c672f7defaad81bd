"""The workbook over several homes: how each stands, what each says, over time; and nothing that one of them hides."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from openpyxl.workbook import Workbook

from service.collection.models.home import Home
from service.collection.models.round import Expected, PlannedRound, Round
from service.definitions import Form
from service.operations.figures import keep_figures
from service.reports import collate
from tests.analysis.tally_factory import HOW_OFTEN, a_form, asks, of_each, options
from tests.reports.study import KEY, NOW, OAK_HOUSE, Study, read_back, shown, table, words

CODED: dict[str, Any] = {"codes": [{"system": "sccif-childrens-home/2026", "code": "S1"}]}
STAFF = a_form(asks("safe", options=HOW_OFTEN, **CODED), asks("best", options=options("cook", "walk", "talk")))
CHILD = a_form(asks("happy", options=HOW_OFTEN), id="child", audience="child")
ELM, ASH, YEW = (
    Home(f"{name}-house", f"{name.title()} House", "childrens_home", "Acorn Care") for name in ("elm", "ash", "yew")
)
SHEETS = [
    "Read me", "Homes", "Summary", "Homes side by side", "Voices side by side", "Comments", "Codebook", "Rounds",
    "Withheld",
]  # fmt: skip


@pytest.fixture
def study(study: Study) -> Study:
    with study.store.transaction() as tx:
        for home in (ELM, ASH, YEW):
            tx[Home].put(home)
    return study


def ask(study: Study, home: Home, *forms: Form, days_ago: int = 20, **expected: int) -> Round:
    """A round of this home, that opened so long ago."""
    study.home = home
    meant = tuple(Expected(form_id, people) for form_id, people in expected.items())
    round_ = study.ask(*forms, title=f"Round {len(study.rounds) + 1}")
    round_ = study.rounds[-1] = replace(round_, opened_at=NOW - timedelta(days=days_ago), expected=meant)
    with study.store.transaction() as tx:
        tx[Round].put(round_)
    return round_


def book(study: Study, *rounds: Round, to_hand_on: bool = True, homes: tuple[Home, ...] = ()) -> Workbook:
    asked = rounds or study.rounds
    forms = study.forms.__getitem__
    keep_figures(study.store, asked, forms, NOW)
    return read_back(collate(study.store, asked, forms, KEY, NOW, to_hand_on=to_hand_on, homes=homes))


def row(found: Workbook, sheet: str, **wanted: Any) -> dict[str, Any]:
    [one] = [one for one in table(found[sheet]) if all(one[name] == value for name, value in wanted.items())]
    return one


def standing(found: Workbook, home: Home) -> dict[str, Any]:
    return row(found, "Homes", Home=home.name)


def three_homes(study: Study) -> None:
    """Of three homes the second hides who chose what, and the third has too few for any figure."""
    for home, safe, best in (
        (OAK_HOUSE, {"always": 6, "never": 6}, {"cook": 6, "walk": 6, "talk": 0}),
        (ELM, {"always": 9, "never": 3}, {"cook": 7, "walk": 3, "talk": 2}),
        (ASH, {"always": 3}, {"talk": 3}),
    ):
        ask(study, home, STAFF, views=14)
        both = zip(of_each("safe", safe), of_each("best", best), strict=True)
        study.hear(STAFF, [{**one, **other} for one, other in both])


def test_it_begins_with_the_homes_and_says_whose_they_are(study: Study) -> None:
    three_homes(study)
    found = book(study, homes=(OAK_HOUSE, ELM, ASH, YEW))
    assert found.sheetnames == SHEETS
    about = {one["This workbook"]: one["What it is about"] for one in table(found["Read me"], "About")}
    assert about["Which workbook this is"].startswith("To hand on.")
    assert (about["Provider"], about["Home"]) == ("Acorn Care", "Yew House (Children’s home)")
    assert found["Homes"]["A1"].value == "Homes: Acorn Care, 4 homes, 3 rounds, 2 November 2026 to 21 November 2026"
    assert [one["Home"] for one in table(found["Rounds"])] == ["Ash House", "Elm House", "Oak House"]
    assert {one["Home"] for one in table(found["Withheld"])} == {"Ash House", "Elm House", "Oak House"}


def test_each_home_has_a_row_and_so_has_one_that_asked_nobody(study: Study) -> None:
    ask(study, OAK_HOUSE, STAFF, CHILD, views=10, child=8)
    study.hear(STAFF, of_each("safe", {"always": 7}))
    study.hear(CHILD, of_each("happy", {"always": 6}))
    ask(study, ELM, STAFF, CHILD, views=10, child=8)
    study.hear(STAFF, of_each("safe", {"always": 2}))
    ask(study, ASH, STAFF)
    found = book(study, homes=(OAK_HOUSE, ELM, ASH, YEW))
    oak, elm, ash, yew = (standing(found, home) for home in (OAK_HOUSE, ELM, ASH, YEW))
    assert [oak[f"Children {what}"] for what in ("asked", "answered", "answered %")] == [8, 6, 75]
    assert [oak[f"Staff {what}"] for what in ("asked", "answered", "answered %")] == [10, 7, 70]
    assert (oak["Rounds"], oak["To note"], oak["Last round"]) == (1, None, "Round 1")
    assert oak["Its last day"] == shown(2026, 11, 21)
    assert (elm["Children answered"], elm["To note"]) == (0, "No child voice")
    assert (ash["Children answered"], ash["To note"]) == ("[z]", "No child voice: not asked")
    assert (yew["Rounds"], yew["Staff asked"], yew["To note"]) == (0, "[z]", "No child voice: no round")


def test_how_many_of_a_few_children_answered_is_not_told_by_homes_and_their_sum(study: Study) -> None:
    first = ask(study, OAK_HOUSE, CHILD, child=8)
    study.hear(CHILD, of_each("happy", {"always": 6}))
    second = ask(study, ELM, CHILD, child=4)
    study.hear(CHILD, of_each("happy", {"never": 3}))
    third = ask(study, ELM, CHILD, child=8)
    study.hear(CHILD, of_each("happy", {"never": 7}))
    found = book(study)
    elm = standing(found, ELM)
    assert (elm["Children answered"], elm["Children answered %"], elm["To note"]) == ("[c]", "[c]", None)
    assert table(found["Read me"], "Asked")[0]["Answered in all"] == "[c]"
    assert standing(found, OAK_HOUSE)["Children answered"] == 6
    assert standing(book(study, first, third), ELM)["Children answered"] == 7
    assert standing(book(study, first, second), ELM)["Children answered"] == "[c]"


def test_children_who_are_being_asked_are_counted_when_the_round_is_over(study: Study) -> None:
    ask(study, OAK_HOUSE, CHILD, child=8)
    study.hear(CHILD, of_each("happy", {"always": 6}))
    study.home = ELM
    study.ask(CHILD, closed=False)
    study.hear(CHILD, of_each("happy", {"always": 6}))
    elm = standing(book(study), ELM)
    assert (elm["Of these open"], elm["Children answered"], elm["To note"]) == (1, "[z]", "Children are being asked")


def test_what_is_due_next_is_said_of_every_home(study: Study) -> None:
    ask(study, OAK_HOUSE, STAFF)
    ask(study, ELM, STAFF)
    with study.store.transaction() as tx:
        soon = NOW.date() + timedelta(days=3)
        tx[PlannedRound].put(
            PlannedRound("planned", ELM.id, "reg-45", "Views", "Reg 45 review", (STAFF.id,), soon, soon)
        )
    found = book(study)
    assert "Reg 44 visit by 30 November 2026" in standing(found, OAK_HOUSE)["Next due"]
    assert "Reg 45 review by 22 November 2026, in hand" in standing(found, ELM)["Next due"]
    assert standing(found, ELM)["By"] == shown(2026, 11, 22)


def test_homes_stand_side_by_side_with_their_base_and_hide_what_they_hide_alone(study: Study) -> None:
    three_homes(study)
    found = book(study)
    safe = row(found, "Homes side by side", Question="safe?")
    assert list(safe.values())[2:] == [
        "Always or most of the time, %", "[c]", "[c]", 12, "[c]", 12, 50, 24, "[c]", "[z]",
        "Risks",
    ]  # fmt: skip
    assert list(safe)[3:5] == ["Ash House: answered", "Ash House: figure"]
    cook, walk, talk = (row(found, "Homes side by side", Figure=f"“{value}”, %") for value in ("cook", "walk", "talk"))
    assert [cook[f"{name}: figure"] for name in ("Ash House", "Elm House", "Oak House", "All homes")] == [
        "[c]", "[c]", 50, "[c]",
    ]  # fmt: skip
    assert cook["Gap in points"] == "[z]", "one home alone has no gap"
    for hidden in (cook, walk, talk):
        assert (hidden["Elm House: figure"], hidden["All homes: figure"]) == ("[c]", "[c]")
    assert (walk["Oak House: figure"], talk["Oak House: figure"]) == (50, 0)


def test_what_is_shown_of_a_home_is_the_same_in_its_own_workbook_and_in_an_earlier_one(study: Study) -> None:
    three_homes(study)
    oak, elm, _ = study.rounds
    all_homes, two, own = book(study), book(study, oak, elm), book(study, elm)
    for figure in ("cook", "walk", "talk"):
        for_all, for_two = (row(one, "Homes side by side", Figure=f"“{figure}”, %") for one in (all_homes, two))
        assert {name: for_all[name] for name in for_two} == for_two, "Ash shows nothing, and is in no sum"
    [best] = [one for one in table(own["Summary"], "Summary_2") if next(iter(one.values())) == "best?"]
    assert (best["cook %"], best["walk %"]) == ("[c]", "[c]"), "one answer alone would say what most of them said"
    ask(study, ELM, STAFF)
    study.hear(STAFF, of_each("best", {"cook": 5, "walk": 5, "talk": 5}))
    later = row(book(study), "Homes side by side", Figure="“walk”, %")
    assert later["Elm House: figure"] == "[c]", "the round of before would be the rest"


def test_a_home_too_small_to_show_does_not_blank_the_others_because_a_later_form_asks_more(study: Study) -> None:
    older = a_form(asks("safe", options=HOW_OFTEN))
    newer = a_form(asks("safe", options=HOW_OFTEN), asks("more", options=HOW_OFTEN), version=2)
    ask(study, ASH, older)
    study.hear(older, of_each("safe", {"never": 3}))
    ask(study, OAK_HOUSE, newer)
    study.hear(newer, of_each("safe", {"always": 6, "never": 6}))
    safe = row(book(study), "Homes side by side", Question="safe?")
    assert (safe["All homes: answered"], safe["All homes: figure"]) == (12, 50)


def test_the_same_code_stands_together_whatever_form_asks_it(study: Study) -> None:
    other = a_form(asks("fun", options=HOW_OFTEN), asks("calm", options=HOW_OFTEN, **CODED), id="night-staff")
    ask(study, OAK_HOUSE, STAFF)
    ask(study, ELM, other)
    questions = [one["Question"] for one in table(book(study)["Homes side by side"])]
    assert list(dict.fromkeys(questions)) == ["safe?", "calm?", "best?", "fun?"]


def test_over_time_stands_home_by_home_with_each_homes_own_change(study: Study) -> None:
    """One with a single round has nothing to follow."""
    for home, rounds in ((OAK_HOUSE, ((200, 8, 8), (20, 15, 5))), (ELM, ((100, 6, 6),))):
        for days_ago, always, never in rounds:
            ask(study, home, STAFF, days_ago=days_ago)
            study.hear(STAFF, of_each("safe", {"always": always, "never": never}))
    rows = [one for one in table(book(study)["Over time"]) if one["Question"] == "safe?"]
    columns = ("Home", "Round", "Answered", "Value", "Change since the round before")
    assert [tuple(one[name] for name in columns) for one in rows] == [
        ("Oak House", "Round 1", 16, 50, "[z]"),
        ("Oak House", "Round 2", 20, 75, 25),
    ]
    assert rows[0]["Opened"] == shown(2026, 5, 6)


def test_no_sheet_has_a_word_or_an_answer_of_one_person(study: Study) -> None:
    secret = a_form(asks("safe", options=HOW_OFTEN), asks("more", "text"), identity="named")
    for home in (OAK_HOUSE, ELM):
        ask(study, home, secret)
        study.hear(secret, [{"safe": "always", "more": f"secret {n}"} for n in range(7)], names=["Sam Somebody"])
    everything = "\n".join(words(sheet) for sheet in book(study))
    assert "secret" not in everything
    assert "Sam Somebody" not in everything
    acting = book(study, to_hand_on=False)
    assert {one["Home"] for one in table(acting["Staff"])} == {"Elm House", "Oak House"}


def test_it_is_made_to_be_printed_and_read_aloud_like_every_other(study: Study) -> None:
    three_homes(study)
    ask(study, OAK_HOUSE, STAFF, days_ago=100)
    found = book(study)
    for name in ("Homes", "Homes side by side", "Over time", "Rounds"):
        sheet = found[name]
        [one] = sheet.tables.values()
        top = int(one.ref.split(":")[0][1:])
        assert sheet["A1"].value.startswith(f"{name}: Acorn Care")
        assert not sheet.merged_cells.ranges
        assert one.autoFilter.ref == one.ref
        assert sheet.freeze_panes.endswith(str(top + 1))
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert sheet.print_title_rows == f"${top}:${top}"
