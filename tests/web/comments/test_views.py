"""Comments through the front door: by whom they are read, in what order, what reading them does, and their themes."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from service.accounts.account import Account
from service.audit import Entry
from service.collection.forms.publication import publish
from service.collection.models.alert import Alert
from service.collection.models.comment_read import CommentRead
from service.collection.models.form_meta import meta_of
from service.collection.models.home import Home
from service.collection.models.response import Response
from service.collection.models.round import Round
from service.collection.models.theme import OwnTheme
from service.collection.responses import submission
from service.collection.retention.erasure import erase_responses
from service.collection.rounds.open_close import open_round
from service.definitions import Form
from service.state import app_state
from service.storage.store import RecordStore
from tests.accounts_factory import account_with, signed_in
from tests.round_closure import asked_and_released, end_round
from tests.tablet import unlocked
from tests.visitor import Page, Visitor

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)  # a Wednesday
PAGE = "/homes/larch-house/comments"
Write = Callable[..., str]


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as moved:
        yield moved


@pytest.fixture
def lead(app: Flask, clock: time_machine.Traveller, home: Home) -> Visitor:
    return signed_in(app, account_with(app, "safeguarding_lead", home_id=home.id, name="Lee Lead"))


@pytest.fixture
def manager_account(app: Flask, clock: time_machine.Traveller, home: Home) -> Account:
    return account_with(app, "registered_manager", home_id=home.id, name="Mo Amari")


@pytest.fixture
def manager(app: Flask, manager_account: Account) -> Visitor:
    return signed_in(app, manager_account)


@pytest.fixture
def write(app: Flask, store: RecordStore, round_: Round, lead: Visitor) -> Write:
    """A child writes something on the tablet and sends it; gives the response's id."""

    def written(words: str, question: str = "make_better", *, on: Round = round_, sent: bool = True) -> str:
        with asked_and_released(store, on.id, NOON):
            tablet = unlocked(app, on.home_id, on.id)
            tablet.visit("/tablet")
            begun = tablet.post(f"/tablet/start/{on.forms[0].form_id}")
            assert "/r/" in begun.location
            tablet.visit(begun.location)
            tablet.post(f"{begun.location}/draft", {question: words}, headers={"HX-Request": "true"})
            if sent:
                assert tablet.send(begun.location, {question: words}).response.request.path.endswith("/done")
        return str(begun.location).removeprefix("/r/")

    return written


@pytest.fixture
def enough(write: Write) -> list[str]:
    """As many comments as make a group."""
    words = [f"Comment number {number}" for number in range(5)]
    for each in words:
        write(each)
    return words


def comments(page: Page) -> list[str]:
    return re.findall(r"<blockquote[^>]*>(.*?)</blockquote>", page.html, re.DOTALL)


def ids(page: Page) -> list[str]:
    return re.findall(r'id="read-([0-9a-f]{32})"', page.html)


def kept(store: RecordStore, kind: str) -> list[Alert]:
    return [alert for alert in store[Alert].all() if alert.kind == kind]


def test_marked_ones_come_first_and_each_stands_without_who_or_when(
    store: RecordStore, lead: Visitor, enough: list[str], write: Write
) -> None:
    response_id = write("He hit me <b>twice</b>")
    page = lead.visit(PAGE)
    said = comments(page)
    assert said[0] == "He hit me &lt;b&gt;twice&lt;/b&gt;"
    assert sorted(said[1:]) == enough
    assert page.text.count("Read today: something in it worries") == 1
    assert page.text.count("in the week of 23 November 2026") == 6
    assert "25 November" not in page.text
    assert not re.search(r"\d[ap]m", page.text)
    assert response_id not in page.html, "two comments of one child cannot be joined"
    [entry] = [entry for entry in store[Entry].all() if entry.kind == "answers_read"]
    assert entry.facts["form"] == "child-views"


def test_the_order_is_not_the_one_in_which_they_were_written(lead: Visitor, write: Write) -> None:
    words = [f"Comment number {number}" for number in range(8)]
    for each in words:
        write(each)
    said = comments(lead.visit(PAGE))
    assert said != words
    assert said == comments(lead.visit(PAGE)), "it does not move about either"


