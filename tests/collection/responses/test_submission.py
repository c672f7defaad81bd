"""A response from its first answer to its receipt."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from service.collection.forms.publication import EasyReadUnfinished, VersionTaken, publish
from service.collection.invitations.invite import Addressee, invite, linked
from service.collection.invitations.manual import invite_more
from service.collection.models.errors import NotPossible
from service.collection.models.form_meta import meta_of
from service.collection.models.hashing import Hasher
from service.collection.models.home import Home
from service.collection.models.invitation import Invitation
from service.collection.models.published_form import PublishedForm
from service.collection.models.response import Ledger, Receipt, Response, ledger_id
from service.collection.models.round import Round
from service.collection.responses import submission
from service.collection.responses.submission import NoSuchResponse
from service.collection.rounds.open_close import newest_first, open_round
from service.dates import day_at, now
from service.definitions import Form
from service.mail.email import Words
from service.repository import Store
from tests.round_closure import close_round

HASHER = Hasher([b"k" * 32])
SAID = {"feel_safe": "mostly"}


@pytest.fixture
def anonymous(library: dict[str, Form]) -> Form:
    return Form.of({**library["child-views"].to_json(), "id": "child-anonymous", "identity": "anonymous"})


@pytest.fixture
def begin(store: Store, home: Home, round_: Round) -> Callable[[Form], Response]:
    def begun(form: Form) -> Response:
        ref = round_.form_ref(form.id)
        assert ref is not None
        return submission.begin(store, round_, ref, "tablet", form.base_language, now())

    return begun


@pytest.fixture
def round_(store: Store, home: Home, library: dict[str, Form], anonymous: Form) -> Round:
    publish(store, [anonymous])
    return open_round(
        store,
        home,
        [library["child-views"], library["social-worker-views"], anonymous],
        title="Your views",
        reason="",
        closes_on=day_at(now()) + timedelta(days=7),
        now=now(),
    )


def submit(store: Store, response: Response, form: Form, round_: Round, home: Home, answers: dict[str, object]) -> str:
    return submission.submit(store, response.id, form, answers, meta_of(round_, home, None, now()), HASHER, now())


def test_a_draft_keeps_hidden_answers_and_a_submission_drops_them(store, home, round_, library, begin) -> None:
    form = library["child-views"]
    draft = begin(form)
    said = {"feel_safe": "never", "unsafe_where": ["bedroom"]}
    submission.save_answers(store, draft.id, said, "en", now())
    submission.save_answers(store, draft.id, {**said, "feel_safe": "always"}, "en", now())
    assert store[Response].get(draft.id).answers["unsafe_where"] == ["bedroom"]
    assert submit(store, draft, form, round_, home, {**said, "feel_safe": "always"}) == "submitted"
    assert store[Response].get(draft.id).answers == {"feel_safe": "always"}
    assert store[Response].get(draft.id).submitted_at is not None


def test_the_same_submission_again_is_received_and_not_kept_twice(store, home, round_, library, begin) -> None:
    form = library["child-views"]
    draft = begin(form)
    outcomes = [submit(store, draft, form, round_, home, SAID) for _ in range(3)]
    assert outcomes == ["submitted", "already_submitted", "already_submitted"]
    assert store[Response].count("round_id", round_.id) == 1


def test_other_content_under_a_submitted_id_is_kept_beside_it_and_flagged(store, home, round_, library, begin) -> None:
    form = library["child-views"]
    draft = begin(form)
    submit(store, draft, form, round_, home, SAID)
    assert [submit(store, draft, form, round_, home, {"feel_safe": "never"}) for _ in range(2)] == ["conflict_kept"] * 2
    kept = list(store[Response].find("round_id", round_.id))
    assert sorted((response.conflict, response.answers["feel_safe"]) for response in kept) == [
        (False, "mostly"),
        (True, "never"),
    ]


def test_an_anonymous_submission_leaves_nothing_that_leads_to_its_draft(store, home, round_, anonymous) -> None:
    [(_, token)] = invite(store, round_, [Addressee(anonymous.id, "Ada", "ada@example.org", "the review")], now())
    ref = round_.form_ref(anonymous.id)
    draft = submission.begin(store, round_, ref, "link", "en-x-easyread", now(), linked(store, token).id)
    submission.save_answers(store, draft.id, SAID, "en-x-easyread", now())
    assert submit(store, draft, anonymous, round_, home, SAID) == "submitted"
    [kept] = store[Response].find("round_id", round_.id)
    assert kept.answers == SAID
    assert kept.id != draft.id
    assert kept.invitation_id is None
    assert kept.submitted_at == kept.started_at == kept.saved_at
    assert kept.submitted_at.astimezone().weekday() in (6, 0), "no finer than the Monday of the week, London time"
    assert kept.language == "en"
    assert store[Response].get(draft.id) is None
    asked_person = linked(store, token)
    assert asked_person.answered
    assert asked_person.response_id is None
    assert draft.id not in repr(list(store[Receipt].all()))
    assert submit(store, draft, anonymous, round_, home, SAID) == "already_submitted"
    assert submit(store, draft, anonymous, round_, home, {"feel_safe": "never"}) == "conflict_kept"
    assert store[Response].count("round_id", round_.id) == 2


def test_a_receipt_is_recognised_after_the_keys_were_rotated(store, home, round_, anonymous, begin) -> None:
    draft = begin(anonymous)
    submit(store, draft, anonymous, round_, home, SAID)
    rotated = Hasher([b"n" * 32, b"k" * 32])
    meta = meta_of(round_, home, None, now())
    assert submission.submit(store, draft.id, anonymous, SAID, meta, rotated, now()) == "already_submitted"


def test_a_withdrawn_draft_is_gone_and_cannot_come_back(store, home, round_, library, begin) -> None:
    form = library["child-views"]
    draft = begin(form)
    submission.save_answers(store, draft.id, SAID, "en", now())
    submission.withdraw(store, draft.id)
    submission.withdraw(store, draft.id)
    assert store[Response].get(draft.id) is None
    assert submission.save_answers(store, draft.id, SAID, "en", now()) is None
    assert submit(store, draft, form, round_, home, SAID) == "deleted"
    ledger = store[Ledger].get(ledger_id(round_.id, form.id))
    assert (ledger.started, ledger.withdrawn) == (1, 1)


def test_what_was_submitted_is_neither_withdrawn_nor_overwritten_by_a_late_save(
    store, home, round_, library, begin
) -> None:
    form = library["child-views"]
    draft = begin(form)
    submit(store, draft, form, round_, home, SAID)
    assert submission.save_answers(store, draft.id, {"feel_safe": "never"}, "en", now()) is None
    with pytest.raises(NoSuchResponse):
        submission.withdraw(store, draft.id)
    assert store[Response].get(draft.id).answers == SAID


def test_what_is_sent_while_the_round_is_closed_stays_a_draft(store, home, round_, library, begin) -> None:
    form = library["child-views"]
    draft = begin(form)
    close_round(store, round_.id, now())
    assert submission.submit(store, draft.id, form, SAID, meta_of(round_, home, None, now()), HASHER, now()) == "closed"
    assert store[Response].get(draft.id).submitted_at is None
    with pytest.raises(NotPossible, match="closed"):
        begin(form)  # of the round as it was when the page was looked at
    assert [kept.id for kept in store[Response].find("round_id", round_.id)] == [draft.id]


def test_an_id_that_was_never_begun_is_refused(store, home, round_, library) -> None:
    with pytest.raises(NoSuchResponse):
        submission.submit(store, "0" * 32, library["child-views"], SAID, {}, HASHER, now())


def test_only_the_hash_of_a_link_is_kept(store, round_) -> None:
    [(person, token)] = invite(
        store, round_, [Addressee("social-worker-views", "Sam", "sam@example.org", "review")], now()
    )
    assert len(token) >= 43, "256 random bits"
    assert token not in repr(list(store[Invitation].all()))
    assert linked(store, token).name == person.name


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"closes_on": day_at(now()) - timedelta(days=1)}, "already passed"),
        ({"forms": []}, "at least one form"),
        ({"forms": ["child-views", "child-views"]}, "twice"),
        ({"forms": ["foster-carer-views"]}, "not written for"),
    ],
)
def test_a_round_that_makes_no_sense_is_not_opened(store, home, library, change, sentence) -> None:
    change = {"forms": ["child-views"], "closes_on": day_at(now()), **change}
    forms = [library[name] for name in change.pop("forms")]
    with pytest.raises(NotPossible, match=sentence):
        open_round(store, home, forms, title="", reason="", now=now(), **change)
    assert not list(store[Round].all())


def test_nobody_is_asked_in_a_closed_round_or_with_a_form_it_does_not_ask(store, round_) -> None:
    with pytest.raises(NotPossible, match="does not ask"):
        invite(store, round_, [Addressee("social-worker-views"), Addressee("staff-views")], now())
    closed = close_round(store, round_.id, now())
    for known in (closed, round_):  # as it is, and as it was when the page was looked at
        with pytest.raises(NotPossible, match="closed"):
            invite(store, known, [Addressee("social-worker-views")], now())
        with pytest.raises(NotPossible, match="closed"):
            invite_more(store, known, [Addressee("social-worker-views")], now(), lambda *_: Words("", "", ""))
    assert not list(store[Invitation].all()), "all of them or none"
    assert close_round(store, round_.id, now() + timedelta(days=1)).closed_at == closed.closed_at
    with pytest.raises(NotPossible):
        close_round(store, "no-such-round", now())


def test_rounds_with_responses_come_first_then_the_newest(store, home, round_, library, begin) -> None:
    later = open_round(
        store,
        home,
        [library["social-worker-views"]],
        title="",
        reason="",
        closes_on=day_at(now()) + timedelta(days=7),
        now=now() + timedelta(hours=1),
    )
    assert newest_first(store) == [later, round_]
    begin(library["child-views"])
    assert newest_first(store) == [later, round_], "an answer moves nothing"


def test_a_version_is_published_once_and_a_child_gets_the_whole_of_easy_read(store, library) -> None:
    form = library["child-views"]
    definition = form.to_json()
    changed = Form.of({**definition, "title": "Other words"})
    with pytest.raises(VersionTaken, match=f'Raise its "version" to {form.version + 1}'):
        publish(store, [form, changed])
    easy = dict(definition["translations"]["en-x-easyread"])
    del easy["title"]
    gaps = Form.of({**definition, "version": 99, "translations": {"en-x-easyread": easy}})
    with pytest.raises(EasyReadUnfinished, match=r"missing: title\."):
        publish(store, [gaps])
    assert store[PublishedForm].get(gaps.fingerprint) is None
    publish(store, [form, Form.of({**definition, "version": form.version + 1})])
    assert store[PublishedForm].count("form_id", form.id) == 2
