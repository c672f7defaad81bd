"""The home's page through the front door: what is open, who has answered, what is due, what needs somebody."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
import time_machine
from flask import Flask

from service.collection.invitations.invite import Addressee, invite
from service.collection.models.form_meta import meta_of
from service.collection.models.hashing import Hasher
from service.collection.models.help_lines import HelpLines, lines_shipped
from service.collection.models.home import Child, Contact, Home
from service.collection.models.invitation import Invitation
from service.collection.models.person import Person
from service.collection.models.response import Response
from service.collection.models.round import Expected, PlannedRound, Round
from service.collection.people.who_to_talk_to import OUTSIDE
from service.collection.responses import submission
from service.collection.rounds.open_close import open_round
from service.dates import day_at, now, start_of
from service.definitions import Form, Role
from service.mail.email import Email, Words, new_email
from service.repository import Store
from service.state import app_state
from tests.accounts_factory import account_with, manager_of, signed_in
from tests.round_closure import close_round
from tests.visitor import Page, Visitor

MORNING = datetime(2026, 11, 20, 9, 15, tzinfo=UTC)  # a Friday
TODAY = date(2026, 11, 20)
Look = Callable[[], Page]
HASHER = Hasher([b"k" * 32])
FORMS = ("child-views", "staff-views", "social-worker-views", "parent-views")


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MORNING, tick=False) as moved:
        yield moved


@pytest.fixture
def larch(store: Store, home: Home, clock: time_machine.Traveller) -> Home:
    """The home with nothing left to see to: contacts checked, a safeguarding lead, nobody asked yet."""
    kim = Contact("Kim", "01632 960 200", audiences=("staff",))
    checked = replace(
        home,
        contacts=(*home.contacts, kim),
        contacts_checked_on=TODAY,
        telephone="01632 960 123",
        designated_officer=Contact("The LADO team", "0161 496 0123"),
    )
    with store.transaction() as tx:
        tx[Home].put(checked)
        tx[HelpLines].put(replace(lines_shipped(), checked_on=TODAY))
    return checked


@pytest.fixture
def in_earnest(store: Store, larch: Home) -> None:
    """The home is no demonstration: its letters are to leave."""
    with store.transaction() as tx:
        tx[Home].put(replace(larch, demonstration=False))


@pytest.fixture
def lead(app: Flask, larch: Home) -> None:
    account_with(app, "safeguarding_lead", home_id=larch.id)


@pytest.fixture
def manager(app: Flask, larch: Home, lead: None) -> Visitor:
    return manager_of(app, larch.id)


@pytest.fixture
def look(app: Flask, larch: Home, lead: None) -> Look:
    """The home's page as its manager finds it now, signed in anew: days may have passed."""
    return lambda: manager_of(app, larch.id).visit("/homes/larch-house")


@pytest.fixture
def review(store: Store, larch: Home, library: dict[str, Form]) -> Round:
    return a_round(store, larch, library, "reg-45", expected=(Expected("staff-views", 6),))


def a_round(
    store: Store,
    home: Home,
    library: dict[str, Form],
    template: str,
    days: int = 27,
    forms: Sequence[str] = FORMS,
    reason: str = "Reg 45 review",
    expected: Sequence[Expected] = (),
    remind_after: Sequence[int] = (),
) -> Round:
    return open_round(
        store,
        home,
        [library[name] for name in forms],
        title="Your views",
        reason=reason,
        closes_on=day_at(now()) + timedelta(days=days),
        now=now(),
        template=template,
        expected=expected,
        remind_after=remind_after,
    )


def ask(store: Store, round_: Round, *names: str, form_id: str = "social-worker-views") -> list[Invitation]:
    invite(
        store,
        round_,
        [Addressee(form_id, name, f"{name.lower()}@example.org") for name in names],
        now(),
        lambda invitation, token: Words("Your views", token, ""),
    )
    return [each for each in store[Invitation].find("round_id", round_.id) if each.name in names]


def answer(store: Store, round_: Round, form: Form, invitation: Invitation | None = None, *, send: bool = True) -> None:
    ref, home = round_.form_ref(form.id), store[Home].get(round_.home_id)
    assert ref is not None
    assert home is not None
    channel = "link" if invitation else "tablet"
    draft = submission.begin(store, round_, ref, channel, "en", now(), invitation.id if invitation else None)
    if send:
        submission.submit(store, draft.id, form, {}, meta_of(round_, home, invitation, now()), HASHER, now())