def test_a_comment_that_was_read_is_not_shown_again(store: RecordStore, lead: Visitor, enough: list[str]) -> None:
    page = lead.visit(PAGE)
    first = ids(page)[0]
    page = lead.send(PAGE, {"comment": first})
    assert "1 comment is kept as read." in page.text
    assert first not in ids(page)
    assert len(comments(page)) == 4
    [reading] = store[CommentRead].all()
    assert reading.by_lead
    assert reading.id.endswith(":make_better")
    page = lead.send(PAGE, {"comment": ids(page)})
    assert "4 comments are kept as read." in page.text
    assert "Nothing waits to be read." in page.text
    assert "Nothing was new to read." in lead.send(PAGE, {"comment": [first, "nonsense"]}).text


def test_with_its_script_the_page_changes_in_place(lead: Visitor, enough: list[str], store: RecordStore) -> None:
    first = ids(lead.visit(PAGE))[0]
    reply = lead.post(PAGE, {"comment": first}, headers={"HX-Request": "true"})
    assert reply.status_code == 200
    assert f'id="read-{first}" tabindex="-1" role="status"' in reply.text
    assert len(list(store[CommentRead].all())) == 1


def test_whom_the_form_names_reads_what_few_children_wrote_as_in_results_and_workbook(
    lead: Visitor, manager: Visitor, round_: Round, write: Write
) -> None:
    for number in range(4):
        write(f"Comment number {number}")
    assert len(comments(lead.visit(PAGE))) == len(comments(manager.visit(PAGE))) == 4
    assert "Comment number 3" in manager.visit(f"/rounds/{round_.id}/results").text


def test_of_an_anonymous_form_only_the_lead_reads_while_it_is_open_or_few_have_answered(
    store: RecordStore, home: Home, lead: Visitor, manager: Visitor, library: dict[str, Form], write: Write
) -> None:
    content = json.dumps({**library["child-views"].to_json(), "id": "quiet-views", "identity": "anonymous"})
    form = Form.of(json.loads(content.replace('"managers_only"', '"always"')))
    publish(store, [form])
    for number, title in ((4, "Few"), (5, "Enough")):
        quiet = open_round(
            store, home, [form], title=title, reason="Everyday", closes_on=NOON.date() + timedelta(days=9), now=NOON
        )
        for each in range(number):
            write(f"{title} {each}", on=quiet)
        with store.transaction() as tx:  # as from paper: a form begun by its title alone gives no figures
            for one in list(tx[Response].find("round_id", quiet.id)):
                tx[Response].put(replace(one, begun_as=""))
        page = manager.visit(PAGE)
        assert "Not shown yet, whether there are any or not: comments in" in page.text
        assert f"({title})" in page.text
        end_round(store, quiet.id, NOON)
        manager.visit(f"/rounds/{quiet.id}/results")  # its figures are kept
    page = manager.visit(PAGE)
    assert "Not shown here, whether there are any or not: comments in “What is it like" in page.text
    assert "(Few)" in page.text
    assert "the words could say who wrote them" in page.text
    assert sorted(comments(page)) == [f"Enough {each}" for each in range(5)]
    assert len(comments(lead.visit(PAGE))) == 9


def test_what_a_manager_has_read_still_waits_for_the_lead_and_not_the_other_way_round(
    app: Flask, lead: Visitor, manager: Visitor, enough: list[str]
) -> None:
    first, second, *_ = ids(manager.visit(PAGE))
    manager.send(PAGE, {"comment": first})
    assert first not in ids(manager.visit(PAGE))
    assert len(ids(lead.visit(PAGE))) == 5, "it may be about the manager"
    lead.send(PAGE, {"comment": [first, second]})
    assert len(ids(lead.visit(PAGE))) == 3
    assert len(ids(manager.visit(PAGE))) == 3


def test_what_worries_is_not_marked_for_those_who_were_not_told(
    manager: Visitor, enough: list[str], write: Write
) -> None:
    write("He hit me")
    page = manager.visit(PAGE)
    assert "He hit me" in comments(page)
    assert "worries" not in page.text
    assert "Read today" not in page.text


@pytest.mark.parametrize("role", ["responsible_individual", "independent_person"])
def test_whom_the_form_does_not_name_is_shown_none(app: Flask, enough: list[str], role) -> None:
    page = signed_in(app, account_with(app, role)).visit(PAGE)
    assert page.status == 200
    assert comments(page) == []
    assert "names your role among its readers" in page.text


@pytest.mark.parametrize("role", ["staff", "administrator"])
def test_who_never_reads_comments_is_not_let_in(app: Flask, home: Home, role) -> None:
    assert signed_in(app, account_with(app, role)).visit(PAGE).status == 403


