"""The collated workbook: its sheets, its figures, what each identity mode lets through, and whether it reconciles."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from service.collection.models.home import Home
from service.collection.models.invitation import Invitation
from service.collection.models.round import Round
from service.definitions import Role
from service.reports import collate
from service.reports.dataset import HomeMissing
from service.reports.labels import ROLES
from service.reports.report import NothingToCollate
from tests.analysis.tally_factory import HOW_OFTEN, a_form, asks, of_each, options
from tests.reports.study import KEY, NOW, Study, read_back, row_of, shown, table, tables, words, write_workbook

C1 = {
    "Children’s homes": ("homes", (8, 71, 147, 7, 31)),
    "Local authorities": ("authorities", (None, 3, 5, 2, 1)),
    "Residential special schools": ("schools", (None, 2, 5, 2, None)),
    "Total": ("all", (8, 76, 157, 11, 32)),
}
GRADES = {
    "outstanding": "Outstanding",
    "good": "Good",
    "requires": "Requires improvement to be good",
    "inadequate": "Inadequate",
    "none": "No previous grade",
}


def grades(*wanted: str) -> list[dict[str, Any]]:
    return [{"value": value, "label": GRADES[value]} for value in wanted]


class TestPublishedFigures:
    """Check C1: Ofsted's table of visits by previous grade, fed in as responses."""

    @pytest.fixture
    def summary(self, study: Study) -> Any:
        every = list(GRADES)
        offered = {"homes": every, "authorities": every[1:], "schools": every[1:4], "all": every}
        form = a_form(
            *(asks(id, label=label, options=grades(*offered[id])) for label, (id, _) in C1.items()),
            asks("kind", label="Kind of visit", options=options("homes", "authorities", "schools")),
        )
        study.ask(form)
        people: list[dict[str, str]] = []
        for id, counts in C1.values():
            said = [value for value, times in zip(every, counts, strict=True) for _ in range(times or 0)]
            if id == "all":
                for number, value in enumerate(said):
                    people[number]["all"] = value
            else:
                people += [{id: value, "kind": id} for value in said]
        study.hear(form, people)
        return study.read()["Summary"]

    @pytest.mark.parametrize(
        ("label", "base", "counts", "percentages"),
        [
            ("Children’s homes", 264, (8, 71, 147, 7, 31), (3, 27, 56, 3, 12)),
            ("Local authorities", 11, ("[z]", 3, 5, 2, 1), ("[z]", 27, 45, 18, 9)),
            ("Residential special schools", 9, ("[z]", 2, 5, 2, "[z]"), ("[z]", 22, 56, 22, "[z]")),
            ("Total", 284, (8, 76, 157, 11, 32), (3, 27, 55, 4, 11)),
        ],
    )
    def test_come_out_cell_for_cell(
        self, summary: Any, label: str, base: int, counts: tuple[Any, ...], percentages: tuple[Any, ...]
    ) -> None:
        row = row_of(summary, label)
        assert row["Answered"] == base
        assert tuple(row[grade] for grade in GRADES.values()) == counts
        assert tuple(row[f"{grade} %"] for grade in GRADES.values()) == percentages

    def test_stand_in_one_block_and_need_not_add_up(self, summary: Any) -> None:
        [block] = [rows for rows in tables(summary) if rows[0]["Question"] == "Children’s homes"]
        assert [row["Question"] for row in block] == list(C1)
        assert sum(block[0][f"{grade} %"] for grade in GRADES.values()) == 101

    def test_shares_of_all_visits_are_those_published(self, summary: Any) -> None:
        row = row_of(summary, "Kind of visit")
        assert [row[f"{kind} %"] for kind in ("homes", "authorities", "schools")] == [93, 4, 3]

    def test_are_shown_as_whole_percentages(self, summary: Any) -> None:
        cells = [cell for row in summary for cell in row if cell.value == 27]
        assert cells
        assert {cell.number_format for cell in cells} == {'0"%"'}


