"""How far a round has come, and that no number says which child has answered."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from service.collection.follow_up.progress import FormProgress, Progress, missing_of, progress_of
from service.collection.forms.publication import publish
from service.collection.invitations.invite import Addressee, invite
from service.collection.models.form_meta import meta_of
from service.collection.models.hashing import Hasher
from service.collection.models.home import Home
from service.collection.models.invitation import Invitation
from service.collection.models.published_form import PublishedForm
from service.collection.models.response import Response
from service.collection.models.round import Expected, Round
from service.collection.responses import submission
from service.collection.rounds.open_close import open_round
from service.dates import day_at, now
from service.definitions import Form
from service.mail.email import Email, Words
from service.repository import Store

HASHER = Hasher([b"k" * 32])
FORMS = ("child-views", "child-views-first", "staff-views", "social-worker-views", "parent-views")


@pytest.fixture
def ask(store: Store, home: Home, library: dict[str, Form]) -> Callable[..., Round]:
    def asking(*form_ids: str, expected: dict[str, int] | None = None, template: str = "reg-45") -> Round:
        return open_round(
            store,
            home,
            [library[name] for name in form_ids],
            title="Your views",
            reason="",
            closes_on=day_at(now()) + timedelta(days=14),
            now=now(),
            template=template,
            expected=[Expected(form_id, people) for form_id, people in (expected or {}).items()],
        )

    return asking


@pytest.fixture
def look(store: Store) -> Callable[[Round], Progress]:
    def of(fingerprint: str) -> Form:
        published = store[PublishedForm].get(fingerprint)
        assert published is not None
        return Form.of(published.definition)

    return lambda round_: progress_of(store, round_, of)


def people(store: Store, round_: Round, *names: str, form_id: str = "social-worker-views") -> list[Invitation]:
    invite(
        store,
        round_,
        [Addressee(form_id, name, f"{name}@example.org") for name in names],
        now(),
        lambda invitation, token: Words("Your views", token, ""),
    )
    return [each for each in store[Invitation].find("round_id", round_.id) if each.name in names]


def begin(store: Store, round_: Round, form_id: str, invitation: Invitation | None = None) -> str:
    ref = round_.form_ref(form_id)
    assert ref is not None
    channel = "link" if invitation else "tablet"
    return submission.begin(store, round_, ref, channel, "en", now(), invitation.id if invitation else None).id


def answer(
    store: Store,
    home: Home,
    round_: Round,
    form: Form,
    invitation: Invitation | None = None,
    said: object = None,
) -> None:
    response_id = begin(store, round_, form.id, invitation)
    submission.submit(store, response_id, form, {}, meta_of(round_, home, invitation, now()), HASHER, now())


def one(progress: Progress, form_id: str) -> FormProgress:
    return next(form for form in progress.by_form if form.form_id == form_id)


def change(store: Store, invitation: Invitation, **changes: object) -> None:
    with store.transaction() as tx:
        kept = tx[Invitation].get(invitation.id)
        assert kept is not None
        tx[Invitation].put(replace(kept, **changes))  # type: ignore[arg-type]


def test_those_who_were_asked_have_opened_and_have_answered_are_counted_by_form(
    store: Store, home: Home, library: dict[str, Form], ask, look
) -> None:
    round_ = ask(*FORMS, expected={"staff-views": 6})
    sam, ana, kim, _ = people(store, round_, "sam", "ana", "kim", "leo")
    answer(store, home, round_, library["social-worker-views"], sam)
    begin(store, round_, "social-worker-views", ana)
    change(store, kim, opened_at=now())
    answer(store, home, round_, library["staff-views"])
    begin(store, round_, "staff-views")
    progress = look(round_)
    assert one(progress, "social-worker-views") == FormProgress(
        "social-worker-views", "How is the child doing?", "social_worker", "link", asked=4, opened=3, answered=1
    )
    assert one(progress, "staff-views") == FormProgress(
        "staff-views", "Working with children here", "staff", "tablet", asked=6, unnamed=True
    )
    assert (progress.asked, progress.answered, progress.silent) == (10, 1, False)


def test_the_revoked_are_not_counted_and_those_who_declined_stand_apart(store: Store, ask, look) -> None:
    round_ = ask(*FORMS)
    sam, ana, _kim = people(store, round_, "sam", "ana", "kim")
    change(store, sam, revoked_at=now())
    change(store, ana, declined_at=now(), declined="It is Kim now")
    progress = look(round_)
    found = one(progress, "social-worker-views")
    assert (found.asked, found.declined) == (1, 1)
    assert [each.id for each in progress.declined] == [ana.id]


def test_somebody_who_answered_before_the_link_was_revoked_still_counts(
    store: Store, home: Home, library: dict[str, Form], ask, look
) -> None:
    round_ = ask(*FORMS)
    [sam] = people(store, round_, "sam")
    answer(store, home, round_, library["social-worker-views"], sam)
    change(store, sam, revoked_at=now())
    found = one(look(round_), "social-worker-views")
    assert (found.asked, found.opened, found.answered) == (1, 1, 1)


def test_an_anonymous_answer_is_counted_once(store: Store, home: Home, library: dict[str, Form], ask, look) -> None:
    form = Form.of({**library["parent-views"].to_json(), "id": "parent-anonymous", "identity": "anonymous"})
    publish(store, [form])
    library = {**library, form.id: form}
    round_ = open_round(
        store, home, [form], title="t", reason="", closes_on=day_at(now()) + timedelta(days=7), now=now()
    )
    *most, ana, _ = people(store, round_, "kim", "leo", "sam", "tom", "ana", "bea", form_id=form.id)
    for each in most:
        answer(store, home, round_, form, each)
    assert one(look(round_), form.id).answered == 0
    answer(store, home, round_, form, ana)
    found = one(look(round_), form.id)
    assert (found.asked, found.opened, found.answered) == (6, 5, 5)


def test_a_copy_kept_as_a_conflict_is_no_second_answer(
    store: Store, home: Home, library: dict[str, Form], ask, look
) -> None:
    round_ = ask("staff-views", expected={"staff-views": 6})
    form = library["staff-views"]
    response_id = begin(store, round_, form.id)
    for said in ({}, {"child_safe": "always"}):
        submission.submit(store, response_id, form, said, meta_of(round_, home, None, now()), HASHER, now())
    assert store[Response].count("round_id", round_.id) == 2
    for _ in range(3):
        answer(store, home, round_, form)
    assert one(look(round_), form.id).answered == 0, "four people, five copies"
    answer(store, home, round_, form)
    assert one(look(round_), form.id).answered == 5


@pytest.mark.parametrize("expected", [None, {"child-views": 4}])
def test_nothing_of_a_few_children_is_shown_before_or_after(
    store: Store, home: Home, library: dict[str, Form], ask, look, expected: dict[str, int] | None
) -> None:
    round_ = ask("child-views", "staff-views", expected=expected)
    before = look(round_)
    for _ in range(4):
        answer(store, home, round_, library["child-views"])
    begin(store, round_, "child-views")
    assert look(round_) == before, "nobody sees that a child has answered"
    found = one(before, "child-views")
    assert (found.shown, found.asked, found.opened, found.answered) == (False, 0, 0, 0)


def test_five_children_are_enough_to_be_counted(store: Store, home: Home, library: dict[str, Form], ask, look) -> None:
    round_ = ask("child-views", expected={"child-views": 5})
    for _ in range(4):
        answer(store, home, round_, library["child-views"])
    found = one(look(round_), "child-views")
    assert (found.shown, found.asked, found.answered, found.answered_in_words) == (True, 5, 0, "")
    answer(store, home, round_, library["child-views"])
    assert one(look(round_), "child-views").answered_in_words == "at least 5 answered"


def test_a_form_may_ask_for_a_larger_group(store: Store, home: Home, library: dict[str, Form], look) -> None:
    form = Form.of(
        {
            **library["child-views"].to_json(),
            "id": "child-careful",
            "reporting": {"minimum_group_size": 8, "secondary_suppression": True},
        }
    )
    publish(store, [form])
    round_ = open_round(
        store,
        home,
        [form],
        title="t",
        reason="",
        closes_on=day_at(now()),
        now=now(),
        expected=[Expected(form.id, 7)],
    )
    assert not one(look(round_), form.id).shown


def test_no_sum_gives_away_the_few_beside_the_many(
    store: Store, home: Home, library: dict[str, Form], ask, look
) -> None:
    round_ = ask("child-views", "child-views-first", expected={"child-views": 6, "child-views-first": 2})
    answer(store, home, round_, library["child-views"])
    before = look(round_)
    assert one(before, "child-views").shown
    assert not one(before, "child-views-first").shown
    [children] = before.by_audience
    assert (children.shown, children.answered) == (False, 0)
    answer(store, home, round_, library["child-views-first"])
    assert look(round_) == before


def test_the_forms_of_an_audience_add_up(store: Store, home: Home, library: dict[str, Form], ask, look) -> None:
    round_ = ask("child-views", "child-views-first", expected={"child-views": 6, "child-views-first": 5})
    for _ in range(5):
        answer(store, home, round_, library["child-views"])
        answer(store, home, round_, library["child-views-first"])
    [children] = look(round_).by_audience
    assert (children.audience, children.channel, children.asked, children.answered) == ("child", "tablet", 11, 10)


def test_a_review_says_which_of_the_four_nobody_asks(store: Store, ask, look) -> None:
    round_ = ask(*FORMS)
    assert look(round_).missing == ("social_worker", "parent"), "their forms are there, but nobody has been invited"
    people(store, round_, "sam")
    assert look(round_).missing == ("parent",)
    [bea] = people(store, round_, "bea", form_id="parent-views")
    assert look(round_).missing == ()
    change(store, bea, revoked_at=now())
    assert look(round_).missing == ("parent",)


def test_a_round_of_no_template_lacks_nobody(ask, look) -> None:
    assert look(ask("child-views", template="")).missing == ()
    assert missing_of("everyday", ["child"]) == ()
    assert missing_of("reg-45", ["child", "staff"]) == ("social_worker", "parent")


def test_silence_is_said_until_somebody_answers(store: Store, home: Home, library: dict[str, Form], ask, look) -> None:
    round_ = ask("staff-views", "child-views", "social-worker-views")
    [sam] = people(store, round_, "sam")
    assert look(round_).silent
    answer(store, home, round_, library["child-views"])
    answer(store, home, round_, library["staff-views"])
    assert look(round_).silent, "the first answer to an unnamed form does not show"
    answer(store, home, round_, library["social-worker-views"], sam)
    assert not look(round_).silent


def test_of_a_round_with_a_few_children_alone_silence_is_not_said(ask, look) -> None:
    assert not look(ask("child-views")).silent


def test_those_whose_letter_did_not_arrive_are_named_until_another_letter_leaves(store: Store, ask, look) -> None:
    round_ = ask(*FORMS)
    sam, ana, kim = people(store, round_, "sam", "ana", "kim")

    def letter_of(invitation: Invitation, state: str, later: bool = False) -> None:
        with store.transaction() as tx:
            [letter] = list(tx[Email].find("invitation_id", invitation.id))[-1:]
            kept = replace(letter, state=state, said="550 no such mailbox")  # type: ignore[arg-type]
            tx[Email].put(replace(kept, id=f"later-{invitation.id}") if later else kept)

    letter_of(sam, "bounced")
    letter_of(ana, "unsure")
    letter_of(kim, "sent")
    progress = look(round_)
    assert [(each.id, letter.state) for each, letter in progress.unreached] == [(sam.id, "bounced"), (ana.id, "unsure")]
    letter_of(sam, "dropped", later=True)
    assert [each.id for each, _ in look(round_).unreached] == [sam.id, ana.id], (
        "a letter that never left proves nothing"
    )
    letter_of(ana, "sent", later=True)
    assert [each.id for each, _ in look(round_).unreached] == [sam.id]
    change(store, sam, revoked_at=now())
    assert look(round_).unreached == ()


def test_a_title_stands_as_those_who_are_asked_read_it(
    store: Store, home: Home, library: dict[str, Form], look
) -> None:
    form = Form.of({**library["staff-views"].to_json(), "id": "staff-here", "title": "Working at {meta.home_name}"})
    publish(store, [form])
    round_ = open_round(store, home, [form], title="t", reason="", closes_on=day_at(now()), now=now())
    assert one(look(round_), form.id).title == "Working at Larch House"
