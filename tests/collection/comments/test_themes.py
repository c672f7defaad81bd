"""Themes of comments: who may give which to what, who is told of them, and that they go with the words."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from service.accounts.account import Account
from service.analysis.voices import editions
from service.audit import Entry
from service.collection.comments.themes import Giver, give, give_own, offered, take_off, themes_at
from service.collection.forms.publication import publish
from service.collection.models.errors import NotPossible
from service.collection.models.form_meta import meta_of
from service.collection.models.home import Home
from service.collection.models.round import Round
from service.collection.models.theme import OwnTheme, Theming
from service.collection.responses import submission
from service.collection.retention.erasure import erase_responses
from service.collection.rounds.open_close import open_round
from service.config import Config
from service.dates import day_at, now
from service.definitions import Form
from service.jobs.retention import tidy
from service.state import app_state
from service.storage.backup import backup, restore
from service.storage.store import RecordStore
from tests.accounts_factory import account_with
from tests.analysis.tally_factory import a_form, asks
from tests.round_closure import asked_and_released

RELATIONSHIPS = "sccif-childrens-home/2026/C1"
CHILDREN = a_form(
    asks("better", "text"),
    asks("good", "text"),
    id="children",
    audience="child",
    readers=["registered_manager", "safeguarding_lead"],
)
STAFF = a_form(
    asks("change", "text"),
    asks("kept_back", "text", reporting={"include": False}),
    asks("unrepeated", "text", reporting={"verbatim": "never"}),
    id="staff",
    readers=["responsible_individual"],
)
Hear = Callable[[Form, dict[str, Any]], str]


@pytest.fixture
def round_(store: RecordStore, home: Home) -> Round:
    nameless = Form.of({**STAFF.to_json(), "id": "nameless", "identity": "anonymous"})
    forms = [CHILDREN, STAFF, nameless]
    publish(store, forms)
    until = day_at(now()) + timedelta(days=9)
    return open_round(store, home, forms, title="Views", reason="", closes_on=until, now=now())


@pytest.fixture
def hear(app: Flask, store: RecordStore, home: Home, round_: Round) -> Hear:
    def heard(form: Form, answers: dict[str, Any]) -> str:
        ref = round_.form_ref(form.id)
        assert ref is not None
        with asked_and_released(store, round_.id, now()):
            draft = submission.begin(store, round_, ref, "tablet", "en", now())
            submission.submit(
                store, draft.id, form, answers, meta_of(round_, home, None, now()), app_state(app).hasher, now()
            )
        return draft.id

    return heard


@pytest.fixture
def children(hear: Hear) -> list[str]:
    """Enough children to be read by more than the lead; each has written twice."""
    return [hear(CHILDREN, {"better": f"better {number}", "good": f"good {number}"}) for number in range(5)]


@pytest.fixture
def giver(app: Flask, home: Home) -> Callable[..., Giver]:
    def giving(role: Any = "registered_manager", *, account: Account | None = None) -> Giver:
        service = app_state(app)
        who = account or account_with(app, role, home_id=home.id)
        return Giver(who, home, editions({home.kind})[0], service.form, service.hasher, day_at(now()))

    return giving


def listed(store: RecordStore, who: Giver) -> dict[str, tuple[str, ...]]:
    """Every comment that somebody may read, by its words, with the words of its themes."""
    words = {theme.id: theme.words for theme in offered(store, who, who.may_read(store).comments)}
    return {one.words: tuple(words[theme] for theme in one.themes) for one in who.may_read(store).comments}


def id_of(store: RecordStore, who: Giver, words: str) -> str:
    return next(one.id for one in who.may_read(store).comments if one.words == words)


def own_words(store: RecordStore, who: Giver) -> list[str]:
    return [theme.words for theme in offered(store, who, who.may_read(store).comments) if theme.own]


def test_the_list_begins_with_the_newest_edition_in_its_order(store: RecordStore, giver, round_: Round) -> None:
    words = [theme.words for theme in offered(store, giver(), ())]
    assert words[:3] == ["Relationships", "Needs", "Views and rights"]
    assert len(words) == 11


def test_a_theme_is_given_taken_and_given_back_and_remembered_without_saying_which(
    store: RecordStore, giver, children: list[str], round_: Round
) -> None:
    manager = giver()
    ids = [id_of(store, manager, words) for words in ("better 1", "good 3")]
    theme, changed = give(store, manager, ids, RELATIONSHIPS, now())
    assert (theme.words, set(changed)) == ("Relationships", set(ids))
    assert give(store, manager, ids, RELATIONSHIPS, now())[1] == (), "a second time changes nothing"
    assert listed(store, manager)["good 3"] == ("Relationships",)
    assert listed(store, manager)["better 3"] == (), "nothing joins it to what the same child wrote elsewhere"
    assert set(give(store, manager, ids, RELATIONSHIPS, now(), away=True)[1]) == set(ids)
    assert not list(store[Theming].all())
    told = [entry.facts for entry in store[Entry].all() if entry.kind == "comments_themed"]
    assert told == [{"round": round_.id, "form": "children", "given": given} for given in (True, False)]


def test_what_one_may_not_read_is_passed_over(store: RecordStore, giver, children: list[str], hear: Hear) -> None:
    hear(STAFF, {"change": "of staff", "kept_back": "never told", "unrepeated": "never repeated"})
    manager, responsible = giver(), giver("responsible_individual")
    assert set(listed(store, responsible)) == {"of staff"}, "as in the workbook that they take"
    of_child, of_staff = id_of(store, manager, "better 0"), id_of(store, responsible, "of staff")
    assert give(store, responsible, [of_child, of_staff], RELATIONSHIPS, now())[1] == (of_staff,)
    assert give(store, manager, [of_staff], RELATIONSHIPS, now())[1] == ()
    visitor = giver("independent_person")
    assert listed(store, visitor) == {}
    with pytest.raises(NotPossible, match="Only those who read comments"):
        give_own(store, visitor, [], "Anything", now())


def test_what_adults_wrote_anonymously_is_in_no_list(
    store: RecordStore, giver, round_: Round, hear: Hear, app: Flask
) -> None:
    nameless = Form.of({**STAFF.to_json(), "id": "nameless", "identity": "anonymous"})
    for number in range(6):
        hear(nameless, {"change": f"nameless {number}"})
    assert listed(store, giver("responsible_individual")) == {}


def test_own_words_are_typed_once_and_offered_to_those_who_may_read_a_comment_that_has_them(
    store: RecordStore, giver, hear: Hear
) -> None:
    """A theme may tell of what was written: whom the children's form does not name is not offered it."""
    for number in range(4):
        hear(CHILDREN, {"better": f"better {number}"})
    hear(STAFF, {"change": "of staff"})
    lead, manager, other = giver("safeguarding_lead"), giver(), giver("responsible_individual")
    theme, changed = give_own(store, lead, [id_of(store, lead, "better 2")], "  Bed   time ", now())
    assert (theme.words, len(changed)) == ("Bed time", 1)
    assert give_own(store, manager, [id_of(store, manager, "better 1")], "bed TIME", now())[0].id == theme.id
    assert own_words(store, lead) == own_words(store, manager) == ["Bed time"]
    for role in ("responsible_individual", "independent_person"):
        assert own_words(store, giver(role)) == []
    with pytest.raises(NotPossible, match="not on the list"):
        give(store, other, [], theme.id, now())