@pytest.mark.parametrize(
    ("counts", "expected"),
    [({"yes": 80, "sometimes": 5, "no": 15}, [80, 5, 15]), ({"yes": 121, "sometimes": 54, "no": 6}, [67, 30, 3])],
)
def test_other_published_splits_come_out_as_published(
    study: Study, counts: dict[str, int], expected: list[int]
) -> None:
    # Checks C4 and C12.
    form = a_form(asks("q", options=options("yes", "sometimes", "no")))
    study.ask(form)
    study.hear(form, of_each("q", counts))
    row = row_of(study.read()["Summary"], "q?")
    assert [row[f"{value} %"] for value in counts] == expected


def test_response_rates_are_those_of_people_asked(study: Study) -> None:
    # Check C3: 92 given, 72 back.
    form = a_form(asks("q", "text"))
    round_ = study.ask(form)
    study.hear(form, [{}] * 92, names=[f"Person {n}" for n in range(92)])
    with study.store.transaction() as tx:
        for number, invitation in enumerate(list(tx[Invitation].find("round_id", round_.id))):
            tx[Invitation].put(replace(invitation, answered=number < 72))
    row = row_of(study.read()["Read me"], "Staff", "Asked")
    assert (row["Asked by link"], row["Answered by link"], row["Answered by link %"]) == (92, 72, 78)


def test_a_scale_has_its_best_two_its_rest_its_mean_and_what_is_missing_apart(study: Study) -> None:
    form = a_form(asks("safe", options=HOW_OFTEN, label="Do you feel safe?"))
    study.ask(form)
    study.hear(form, [*of_each("safe", {"always": 5, "mostly": 2, "never": 1, "not_say": 1}), {}])
    row = row_of(study.read()["Summary"], "Do you feel safe?")
    assert (row["Asked"], row["Answered"], row["Skipped"], row["I don’t want to say"], row["Not asked"]) == (
        10,
        8,
        1,
        1,
        0,
    )
    assert (row["Always or most of the time %"], row["Sometimes or never %"]) == (88, 13)
    assert (row["Sometimes"], row["Sometimes %"]) == (0, 0)
    assert row["Mean score (1 to 4)"] == pytest.approx(27 / 8)
    assert row["Median score"] == 4


def test_the_sheets_come_in_the_order_in_which_they_are_read(study: Study) -> None:
    study.ask(
        a_form(asks("q", "text"), id="worker", audience="social_worker"),
        a_form(asks("q", "text"), id="young", audience="child"),
        a_form(asks("q", "text"), id="older", audience="child"),
        a_form(asks("q", "text"), id="team"),
    )
    book = study.read()
    assert book.sheetnames == [
        "Read me",
        "Summary",
        "Voices side by side",
        "Children (young)",
        "Children (older)",
        "Staff",
        "Social workers",
        "Comments",
        "Codebook",
        "Withheld",
    ]
    assert all(sheet["A1"].value for sheet in book)