def change_invitation(store: Store, invitation: Invitation, **changes: object) -> None:
    with store.transaction() as tx:
        kept = tx[Invitation].get(invitation.id)
        assert kept is not None
        tx[Invitation].put(replace(kept, **changes))  # type: ignore[arg-type]


def letters_become(store: Store, state: str, **changes: object) -> None:
    with store.transaction() as tx:
        for letter in list(tx[Email].all()):
            tx[Email].put(replace(letter, state=state, **changes))  # type: ignore[arg-type]


def needs(page: Page) -> str:
    """What stands under "What needs you"."""
    _, _, rest = page.html.partition('<h2 id="needs">')
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", rest.partition("</section>")[0])))


# --- the homes ---


def test_whoever_has_one_home_is_sent_on_to_it(manager: Visitor, larch: Home) -> None:
    page = manager.visit("/homes")
    assert page.response.request.path == "/homes/larch-house"
    assert "Larch House" in page.title


def test_whoever_has_several_sees_each_with_what_needs_attention(
    app: Flask, store: Store, larch: Home, review: Round, library: dict[str, Form], lead: None
) -> None:
    with store.transaction() as tx:
        tx[Home].put(Home("elm", "Elm Cottage", "childrens_home", "Brightwater Care"))
    for _ in range(5):
        answer(store, review, library["staff-views"])
    page = signed_in(app, account_with(app, "responsible_individual")).visit("/homes")
    elm, larch_house = page.html.split('<li class="card">')[1:]
    assert "Elm Cottage" in elm
    assert "No round is open" in elm
    assert "1 cannot wait" in elm, "it has no safeguarding lead"
    assert "Reg 45 review: 6 asked, at least 5 answered, children apart, 27 days left" in larch_house
    assert "/homes/larch-house" in page.links


def test_nobody_sees_a_home_that_is_not_theirs(app: Flask, store: Store, larch: Home) -> None:
    with store.transaction() as tx:
        tx[Home].put(Home("elm", "Elm Cottage", "childrens_home"))
    manager = manager_of(app, "elm")
    assert manager.visit("/homes").response.request.path == "/homes/elm"
    for address in ("/homes/larch-house", "/homes/larch-house/now", "/homes/nowhere"):
        assert manager.visit(address).status == 404


@pytest.mark.parametrize(
    ("role", "said", "may_add"),
    [
        ("administrator", "Begin with the first home", True),
        ("responsible_individual", "Begin with the first home", True),
        ("registered_manager", "Ask your administrator", False),
        ("staff", "Ask your administrator", False),
    ],
)
def test_where_there_is_no_home_the_page_says_what_to_do_first(
    app: Flask, role: Role, said: str, may_add: bool
) -> None:
    page = signed_in(app, account_with(app, role)).visit("/homes")
    assert page.status == 200
    assert said in page.text
    assert ("/homes/add" in page.links) == may_add


# --- a home with nothing in it ---


def test_an_empty_home_says_what_to_do_first(look: Look) -> None:
    page = look()
    assert "nobody is there to be asked yet" in page.text
    first = page.html.partition("<ol>")[2].partition("</ol>")[0]
    assert [words in first for words in ("Add the children", "Add the people", "Open a round")] == [True] * 3
    assert {"/homes/larch-house/children", "/homes/larch-house/people", "/homes/larch-house/rounds/new"} <= set(
        page.links
    )


def test_a_home_with_people_and_no_round_is_pointed_to_what_it_lacks(store: Store, look: Look) -> None:
    with store.transaction() as tx:
        tx[Person].put(Person("p1", "larch-house", "social_worker", "Sam", "sam@example.org"))
    page = look()
    assert "No children are on the list yet" in page.text
    with store.transaction() as tx:
        tx[Child].put(Child("c1", "larch-house", 1, "kite", "older"))
    page = look()
    assert "No children are on the list yet" not in page.text
    assert "Open a round to ask people what they think" in page.text


