"""Who may enter: every view says so, and what says nothing is closed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit, urlunsplit

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from service.accounts.account import Account, AccountSession
from service.accounts.roles import Action, may_everywhere, may_somewhere, needs_second_factor
from service.accounts.roles import may as may_do
from service.accounts.sessions import FRESH
from service.collection.alerts.workflow import may_see
from service.collection.models.alert import Alert
from service.collection.models.form_draft import FormDraft
from service.collection.models.home import Child, Home
from service.collection.models.invitation import Invitation
from service.collection.models.person import Person
from service.collection.models.round import PlannedRound, Round
from service.collection.models.tablet import Tablet
from service.dates import now
from service.mail.email import Email
from service.repository import readable
from service.state import app_state
from service.web.http.account_cookie import current_account, renew
from service.web.http.tablet_cookie import current_tablet, is_tablet

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Visitor:
    """Who is signed in, and the records that the address names, each of which they may see."""

    account: Account
    session: AccountSession
    home: Home | None = None
    records: dict[str, Any] = field(default_factory=dict)

    def may(self, action: Action) -> bool:
        """Whether this account may do this here: at the address's home, or where it names none, anywhere."""
        return may_do(self.account, action, self.home.id) if self.home else may_somewhere(self.account, action)

    def may_everywhere(self, action: Action) -> bool:
        """Whether this account may do this for the provider as a whole."""
        return may_everywhere(self.account, action)


# --- what a view says of itself ---


def open_to_all(view: View) -> View:
    """Anyone may look: the page says nothing about any home."""
    view.entry = "all"  # type: ignore[attr-defined]
    return view


def by_link(view: View) -> View:
    """Whoever holds the link's token; the view finds the invitation by it."""
    view.entry = "link"  # type: ignore[attr-defined]
    return view


def by_session(view: View) -> View:
    """Only the browser in which the response was begun; the view finds the response in its session."""
    view.entry = "session"  # type: ignore[attr-defined]
    return view


def by_tablet(view: View) -> View:
    """Only an enrolled tablet; every other browser is sent to the page that says how it becomes one."""
    view.entry = "tablet"  # type: ignore[attr-defined]
    return view


def in_demonstration(view: View) -> View:
    """Anyone at a demonstration that only this machine can reach; for everyone else the page is not there."""
    view.entry = "demonstration"  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """Any account, for what is its own; also before its second factor is set up."""
    view.entry = "account"  # type: ignore[attr-defined]
    return view


def may(action: Action, *, everywhere: bool = False) -> Callable[[View], View]:
    """Accounts whose role allows the action at the home that the address belongs to.

    An address that names no home is for those who may do it anywhere; with `everywhere`, at all homes.
    """

    def mark(view: View) -> View:
        view.entry = "may"  # type: ignore[attr-defined]
        view.action, view.everywhere = action, everywhere  # type: ignore[attr-defined]
        return view

    return mark


def freshly_proved(view: View) -> View:
    """Only just after giving the password again (ASVS 7.5.3): what holds single answers leaves through here."""
    view.proved = True  # type: ignore[attr-defined]
    return view


# --- what a view finds when it runs ---


def current() -> Visitor:
    """Who is signed in and what the address names; only in views that are entered by account."""
    return cast(Visitor, g.visitor)


def current_home() -> Home:
    """The home that the address belongs to."""
    found = current().home
    if found is None:
        abort(404)
    return found


def current_record(name: str) -> Any:
    """The record that the address's `<name>` names: `round_id`, `person_id`, …"""
    return current().records[name]


def may_open(account: Account, endpoint: str) -> bool:
    """Whether the account may open a page whose address names no home."""
    view: Any = current_app.view_functions[endpoint]
    allowed = may_everywhere if view.everywhere else may_somewhere
    return allowed(account, view.action)


# --- how that is held to ---


def close_by_default(app: Flask) -> None:
    """Refuse every view that does not say who may enter it."""

    @app.before_request
    def check_entry() -> ResponseReturnValue | None:
        if request.endpoint is None or request.endpoint == "static":
            return None
        view = current_app.view_functions[request.endpoint]
        entry = getattr(view, "entry", None)
        if entry is None:
            abort(403)
        if entry == "demonstration" and not is_local_demonstration():
            abort(404)
        if entry == "tablet" and current_tablet() is None:
            return redirect(url_for("tablet.choose"), 303)
        if entry not in ("account", "may"):
            return None
        g.demonstration = is_demonstration()
        return _check_account(view, entry)

    @app.context_processor
    def who_is_here() -> dict[str, Any]:
        return {"visitor": g.get("visitor"), "demonstration": g.get("demonstration", False), "on_tablet": is_tablet()}

    @app.after_request
    def keep_signed_in(response: Any) -> Any:
        return renew(response)


