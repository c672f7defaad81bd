"""What each role may do, as one table; a view names the action, and the table decides."""

from typing import Literal, get_args

from service.accounts.account import Account
from service.definitions import Role

Action = Literal[
    "see_home",  # the home's page: what is open, who has answered, what is due
    "follow_rounds",  # a round's page: how many were asked and have answered
    "manage_rounds",  # plan, open, extend, close; invite, remind, send again, revoke
    "see_children",  # their pictures and numbers, and of whom a name is kept
    "name_children",  # type, replace and delete their names where the home keeps them; only an alert shows one
    "manage_people",  # children's pictures and numbers, the contact list
    "manage_tablets",  # enrol, rename, remove; the PIN
    "manage_homes",  # what is known of a home; adding one asks for it at all homes
    "key_in",  # type in answers that came on paper: the copies are read by whoever does
    "take_workbooks",  # what of single answers is in them, each form's `readers` decide
    "see_drafts",  # forms that are being edited, and what of them is published
    "build_forms",  # make, change and publish forms of a home
    "approve_forms",  # agree to a change of who reads answers, of alerts or of how long answers are kept
    "keep_forms",  # which forms are offered, and why one is not
    "keep_help_lines",  # the national lines on every questionnaire, for all homes at once
    "manage_accounts",  # invite, give roles, close
    "see_audit",  # who did what
    "see_alerts",  # those that one of the account's roles was told of: the record decides
    "resolve_child",  # look up which child an alert is about
    "decide_pictures",  # say how many children used one picture, where it answered a form again
    "read_comments",  # children's, as far as each form names the role among its readers
    "see_jobs",  # when what happens by itself last happened
]
ROLES: tuple[Role, ...] = get_args(Role)

MAY: dict[Role, frozenset[Action]] = {
    "administrator": frozenset(
        {
            "see_home",
            "see_alerts",
            "manage_homes",
            "see_drafts",
            "keep_forms",
            "keep_help_lines",
            "manage_accounts",
            "see_audit",
            "see_jobs",
        }
    ),
    "responsible_individual": frozenset(
        {
            "see_home",
            "see_alerts",
            "read_comments",
            "follow_rounds",
            "manage_rounds",
            "see_children",
            "manage_people",
            "manage_tablets",
            "manage_homes",
            "see_drafts",
            "build_forms",
            "approve_forms",
            "key_in",
            "take_workbooks",
            "see_jobs",
        }
    ),
    "registered_manager": frozenset(
        {
            "see_home",
            "see_alerts",
            "read_comments",
            "follow_rounds",
            "manage_rounds",
            "see_children",
            "manage_people",
            "manage_tablets",
            "see_drafts",
            "build_forms",
            "key_in",
            "take_workbooks",
            "see_jobs",
        }
    ),
    "safeguarding_lead": frozenset(
        {
            "see_home",
            "see_alerts",
            "resolve_child",
            "decide_pictures",
            "see_children",
            "name_children",
            "read_comments",
            "follow_rounds",
            "see_drafts",
            "approve_forms",
            "key_in",
            "take_workbooks",
        }
    ),
    "staff": frozenset({"see_home", "see_alerts"}),
    "independent_person": frozenset(
        {"see_home", "see_alerts", "read_comments", "follow_rounds", "key_in", "take_workbooks"}
    ),
}
# Who can read named answers, or give roles to those who can, enters with a second factor.
SECOND_FACTOR: frozenset[Role] = frozenset(role for role in ROLES if role != "staff")


def roles_at(account: Account, home_id: str) -> frozenset[Role]:
    """What this account is at a home."""
    return frozenset(grant.role for grant in account.grants if grant.home_id in ("", home_id))


def may(account: Account, action: Action, home_id: str) -> bool:
    """Whether the account may do this at this home."""
    return any(action in MAY[role] for role in roles_at(account, home_id))


def may_somewhere(account: Account, action: Action) -> bool:
    """Whether the account may do this at any home at all."""
    return any(action in MAY[grant.role] for grant in account.grants)


def may_everywhere(account: Account, action: Action) -> bool:
    """Whether the account may do this for the provider as a whole."""
    return any(action in MAY[grant.role] for grant in account.grants if not grant.home_id)


def needs_second_factor(account: Account) -> bool:
    """Whether one of its roles asks for a second factor."""
    return any(grant.role in SECOND_FACTOR for grant in account.grants)