def test_anonymous_comments_and_those_of_closed_rounds_wait_too(
    store: RecordStore, home: Home, lead: Visitor, library: dict[str, Form], round_: Round, write: Write
) -> None:
    form = Form.of({**library["child-views"].to_json(), "id": "quiet-views", "identity": "anonymous"})
    publish(store, [form])
    quiet = open_round(
        store, home, [form], title="Quietly", reason="Everyday", closes_on=NOON.date() + timedelta(days=9), now=NOON
    )
    write("Said quietly", on=quiet)
    write("Said before it closed")
    end_round(store, round_.id, NOON)
    page = lead.visit(PAGE)
    assert sorted(comments(page)) == ["Said before it closed", "Said quietly"]
    lead.send(PAGE, {"comment": ids(page)})
    assert comments(lead.visit(PAGE)) == []


def test_what_was_not_sent_in_waits_behind_its_alert_and_not_here(
    store: RecordStore, lead: Visitor, write: Write
) -> None:
    write("He hit me", sent=False)
    assert comments(lead.visit(PAGE)) == []
    assert kept(store, "words")


def test_reading_takes_on_the_alerts_that_asked_for_nothing_else(
    app: Flask, store: RecordStore, lead: Visitor, manager: Visitor, enough: list[str], write: Write
) -> None:
    write("He hit me")
    waiting = [alert for alert in store[Alert].all() if alert.state == "new"]
    assert {alert.rule for alert in waiting} == {"make_better", "words_to_read"}
    manager.visit(PAGE)
    manager.send(PAGE, {"comment": ids(manager.visit(PAGE))})
    assert all(alert.state == "new" for alert in store[Alert].all()), "whoever was not told does not move it"
    lead.send(PAGE, {"comment": ids(lead.visit(PAGE))})
    assert {alert.state for alert in store[Alert].all()} == {"taken"}
    assert "nobody is on" not in lead.visit("/homes").text


def test_what_was_read_behind_an_alert_does_not_wait_here(store: RecordStore, lead: Visitor, write: Write) -> None:
    write("The garden is nice")
    [alert] = store[Alert].all()
    lead.visit("/alerts")
    shown = lead.send(f"/alerts/{alert.id}/answer")
    assert "What would make living here better? The garden is nice" in shown.text
    assert "Not answered" not in shown.text, "of several questions only what was said"
    assert comments(lead.visit(PAGE)) == []


def test_reading_goes_with_the_response(app: Flask, store: RecordStore, lead: Visitor, write: Write) -> None:
    response_id = write("The garden is nice")
    lead.send(PAGE, {"comment": ids(lead.visit(PAGE))})
    assert [reading.response_id for reading in store[CommentRead].all()] == [response_id]
    erase_responses(store, [response_id])
    assert list(store[CommentRead].all()) == []


def test_a_home_without_comments_says_what_will_stand_there(lead: Visitor, round_: Round) -> None:
    assert "Nothing waits to be read." in lead.visit(PAGE).text
    assert PAGE in lead.visit("/homes/larch-house").links
    assert PAGE in lead.visit("/alerts").links


# --- themes ---

THEMES = f"{PAGE}/themes"
RELATIONSHIPS, RISKS = "sccif-childrens-home/2026/C1", "sccif-childrens-home/2026/S1"


def themed(page: Page) -> dict[str, list[str]]:
    """The themes of every comment on the page, by its words."""
    cards = re.findall(r'<li class="card" id="comment-.*?<form class="themes".*?</form>', page.html, re.DOTALL)
    return {
        re.findall(r"<blockquote[^>]*>(.*?)</blockquote>", card, re.DOTALL)[0]: re.findall(
            r'name="take"[^>]*>(.*?)<span', card
        )
        for card in cards
    }


def ticks(page: Page) -> dict[str, str]:
    """What ticking a comment sends, by its words."""
    values = re.findall(r'form="several" name="comment" value="([0-9a-f]{32})"', page.html)
    return dict(zip(comments(page), values, strict=True))


