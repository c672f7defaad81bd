"""What a round found, through the front door: on the page stands what stands in the workbook, and no more."""

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from io import BytesIO
from typing import Any

import pytest
import time_machine
from flask import Flask
from openpyxl import load_workbook

from service.analysis.release_rules import SMALL_GROUPS
from service.audit import Entry
from service.collection.forms.publication import publish
from service.collection.invitations.invite import Addressee, invite, linked
from service.collection.models.comment_read import CommentRead
from service.collection.models.form_meta import meta_of
from service.collection.models.hashing import Hasher
from service.collection.models.home import Home
from service.collection.models.response import Response
from service.collection.models.round import Expected, Round
from service.collection.responses import submission
from service.collection.rounds.open_close import open_round
from service.dates import day_at, now
from service.definitions import Form, Role
from service.frameworks.national_figures import published_for
from service.repository import Store
from tests.accounts_factory import account_with, signed_in
from tests.analysis.tally_factory import HOW_OFTEN, a_form, asks, options
from tests.round_closure import end_round
from tests.visitor import Page, Visitor

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HASHER = Hasher([b"k" * 32])
LONG = tuple(f"place {number}" for number in range(7))
DAY_AND_NIGHT = [{"id": "day", "label": "By day"}, {"id": "night", "label": "By night"}]
READERS = ["registered_manager", "safeguarding_lead"]
Found = dict[tuple[str, str], dict[str, Any]]


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as moved:
        yield moved


def children_asked(**more: Any) -> Form:
    """A form with one question of every kind, some of it about the same descriptor as what staff are asked."""
    codes = [{"system": "sccif-childrens-home/2026", "code": "C2"}]
    return a_form(
        asks("company", options=options("alone", "chosen", "helping", "nearby")),
        asks("fun", options=HOW_OFTEN, codes=codes),
        asks("liked", "select_multiple", options=options("food", "garden", "people", missing="nothing to say")),
        asks("where", options=options(*LONG)),
        asks("adults", "matrix", rows=DAY_AND_NIGHT, options=HOW_OFTEN),
        asks("first", "rank", options=options("food", "garden", "people")),
        asks("years", "number"),
        asks("better", "text"),
        **{"id": "all-kinds", "audience": "child", "title": "All kinds", "readers": READERS, **more},
    )  # fmt: skip


def staff_asked(**more: Any) -> Form:
    codes = [{"system": "sccif-childrens-home/2026", "code": "C2"}]
    return a_form(
        asks("fun_for_them", options=HOW_OFTEN, codes=codes),
        asks("change", "text"),
        **{"id": "staff-kinds", "title": "For staff", "readers": ["responsible_individual"], **more},
    )


def a_child(number: int) -> dict[str, Any]:
    """What the child of this number answers."""
    often = ["always", "mostly", "sometimes", "never", "not_say"]
    return {
        "company": ["alone", "chosen", "helping"][number % 3],
        **({} if number == 3 else {"fun": often[number % 5]}),
        "liked": ["food", "garden"] if number % 2 else ["people"],
        "where": LONG[number % 7],
        "adults": {"day": "always", **({"night": "never"} if number % 3 else {})},
        "first": ["garden", "food", "people"] if number % 2 else ["food", "people", "garden"],
        "years": 10 + number,
        "better": f"Comment number {number} <b>",
    }


def ask(store: Store, home: Home, *forms: Form, expected: int = 0, **more: Any) -> Round:
    publish(store, forms)
    return open_round(
        store,
        home,
        forms,
        reason="Reg 45 review",
        closes_on=day_at(now()) + timedelta(days=14),
        now=now(),
        expected=[Expected(form.id, expected) for form in forms] if expected else (),
        **{"title": "Your views, autumn", **more},
    )


def answer(store: Store, round_: Round, home: Home, form: Form, answers: dict[str, Any]) -> str:
    ref = round_.form_ref(form.id)
    assert ref is not None
    draft = submission.begin(store, round_, ref, "tablet", form.base_language, now())
    submission.submit(store, draft.id, form, answers, meta_of(round_, home, None, now()), HASHER, now())
    return draft.id