class TestIdentity:
    """Who is shown as whom."""

    FREE = (asks("q", options=HOW_OFTEN), asks("words", "text", label="Anything else?"))
    SAID = tuple({"q": "always", "words": f"words of {number}"} for number in range(6))
    NAMES = tuple(f"Person {number}" for number in range(6))

    def book(self, study: Study, *, closed: bool = True, people: int = 6, **form: Any) -> Any:
        made = a_form(*self.FREE, audience="child", **form)
        study.ask(made, closed=closed)
        study.hear(made, self.SAID[:people], names=self.NAMES[:people])
        return study.read()

    def test_of_a_named_form_the_readers_see_who_said_what(self, study: Study) -> None:
        book = self.book(study, identity="named")
        found = {row["Name"]: row["Anything else?"] for row in table(book["Children"])}
        assert found == {f"Person {number}": f"words of {number}" for number in range(6)}
        assert {row["From"]: row["Comment"] for row in table(book["Comments"])} == found

    def test_without_names_there_is_no_name_and_no_time_finer_than_the_week(self, study: Study) -> None:
        book = self.book(study)
        rows = table(book["Children"])
        assert len(rows) == 6
        assert {row["Week beginning"] for row in rows} == {shown(2026, 11, 16)}
        assert set(rows[0]) == {"Row", "Week beginning", "Form version", "q?", "Score: q?", "Anything else?"}
        everything = "\n".join(words(sheet) for sheet in book)
        for trace in ("Person", "example.org", "the review", "invitation", "round-1-views", "2026-11-19", "Link"):
            assert trace not in everything

    def test_of_an_anonymous_form_there_are_figures_and_nobody(self, study: Study) -> None:
        book = self.book(study, identity="anonymous")
        assert not book["Children"].tables
        assert "anonymous" in words(book["Children"])
        assert "words of" not in "\n".join(words(sheet) for sheet in book)
        row = row_of(book["Summary"], "q?")
        assert (row["Answered"], row["Always %"]) == (6, "[c]"), "what all of them said, each of them said"
        assert "6 comments" in words(book["Comments"])
        counts = row_of(book["Read me"], "All")
        assert (counts["Submitted"], counts["Exported"], counts["Withheld"]) == ("[c]", "[c]", "[c]")

    def test_a_form_that_names_no_readers_shows_no_single_answers(self, study: Study) -> None:
        book = self.book(study, readers=[])
        assert not book["Children"].tables
        assert "names nobody who may read" in words(book["Children"])
        assert "words of" not in "\n".join(words(sheet) for sheet in book)

    @pytest.mark.parametrize(
        ("closed", "people", "why"),
        [(True, 4, "Fewer than 5"), (False, 6, "when the last day is over, 1 December 2026")],
    )
    def test_figures_that_may_not_be_shown_are_withheld_everywhere(
        self, study: Study, closed: bool, people: int, why: str
    ) -> None:
        book = self.book(study, identity="anonymous", closed=closed, people=people)
        for row in (row for rows in tables(book["Summary"]) for row in rows):
            question, *figures = row.values()
            assert question in ("q?", "Anything else?")
            assert set(figures) == {"[c]"}
        for sheet in ("Summary", "Children", "Comments"):
            assert why in words(book[sheet])
        assert not re.search(r"\d comments?\.", words(book["Comments"]))

    def test_words_of_an_anonymous_form_are_shown_where_it_said_that_they_would_be(self, study: Study) -> None:
        quoted = asks("words", "text", label="Anything else?", reporting={"verbatim": "always"})
        form = a_form(quoted, identity="anonymous")
        study.ask(form)
        study.hear(form, self.SAID)
        comments = table(study.read()["Comments"])
        assert {row["Comment"] for row in comments} == {f"words of {number}" for number in range(6)}