def test_a_theme_is_given_to_one_comment_or_to_several_and_undone(
    store: RecordStore, manager: Visitor, enough: list[str]
) -> None:
    page = manager.visit(PAGE)
    found = ticks(page)
    page = manager.send(THEMES, {"comment": found["Comment number 3"], "theme": RELATIONSHIPS})
    assert "“Relationships” was given to 1 comment." in page.text
    assert themed(page)["Comment number 3"] == ["Relationships"]
    three = [found[f"Comment number {number}"] for number in (1, 2, 3)]
    page = manager.send(THEMES, {"comment": three, "own": "Bedtime", "do": "give", "theme": ""})
    assert "“Bedtime” was given to 3 comments." in page.text
    assert themed(page)["Comment number 3"] == ["Relationships", "Bedtime"]
    assert page.text.count("Bedtime") > 3, "and is offered from now on"
    undo = re.search(r'<button name="take" value="(own/[^"]+)">Undo', page.html)
    assert undo is not None
    page = manager.send(THEMES, {"comment": three, "take": undo[1]})
    assert "“Bedtime” was taken away from 3 comments." in page.text
    assert themed(page) == {words: ["Relationships"] if words.endswith("3") else [] for words in enough}
    page = manager.send(THEMES, {"comment": three, "theme": RISKS, "do": "take"})
    assert "Nothing has changed: those have “Risks” no more." in page.text
    page = manager.send(THEMES, {"off": undo[1]})
    assert "“Bedtime” is off the list." in page.text
    assert not list(store[OwnTheme].all())


def test_nothing_ticked_or_chosen_is_said_beside_what_was_typed(manager: Visitor, enough: list[str]) -> None:
    comment = ids(manager.visit(PAGE))[0]
    page = manager.send(THEMES, {"comment": comment})
    assert (page.status, "Choose a theme, or type one" in page.text) == (422, True)
    page = manager.send(THEMES, {"theme": RISKS})
    assert (page.status, "Tick the comments first" in page.text) == (422, True)
    page = manager.send(THEMES, {"comment": comment, "own": "one; two"})
    assert (page.status, page.value("own"), "no semicolon" in page.text) == (422, "one; two", True)
    page = manager.send(THEMES, {"own": "Food"})
    assert (page.status, "“Food” is on the list from now on." in page.text) == (200, True)


def test_the_list_is_sifted_by_theme_by_none_and_by_what_was_read(manager: Visitor, enough: list[str]) -> None:
    found = ticks(manager.visit(PAGE))
    manager.send(THEMES, {"comment": found["Comment number 1"], "theme": RISKS})
    manager.send(PAGE, {"comment": found["Comment number 2"]})

    def said(**wanted: str) -> set[str]:
        page = manager.visit(PAGE, query_string=wanted)
        return {words.removeprefix("Comment number ") for words in comments(page)}

    assert said() == {"0", "1", "3", "4"}
    assert said(show="read") == {"2"}
    assert said(show="all") == {"0", "1", "2", "3", "4"}
    assert said(theme=RISKS) == said(show="all", theme=RISKS) == {"1"}
    assert said(show="all", theme="none") == {"0", "2", "3", "4"}
    page = manager.visit(PAGE, query_string={"show": "read", "theme": RISKS})
    assert "No comment is like that." in page.text
    page = manager.visit(PAGE, query_string={"show": "all", "theme": RISKS})
    action = re.search(r'<form class="several card"[^>]*action="([^"]+)"', page.html)
    assert action is not None
    assert "show=all" in action[1], "whatever is done on it, it stays the same list"


def test_with_its_script_the_themes_of_one_change_in_place_and_can_be_put_back(
    manager: Visitor, enough: list[str]
) -> None:
    comment = ids(manager.visit(PAGE))[0]
    by_script = {"HX-Request": "true"}
    reply = manager.post(THEMES, {"comment": comment, "theme": RISKS}, headers=by_script)
    assert f'id="theme-{comment}-{RISKS}" name="take"' in reply.text
    assert 'hx-swap-oob="innerHTML:#themes-news">“Risks” was given to 1 comment.' in reply.text
    assert "<h1" not in reply.text
    reply = manager.post(THEMES, {"comment": comment, "take": RISKS}, headers=by_script)
    assert f'id="theme-{comment}-{RISKS}" name="give"' in reply.text, "the keyboard's place stays where it was"
    assert "Put it back" in reply.text
    reply = manager.post(THEMES, {"comment": comment, "give": RISKS}, headers=by_script)
    assert f'id="theme-{comment}-{RISKS}" name="take"' in reply.text