@pytest.fixture
def answered(store: Store, home: Home, clock: time_machine.Traveller) -> Round:
    """A closed round: eleven children of twelve have answered, and seven of the staff."""
    children, staff = children_asked(), staff_asked()
    round_ = ask(store, home, children, staff, expected=12)
    for number in range(11):
        answer(store, round_, home, children, a_child(number))
    for number in range(7):
        often = "always" if number < 5 else "never"
        answer(store, round_, home, staff, {"fun_for_them": often, "change": f"Word of staff {number}"})
    clock.shift(timedelta(minutes=5))
    end_round(store, round_.id, now())
    return round_


@pytest.fixture
def manager(app: Flask, home: Home, clock: time_machine.Traveller) -> Visitor:
    return signed_in(app, account_with(app, "registered_manager", home_id=home.id))


def as_role(app: Flask, role: Role) -> Visitor:
    return signed_in(app, account_with(app, role, home_id="larch-house"))


def at(round_: Round, query: str = "") -> str:
    return f"/rounds/{round_.id}/results{query}"


# --- reading the page ---


def plain(html: str) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))).strip()


def on_page(page: Page) -> Found:
    """Every number of every question on the page, by what it is called there."""
    found: Found = {}
    for section in re.findall(r'<section class="voice".*?(?=<section class="voice"|</main>)', page.html, re.DOTALL):
        heading = plain(re.findall(r"<h2[^>]*>(.*?)</h2>", section, re.DOTALL)[0])
        for article in re.findall(r"<article.*?</article>", section, re.DOTALL):
            words = plain(re.findall(r"<h3[^>]*>(.*?)</h3>", article, re.DOTALL)[0])
            base = plain(re.findall(r'class="hint base">(.*?)</p>', article, re.DOTALL)[0])
            rows = re.findall(r'<th scope="row">(.*?)</th>.*?<td class="number">(.*?)</td>', article, re.DOTALL)
            facts = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", article, re.DOTALL)
            numbers = {plain(name): plain(value) for name, value in [*rows, *facts]}
            assert (heading, words) not in found
            found[heading, words] = {"base": base, **numbers}
    return found


def selects(page: Page) -> dict[str, str]:
    """What can be chosen on the page, by the name of the field."""
    return dict(re.findall(r'<select [^>]*name="([^"]+)">(.*?)</select>', page.html, re.DOTALL))


def in_workbook(visitor: Visitor, round_: Round) -> Found:
    """What the page must say, made from the Summary of the same account's workbook alone."""
    reply = visitor.client.get(f"/rounds/{round_.id}/workbook.xlsx")
    assert reply.status_code == 200
    sheet = load_workbook(BytesIO(reply.get_data()))["Summary"]
    lines = {row: str(sheet.cell(row, 1).value or "") for row in range(1, sheet.max_row + 1)}
    sections = {row: line for row, line in lines.items() if re.match(r"(Children|Staff|Social workers)[^:]*: ", line)}
    found: Found = {}
    for table in sheet.tables.values():
        header, *rows = [[cell.value for cell in row] for row in sheet[table.ref]]
        top = sheet[table.ref][0][0].row
        section = sections[max(row for row in sections if row < top)]
        if header[0] == "Question":
            for row in rows:
                found[section, row[0]] = as_page_says(dict(zip(header, row, strict=True)))
        else:  # one question by itself: its words and who gave no answer stand above
            words = lines[top - 2].removesuffix(" (more than one answer could be given)")
            parts = [one.split(" ", 1) for one in lines[top - 1].rstrip(".").split(", ")]
            by_name = [dict(zip(header, row, strict=True)) for row in rows]
            found[section, words] = {
                **as_page_says({"Asked": rows[0][1], "Answered": rows[0][2]}),
                **{name.capitalize() if name in ("skipped", "not asked") else name.strip("“”"): n for n, name in parts},
                **{name: said for one in by_name for name, said in by_answer(one).items()},
            }
    return found


def by_answer(row: dict[str, Any]) -> dict[str, str]:
    """A row of a question that has one for each answer."""
    base = row["Answered"]
    if "Answer" in row:
        return {row["Answer"]: of_base(row["Chosen by"], base, row["Chosen by %"])}
    name = row["In order of preference"]
    mean = number(row["Mean place (1 = first)"], 2)
    return {
        f"{name}: put first": of_base(row["Put first by"], base, row["Put first by %"]),
        name: f"given a place by {row['Given a place by']}, mean place {mean}",
    }