@pytest.mark.parametrize("words", ["", "   ", "a; b", "x" * 41, "new\x07line"])
def test_words_that_make_no_theme_are_refused(store: RecordStore, giver, children: list[str], words: str) -> None:
    with pytest.raises(NotPossible, match="A theme is a few words"):
        give_own(store, giver(), [], words, now())


def test_words_of_the_framework_stand_for_its_own_theme(store: RecordStore, giver, children: list[str]) -> None:
    assert give_own(store, giver(), [], "relationships", now())[0].id == RELATIONSHIPS
    assert not list(store[OwnTheme].all())


def test_own_words_leave_the_list_when_no_comment_has_them(store: RecordStore, giver, children: list[str]) -> None:
    manager = giver()
    comment = id_of(store, manager, "better 1")
    theme, _ = give_own(store, manager, [comment], "Bedtime", now())
    with pytest.raises(NotPossible, match="Take it away there first"):
        take_off(store, manager, theme.id)
    give(store, manager, [comment], theme.id, now(), away=True)
    assert own_words(store, manager) == ["Bedtime"], "so that it can be put back"
    assert take_off(store, giver(), theme.id) is None, "whoever does not know it takes nothing off"
    assert take_off(store, manager, theme.id)
    assert not list(store[OwnTheme].all())


def test_themes_go_with_the_response_and_own_words_that_stood_on_nothing_else(
    store: RecordStore, giver, children: list[str], tmp_path: Path
) -> None:
    manager = giver()
    first, second = id_of(store, manager, "better 0"), id_of(store, manager, "better 1")
    give_own(store, manager, [first], "Bedtime", now())
    give_own(store, manager, [first, second], "Food", now())
    backup(store, tmp_path / "before", now())
    erase_responses(store, [children[0]])
    assert own_words(store, manager) == ["Food"]
    assert [theming.response_id for theming in store[Theming].all()] == [children[1]]
    restore(tmp_path / "before", store, in_place_of_what_is_there=True)
    assert [theming.response_id for theming in store[Theming].all()] == [children[1]]
    assert own_words(store, manager) == ["Food"], "nor does an older backup bring them back"


def test_nothing_is_left_of_themes_when_the_time_of_the_answers_is_over(
    app: Flask, config: Config, store: RecordStore, giver, children: list[str]
) -> None:
    manager = giver()
    give_own(store, manager, [one.id for one in manager.may_read(store).comments], "Bedtime", now())
    assert len(themes_at(store, ["larch-house"])) == 10
    after = now() + timedelta(days=CHILDREN.retention.responses_days + 1)
    tidy(store, app_state(app).form, config.exports_dir, config.exports_keep_days, after)
    assert not list(store[Theming].all())
    assert not list(store[OwnTheme].all())


def test_a_theme_of_an_older_edition_says_which(store: RecordStore, giver, children: list[str]) -> None:
    manager = giver()
    older = replace(manager, framework=editions({"childrens_home"})[1])
    comment = id_of(store, manager, "better 1")
    theme, _ = give(store, older, [comment], "sccif-childrens-home/2020-21/W1", now())
    assert theme.words == "Trusted relationships (2020-21)"
    assert theme.id not in {one.id for one in offered(store, manager, manager.may_read(store).comments)}
    assert give(store, manager, [comment], theme.id, now(), away=True)[1] == (comment,)