def is_demonstration() -> bool:
    """Whether the homes here are made up."""
    return any(home.demonstration for home in readable(app_state().store[Home].all()).records)


def is_local_demonstration() -> bool:
    """Whether this is a demonstration that only this machine can reach, so that anyone here may try everything."""
    return app_state().config.on_loopback and is_demonstration()


def lacks_second_factor(account: Account, session: AccountSession) -> bool:
    """Whether the account must set up its second factor first; not in a demonstration on one's own machine."""
    return needs_second_factor(account) and not session.second_factor and not is_local_demonstration()


def _check_account(view: Any, entry: str) -> ResponseReturnValue | None:
    entered = current_account()
    if entered is None:
        return _to("accounts.sign_in")
    account, session = entered
    g.visitor = Visitor(account, session)
    if entry != "account":
        if lacks_second_factor(account, session):
            return _to("accounts.second_factor")
        g.visitor = _found(account, session, view)
    if getattr(view, "proved", False) and now() - session.proved_at > FRESH:
        return _to("accounts.prove")
    return None


def _to(endpoint: str) -> ResponseReturnValue:
    back = request.full_path.rstrip("?") if _can_be_opened_again() else _page_before()
    address = url_for(endpoint, next=back)
    if request.headers.get("HX-Request") == "true":  # a fragment's place is no place for a sign-in page
        return "", 401, {"HX-Redirect": address}
    return redirect(address, 303)


def _can_be_opened_again() -> bool:
    """Whether this address is a page to come back to after signing in: not what was sent, and no part of a page."""
    return request.method in ("GET", "HEAD") and request.headers.get("HX-Request") != "true"


def _page_before() -> str | None:
    """The page of ours that this came from."""
    before = urlsplit(request.headers.get("HX-Current-URL") or request.referrer or "")
    return urlunsplit(("", "", before.path, before.query, "")) if before.netloc == request.host else None


def _found(account: Account, session: AccountSession, view: Any) -> Visitor:
    """The records that the address names, all of one home; 404 for what may not even be seen, 403 for the rest."""
    named = {name: value for name, value in (request.view_args or {}).items() if name in _HOMES}
    records = {name: _record(name, value) for name, value in named.items()}
    homes = {_HOMES[name](record) for name, record in records.items()}
    if not homes:
        if not may_open(account, request.endpoint or ""):
            abort(403)
        return Visitor(account, session)
    if len(homes) > 1:
        abort(404)
    home_id = homes.pop()
    if not home_id and "draft_id" in named:
        return _of_provider(account, session, view, records)
    home = app_state().store[Home].get(home_id)
    if home is None or not may_do(account, "see_home", home.id):
        abort(404)
    if not all(_KNOWN_TO[name](account, record) for name, record in records.items() if name in _KNOWN_TO):
        abort(404)
    if not may_do(account, view.action, home.id):
        abort(403)
    return Visitor(account, session, home, records)


def _of_provider(account: Account, session: AccountSession, view: Any, records: dict[str, Any]) -> Visitor:
    """A form of the whole provider is for those who may do this at all homes."""
    if not may_everywhere(account, "see_home"):
        abort(404)
    if not may_everywhere(account, view.action):
        abort(403)
    return Visitor(account, session, None, records)


def _record(name: str, record_id: str) -> Any:
    return app_state().store[_RECORDS[name]].get(record_id) or abort(404)


def _of_round(record: Any) -> str:
    round_ = app_state().store[Round].get(record.round_id)
    return round_.home_id if round_ else ""


_RECORDS: dict[str, type[Any]] = {
    "home_id": Home,
    "round_id": Round,
    "planned_id": PlannedRound,
    "child_id": Child,
    "person_id": Person,
    "invitation_id": Invitation,
    "letter_id": Email,
    "tablet_id": Tablet,
    "alert_id": Alert,
    "draft_id": FormDraft,
}
# Which home a record that an address names belongs to.
_HOMES: dict[str, Callable[[Any], str]] = {
    "home_id": lambda home: str(home.id),
    "round_id": lambda round_: str(round_.home_id),
    "planned_id": lambda planned: str(planned.home_id),
    "child_id": lambda child: str(child.home_id),
    "person_id": lambda person: str(person.home_id),
    "invitation_id": _of_round,
    "letter_id": _of_round,
    "tablet_id": lambda tablet: str(tablet.home_id),
    "alert_id": lambda alert: str(alert.home_id),
    "draft_id": lambda draft: str(draft.home_id),  # empty: of the whole provider
}
# Of these nobody may know, at their home either, but those they say themselves.
_KNOWN_TO: dict[str, Callable[[Account, Any], bool]] = {"alert_id": may_see}