def as_page_says(row: dict[str, Any]) -> dict[str, str]:
    """A row of a question: an answer with its percentage is one value on the page."""
    asked, answered = row.pop("Asked"), row.pop("Answered")
    said = {"base": f"{answered} of {asked} asked answered"}
    known = isinstance(asked, int) and isinstance(answered, int)
    said["Gave no answer"] = f"{asked - answered} of {asked}" if known else "[c]"
    for name, value in row.items():
        if name == "Question" or (name.endswith(" %") and name[:-2] in row):
            continue
        if f"{name} %" in row:
            said[name] = of_base(value, answered, row[f"{name} %"])
        elif name.endswith(" %"):
            said[name[:-2]] = value if isinstance(value, str) else f"{value}%"
        elif value != "[z]" or name in ("Total", "Mean", "Median", "Lowest", "Highest"):
            decimals = 1 if name == "Median score" else 2
            said[name] = number(value, decimals)
    return said


def of_base(value: Any, base: Any, share: Any) -> str:
    return value if isinstance(value, str) else f"{value} of {base}" + ("" if share == "[z]" else f" · {share}%")


def number(value: Any, decimals: int) -> str:
    return f"{value:.{decimals}f}" if isinstance(value, float) else str(value)


# --- the figures ---


@pytest.mark.parametrize("role", ["registered_manager", "responsible_individual", "safeguarding_lead"])
def test_every_number_on_the_page_is_the_workbooks_and_every_number_of_the_workbook_is_on_the_page(
    app: Flask, answered: Round, role: Role
) -> None:
    visitor = as_role(app, role)
    page = on_page(visitor.visit(at(answered)))
    book = in_workbook(visitor, answered)
    assert sorted(page) == sorted(book)
    assert len(page) == 11
    for name, numbers in book.items():
        for each, value in numbers.items():
            # a number that Excel has no decimals for is whole there
            same = page[name][each].removesuffix(" (more than one answer could be given)").replace(".00", "")
            assert same.replace(".0", "") == value.replace(".00", "").replace(".0", ""), (name, each)


def test_bars_repeat_the_numbers_beside_them_and_none_stands_around_a_hidden_one(
    app: Flask, manager: Visitor, answered: Round
) -> None:
    def drawn(page: Page, words: str) -> list[str]:
        [article] = [one for one in re.findall(r"<article.*?</article>", page.html, re.DOTALL) if f">{words}<" in one]
        return re.findall(r'<rect class="filled" width="(\d+)%"', article)

    assert drawn(manager.visit(at(answered)), "fun?") == ["38", "25", "25", "13", "27"], "the last is who said nothing"
    page = as_role(app, "independent_person").visit(at(answered))
    assert drawn(page, "fun?") == []
    assert drawn(page, "liked?") == ["45", "45", "55"]


def test_what_was_published_stands_folded_under_a_question_of_its_theme_and_says_that_it_is_no_target(
    app: Flask, store: Store, home: Home, manager: Visitor, clock: time_machine.Traveller
) -> None:
    theme = {"codes": [{"system": "ofsted-child-questionnaire", "code": "safe"}]}
    children = a_form(
        asks("safe", options=HOW_OFTEN, **theme),
        asks("fun", options=HOW_OFTEN),
        id="felt", audience="child", readers=["registered_manager"],
    )  # fmt: skip
    staff = a_form(asks("safe", options=HOW_OFTEN, **theme), id="staff-felt", readers=["registered_manager"])
    round_ = ask(store, home, children, staff)
    for number in range(9):
        for form in (children, staff):
            answer(store, round_, home, form, {"safe": "always" if number < 6 else "never"})
    end_round(store, round_.id, now())
    page = manager.visit(at(round_))
    [folded] = re.findall(r'<details class="published">(.*?)</details>', page.html, re.DOTALL)
    said = plain(folded)
    assert said.startswith("Published nationally: Feeling safe Not a target")
    assert "A small home cannot be compared by percentages" in said
    assert "Here: “Always or most of the time” 67% (base 9)." in said
    assert (
        "93% always or most of the time: Children's homes, 2024, base not known (6,995 children answered in all that "
        "year). Report: chrysalischildrenservices.co.uk" in said
    )
    assert len(re.findall("<li>", folded)) == len(published_for("safe")), "all that the workbook has"
    withheld = as_role(app, "independent_person").visit(at(round_))
    assert "Here: “Always or most of the time” [c] (base 9)." in plain(withheld.html)