class TestMadeForOne:
    """A workbook that one account takes holds single answers only of forms that name one of its roles as reader."""

    SAID = tuple({"words": f"words of {number}"} for number in range(6))

    def book(self, study: Study, role: Role, *, closed: bool = True, children: int = 6) -> Any:
        asked = (asks("words", "text"),)
        young = a_form(*asked, id="young", audience="child", readers=["safeguarding_lead"])
        team = a_form(*asked, id="team", readers=["registered_manager"])
        study.ask(young, team, closed=closed)
        study.hear(young, self.SAID[:children])
        study.hear(team, [{"words": "a word of the team"}] * 6)
        return read_back(collate(study.store, study.rounds, study.forms.__getitem__, KEY, NOW, {role}))

    @pytest.mark.parametrize(
        ("role", "shown_of", "withheld_of"),
        [("registered_manager", "Staff", "Children"), ("safeguarding_lead", "Children", "Staff")],
    )
    def test_the_rest_is_withheld_with_the_reason_and_without_counts(
        self, study: Study, role: Role, shown_of: str, withheld_of: str
    ) -> None:
        book = self.book(study, role)
        assert table(book[shown_of])
        assert not book[withheld_of].tables
        assert "not among those whom the form names as readers" in words(book[withheld_of])
        counts = row_of(book["Read me"], withheld_of, "Counts")
        assert {counts[name] for name in ("Started", "Submitted", "Drafts", "Withheld", "Exported")} == {"[c]"}
        about = words(book["Read me"])
        assert f"Who it was made for | {ROLES[role].capitalize()}" in about
        assert f"Who may read it: {withheld_of} | Whoever this workbook was made for is not among those" in about

    def test_words_are_those_of_forms_that_may_be_read(self, study: Study) -> None:
        everything = "\n".join(words(sheet) for sheet in self.book(study, "registered_manager"))
        assert "a word of the team" in everything
        assert "words of" not in everything

    @pytest.mark.parametrize(("closed", "children"), [(False, 6), (True, 3)])
    def test_how_many_of_a_few_children_answered_is_no_one_elses_to_know(
        self, study: Study, closed: bool, children: int
    ) -> None:
        book = self.book(study, "registered_manager", closed=closed, children=children)
        first = book["Read me"]
        assert row_of(first, "Children", "Asked")["Answered in all"] == "[c]"
        assert row_of(first, "Children", "Counts")["Submitted"] == "[c]"
        assert row_of(first, "All", "Counts")["Submitted"] == "[c]", "nor can it be worked out"
        assert "answered." not in words(book["Summary"]).split("Staff:")[0]

    def test_no_child_voice_is_said_all_the_same(self, study: Study) -> None:
        first = self.book(study, "registered_manager", children=0)["Read me"]
        assert row_of(first, "Children", "Asked")["Answered in all"] == "0: no child’s voice"


class TestComments:
    """What people wrote."""

    def test_are_respected_where_they_are_not_to_be_repeated_or_reported(self, study: Study) -> None:
        form = a_form(
            asks("open", "text"),
            asks("never", "text", reporting={"verbatim": "never"}),
            asks("out", "text", reporting={"include": False}),
        )
        study.ask(form)
        study.hear(form, [{"open": "open words", "never": "never words", "out": "out words"}])
        book = study.read()
        everything = "\n".join(words(sheet) for sheet in book)
        assert "open words" in everything
        assert "never words" not in everything
        assert "out words" not in everything
        assert [row["Comment"] for row in table(book["Comments"])] == [
            "open words",
            "[c] 1 comment. The form says that these words are not repeated.",
        ]
        assert "out?" not in words(book["Summary"])
        [left_out] = [row for row in table(book["Codebook"]) if row["Question id"] == "out"]
        assert "not reported" in left_out["Column"]

    def test_are_shuffled_so_that_no_two_can_be_put_together(self, study: Study) -> None:
        form = a_form(asks("a", "text"), asks("b", "text"))
        study.ask(form)
        study.hear(form, [{"a": f"{number:02}", "b": f"{number:02}"} for number in range(40)])
        book = study.read()
        orders = {
            question: [row["Comment"] for row in table(book["Comments"]) if row["Question"] == question]
            for question in ("a?", "b?")
        }
        orders["rows"] = [row["a?"] for row in table(book["Staff"])]
        orders["as sent"] = sorted(orders["rows"])
        assert len({tuple(order) for order in orders.values()}) == 4
        assert all(sorted(order) == orders["as sent"] for order in orders.values())

    def test_that_are_long_are_given_in_parts_that_a_row_can_show(self, study: Study) -> None:
        text = "A sentence about the garden and the sea. " * 150
        form = a_form(asks("q", "text"))
        study.ask(form)
        study.hear(form, [{"q": text}])
        rows = table(study.read()["Comments"])
        assert [row["Part"] for row in rows] == [f"{n} of {len(rows)}" for n in range(1, len(rows) + 1)]
        assert len(rows) > 1
        assert "".join(row["Comment"] for row in rows) == text

    def test_come_from_details_and_rows_too(self, study: Study) -> None:
        other = {"value": "other", "label": "Other", "detail": asks("which", "text", label="Which?")}
        moves = asks("moves", "group", repeat={"max": 3}, questions=[asks("why", "text", label="Why?")])
        form = a_form(asks("q", options=[*options("a"), other]), moves)
        study.ask(form)
        study.hear(form, [{"q": "other", "which": "the shed", "moves": [{"why": "one"}, {"why": "two"}]}])
        found = {row["Comment"]: row["Question"] for row in table(study.read()["Comments"])}
        assert found == {"the shed": "Which? (after “Other” to: q?)", "one": "Why?", "two": "Why?"}


