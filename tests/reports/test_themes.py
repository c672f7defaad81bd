"""Themes in the workbook: beside the comments that it shows and counted with them; on nothing that is handed on."""

import json
from collections.abc import Mapping
from io import BytesIO

from service.collection.comments.themes import themes_at
from service.collection.models.theme import OwnTheme, Theming
from service.definitions import Form, Role
from service.exporters.csv_json import JSON
from service.reports import collate
from tests.analysis.tally_factory import a_form, asks
from tests.exporters.test_csv_json import files, rows
from tests.reports.study import KEY, NOW, Study, read_back, row_of, table, words

RELATIONSHIPS, RISKS, OWN = "sccif-childrens-home/2026/C1", "sccif-childrens-home/2026/S1", "own/1"
STAFF = a_form(asks("more", "text"), asks("quoted", "text", reporting={"verbatim": "always"}))
CHILDREN = Form.of({**STAFF.to_json(), "id": "children", "audience": "child", "readers": ["safeguarding_lead"]})


def give(study: Study, themes: Mapping[str, tuple[str, ...]]) -> None:
    """Give themes to comments, named as form, number of the response, question."""
    with study.store.transaction() as tx:
        tx[OwnTheme].put(OwnTheme(OWN, study.home.id, "=Bedtime", ("a1",)))
        for name, given in themes.items():
            form_id, number, question = name.split()
            response = f"{study.rounds[-1].id}-{form_id}-{number}"
            tx[Theming].put(Theming(f"{response}:{question}", study.home.id, response, given))


def asked(study: Study) -> Study:
    """Six of the staff and six children, each with two comments, some of them with themes."""
    study.ask(STAFF, CHILDREN)
    for form in (STAFF, CHILDREN):
        said = [{"more": f"{form.id} {number}", "quoted": f"aloud {form.id} {number}"} for number in range(6)]
        study.hear(form, said)
    give(
        study,
        {
            "views 0 more": (OWN, RISKS),
            "views 1 more": (RISKS,),
            "children 2 more": (RELATIONSHIPS,),
            "children 2 quoted": (RISKS,),
        },
    )
    return study


def made_for(study: Study, *roles: Role):
    return collate(study.store, study.rounds, study.forms.__getitem__, KEY, NOW, roles)


def test_themes_stand_beside_their_comments_and_are_counted_by_audience(study: Study) -> None:
    book = read_back(asked(study).collate())
    found = {row["Comment"]: row["Themes"] for row in table(book["Comments"])}
    assert found["views 0"] == "Risks; =Bedtime", "in the order of the list"
    assert (found["views 1"], found["views 2"], found["children 2"]) == ("Risks", None, "Relationships")
    assert table(book["Themes"]) == [
        {"Theme": "Relationships", "Comments": 1, "Children": 1, "Staff": 0},
        {"Theme": "Risks", "Comments": 3, "Children": 1, "Staff": 2},
        {"Theme": "=Bedtime", "Comments": 1, "Children": 0, "Staff": 1},
        {"Theme": "No theme yet", "Comments": 20, "Children": 10, "Staff": 10},
    ]
    assert "Themes" in words(book["Read me"])


def test_where_comments_are_not_read_their_themes_are_withheld_and_so_is_the_sum(study: Study) -> None:
    book = read_back(made_for(asked(study), "registered_manager"))
    assert row_of(book["Themes"], "Risks") == {"Theme": "Risks", "Comments": "[c]", "Children": "[c]", "Staff": 2}
    assert "Relationships" not in words(book["Themes"]), "which only a child's comment has"
    found = {row["Comment"]: row["Themes"] for row in table(book["Comments"])}
    assert found["aloud children 2"] is None, "what may be quoted stands without what readers say of it"
    withheld = [row for row in table(book["Withheld"]) if row["What is withheld"] == "Themes of comments"]
    assert [row["Who"] for row in withheld] == ["Children"]


def test_nothing_that_is_handed_on_has_a_theme(study: Study) -> None:
    book = read_back(asked(study).collate(to_hand_on=True))
    assert "Themes" not in book.sheetnames
    assert "Themes" not in [*table(book["Comments"])[0]]
    everything = "\n".join(words(sheet) for sheet in book if sheet.title not in ("Voices side by side", "Withheld"))
    assert "aloud views 1" in everything
    assert not {"Risks", "Relationships", "Bedtime"} & {*everything.replace("|", " ").split()}
    withheld = [row for row in table(book["Withheld"]) if row["What is withheld"] == "Themes of comments"]
    assert [row["Who"] for row in withheld] == ["Children", "Staff"]
    assert "count of answers" in withheld[0]["Why"]


def test_what_is_handed_on_says_the_same_whether_there_are_themes_or_not(study: Study) -> None:
    before = asked(study)
    with_themes = [words(sheet) for sheet in before.read(to_hand_on=True)]
    with study.store.transaction() as tx:
        for theming in list(tx[Theming].all()):
            tx[Theming].remove(theming.id)
    assert [words(sheet) for sheet in study.read(to_hand_on=True)] == with_themes
    assert "Themes" not in study.read().sheetnames, "and what has no themes has no sheet of them"


def test_of_anonymous_answers_no_themes_are_told_to_anybody(study: Study) -> None:
    nameless = Form.of({**STAFF.to_json(), "identity": "anonymous"})
    study.ask(nameless)
    study.hear(nameless, [{"more": f"m {number}", "quoted": f"aloud {number}"} for number in range(6)])
    give(study, {"views 1 quoted": (RISKS,)})
    book = study.read()
    assert "aloud 1" in words(book["Comments"])
    assert "Themes" not in book.sheetnames


def test_csv_and_json_carry_what_the_sheets_carry(study: Study) -> None:
    collation = asked(study).collate()
    found = files(collation)
    assert {row["comment"]: row["themes"] for row in rows(found["comments.csv"])}["views 0"] == "Risks; =Bedtime"
    [own] = [row for row in rows(found["themes.csv"]) if row["theme"] == "=Bedtime"]
    assert own == {"theme": "=Bedtime", "comments": "1", "children": "0", "staff": "1"}
    made = BytesIO()
    JSON.write(collation, made)
    said = json.loads(made.getvalue())
    assert next(one["themes"] for one in said["comments"] if one["comment"] == "views 1") == "Risks"
    assert said["themes"][1] == {"theme": "Risks", "comments": 3, "children": 1, "staff": 2}
    handed = files(study.collate(to_hand_on=True))
    assert "themes.csv" not in handed
    assert "themes" not in handed["comments.csv"].splitlines()[0]


def test_a_theme_of_one_row_of_a_group_stands_beside_that_row(study: Study) -> None:
    group = {"id": "visits", "type": "group", "label": "Visits", "repeat": {"max": 3}, "questions": [asks("w", "text")]}
    form = a_form(group)
    study.ask(form)
    study.hear(form, [{"visits": [{"w": "first"}, {"w": "second"}]}])
    give(study, {"views 0 visits.1.w": (RISKS,)})
    assert len(themes_at(study.store, [study.home.id])) == 1
    assert {row["Comment"]: row["Themes"] for row in table(study.read()["Comments"])} == {
        "first": None,
        "second": "Risks",
    }