@pytest.mark.parametrize("role", ["independent_person", "responsible_individual", "registered_manager"])
def test_whatever_is_filtered_by_shows_nothing_but_what_is_shown_anyway(
    app: Flask, answered: Round, role: Role
) -> None:
    visitor = as_role(app, role)
    whole = visitor.visit(at(answered))
    everything, written = on_page(whole), Counter(re.findall(r"<blockquote>(.*?)</blockquote>", whole.html, re.DOTALL))
    sentences = set(re.findall(r"<p>([^<]*)</p>", whole.html))
    offered = {name: re.findall(r'<option value="([^"]+)"', part) for name, part in selects(whole).items()}
    assert offered == {"audience": ["child", "staff"], "descriptor": ["sccif-childrens-home/2026 C2"]}
    wanted = itertools.product(
        ["", *offered["audience"], "all-kinds", "staff-kinds", "nonsense"],
        ["", *offered["descriptor"], "C2", "sccif-childrens-home/2026 S1", "%00"],
    )
    for audience, descriptor in wanted:
        page = visitor.visit(at(answered, f"?audience={audience}&descriptor={descriptor}"))
        assert page.status == 200
        found = on_page(page)
        assert found.items() <= everything.items(), (audience, descriptor)
        assert Counter(re.findall(r"<blockquote>(.*?)</blockquote>", page.html, re.DOTALL)) <= written
        told = re.findall(r'<section class="voice".*?</section>', page.html, re.DOTALL)
        assert {one for part in told for one in re.findall(r"<p>([^<]*)</p>", part)} <= sentences


def test_filters_choose_by_audience_and_by_what_a_question_is_about(app: Flask, answered: Round) -> None:
    visitor = as_role(app, "independent_person")
    children = on_page(visitor.visit(at(answered, "?audience=child")))
    about = on_page(visitor.visit(at(answered, "?descriptor=sccif-childrens-home/2026 C2")))
    both = on_page(visitor.visit(at(answered, "?audience=staff&descriptor=sccif-childrens-home/2026 C2")))
    assert {section for section, _ in children} == {"Children: All kinds"}
    assert {words for _, words in about} == {"fun?", "fun_for_them?"}
    assert {words for _, words in both} == {"fun_for_them?"}
    page = visitor.visit(at(answered, "?descriptor=sccif-childrens-home/2026 C2"))
    assert re.search(r'<option value="sccif-childrens-home/2026 C2" selected>C2 [^<]+\(2026\)', page.html)
    assert "Nobody of these was asked" in visitor.visit(at(answered, "?audience=nonsense")).text


def test_alone_and_with_help_stand_side_by_side_only_for_who_may_read_every_answer_and_of_enough_children(
    app: Flask, store: Store, home: Home, manager: Visitor, answered: Round
) -> None:
    assert "On their own" not in manager.visit(at(answered)).text, "four children were on their own"
    form = children_asked()
    round_ = ask(store, home, form)
    for number in range(15):
        answer(store, round_, home, form, a_child(number))
    end_round(store, round_.id, now())
    assert "fun? Always or most of the time 2 of 3 · 67% 4 of 8 · 50%" in manager.visit(at(round_)).text
    for role in ("responsible_individual", "independent_person"):
        page = as_role(app, role).visit(at(round_))
        assert len(on_page(page)) == 9
        assert "On their own" not in page.text


def test_how_many_of_those_asked_have_answered(manager: Visitor, answered: Round) -> None:
    text = manager.visit(at(answered)).text
    assert "12 asked, at least 10 answered." in text
    assert "12 asked, at least 5 answered." in text


# --- what is not shown ---


def test_of_few_children_nothing_is_told_but_why(
    app: Flask, store: Store, home: Home, manager: Visitor, clock: time_machine.Traveller
) -> None:
    form = children_asked()
    round_ = ask(store, home, form, expected=4)
    for number in range(3):
        answer(store, round_, home, form, a_child(number))
    end_round(store, round_.id, now())
    page = as_role(app, "independent_person").visit(at(round_))
    assert "Fewer than 5 people have answered: figures could show who said what." in page.text
    assert on_page(page) == {}
    assert "<blockquote" not in page.html
    assert not re.search(r"\b[1-46] (people|of|person)", page.text), "nor how many it was"
    assert on_page(manager.visit(at(round_)))["Children: All kinds", "company?"]["base"] == "3 of 3 asked answered"