def test_rows_come_in_an_order_that_says_nothing_and_stays(study: Study) -> None:
    form = a_form(asks("q", "number"))
    study.ask(form)
    study.hear(form, [{"q": number} for number in range(30)])
    first, again = ([row["q?"] for row in table(study.read()["Staff"])] for _ in range(2))
    other = collate(study.store, study.rounds, study.forms.__getitem__, b"another key", NOW)
    [responses] = [sheet for sheet in other.report.sheets if sheet.name == "Staff"]
    assert first == again
    assert sorted(first) == list(range(30))
    assert first != sorted(first)
    assert [row[-1] for row in responses.tables[0].rows] != first


class TestVersions:
    """Two versions of a form in one workbook."""

    @pytest.fixture
    def book(self, study: Study) -> Any:
        older = a_form(asks("safe", label="Are you safe?", options=HOW_OFTEN), asks("gone", "number"))
        newest = a_form(
            asks("safe", label="Do you feel safe?", options=[*HOW_OFTEN, *options("unsure")]),
            asks("new", "text"),
            version=2,
        )
        study.ask(older, title="Spring")
        study.hear(older, [{"safe": "always", "gone": 3}])
        study.ask(newest, title="Autumn")
        study.hear(newest, [{"safe": "unsure", "new": "hello"}, {"safe": "always"}])
        return study.read()

    def test_share_columns_by_question_id(self, book: Any) -> None:
        rows = {(row["Form version"], row["Round"], row["Do you feel safe?"]): row for row in table(book["Staff"])}
        assert rows.keys() == {(1, "Spring", "Always"), (2, "Autumn", "unsure"), (2, "Autumn", "Always")}
        assert (rows[1, "Spring", "Always"]["gone?"], rows[1, "Spring", "Always"]["new?"]) == (3, "[z]")
        assert (rows[2, "Autumn", "unsure"]["gone?"], rows[2, "Autumn", "unsure"]["new?"]) == ("[z]", "hello")

    def test_are_counted_together_and_a_change_of_words_is_said(self, book: Any) -> None:
        row = row_of(book["Summary"], "Do you feel safe? (worded differently before: see Codebook)")
        assert (row["Answered"], row["Always"], row["unsure"]) == (3, 2, 1)
        gone = row_of(book["Summary"], "gone?")
        assert (gone["Asked"], gone["Not asked"]) == (1, 2)

    def test_are_explained_in_the_codebook(self, book: Any) -> None:
        rows = {row["Question id"]: row for row in table(book["Codebook"])}
        assert rows["safe"]["Form version"] == "1, 2"
        assert "Version 1 asked: “Are you safe?”" in rows["safe"]["Worded differently before"]
        assert "Version 1 did not offer “unsure”" in rows["safe"]["Worded differently before"]
        assert (rows["gone"]["Form version"], rows["new"]["Form version"]) == ("1", "2")

    def test_are_named_on_the_first_sheet(self, book: Any) -> None:
        assert "views, versions 1 and 2" in words(book["Read me"])