def test_inspection_today_is_one_press_away(look: Look) -> None:
    page = look()
    assert any("rounds/new" in link and "inspection-today" in link for link in page.links)
    assert "Inspection today" in page.text


def test_of_a_home_in_order_it_says_that_nothing_is_needed(look: Look) -> None:
    assert "Nothing needs you now." in needs(look())


# --- what is open, and who has answered ---


def test_a_round_shows_who_has_answered_by_audience_and_how_long_it_is_open(
    store: Store, look: Look, review: Round, library: dict[str, Form]
) -> None:
    sam, ana, *_ = ask(store, review, "Sam", "Ana", "Kim", "Leo")
    answer(store, review, library["social-worker-views"], sam)
    change_invitation(store, ana, opened_at=now())
    page = look()
    assert "Your views · until 17 December 2026 · 27 days left" in page.text
    assert "Social workers 1 of 4 answered · 25% · 1 more opened it" in page.text
    assert "Staff 6 asked" in page.text
    assert "Parents Nobody has been asked yet" in page.text
    assert '<rect width="25.0" height="4"/>' in page.html
    assert f"/rounds/{review.id}" in page.links


def test_of_a_few_children_no_number_is_shown_before_or_after(
    store: Store, manager: Visitor, larch: Home, library: dict[str, Form]
) -> None:
    round_ = a_round(store, larch, library, "everyday", forms=["child-views"], expected=[Expected("child-views", 3)])
    before = manager.visit("/homes/larch-house").html
    assert "Children were asked" in before
    for _ in range(3):
        answer(store, round_, library["child-views"])
    assert manager.visit("/homes/larch-house").html == before


def test_enough_children_are_counted(store: Store, look: Look, larch: Home, library: dict[str, Form]) -> None:
    round_ = a_round(store, larch, library, "everyday", forms=["child-views"], expected=[Expected("child-views", 6)])
    for _ in range(4):
        answer(store, round_, library["child-views"])
    assert "Children 6 asked" in look().text
    assert "answered" not in look().text.split("Children 6 asked")[1][:30]
    answer(store, round_, library["child-views"])
    assert "Children 6 asked · at least 5 answered" in look().text


def test_planned_rounds_stand_with_their_days(store: Store, look: Look) -> None:
    plan = PlannedRound(
        "plan-1", "larch-house", "everyday", "t", "Everyday feedback", ("child-views",), date(2026, 12, 1), TODAY
    )
    with store.transaction() as tx:
        tx[PlannedRound].put(replace(plan, closes_on=date(2026, 12, 28)))
    page = look()
    assert "Everyday feedback opens on 1 December 2026, until 28 December 2026" in page.text
    assert "/planned/plan-1" in page.links


def test_the_round_that_closed_last_can_be_found(store: Store, look: Look, review: Round) -> None:
    close_round(store, review.id, now())
    page = look()
    assert "The last to close: Reg 45 review , on 20 November 2026" in page.text
    assert f"/rounds/{review.id}" in page.links


def test_on_the_day_of_an_inspection_the_page_says_how_long_until_annex_a_is_due(
    store: Store, look: Look, larch: Home, library: dict[str, Form], clock: time_machine.Traveller
) -> None:
    a_round(store, larch, library, "inspection-today", days=1, reason="Inspection today")
    clock.move_to(datetime(2026, 11, 20, 10, 50, tzinfo=UTC))
    assert "Annex A is due at 2pm: 3 hours 10 minutes left." in look().text
    clock.move_to(datetime(2026, 11, 20, 15, 0, tzinfo=UTC))
    assert "Annex A was due at 2pm." in look().text


# --- what is due ---


def test_what_is_due_stands_with_its_days(store: Store, look: Look, larch: Home, library: dict[str, Form]) -> None:
    round_ = a_round(store, larch, library, "everyday", days=20, reason="Everyday feedback", remind_after=(3,))
    ask(store, round_, "Sam")
    letters_become(store, "sent")
    page = look()
    assert "20 November 2026 · Reg 45 review Soon None has closed here yet." in page.text
    assert "25 November 2026 · Everyday feedback 1 person will be reminded by e-mail." in page.text
    assert "30 November 2026 · Reg 44 visit Due at least once a month" in page.text
    assert "10 December 2026 · Everyday feedback The last day to answer: 20 days left." in page.text
    assert any("template=reg-45" in link for link in page.links)


