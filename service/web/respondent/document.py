"""A form's document: rendered once for all who begin it, and in full for one with answers."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Any

from flask import abort, current_app, render_template, request, url_for
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup, escape

from service.answers.alert_rules import alerts_in
from service.answers.duration import minutes_for
from service.answers.filled_form import PageForm, posted
from service.answers.messages import keys
from service.answers.reader_text import reader_text
from service.collection.models.form_meta import meta_of
from service.collection.models.help_lines import HelpLines, lines_kept
from service.collection.models.home import Child, Home
from service.collection.models.invitation import Invitation
from service.collection.models.response import Response
from service.collection.models.round import Round
from service.collection.people.who_to_talk_to import contacts_checked_on, contacts_for, own_contacts
from service.dates import now
from service.definitions import AlertRule, Form, direction, language_for
from service.locales import month_names
from service.operations.responses import RoundForm
from service.state import app_state
from service.web.parts.phone_numbers import linked, number_of_home, with_numbers
from service.web.respondent.assets import Needs, needs_of

# What a kept document has in the places of what differs each time: the response's id, and the token against forgery.
ID, TOKEN = secrets.token_hex(16), secrets.token_hex(16)


@dataclass(frozen=True)
class PageAddresses:
    """Where a form's page sends what is done on it, and where it begins anew on a tablet (empty elsewhere)."""

    submit: str
    draft: str
    withdraw: str
    start: str


@dataclass(frozen=True)
class FormView(RoundForm):
    """One form of one round for one respondent, in their language: what every page about it needs.

    `child` is whose picture stands on the form's pages: the child it was begun for, None where no picture was chosen.
    `addresses` are those of a preview, which keeps nothing; None: those of the response.
    """

    child: Child | None = None
    addresses: PageAddresses | None = None

    @cached_property
    def national(self) -> HelpLines:
        """The lines for everyone, looked up once and only where something is shown."""
        return lines_kept(app_state().store)

    def posted(self) -> PageForm:
        """The form as this request sent it, unjudged."""
        return posted(self.form, request.form, self.meta, self.language)

    def words(self) -> dict[str, Any]:
        """What the templates of all its pages are given."""
        return {
            "form": self.form,
            "phrase": self.say,
            "language": self.language,
            "direction": direction(self.language),
            "look": "child" if self.form.audience == "child" else "adult",
            "home": self.home,
            "child": self.child,
            "title": self._title(),
            "own_contacts": own_contacts(self.home, self.form.audience),
            "contacts": contacts_for(self.home, self.national, self.form.audience),
            "with_numbers": self.with_numbers,
            "home_number": linked(self.home_number),
            "contacts_checked": contacts_checked_on(self.home, self.national, self.form.audience),
            "readers": reader_text(self.form, self.language, names_kept=self.home.child_names),
            "identity": self.form.identity,
            "minutes": minutes_for(self.form),
            "months": month_names(self.language),
            "closes_on": self.round.closes_on,
            "demonstration": self.home.demonstration,
        }

    @property
    def home_number(self) -> str:
        """The home's number as a sentence for an adult who is told to ask there; empty where none is known."""
        known = self.home.telephone and self.form.audience != "child"
        return number_of_home(self.home, self.say) if known else ""

    def with_numbers(self, text: str, *, everywhere: bool = False) -> Markup:
        """A text of the form with the numbers it says to ring; `everywhere`: both, where we cannot read the text."""
        if self.form.audience == "child":
            return escape(text)
        unread = everywhere and not self.language.startswith("en")
        return with_numbers(text, self.home, self.say, unread=unread)

    def _title(self) -> Markup:
        """With what it names of the home and the round, for which the form is walked through."""
        title = self.form.title
        return self.opened({}).text(title) if "{" in title else escape(title)


def sheet_for(
    round_id: str,
    form_id: str,
    language: str | None,
    invitation: Invitation | None = None,
    child: Child | None = None,
) -> FormView:
    """The sheet of a form in a round; 404 where the round does not ask it."""
    store = app_state().store
    round_ = store[Round].get(round_id)
    ref = round_.form_ref(form_id) if round_ else None
    home = store[Home].get(round_.home_id) if round_ else None
    if round_ is None or ref is None or home is None:
        abort(404)
    original = app_state().form(ref.fingerprint)
    chosen = language_for(original, language)
    return FormView(
        form=app_state().form(ref.fingerprint, chosen),
        original=original,
        language=chosen,
        round=round_,
        ref=ref,
        home=home,
        meta=meta_of(round_, home, invitation, now()),
        child=child,
    )