class TestReconciliation:
    """Whether everything is accounted for, said on the first sheet."""

    FORM = a_form(asks("q", "number"))

    def test_drafts_withdrawn_and_deleted_are_counted(self, study: Study) -> None:
        study.ask(self.FORM)
        study.hear(self.FORM, [{"q": 1}, {"q": 2}])
        study.hear(self.FORM, [{"q": 3}], submitted_at=None)
        study.count(self.FORM, started=8, withdrawn=3, deleted=2)
        collation = study.collate()
        row = row_of(study.read()["Read me"], "Staff", "Asked")
        [told] = collation.accounts
        assert collation.agrees
        names = ("Started", "Submitted", "Drafts", "Withdrawn", "Deleted", "Unaccounted for", "Exported", "Withheld")
        assert row_of(study.read()["Read me"], "All")["Started"] == told.started == 8
        counts = row_of(study.read()["Read me"], "Staff", "Counts")
        assert [counts[name] for name in names] == [8, 2, 1, 3, 2, 0, 2, 0]
        assert counts["Do the counts agree?"] == "Yes"
        assert row["Answered in all"] == 2

    def test_a_draft_shows_nothing_of_itself(self, study: Study) -> None:
        study.ask(self.FORM)
        study.hear(self.FORM, [{"q": 4711}], submitted_at=None)
        assert "4711" not in "\n".join(words(sheet) for sheet in study.read())

    @pytest.mark.parametrize(
        ("started", "says"),
        [(3, "2 responses that were begun are neither here"), (0, "1 response is here that nobody counted as begun")],
    )
    def test_counts_that_do_not_agree_are_said_loudly(self, study: Study, started: int, says: str) -> None:
        study.ask(self.FORM)
        study.hear(self.FORM, [{"q": 1}])
        study.count(self.FORM, started=started)
        assert not study.collate().agrees
        sheet = study.read()["Read me"]
        assert f"THE COUNTS DO NOT AGREE for Staff: {says}" in str(sheet["A2"].value)
        assert sheet["A2"].font.b
        assert sheet["A2"].font.color.rgb == "00B3261E"

    def test_a_second_sending_is_shown_and_flagged_and_in_no_figure(self, study: Study) -> None:
        study.ask(self.FORM)
        study.hear(self.FORM, [{"q": 1}, {"q": 2}])
        study.hear(self.FORM, [{"q": 40}], conflict=True)
        book = study.read()
        rows = {row["q?"]: row["Second sending"] for row in table(book["Staff"])}
        assert rows == {1: None, 2: None, 40: "Yes, with other answers: not in the Summary"}
        assert row_of(book["Summary"], "q?")["Total"] == 3
        counts = row_of(book["Read me"], "All")
        assert (counts["Submitted"], counts["Exported"], counts["Of these sent twice"]) == (3, 3, 1)