def test_of_a_few_anonymous_children_nobody_but_the_lead_is_told_of_themes(
    store: RecordStore, home: Home, lead: Visitor, manager: Visitor, library: dict[str, Form], write: Write
) -> None:
    form = Form.of({**library["child-views"].to_json(), "id": "quiet-views", "identity": "anonymous"})
    publish(store, [form])
    quiet = open_round(
        store, home, [form], title="Quietly", reason="Everyday", closes_on=NOON.date() + timedelta(days=9), now=NOON
    )
    for number in range(4):
        write(f"Comment number {number}", on=quiet)
    found = ticks(lead.visit(PAGE))
    lead.send(THEMES, {"comment": found["Comment number 1"], "own": "Bedtime"})
    assert "Bedtime" in lead.visit(PAGE).text
    assert "Bedtime" not in manager.visit(PAGE).html
    page = manager.send(THEMES, {"comment": list(found.values()), "theme": RISKS})
    assert "Nothing has changed" in page.text
    assert themed(lead.visit(PAGE))["Comment number 2"] == []


def test_what_adults_wrote_is_listed_for_those_whom_their_form_names_and_waits_for_nobody(
    app: Flask, store: RecordStore, home: Home, round_: Round, library: dict[str, Form], clock: time_machine.Traveller
) -> None:
    for words in ("More handover", "Quieter nights"):
        ref = round_.form_ref("staff-views")
        assert ref is not None
        draft = submission.begin(store, round_, ref, "tablet", "en", NOON)
        meta = meta_of(round_, home, None, NOON)
        form = library["staff-views"]
        submission.submit(store, draft.id, form, {"make_better": words}, meta, app_state(app).hasher, NOON)
    end_round(store, round_.id, NOON)
    responsible = signed_in(app, account_with(app, "responsible_individual", home_id=home.id))
    page = responsible.visit(PAGE)
    assert sorted(comments(page)) == ["More handover", "Quieter nights"]
    assert "I have read it" not in page.text
    responsible.send(THEMES, {"comment": ticks(page)["Quieter nights"], "theme": RISKS})
    page = responsible.visit(PAGE, query_string={"theme": RISKS, "who": "staff"})
    assert comments(page) == ["Quieter nights"]
    assert {entry.facts["form"] for entry in store[Entry].all() if entry.kind == "answers_read"} == {"staff-views"}
    visitor = signed_in(app, account_with(app, "independent_person", home_id=home.id))
    assert comments(visitor.visit(PAGE)) == []
    assert visitor.send(THEMES, {"own": "Food"}).status == 422


def test_a_long_list_comes_in_pages(manager: Visitor, enough: list[str]) -> None:
    page = manager.visit(PAGE, query_string={"from": "2"})
    assert comments(page) == comments(manager.visit(PAGE))[2:]
    assert "5 comments, 3 to 5 of them here" in page.text
    assert "I have read all 3" in page.text, "and nothing that was not on the page"
    assert "The 2 before" in page.text


def test_results_show_themes_beside_the_comments_and_in_a_table_to_those_who_read_them(
    app: Flask, manager: Visitor, lead: Visitor, round_: Round, enough: list[str]
) -> None:
    results = f"/rounds/{round_.id}/results"
    assert "Themes" not in manager.visit(results).text, "none were given"
    found = ticks(manager.visit(PAGE))
    both = [found["Comment number 1"], found["Comment number 2"]]
    manager.send(THEMES, {"comment": both, "own": "Bedtime"})
    manager.send(THEMES, {"comment": both[0], "theme": RISKS})
    page = manager.visit(results)
    [first] = re.findall(r"Comment number 1</blockquote>(.*?)</li>", page.html)
    assert re.findall(r'<span class="tag">(.*?)</span>', first) == ["Risks", "Bedtime"]
    # children's own alone: the staff's and the small children's forms are for others, or nobody has written
    rows = re.findall(r"<tr>(<th scope=\"row\">(?:Risks|Bedtime|No theme yet)<.*?)</tr>", page.html)
    table = [re.findall(r">([^<]+)</t[hd]>", row)[:3] for row in rows]
    assert table == [["Risks", "[c]", "1"], ["Bedtime", "[c]", "2"], ["No theme yet", "[c]", "3"]]
    assert f"{PAGE}?show=all&amp;who=child" in page.html
    for role in ("responsible_individual", "independent_person"):
        other = signed_in(app, account_with(app, role, home_id=round_.home_id))
        assert "Bedtime" not in other.visit(results).html
        assert "Themes" not in other.visit(results).text