def test_figures_come_to_readers_and_others_when_the_last_day_is_over(
    app: Flask, store: Store, home: Home, manager: Visitor, clock: time_machine.Traveller
) -> None:
    form = children_asked()
    round_ = ask(store, home, form)
    for number in range(6):
        answer(store, round_, home, form, a_child(number))
    visitor = as_role(app, "independent_person")
    page = visitor.visit(at(round_))
    assert "Answers and figures are shown when the last day is over, 4 December 2026." in page.text
    assert on_page(page) == on_page(manager.visit(at(round_))) == {}
    end_round(store, round_.id, now())
    page = visitor.visit(at(round_))
    assert page.text.count(SMALL_GROUPS) == 1
    assert len(on_page(page)) == len(on_page(manager.visit(at(round_)))) == 9
    assert SMALL_GROUPS not in manager.visit(at(round_)).text, "readers see figures whole"


def test_anonymous_answers_are_figures_for_everybody(
    app: Flask, store: Store, home: Home, manager: Visitor, clock: time_machine.Traveller
) -> None:
    form = children_asked(identity="anonymous", readers=[])
    round_ = ask(store, home, form)
    for number in range(6):
        answer(store, round_, home, form, a_child(number))
    assert on_page(manager.visit(at(round_))) == {}
    end_round(store, round_.id, now())
    page = manager.visit(at(round_))
    assert "This form is anonymous: single answers are shown to nobody." in page.text
    assert len(on_page(page)) == 9
    assert on_page(page).keys() == in_workbook(manager, round_).keys()
    assert not [entry for entry in store[Entry].all() if entry.kind == "answers_read"], "nobody saw a single answer"


@pytest.mark.parametrize("readers", [["registered_manager"], ["responsible_individual"]])
def test_where_no_child_answered_or_none_was_asked_it_says_so_loudly(
    store: Store, home: Home, manager: Visitor, clock: time_machine.Traveller, readers: list[str]
) -> None:
    round_ = ask(store, home, children_asked(readers=readers), staff_asked())
    assert "shown when the last day is over" in manager.visit(at(round_)).text
    end_round(store, round_.id, now())
    text = manager.visit(at(round_)).text
    if readers == ["registered_manager"]:
        assert "No child voice. No child has answered. That is a gap to look into" in text
    only = ask(store, home, staff_asked())
    assert "No child voice. No child was asked in this round." in manager.visit(at(only)).text


# --- comments ---


def test_comments_are_those_of_the_workbook_in_its_order_each_with_whether_it_was_read(
    store: Store, home: Home, manager: Visitor, answered: Round
) -> None:
    page = manager.visit(at(answered))
    said = [unescape(one) for one in re.findall(r"<blockquote>(.*?)</blockquote>", page.html, re.DOTALL)]
    reply = manager.client.get(f"/rounds/{answered.id}/workbook.xlsx")
    sheet = load_workbook(BytesIO(reply.get_data()))["Comments"]
    [table] = sheet.tables.values()
    rows = [[cell.value for cell in row] for row in sheet[table.ref]][1:]
    assert said == [row[2] for row in rows if row[0] == "Children"]
    assert sorted(said) == sorted(f"Comment number {number} <b>" for number in range(11))
    assert next(row[2] for row in rows if row[0] == "Staff") in page.text, "what is withheld is said in the same words"
    assert page.text.count("Not kept as read yet") == 11
    assert f"/homes/{home.id}/comments" in page.links
    [one, *_] = [each for each in store[Response].all() if each.answers.get("better") == "Comment number 4 <b>"]
    with store.transaction() as tx:
        tx[CommentRead].put(CommentRead(f"{one.id}:better", home.id, one.id, now(), "somebody"))
    page = manager.visit(at(answered))
    assert page.text.count("Not kept as read yet") == 10
    assert re.search(r"Comment number 4 &lt;b&gt;</blockquote><p><span class=\"tag good\">Read<", page.html)