class TestReadMe:
    """The first sheet."""

    def test_says_what_it_is_and_who_may_read_it(self, study: Study) -> None:
        form = a_form(asks("q", "text"), identity="named", readers=["registered_manager", "safeguarding_lead"])
        study.ask(form, closed=False)
        said = words(study.read()["Read me"])
        for part in (
            "What people said: Oak House, Autumn",
            "Oak House (Children’s home)",
            "SC123456",
            "2 November 2026 to 1 December 2026, still open",
            "To act on",
            "Registered manager and safeguarding lead",
            "22 November 2026, 10am",
            "[c] | withheld",
        ):
            assert part in said
        assert "DEMONSTRATION" not in said

    def test_a_demonstration_says_so_on_every_page(self, tmp_path: Path) -> None:
        study = Study(tmp_path, Home("oak", "Oak & Sons", "childrens_home", demonstration=True))
        study.ask(a_form(asks("q", "text")))
        book = study.read()
        assert study.collate().demonstration
        assert (
            book["Read me"]["A2"].value == "DEMONSTRATION: every person and every answer in this workbook is made up."
        )
        for sheet in book:
            assert sheet.oddHeader.right.text == "DEMONSTRATION: everything here is made up"
            assert sheet.oddFooter.left.text == "Oak and Sons, Autumn"

    def test_no_child_voice_is_shown_as_that(self, study: Study) -> None:
        study.ask(a_form(asks("q", options=HOW_OFTEN), audience="child"))
        book = study.read()
        assert row_of(book["Read me"], "Children", "Asked")["Answered in all"] == "0: no child’s voice"
        assert "No child has answered" in words(book["Summary"])
        assert "Nobody has answered yet." in words(book["Children"])

    def test_leads_to_every_other_sheet(self, study: Study) -> None:
        study.ask(a_form(asks("q", "text")))
        book = study.read()
        links = {cell.value: cell.hyperlink.location for row in book["Read me"] for cell in row if cell.hyperlink}
        assert links == {name: f"'{name}'!A1" for name in book.sheetnames[1:]}


class TestFile:
    """The file in its folder."""

    def test_is_named_for_home_round_and_day_and_nobody(self, study: Study, tmp_path: Path) -> None:
        form = a_form(asks("q", "text"), identity="named")
        study.ask(form, title="Tom Smith’s review")
        study.hear(form, [{}], names=["Tom Smith"])
        path = write_workbook(study.collate(), tmp_path / "exports")
        assert path.name == "oak-house-round-1-2026-11-22.xlsx"
        study.ask(form)
        assert study.collate().file_name == "oak-house-2-rounds-2026-11-22.xlsx"

    def test_appears_whole_or_not_at_all(self, study: Study, tmp_path: Path) -> None:
        study.ask(a_form(asks("q", "text")))
        folder = tmp_path / "exports"
        good = write_workbook(study.collate(), folder).read_bytes()
        broken = study.collate()
        sheet = replace(
            broken.report.sheets[0], tables=(replace(broken.report.sheets[0].tables[0], rows=[[object()]]),)
        )
        with pytest.raises(Exception):  # noqa: B017, PT011 - whatever it is, nothing of it may show
            write_workbook(replace(broken, book=replace(broken.report, sheets=(sheet,))), folder)
        assert [path.name for path in folder.iterdir()] == [study.collate().file_name]
        assert next(folder.iterdir()).read_bytes() == good


def test_several_homes_are_told_apart(study: Study) -> None:
    form = a_form(asks("q", "number", label="How is {meta.home_name}?"))
    first = study.ask(form)
    study.hear(form, [{"q": 1}])
    elm = Home("elm-house", "Elm House", "childrens_home")
    second = replace(first, id="elsewhere", home_id=elm.id)
    with study.store.transaction() as tx:
        tx[Home].put(elm)
        tx[Round].put(second)
    assert "How is Oak House?" in words(study.read()["Summary"])
    study.rounds.append(second)
    study.hear(form, [{"q": 2}])
    book = study.read()
    rows = {(row["Home"], row["How is the home?"]) for row in table(book["Staff"])}
    assert rows == {("Oak House", 1), ("Elm House", 2)}
    assert study.collate().file_name == "2-homes-2-rounds-2026-11-22.xlsx"


def test_a_round_given_twice_counts_once(study: Study) -> None:
    form = a_form(asks("q", "number"))
    round_ = study.ask(form)
    study.hear(form, [{"q": 1}])
    assert [told.submitted for told in study.collate(round_, round_).accounts] == [1]


def test_nothing_and_nowhere_are_refused(study: Study) -> None:
    with pytest.raises(NothingToCollate):
        collate(study.store, [], study.forms.__getitem__, KEY, NOW)
    lost = replace(study.ask(a_form(asks("q", "text"))), home_id="nowhere")
    with pytest.raises(HomeMissing):
        study.collate(lost)
