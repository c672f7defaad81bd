"""The bars of the Summary: one for each question with figures, drawn from its cells, and said in words."""

import re
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from openpyxl.chart import BarChart
from openpyxl.workbook import Workbook

from service.exporters.excel.writer import write_book
from service.reports.tables import MOST_BARS, Report
from tests.analysis.tally_factory import HOW_OFTEN, a_form, asks, of_each, options
from tests.reports.study import Study

SPREAD = {"always": 4, "mostly": 3, "sometimes": 1, "not_say": 1}


def charts(book: Workbook) -> list[Any]:
    sheet: Any = book["Summary"]
    return list(sheet._charts)


def title_of(chart: Any) -> list[str]:
    return ["".join(run.t for run in line.r) for line in chart.title.tx.rich.p]


def drawings(report: Report) -> str:
    file = BytesIO()
    write_book(report, file)
    with ZipFile(file) as archive:
        return "".join(archive.read(name).decode() for name in archive.namelist() if "/drawings/drawing" in name)


def cells_of(book: Workbook, formula: str) -> list[Any]:
    places = re.findall(r"\$([A-Z]+)\$(\d+)", formula)
    return [book["Summary"][f"{column}{row}"].value for column, row in places]


def test_every_question_with_figures_has_one_chart_in_the_order_asked(study: Study) -> None:
    form = a_form(
        asks("safe", options=HOW_OFTEN),
        asks("where", "select_multiple", options=options(*(f"place {n}" for n in range(9)))),
        asks("heard", options=HOW_OFTEN),
        asks("first", "rank", options=options("a", "b", "c")),
        asks("why", "text"),
    )
    study.ask(form)
    study.hear(
        form, [{**one, "where": ["place 1"], "heard": "always", "first": ["b"]} for one in of_each("safe", SPREAD)]
    )
    found = charts(study.read())
    # Questions with the same answers stand in one block, so their charts do too.
    assert [title_of(one)[0] for one in found] == ["safe?", "heard?", "where?", "first?: put first"]
    assert {type(one) for one in found} == {BarChart}


def test_bars_lie_down_begin_at_zero_and_have_their_first_answer_on_top(study: Study) -> None:
    form = a_form(asks("safe", options=HOW_OFTEN))
    study.ask(form)
    study.hear(form, of_each("safe", SPREAD))
    [chart] = charts(study.read())
    assert chart.barDir == "bar"
    assert (chart.y_axis.scaling.min, chart.y_axis.scaling.max) == (0, 100)
    assert chart.x_axis.scaling.orientation == "maxMin"
    assert chart.legend is None


def test_a_chart_is_drawn_from_the_cells_of_its_table(study: Study) -> None:
    form = a_form(asks("other", options=HOW_OFTEN), asks("safe", options=HOW_OFTEN))
    study.ask(form)
    study.hear(form, of_each("safe", SPREAD))
    book = study.read()
    [chart] = charts(book)
    [series] = chart.ser
    assert cells_of(book, series.cat.strRef.f) == ["Always", "Most of the time", "Sometimes", "Never"]
    assert cells_of(book, series.val.numRef.f) == [50, 38, 13, 0]
    # Programs that only show a file draw what is kept in it.
    assert [float(point.v) for point in series.val.numRef.numCache.pt] == [50, 38, 13, 0]
    assert [point.v for point in series.cat.strRef.strCache.pt] == ["Always", "Most of the time", "Sometimes", "Never"]


def test_answers_of_a_scale_differ_in_pattern_and_not_only_in_colour(study: Study) -> None:
    form = a_form(asks("safe", options=HOW_OFTEN))
    study.ask(form)
    study.hear(form, of_each("safe", SPREAD))
    [chart] = charts(study.read())
    patterns = [point.spPr.pattFill and point.spPr.pattFill.prst for point in chart.ser[0].dPt]
    assert len(set(patterns)) == 4


def test_a_chart_says_of_how_many_and_who_did_not_answer(study: Study) -> None:
    form = a_form(asks("safe", options=HOW_OFTEN))
    study.ask(form)
    study.hear(form, [*of_each("safe", SPREAD), {}])
    [chart] = charts(study.read())
    assert title_of(chart)[1] == "% of 8 people who answered. Apart: 1 “I don’t want to say”, 1 skipped."


def test_every_chart_has_its_words_for_those_who_do_not_see_it(study: Study) -> None:
    form = a_form(asks("safe", options=HOW_OFTEN, label='Safe & <"sound">?'))
    study.ask(form)
    study.hear(form, of_each("safe", SPREAD))
    drawn = drawings(study.collate().report)
    [said] = re.findall(r'descr="([^"]*)"', drawn)
    assert said.startswith("Bar chart. Safe &amp; &lt;&quot;sound&quot;&gt;? % of 8 people who answered: Always 50%")
    assert "Never 0%" in said


def test_what_is_withheld_is_not_drawn(study: Study) -> None:
    form = a_form(asks("safe", options=HOW_OFTEN), identity="anonymous", readers=[])
    study.ask(form)
    study.hear(form, of_each("safe", {"always": 3, "never": 1}))
    assert charts(study.read()) == []


def test_what_nobody_answered_is_not_drawn(study: Study) -> None:
    form = a_form(asks("safe", options=HOW_OFTEN))
    study.ask(form)
    study.hear(form, [{}] * 6)
    assert charts(study.read()) == []


def test_an_answer_that_was_not_offered_has_no_bar(study: Study) -> None:
    form = a_form(asks("long", options=HOW_OFTEN), asks("short", options=HOW_OFTEN[:2]))
    study.ask(form)
    study.hear(form, [{"long": "never", "short": "mostly"}] * 6)
    _, short = charts(study.read())
    assert [point.v for point in short.ser[0].cat.strRef.strCache.pt] == ["Always", "Most of the time"]


def test_more_bars_than_anybody_reads_stay_a_table(study: Study) -> None:
    form = a_form(asks("many", options=options(*(f"answer {n}" for n in range(MOST_BARS + 1)))))
    study.ask(form)
    study.hear(form, [{"many": "answer 3"}] * 6)
    assert charts(study.read()) == []


def test_no_chart_is_cut_by_the_end_of_a_page(study: Study) -> None:
    form = a_form(*(asks(f"q{n}", options=HOW_OFTEN) for n in range(9)))
    study.ask(form)
    study.hear(form, [{f"q{n}": "always" for n in range(9)}] * 6)
    book = study.read()
    for chart in charts(book):
        anchor = chart.anchor
        row = book["Summary"].row_dimensions[anchor._from.row + 1]
        assert row.height * 12_700 >= anchor._from.rowOff + anchor.ext.height