def test_what_somebody_else_read_still_waits_for_the_lead(
    app: Flask, store: Store, home: Home, manager: Visitor, answered: Round
) -> None:
    [one, *_] = [each for each in store[Response].all() if each.form_id == "all-kinds"]
    with store.transaction() as tx:
        tx[CommentRead].put(CommentRead(f"{one.id}:better", home.id, one.id, now(), "somebody"))
    assert manager.visit(at(answered)).text.count("Not kept as read yet") == 10
    assert as_role(app, "safeguarding_lead").visit(at(answered)).text.count("Not kept as read yet") == 11


def test_that_somebody_looked_where_single_answers_are_is_remembered(
    app: Flask, store: Store, manager: Visitor, answered: Round
) -> None:
    manager.client.head(at(answered))
    as_role(app, "independent_person").visit(at(answered))
    assert not [entry for entry in store[Entry].all() if entry.kind == "answers_read"]
    manager.visit(at(answered))
    [entry] = [entry for entry in store[Entry].all() if entry.kind == "answers_read"]
    assert (entry.facts["form"], entry.home_id) == ("all-kinds", "larch-house")


def test_named_answers_come_with_their_names(
    store: Store, home: Home, manager: Visitor, clock: time_machine.Traveller
) -> None:
    form = staff_asked(identity="named", readers=["registered_manager"], audience="social_worker")
    round_ = ask(store, home, form)
    [(_, token)] = invite(store, round_, [Addressee(form.id, "Sam Okafor", "sam@example.org", "the review")], now())
    invitation, ref = linked(store, token), round_.form_ref(form.id)
    assert invitation is not None
    assert ref is not None
    draft = submission.begin(store, round_, ref, "link", "en", now(), invitation.id)
    meta = meta_of(round_, home, invitation, now())
    submission.submit(store, draft.id, form, {"change": "More time"}, meta, HASHER, now())
    assert "More time Sam Okafor" in manager.visit(at(round_)).text


# --- voices side by side, over time, and the way there ---


def test_voices_stand_side_by_side_with_the_gap_between_them(app: Flask, manager: Visitor, answered: Round) -> None:
    page = as_role(app, "responsible_individual").visit(at(answered, "/voices"))
    assert re.search(r"C2 Needs .* Children \[c\] \[c\] 8 Staff 71 71% 7", page.text)
    page = manager.visit(at(answered, "/voices?edition=nonsense"))
    assert re.search(r"C2 Needs .* Children 63 63% 8 Staff \[c\] \[c\] 7", page.text)
    assert "Gap of" not in page.text, "there is no gap to what is hidden"


def test_what_annex_a_counts_stands_beside_the_voices_of_the_same_home_and_that_it_was_seen_is_remembered(
    app: Flask, store: Store, home: Home, clock: time_machine.Traveller
) -> None:
    codes = [{"system": "ofsted-annex-a/2021-22", "code": "x-complaints-from-children"}]
    annex_a = a_form(
        asks("complaints", "number", codes=codes),
        id="annex-a-2021-22", version=99, audience="manager", identity="named", readers=["registered_manager"],
    )  # fmt: skip
    spoken = a_form(
        asks("heard", options=HOW_OFTEN, codes=[{"system": "sccif-childrens-home/2026", "code": "C3"}]), readers=[]
    )
    round_, counting = ask(store, home, spoken), ask(store, home, annex_a)
    for _ in range(6):
        answer(store, round_, home, spoken, {"heard": "always"})
    visitor = as_role(app, "independent_person")
    text = visitor.visit(at(round_, "/voices")).text
    assert text.count("No Annex A figures yet.") == 1
    ref = counting.form_ref(annex_a.id)
    assert ref is not None
    draft = submission.begin(store, counting, ref, "link", "en", now())
    assert "No Annex A figures yet." in visitor.visit(at(round_, "/voices")).text, "a draft says nothing yet"
    assert not [entry for entry in store[Entry].all() if entry.kind == "answers_read"]
    submission.submit(store, draft.id, annex_a, {"complaints": 3}, meta_of(counting, home, None, now()), HASHER, now())
    text = visitor.visit(at(round_, "/voices")).text
    assert "Annex A figures are those that the home gave on 20 November 2026." in text
    assert text.count("Annex A, 20 November 2026 Complaints from children 3") == 1
    [entry] = [entry for entry in store[Entry].all() if entry.kind == "answers_read"]
    assert (entry.facts, entry.home_id) == ({"round": counting.id, "form": annex_a.id}, home.id)


