"""What administrators do with accounts, and what their owners choose."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from service.accounts import administration, credentials
from service.accounts.account import Account, AccountLink, Grant, NotAllowed
from service.accounts.sessions import open_session, session_of
from service.accounts.sign_in import check_password
from service.audit import COMMAND, Entry
from service.definitions import Role
from service.mail.email import Email
from service.repository import Store
from tests.accounts.sign_in_helpers import CHEAP, HASHER, NOON, PASSWORD, TOTP, code_at, door, somebody

BASE = "https://sayso.example.org"
NEW = "green kettle hums quietly"
LEAD = Grant("safeguarding_lead", "larch-house", deputy=True)


def invited(store: Store, *grants: Grant, name: str = "Sam Lind", email: str = "sam@example.org") -> Account:
    return administration.invite_account(store, name, email, grants, NOON, BASE, COMMAND)


def token_in(store: Store, account: Account) -> str:
    """The token of the newest letter to somebody."""
    letter = max(store[Email].find("account_id", account.id), key=lambda letter: letter.created_at)
    return letter.text.partition(f"{BASE}/password/")[2].split()[0]


def choose(store: Store, token: str, password: str = NEW, *, after: timedelta = timedelta(0)) -> Account:
    return credentials.choose_password(store, CHEAP, token, password, NOON + after, HASHER.new)


def told(store: Store) -> list[tuple[str, str, dict[str, object]]]:
    return [(entry.kind, entry.actor, entry.facts) for entry in store[Entry].all()]


# --- inviting ---


def test_who_is_invited_gets_one_letter_with_a_link_of_which_only_the_hash_is_kept(store: Store) -> None:
    account = invited(store, LEAD, email=" Sam@Example.org ")
    [letter] = store[Email].all()
    assert (letter.kind, letter.to, letter.account_id) == ("account", "sam@example.org", account.id)
    assert letter.text.count(f"{BASE}/password/") == 1
    [link] = store[AccountLink].all()
    token = token_in(store, account)
    assert len(token) >= 43, "256 random bits"
    assert token not in repr(link)
    assert link.expires_at == NOON + timedelta(days=7)
    assert told(store) == [
        ("account_changed", COMMAND, {"account": account.id, "change": "invited"}),
        ("role_changed", COMMAND, {"account": account.id, "role": "safeguarding_lead", "given": True}),
    ]


@pytest.mark.parametrize(
    ("name", "email", "grants", "words"),
    [
        ("", "sam@example.org", (), "Enter a name"),
        ("   ", "sam@example.org", (), "Enter a name"),
        ("S" * 101, "sam@example.org", (), "at most 100"),
        ("Sam\nBcc: everybody@example.org", "sam@example.org", (), "one line"),
        ("Sam", "", (), "name@example.org"),
        ("Sam", "sam", (), "name@example.org"),
        ("Sam", "sam@example", (), "name@example.org"),
        ("Sam", "sam@example.org, mo@example.org", (), "name@example.org"),
        ("Sam", "sam@example.org\nBcc: x@example.org", (), "name@example.org"),
        ("Sam", "<sam@example.org>", (), "name@example.org"),
        ("Sam", "s" * 250 + "@example.org", (), "name@example.org"),
        ("Sam", "RO@example.org", (), "already"),
        ("Sam", "sam@example.org", (Grant("administrator", "larch-house"),), "all homes"),
        ("Sam", "sam@example.org", (Grant("king"),), "no such role"),  # type: ignore[arg-type]
    ],
)
def test_nobody_is_invited_who_cannot_be(
    store: Store, name: str, email: str, grants: tuple[Grant, ...], words: str
) -> None:
    somebody(store)
    with pytest.raises(NotAllowed, match=words):
        administration.invite_account(store, name, email, grants, NOON, BASE, COMMAND)
    assert len(list(store[Account].all())) == 1
    assert not list(store[Email].all())
    assert not list(store[Entry].all())


def test_the_link_sets_the_first_password_once(store: Store) -> None:
    account = invited(store)
    token = token_in(store, account)
    choose(store, token, after=timedelta(days=6, hours=23))
    assert check_password(store, door(), "sam@example.org", NEW).id == account.id
    with pytest.raises(NotAllowed, match="does not work any more"):
        choose(store, token, "quite another password")
    assert [facts["change"] for kind, _, facts in told(store) if kind == "account_changed"][-1:] == ["set_up"]


@pytest.mark.parametrize("after", [timedelta(days=7), timedelta(days=400)])
def test_the_link_of_an_invitation_works_for_a_week(store: Store, after: timedelta) -> None:
    token = token_in(store, invited(store))
    with pytest.raises(NotAllowed, match="does not work any more"):
        choose(store, token, after=after)


@pytest.mark.parametrize("token", ["", "x", "a" * 10_000, "\x00", "../../etc/passwd"])
def test_a_token_that_was_never_given_opens_nothing(store: Store, token: str) -> None:
    invited(store)
    assert credentials.opened_by(store, token, NOON) is None


def test_the_letter_can_be_sent_again_until_a_password_is_chosen(store: Store) -> None:
    account = invited(store)
    first = token_in(store, account)
    administration.invite_again(store, account.id, NOON + timedelta(days=2), BASE, COMMAND)
    second = token_in(store, account)
    assert first != second
    choose(store, second, after=timedelta(days=8))
    assert credentials.opened_by(store, first, NOON) is None, "with one used, all are"
    with pytest.raises(NotAllowed, match="has chosen a password already"):
        administration.invite_again(store, account.id, NOON, BASE, COMMAND)


def test_a_weak_password_uses_no_link_up(store: Store) -> None:
    token = token_in(store, invited(store))
    for weak in ("short", "Sam Lind sam@example.org", "passwordpassword"):
        with pytest.raises(NotAllowed):
            choose(store, token, weak)
    choose(store, token)


# --- a new password ---


def test_who_has_forgotten_gets_a_letter_whose_link_works_for_an_hour(store: Store) -> None:
    account = somebody(store)
    credentials.forgotten(store, door(), " RO@example.org", BASE)
    token = token_in(store, account)
    assert credentials.opened_by(store, token, NOON + timedelta(minutes=59))
    assert credentials.opened_by(store, token, NOON + timedelta(hours=1)) is None


@pytest.mark.parametrize("email", ["nobody@example.org", "closed@example.org", "", "ro@example.org, mo@example.org"])
def test_no_letter_goes_where_there_is_no_open_account(store: Store, email: str) -> None:
    somebody(store)
    somebody(store, "closed@example.org", closed_at=NOON)
    credentials.forgotten(store, door(), email, BASE)
    assert not list(store[Email].all())
    assert not list(store[AccountLink].all())


def test_asking_again_and_again_sends_no_flood_of_letters_and_stops_none(store: Store) -> None:
    account = somebody(store)
    for minute in range(25):
        credentials.forgotten(store, door(NOON + timedelta(minutes=minute)), account.email, BASE)
    assert len(list(store[Email].all())) == 3
    assert credentials.opened_by(store, token_in(store, account), NOON + timedelta(minutes=25))


def test_somebody_who_never_set_up_may_ask_for_a_new_link_as_well(store: Store) -> None:
    account = somebody(store, password="")
    credentials.forgotten(store, door(), account.email, BASE)
    choose(store, token_in(store, account))
    assert check_password(store, door(), account.email, NEW)


def test_a_new_password_ends_every_session_and_every_link_and_leaves_the_second_factor(
    store: Store,
) -> None:
    account = somebody(store, totp=TOTP)
    _, secret = open_session(store, account, NOON, second_factor=True)
    credentials.forgotten(store, door(), account.email, BASE)
    credentials.forgotten(store, door(NOON + timedelta(minutes=11)), account.email, BASE)
    choose(store, token_in(store, account), after=timedelta(minutes=12))
    assert session_of(store, secret, NOON) is None
    assert not list(store[AccountLink].all())
    [kept] = store[Account].all()
    assert kept.totp == TOTP
    assert sorted(letter.subject for letter in store[Email].all())[-1] == "Your password for Sayso was changed"


def test_changing_ones_password_ends_all_other_sessions(store: Store) -> None:
    account = somebody(store)
    here, old = open_session(store, account, NOON, second_factor=True)
    _, elsewhere = open_session(store, account, NOON, second_factor=True)
    new = credentials.change_password(store, CHEAP, here, account, NEW, NOON)
    assert new is not None
    found = session_of(store, new, NOON)
    assert found is not None
    assert found[1].second_factor, "what the session was opened with stays"
    assert session_of(store, old, NOON) is None
    assert session_of(store, elsewhere, NOON) is None
    assert check_password(store, door(), account.email, NEW)
    assert [letter.to for letter in store[Email].all()] == [account.email]


def test_a_session_that_was_ended_meanwhile_changes_nothing(store: Store) -> None:
    account = somebody(store)
    here, _ = open_session(store, account, NOON, second_factor=False)
    administration.close_account(store, account.id, NOON, COMMAND)
    assert credentials.change_password(store, CHEAP, here, account, NEW, NOON) is None
    assert credentials.set_second_factor(store, here, account, TOTP, code_at(NOON), NOON) is None
    [kept] = store[Account].all()
    assert (kept.password, kept.totp) == (account.password, "")


# --- the second factor ---


def test_a_secret_becomes_the_accounts_only_after_a_right_code_which_is_then_used_up(store: Store) -> None:
    account = somebody(store)
    here, _ = open_session(store, account, NOON, second_factor=False)
    with pytest.raises(NotAllowed, match="not right"):
        credentials.set_second_factor(store, here, account, TOTP, "000000", NOON)
    assert [kept.totp for kept in store[Account].all()] == [""]
    secret = credentials.set_second_factor(store, here, account, TOTP, code_at(NOON), NOON)
    assert secret is not None
    found = session_of(store, secret, NOON)
    assert found is not None
    assert found[1].second_factor
    assert (found[0].totp, found[0].totp_step) == (TOTP, int(NOON.timestamp()) // 30)


def test_taking_the_second_factor_away_ends_the_sessions_and_tells_its_owner(store: Store) -> None:
    account = somebody(store, totp=TOTP)
    _, secret = open_session(store, account, NOON, second_factor=True)
    administration.reset_second_factor(store, account.id, NOON, "somebody-else")
    assert session_of(store, secret, NOON) is None
    [kept] = store[Account].all()
    assert (kept.totp, kept.totp_step) == ("", 0)
    [letter] = store[Email].all()
    assert "administrator took away" in letter.text
    assert told(store) == [
        ("account_changed", "somebody-else", {"account": account.id, "change": "second_factor_reset"})
    ]


# --- roles ---


def test_roles_are_given_and_taken_at_one_home_or_at_all_and_remembered(store: Store) -> None:
    account = somebody(store)
    everywhere, there = Grant("staff"), Grant("registered_manager", "larch-house")
    administration.give_role(store, account.id, everywhere, NOON, "a")
    administration.give_role(store, account.id, there, NOON, "a")
    kept = administration.give_role(store, account.id, there, NOON, "a")
    assert kept.grants == (there, everywhere), "in the order of the table, each once"
    kept = administration.take_role(store, account.id, Grant("registered_manager"), NOON, "a")
    assert there in kept.grants, "at all homes is another role than at one"
    kept = administration.take_role(store, account.id, there, NOON, "a")
    assert kept.grants == (everywhere,)
    changes = sorted(
        (entry.home_id, str(entry.facts["role"]), bool(entry.facts["given"])) for entry in store[Entry].all()
    )
    assert changes == [
        ("", "staff", True),
        ("larch-house", "registered_manager", False),
        ("larch-house", "registered_manager", True),
    ]


def test_a_lead_can_become_deputy_and_nobody_else_is_one(store: Store) -> None:
    account = somebody(store)
    administration.give_role(store, account.id, Grant("safeguarding_lead", "larch-house"), NOON, "a")
    assert administration.give_role(store, account.id, LEAD, NOON, "a").grants == (LEAD,)
    kept = administration.give_role(store, account.id, Grant("staff", "larch-house", deputy=True), NOON, "a")
    assert kept.grants == (LEAD, Grant("staff", "larch-house"))


LAST: list[Callable[[Store], object]] = [
    lambda store: administration.close_account(store, "ro", NOON, "ro"),
    lambda store: administration.take_role(store, "ro", Grant("administrator"), NOON, "ro"),
]


@pytest.mark.parametrize("leave", LAST)
@pytest.mark.parametrize(
    ("password", "closed", "roles"),
    [("", False, ["administrator"]), ("kept", True, ["administrator"]), ("kept", False, ["responsible_individual"])],
)
def test_the_last_administrator_who_can_sign_in_stays(
    store: Store,
    leave: Callable[[Store], object],
    password: str,
    closed: bool,
    roles: list[Role],
) -> None:
    before = somebody(store, roles=["administrator"])
    somebody(store, "mo@example.org", roles, password=password, closed_at=NOON if closed else None)
    with pytest.raises(NotAllowed, match=r"only administrator who can sign in\. Make somebody else an administrator"):
        leave(store)
    assert store[Account].get("ro") == before


@pytest.mark.parametrize("leave", LAST)
def test_one_of_two_administrators_may_leave(store: Store, leave: Callable[[Store], object]) -> None:
    before = somebody(store, roles=["administrator"])
    somebody(store, "mo@example.org", ["administrator"])
    leave(store)
    assert store[Account].get("ro") != before


# --- closing ---


def test_a_closed_account_opens_nothing_until_it_is_opened_again(store: Store) -> None:
    account = somebody(store)
    _, secret = open_session(store, account, NOON, second_factor=True)
    credentials.forgotten(store, door(), account.email, BASE)
    token = token_in(store, account)
    administration.close_account(store, account.id, NOON, "a")
    assert session_of(store, secret, NOON) is None
    with pytest.raises(NotAllowed):
        choose(store, token)
    for act in (administration.set_up_link, administration.invite_again, administration.start_over):
        arguments = (NOON, BASE) if act is administration.set_up_link else (NOON, BASE, "a")
        with pytest.raises(NotAllowed, match="is closed"):
            act(store, account.id, *arguments)  # type: ignore[operator]
    administration.reopen_account(store, account.id, NOON, "a")
    assert session_of(store, secret, NOON) is None, "what was ended stays so"
    assert check_password(store, door(), account.email, PASSWORD).id == account.id


def test_closing_what_is_closed_and_opening_what_is_open_change_nothing(store: Store) -> None:
    account = somebody(store)
    administration.reopen_account(store, account.id, NOON, "a")
    assert not list(store[Entry].all())
    administration.close_account(store, account.id, NOON, "a")
    administration.close_account(store, account.id, NOON + timedelta(days=1), "a")
    assert [kept.closed_at for kept in store[Account].all()] == [NOON]
    assert len(list(store[Entry].all())) == 1


def test_who_has_lost_everything_starts_over_and_nothing_from_before_works(store: Store) -> None:
    account = somebody(store, totp=TOTP)
    _, secret = open_session(store, account, NOON, second_factor=True)
    credentials.forgotten(store, door(), account.email, BASE)
    before = token_in(store, account)
    link = administration.start_over(store, account.id, NOON, BASE, COMMAND)
    assert session_of(store, secret, NOON) is None
    assert credentials.opened_by(store, before, NOON) is None
    [kept] = store[Account].all()
    assert (kept.password, kept.totp) == ("", "")
    choose(store, link.removeprefix(f"{BASE}/password/"))
    assert check_password(store, door(), account.email, NEW)


ON_NOBODY: list[Callable[[Store], object]] = [
    lambda store: administration.close_account(store, "nobody", NOON, "a"),
    lambda store: administration.reopen_account(store, "nobody", NOON, "a"),
    lambda store: administration.rename(store, "nobody", "Mo", NOON, "a"),
    lambda store: administration.give_role(store, "nobody", Grant("staff"), NOON, "a"),
    lambda store: administration.take_role(store, "nobody", Grant("staff"), NOON, "a"),
    lambda store: administration.reset_second_factor(store, "nobody", NOON, "a"),
    lambda store: administration.start_over(store, "nobody", NOON, BASE, "a"),
]


@pytest.mark.parametrize("act", ON_NOBODY)
def test_what_is_done_to_nobody_is_refused_with_a_sentence(store: Store, act: Callable[[Store], object]) -> None:
    with pytest.raises(NotAllowed, match="no such account"):
        act(store)
    assert not list(store[Entry].all())


def test_no_letter_holds_what_a_name_was_made_to_smuggle_in(store: Store) -> None:
    account = invited(store, name="<b>Sam</b> & Co")
    [letter] = store[Email].all()
    assert "<b>" not in letter.html
    assert "&lt;b&gt;Sam&lt;/b&gt; &amp; Co" in letter.html
    assert account.name in letter.text