def test_an_overdue_review_is_marked(store: Store, look: Look, review: Round, clock) -> None:
    close_round(store, review.id, now())
    clock.move_to(datetime(2027, 5, 21, 9, tzinfo=UTC))
    page = look()
    assert "20 May 2027 · Reg 45 review Overdue The last one closed on 20 November 2026." in page.text


# --- what needs somebody ---


def test_letters_that_did_not_arrive_are_named_with_the_servers_words(store: Store, look: Look, review: Round) -> None:
    ask(store, review, "Sam", "Ana")
    letters_become(store, "bounced", said="550 no such mailbox")
    said = needs(page := look())
    assert "nobody can say that 2 letters arrived" in said
    assert "Sam: refused: 550 no such mailbox" in said
    assert f"/rounds/{review.id}/letters" in page.links
    letters_become(store, "unsure")
    assert "it may have arrived or not" in needs(look())
    letters_become(store, "sent")
    assert "arrived" not in needs(look())


def test_whoever_is_not_the_right_person_is_named_with_what_they_said(store: Store, look: Look, review: Round) -> None:
    [sam] = ask(store, review, "Sam")
    change_invitation(store, sam, declined_at=now(), declined="It is Kim <b>now</b>")
    page = look()
    assert "1 person says that they are not the right person" in needs(page)
    assert "Sam: It is Kim &lt;b&gt;now&lt;/b&gt;" in page.html


def test_answers_that_came_after_the_end_are_told_of(
    store: Store, look: Look, review: Round, library: dict[str, Form], clock
) -> None:
    [sam] = ask(store, review, "Sam")
    answer(store, review, library["social-worker-views"], sam, send=False)
    [draft] = store[Response].find("round_id", review.id)
    clock.shift(timedelta(minutes=5))
    submission.save_answers(store, draft.id, {"child_safe": "never"}, "en", now())
    clock.move_to(start_of(review.closes_on + timedelta(days=1)))
    assert "after it had closed" not in needs(look()), "a draft from before is no news"
    clock.shift(timedelta(minutes=5))
    submission.save_answers(store, draft.id, {"child_safe": "always"}, "en", now())
    clock.shift(timedelta(minutes=5))
    close_round(store, review.id, now())
    assert "1 person came with answers after it had closed" in needs(look())
    clock.shift(timedelta(days=40))
    assert "after it had closed" not in needs(look())


def test_silence_is_a_line_of_enquiry_once_half_the_time_is_over(
    store: Store, look: Look, review: Round, library: dict[str, Form], clock
) -> None:
    page = look()
    assert "Nobody of those counted here has answered yet." in page.text, "a child may have"
    assert "line of enquiry" not in needs(page)
    clock.shift(timedelta(days=15))
    answer(store, review, library["staff-views"])
    assert "line of enquiry" in needs(look())
    answer(store, review, library["social-worker-views"], ask(store, review, "Sam")[0])
    assert "line of enquiry" not in needs(look())


def test_a_round_that_closed_in_silence_says_so(store: Store, look: Look, review: Round) -> None:
    close_round(store, review.id, now())
    assert "Reg 45 review: nobody answered (social workers)" in needs(look())


def test_a_review_that_forgets_somebody_says_whom(store: Store, look: Look, review: Round) -> None:
    ask(store, review, "Sam")
    said = needs(page := look())
    assert "nobody is asked of these: parents." in said
    assert "children, staff, social workers and parents (Children's Homes Regulations 2015, reg 45(5))" in page.text
    assert f"/rounds/{review.id}/invite" in page.links
    ask(store, review, "Pat", form_id="parent-views")
    assert "nobody is asked" not in needs(look())


def test_a_home_without_a_safeguarding_lead_says_so_until_one_has_an_account(app: Flask, larch: Home) -> None:
    manager = manager_of(app, larch.id)
    assert "No safeguarding lead has an account" in needs(manager.visit("/homes/larch-house"))
    account_with(app, "safeguarding_lead", home_id="elm")
    assert "No safeguarding lead has an account" in needs(manager.visit("/homes/larch-house"))
    account_with(app, "safeguarding_lead")
    assert "No safeguarding lead has an account" not in needs(manager.visit("/homes/larch-house"))