def test_figures_of_so_few_that_they_are_single_answers_are_remembered_as_those(
    app: Flask, store: Store, home: Home, manager: Visitor, clock: time_machine.Traveller
) -> None:
    """The page of voices and that over time show figures only; to a reader of the form, as small as they are."""
    often = asks("fun", options=HOW_OFTEN, codes=[{"system": "sccif-childrens-home/2026", "code": "C2"}])
    form = a_form(often, asks("more", "text"), id="felt", audience="child", readers=["registered_manager"])
    few = ask(store, home, form)
    answer(store, few, home, form, {"fun": "never", "more": "A word"})
    end_round(store, few.id, now())
    many = ask(store, home, form)
    for _ in range(5):
        answer(store, many, home, form, {"fun": "always"})
    end_round(store, many.id, now())
    over_time = f"/homes/{home.id}/results"

    def seen(visitor: Visitor, address: str) -> list[str]:
        before = len(list(store[Entry].all()))
        page = visitor.visit(address)
        assert page.status == 200
        assert "A word" not in page.text
        return [entry.facts["round"] for entry in list(store[Entry].all())[before:] if entry.kind == "answers_read"]

    assert seen(manager, at(many, "/voices")) == []
    assert seen(manager, at(few, "/voices")) == [few.id]
    assert seen(manager, at(few, "/voices?edition=2020-21")) == [], "nothing of it is on that page"
    assert seen(manager, over_time) == [few.id]
    for role in ("independent_person", "responsible_individual"):
        other = as_role(app, role)
        assert [seen(other, address) for address in (at(few, "/voices"), over_time)] == [[], []]


def test_silent_children_are_never_left_out_of_the_voices(
    app: Flask, store: Store, home: Home, clock: time_machine.Traveller
) -> None:
    staff, children = staff_asked(), children_asked()
    round_ = ask(store, home, staff)
    for _ in range(6):
        answer(store, round_, home, staff, {"fun_for_them": "always"})
    visitor = as_role(app, "responsible_individual")
    assert "No child voice not asked about this" in visitor.visit(at(round_, "/voices")).text
    end_round(store, round_.id, now())
    both = ask(store, home, staff, children)
    end_round(store, both.id, now())
    assert "No child voice asked, and no child answered" in visitor.visit(at(both, "/voices")).text
    assert "No question of this round carries the code" in visitor.visit(at(both, "/voices?edition=2020-21")).text


def test_each_question_is_followed_through_the_rounds_of_a_home(
    store: Store, home: Home, manager: Visitor, answered: Round, clock: time_machine.Traveller
) -> None:
    assert (
        "takes two rounds of this home, and so far there has been one"
        in manager.visit("/homes/larch-house/results").text
    )
    clock.shift(timedelta(minutes=5))
    other = ask(store, home, a_form(asks("q", options=HOW_OFTEN), id="alone"), title="Of another kind")
    page = manager.visit("/homes/larch-house/results")
    assert "takes two rounds of this home that ask the same form, and so far no two have" in page.text
    form = children_asked()
    again = ask(store, home, form)
    for _ in range(5):
        answer(store, again, home, form, {"fun": "always"})
    end_round(store, again.id, now())
    page = manager.visit("/homes/larch-house/results")
    assert "Children fun? Always or most of the time, % 8 63% 5 100% ▲ 37" in page.text
    when = "Your views, autumn, 20 November 2026"
    assert f"Question Figure {when} {when} Change since the round before Answered Figure Answered Figure" in page.text
    assert {at(answered), at(again), at(other)} <= {*page.links}


def test_a_home_without_rounds_says_what_will_stand_there(manager: Visitor, home: Home) -> None:
    assert "so far there has been none" in manager.visit("/homes/larch-house/results").text


def test_the_round_and_the_home_lead_there(app: Flask, manager: Visitor, answered: Round, home: Home) -> None:
    assert at(answered) in manager.visit(f"/rounds/{answered.id}").links
    assert at(answered) in manager.visit(f"/homes/{home.id}").links
    assert at(answered, "/voices") in manager.visit(at(answered)).links
    refused = as_role(app, "staff").visit(at(answered))
    assert (refused.status, "/homes" in refused.links) == (403, True)
    other = signed_in(app, account_with(app, "registered_manager", home_id="harbour-view"))
    assert other.visit(at(answered)).status == 404
