"""How accounts, roles and sessions are told in words."""

from service.accounts.account import Grant
from service.accounts.roles import MAY, Action
from service.definitions import Role
from service.reports.labels import ROLES

# What each action of the table of roles comes to for whoever reads it.
ACTIONS: dict[Action, str] = {
    "see_home": "see what is open and who has answered",
    "follow_rounds": "follow each round",
    "manage_rounds": "open and close rounds, invite and remind",
    "see_children": "see the children’s pictures and numbers",
    "decide_pictures": "say how many children used one picture, where it answered a form again",
    "name_children": "add a name to a child’s picture, where the home keeps names",
    "manage_people": "keep the children’s pictures and the contact list",
    "manage_tablets": "enrol and remove tablets, and set their PIN",
    "manage_homes": "change what is known of a home",
    "key_in": "type in forms that came on paper, as far as their single answers are for this role to read",
    "take_workbooks": "see results and take workbooks; each form says who may read single answers",
    "see_alerts": "see the alerts that this role is told of, and act on them",
    "resolve_child": "look up, with a reason, which child an alert is about",
    "read_comments": "read what people wrote and give it themes, as far as each form names this role as a reader",
    "see_drafts": "see forms that are being made",
    "build_forms": "make, change and publish forms",
    "approve_forms": "agree to changes of alerts, of who reads answers and of how long they are kept, made by others",
    "keep_forms": "see which forms are offered and why one is not",
    "keep_help_lines": "keep the national help lines, where the role is for all homes",
    "manage_accounts": "make accounts and give roles",
    "see_audit": "see who did what",
    "see_jobs": "see what runs by itself",
}
# What stands in what a browser says of itself, the first that fits; others claim to be Safari or Chrome as well.
_BROWSERS = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("CriOS", "Chrome"), ("Safari", "Safari"))
_DEVICES = (
    ("iPad", "an iPad"),
    ("iPhone", "an iPhone"),
    ("Android", "an Android device"),
    ("CrOS", "a Chromebook"),
    ("Windows", "Windows"),
    ("Mac OS", "a Mac"),
    ("Linux", "Linux"),
)


def role_in_words(role: Role) -> str:
    """A role as it begins a line."""
    return ROLES[role][0].upper() + ROLES[role][1:]


def grant_in_words(grant: Grant, home_names: dict[str, str]) -> str:
    """A role and where: `Safeguarding lead (deputy) at Larch House`."""
    where = f"at {home_names.get(grant.home_id, 'a home that is gone')}" if grant.home_id else "at all homes"
    return f"{role_in_words(grant.role)}{' (deputy)' if grant.deputy else ''} {where}"


def what_roles_may() -> list[tuple[str, list[str]]]:
    """Each role with what it may do, from the table that decides it."""
    return [(role_in_words(role), [words for action, words in ACTIONS.items() if action in MAY[role]]) for role in MAY]


def browser_in_words(said: str) -> str:
    """A browser as its owner would call it: `Safari on an iPad`."""
    browser = next((name for mark, name in _BROWSERS if mark in said), "A browser")
    device = next((name for mark, name in _DEVICES if mark in said), "")
    return f"{browser} on {device}" if device else browser