def test_contacts_for_children_are_to_be_checked_every_six_months(store: Store, look: Look, larch: Home) -> None:
    def contacts(**changes: object) -> str:
        with store.transaction() as tx:
            tx[Home].put(replace(larch, **changes))  # type: ignore[arg-type]
        return needs(look())

    assert "contacts shown on questionnaires" not in contacts(contacts_checked_on=date(2026, 5, 20))
    assert "last checked on 19 May 2026" in contacts(contacts_checked_on=date(2026, 5, 19))
    assert "Nobody has noted yet" in contacts(contacts_checked_on=None)


def test_who_is_shown_no_one_to_turn_to_and_which_numbers_are_missing_is_said(
    store: Store, look: Look, larch: Home
) -> None:
    def said(**changes: object) -> str:
        with store.transaction() as tx:
            tx[Home].put(replace(larch, **changes))  # type: ignore[arg-type]
        return needs(look())

    amina, kim = larch.contacts
    outside = replace(kim, audiences=OUTSIDE)
    assert "cannot see anyone" not in said()
    assert "Children cannot see anyone" in said(contacts=(kim,))
    assert "Staff cannot see anyone" in said(contacts=(amina,))
    assert "Adults outside cannot see anyone" in said(telephone="")
    without = said(telephone="", contacts=(amina, kim, outside))
    assert "told to ring the home" in without
    assert "Adults outside" not in without
    assert "designated officer (LADO)" in said(designated_officer=None)


def test_a_plan_that_could_not_open_says_why(store: Store, look: Look, app: Flask) -> None:
    plan = PlannedRound("plan-1", "larch-house", "everyday", "t", "Everyday feedback", ("gone",), TODAY, TODAY)
    with store.transaction() as tx:
        tx[PlannedRound].put(plan)
    said = needs(page := look())
    assert "Everyday feedback could not open. There is no form called gone any more." in said
    assert "/planned/plan-1" in page.links


def test_of_a_demonstration_it_is_said_that_no_letter_leaves(store: Store, look: Look, review: Round) -> None:
    ask(store, review, "Sam")
    assert "Look at this In a demonstration no letter leaves: 1 letter waits." in needs(look())


def test_letters_that_wait_without_a_mail_server_cannot_wait(
    store: Store, look: Look, review: Round, in_earnest: None
) -> None:
    assert "Look at this No mail server is set, so no letter can leave: no letters wait." in needs(look())
    ask(store, review, "Sam", "Ana")
    assert "Cannot wait No mail server is set, so no letter can leave: 2 letters wait." in needs(look())


def test_mail_that_has_not_left_for_half_an_hour_is_told_of(
    app: Flask, store: Store, look: Look, review: Round, clock: time_machine.Traveller, in_earnest: None
) -> None:
    app_state(app).config = replace(app_state(app).config, smtp_url="smtp://127.0.0.1:25", mail_from="a@example.org")
    ask(store, review, "Sam")
    assert "Mail is not leaving" not in needs(look())
    clock.shift(timedelta(minutes=45))
    assert "Mail is not leaving: 1 letter waits for up to 45 minutes." in needs(look())
    letters_become(store, "sent")
    with store.transaction() as tx:
        later = now() + timedelta(days=1)
        tx[Email].put(new_email("reminder", "a@example.org", Words("s", "t", "h"), now(), not_before=later))
    clock.shift(timedelta(minutes=45))
    assert "Mail is not leaving" not in needs(look()), "one that is not due yet may wait"


# --- who sees what ---


def test_staff_see_that_a_round_is_open_and_how_to_hand_over_the_tablet(
    app: Flask, store: Store, larch: Home, review: Round
) -> None:
    ask(store, review, "Sam")
    page = signed_in(app, account_with(app, "staff", home_id=larch.id)).visit("/homes/larch-house")
    assert "Reg 45 review" in page.text
    assert "27 days left" in page.text
    assert "How to hand over the tablet" in page.text
    assert "answered" not in page.text
    for hidden in ("What is due", "What needs you", "Open a round", "Inspection today"):
        assert hidden not in page.text
    assert {link for link in page.links if "/rounds/" in link} == {f"/rounds/{review.id}/paper"}