def document(view: FormView, response: Response, page: PageForm, notice: str = "") -> str:
    """The whole document with these answers and what is wrong with them."""
    kept = _unanswered(_key(replace(view, child=None), response.channel))
    untouched = {name: drawn for name, drawn in kept.items() if page.is_untouched(name)}
    return _rendered(view, response.id, response.channel, page, notice, generate_csrf(), untouched)


def fresh_document(view: FormView, response: Response) -> str:
    """The document before anything is answered: rendered once, with the response's id and the token put in."""
    return _kept(_key(view, response.channel)).replace(ID, response.id).replace(TOKEN, generate_csrf())


def help_of(view: FormView, rules: Iterable[AlertRule]) -> list[str]:
    """What the respondent is told at once because of these rules, in their own language."""
    met = {rule.id for rule in rules}
    return [rule.show_respondent for rule in view.form.alerts if rule.id in met and rule.show_respondent]


def group_fragment(view: FormView, response: Response, page: PageForm, group_id: str) -> str:
    """One repeating group as it is now, for the page to put in place of the one it has."""
    placed = view.form.questions.get(group_id)
    if placed is None:
        abort(400)
    context = _context(view, response.id, response.channel, page, "", generate_csrf())
    return render_template("respondent/_question.html", question=placed.question, **context)


@dataclass(frozen=True)
class _Key:
    """Two fresh documents are the same where the parts are that they are made of."""

    parts: tuple[object, ...]
    sheet: FormView = field(compare=False)
    channel: str


def _key(view: FormView, channel: str) -> _Key:
    fingerprint = view.original.fingerprint
    # whom it is about differs from letter to letter, and few forms say it
    meta = [value for name, value in view.meta.items() if name != "label" or _needs(view.original).label]
    service = id(current_app._get_current_object())  # type: ignore[attr-defined]
    pictured = (view.child.picture, view.child.number) if view.child else None
    place = (view.language, view.round, view.home, view.national, view.addresses)
    parts = (service, fingerprint, *place, pictured, *meta)
    return _Key(parts, view, channel)


@lru_cache(maxsize=128)
def _kept(key: _Key) -> str:
    return _rendered(key.sheet, ID, key.channel, key.sheet.opened({}), "", TOKEN)


@lru_cache(maxsize=128)
def _unanswered(key: _Key) -> Mapping[str, Markup]:
    """The questions as everyone first meets them, by their ids: drawn where nobody has answered anything.

    Those that repeat an earlier answer, or lead to the response, are not among them: they are nobody's but their own.
    """
    view = key.sheet
    context = _context(view, ID, key.channel, view.opened({}), "", "")
    drawn = {
        question.id: Markup(render_template("respondent/_question.html", question=question, **context))  # noqa: S704 - ours
        for page in view.form.pages
        for question in page.questions
    }
    return {name: each for name, each in drawn.items() if "data-pipe" not in each and ID not in each}


def _rendered(
    view: FormView,
    response_id: str,
    channel: str,
    page: PageForm,
    notice: str,
    token: str,
    untouched: Mapping[str, Markup] = MappingProxyType({}),
) -> str:
    context = _context(view, response_id, channel, page, notice, token)
    return render_template("respondent/form.html", untouched=untouched, **context)


def _context(view: FormView, response_id: str, channel: str, page: PageForm, notice: str, token: str) -> dict[str, Any]:
    needs = _needs(view.original)
    addresses = view.addresses or _addresses(response_id, channel)
    return {
        **view.words(),
        "entries": page,
        "text": page.text,
        "answers": page.answers,
        "needs": needs,
        "facts": needs.facts(view.meta),
        "token": token,
        "address": addresses.submit,
        "draft_address": addresses.draft,
        "withdraw_address": addresses.withdraw,
        "channel": channel,
        "start_address": addresses.start,
        "languages": [(code, language_name(view, code), code == view.language) for code in view.original.languages],
        "help_shown": help_of(view, alerts_in(view.form, page.visible, "answer")),
        "notice": notice,
    }


def _addresses(response_id: str, channel: str) -> PageAddresses:
    return PageAddresses(
        url_for("respond.submit", response_id=response_id),
        url_for("respond.draft", response_id=response_id),
        url_for("respond.withdraw", response_id=response_id),
        url_for("tablet.choose") if channel == "tablet" else "",
    )


@dataclass(frozen=True)
class _FormKey:
    """Forms with one fingerprint are the same form."""

    fingerprint: str
    form: Form = field(compare=False)


def _needs(form: Form) -> Needs:
    return _needs_of(_FormKey(form.fingerprint, form))


@lru_cache(maxsize=128)
def _needs_of(key: _FormKey) -> Needs:
    return needs_of(key.form)


def language_name(view: FormView, code: str) -> str:
    """A language in its own words; one that we have no name for goes by its code."""
    key = f"language.{code}"
    return view.say(key) if key in keys() else code