def test_the_independent_person_follows_and_has_no_buttons(
    app: Flask, store: Store, larch: Home, review: Round, lead: None
) -> None:
    [sam, *_] = ask(store, review, "Sam", "Ana")
    change_invitation(store, sam, declined_at=now(), declined="Kim")
    letters_become(store, "bounced", said="550")
    page = signed_in(app, account_with(app, "independent_person", home_id=larch.id)).visit("/homes/larch-house")
    assert "Social workers 0 of 1 answered" in page.text
    assert "What is due" in page.text
    assert "Sam" not in page.text
    assert "Ana" not in page.text
    assert not [link for link in page.links if "new" in link or "invite" in link or "letters" in link]
    assert "Open a round" not in page.text


def test_an_administrator_sees_what_concerns_accounts_and_mail_but_no_counts(
    app: Flask, store: Store, larch: Home, review: Round
) -> None:
    ask(store, review, "Sam")
    page = signed_in(app, account_with(app, "administrator")).visit("/homes/larch-house")
    assert "No safeguarding lead has an account" in needs(page)
    assert "no letter leaves" in needs(page)
    assert "/accounts" in page.links
    assert "answered" not in page.text
    assert "How to hand over" not in page.text


# --- it keeps itself up to date ---


def poll(visitor: Visitor, page: Page) -> tuple[int, Page]:
    """What the page's own next look gets."""
    address = re.search(r'id="now" hx-get="([^"]+)"', page.html)
    assert address is not None
    response = visitor.client.get(address[1].replace("&amp;", "&"), headers={"HX-Request": "true"})
    return response.status_code, visitor.read(response)


def test_the_page_asks_every_twenty_seconds_and_gets_nothing_while_nothing_changed(
    manager: Visitor, review: Round, clock
) -> None:
    page = manager.visit("/homes/larch-house")
    assert 'hx-trigger="every 20s"' in page.html
    clock.shift(timedelta(minutes=3))
    assert poll(manager, page)[0] == 204


def test_what_changed_comes_with_a_sentence_for_those_who_listen(
    store: Store, manager: Visitor, review: Round, library: dict[str, Form], clock
) -> None:
    page = manager.visit("/homes/larch-house")
    for _ in range(4):
        answer(store, review, library["staff-views"])
    assert poll(manager, page)[0] == 204
    answer(store, review, library["staff-views"])
    status, fragment = poll(manager, page)
    assert status == 200
    assert "Staff 6 asked · at least 5 answered" in fragment.text
    news = "Changed at 9:15am. Reg 45 review: 6 asked, at least 5 answered."
    assert f'<p hx-swap-oob="innerHTML:#news">{news}' in fragment.html
    assert "<html" not in fragment.html
    assert poll(manager, fragment)[0] == 204


def test_the_clock_of_an_inspection_moves_on_without_a_word(
    store: Store, manager: Visitor, larch: Home, library: dict[str, Form], clock
) -> None:
    a_round(store, larch, library, "inspection-today", days=1, reason="Inspection today")
    page = manager.visit("/homes/larch-house")
    clock.shift(timedelta(minutes=1))
    status, fragment = poll(manager, page)
    assert status == 200
    assert "4 hours 44 minutes left" in fragment.text
    assert "hx-swap-oob" not in fragment.html


def test_every_link_of_what_changes_has_a_name_so_that_the_focus_comes_back(
    store: Store, manager: Visitor, review: Round
) -> None:
    ask(store, review, "Sam")
    letters_become(store, "bounced", said="550")
    page = manager.visit("/homes/larch-house")
    changing = page.html.partition('<div id="now"')[2]
    links = re.findall(r"<a [^>]*>", changing)
    assert len(links) > 3
    assert all(" id=" in link for link in links)


def test_the_part_that_changes_opened_by_itself_leads_to_the_page(manager: Visitor) -> None:
    page = manager.visit("/homes/larch-house/now")
    assert page.response.request.path == "/homes/larch-house"


def test_a_page_whose_session_has_ended_is_sent_to_sign_in(app: Flask, larch: Home) -> None:
    page = manager_of(app, larch.id).visit("/homes/larch-house")
    status, fragment = poll(Visitor(app), page)
    assert status == 401
    assert "/sign-in" in fragment.response.headers["HX-Redirect"]
