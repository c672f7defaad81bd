"""Those whom a round asks by link: the list of them, asking more, and what may be done about each letter."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.collection.invitations import invite as inviting
from service.collection.invitations.delivery import STEPS, DeliveryStatus, Move, Step, tells_who, told_of, told_one
from service.collection.invitations.emails import Kind, writer
from service.collection.invitations.invite import Writing
from service.collection.invitations.manual import asked_already, invite_more
from service.collection.models.errors import NotPossible
from service.collection.models.invitation import Invitation
from service.collection.models.person import Person, audience_of
from service.collection.models.round import Round
from service.collection.models.tablet import ON_THE_TABLET
from service.collection.people.contact_fields import KIND_WORDS, LONGEST, is_email, looks_like_a_name, tidied
from service.collection.people.contacts_and_children import people_of
from service.dates import day_at, in_words, now
from service.definitions import Form
from service.reports.labels import AUDIENCES, count_of, in_a_list, with_home
from service.state import app_state
from service.web.http.access import current, current_home, current_record, may
from service.web.rounds.invite_form import InvitePage

# What each step is called in the list, and how it is marked.
STEP_WORDS: dict[Step, tuple[str, str]] = {
    "no_letter": ("No letter: has the link", ""),
    "waiting": ("Waiting to leave", ""),
    "sent": ("Sent", ""),
    "unsure": ("Perhaps sent", "look"),
    "bounced": ("Came back", "act"),
    "opened": ("Opened", ""),
    "answered": ("Answered", "good"),
    "declined": ("Not the right person", "look"),
    "revoked": ("Taken back", ""),
}

NEEDING: tuple[Step, ...] = ("bounced", "unsure", "declined")  # stands first in the list


@may("manage_rounds")
def letters(round_id: str) -> ResponseReturnValue:
    """Everyone asked by link, with how far their letter has come; `?step=` shows those of one step."""
    round_: Round = current_record("round_id")
    return _list(round_)


@may("manage_rounds")
def invite(round_id: str) -> ResponseReturnValue:
    """Ask more people: from the contact list, or one by hand."""
    round_: Round = current_record("round_id")
    if not round_.is_open(day_at(now())):
        flash("The round is closed: nobody can be asked any more.", "act")
        return redirect(url_for("rounds.one", round_id=round_.id), 303)
    page = InvitePage(_forms(round_), _not_yet_asked(round_), request.form if request.method == "POST" else None)
    refused = ""
    if request.method == "POST" and page.validate():
        try:
            write = writer("invitation", round_, current_home(), app_state().form, app_state().config.base_url)
            invited = invite_more(app_state().store, round_, page.addressees(), now(), write, by=current().account.id)
        except NotPossible as refusal:
            refused = str(refusal)
        else:
            way = "letter waits to leave", "letters wait to leave"
            flash(f"{count_of(len(invited), *way)}." if invited else "They have been asked already.", "")
            return redirect(url_for("rounds.one", round_id=round_.id), 303)
    status = 422 if request.method == "POST" else 200
    about = _about(round_)
    words: dict[str, Any] = {
        "page": page,
        "fields": page.fields,
        "refused": refused,
        "asked_with": lambda kind: about["titles"][page.form_of[audience_of(kind)].id],
        "looks_like_a_name": looks_like_a_name,
    }
    return render_template("rounds/invite.html", **words, **about), status


@may("manage_rounds")
def again(invitation_id: str) -> ResponseReturnValue:
    """A new link in a new letter."""

    def send(told: DeliveryStatus) -> str:
        inviting.send_again(app_state().store, told.invitation.id, now(), _writing("new_link"), by=current().account.id)
        return f"A new letter to {_who(told)} waits to leave."

    return _done("again", send)


@may("manage_rounds")
def correct(invitation_id: str) -> ResponseReturnValue:
    """The right address and, where somebody else is meant, the right name."""
    email, name = request.form.get("email", "").strip(), tidied(request.form.get("name", ""))
    fault = "" if is_email(email) else "This is no e-mail address. Write it as name@example.org."
    if len(name) > LONGEST["name"]:
        fault = f"Make the name shorter: {LONGEST['name']} letters at most."
    if fault:
        return _list(_round_here(), Wrong(invitation_id, email, name, fault)), 422

    def send(told: DeliveryStatus) -> str:
        write = _writing("invitation")
        me = current().account.id
        inviting.correct(app_state().store, told.invitation.id, email, now(), write, name=name or None, by=me)
        return f"A letter to {email} waits to leave. Links that were sent before no longer work."

    return _done("correct", send)


@may("manage_rounds")
def revoke(invitation_id: str) -> ResponseReturnValue:
    """End an invitation: its links lead nowhere."""

    def end(told: DeliveryStatus) -> str:
        inviting.revoke(app_state().store, told.invitation.id, now(), by=current().account.id)
        return f"The invitation of {_who(told)} is taken back: its links no longer work."

    return _done("revoke", end)


# --- what the views share ---


@dataclass(frozen=True)
class Wrong:
    """What was typed to correct an invitation, and what is wrong with it."""

    invitation_id: str
    email: str
    name: str
    fault: str


def _done(move: Move, act: Callable[[DeliveryStatus], str]) -> ResponseReturnValue:
    """Do it where it may be done, say what came of it, and go back to the list."""
    invitation: Invitation = current_record("invitation_id")
    round_ = _round_here()
    form = _forms(round_)[invitation.form_id]
    told = told_one(app_state().store, invitation, form, open_still=round_.is_open(day_at(now())))
    try:
        if move not in told.moves:
            raise NotPossible("This cannot be done any more.")
        flash(act(told), "")
    except NotPossible as refusal:
        flash(str(refusal), "act")
    return redirect(url_for("rounds.letters", round_id=round_.id), 303)


def _list(round_: Round, wrong: Wrong | None = None) -> str:
    everyone = told_of(app_state().store, round_, app_state().form, day_at(now()))
    everyone.sort(key=lambda told: told.step not in NEEDING)
    counts = Counter(told.step for told in everyone)
    wanted = request.args.get("step", "")
    kinds = {
        person.id: KIND_WORDS[person.kind][0] for person in app_state().store[Person].find("home_id", round_.home_id)
    }
    return render_template(
        "rounds/letters.html",
        told=[told for told in everyone if told.step == wanted or wanted not in STEPS],
        everyone=len(everyone),
        counts=[(step, counts[step]) for step in STEPS if counts[step]],
        wanted=wanted if wanted in STEPS else "",
        step_words=STEP_WORDS,
        kinds=kinds,
        wrong=wrong,
        **_about(round_),
    )


def _about(round_: Round) -> dict[str, Any]:
    home, forms = current_home(), _forms(round_)
    titles = {form.id: with_home(form.title, [home]) for form in forms.values()}
    by_letter = [form for form in forms.values() if form.audience not in ON_THE_TABLET]
    return {
        "round": round_,
        "home": home,
        "demonstration": home.demonstration,
        "forms": forms,
        "titles": titles,
        "by_name": [form for form in by_letter if tells_who(form)],
        "without_names": [form for form in by_letter if not tells_who(form)],
        "audiences": AUDIENCES,
        "kind_words": KIND_WORDS,
        "open_still": round_.is_open(day_at(now())),
        "in_words": in_words,
        "quoted": lambda some: in_a_list([f"“{titles[form.id]}”" for form in some]),
    }


def _not_yet_asked(round_: Round) -> list[Person]:
    """Those on the contact list whom a form of the round is for, and who were not asked or no longer are."""
    store = app_state().store
    form_of = {form.audience: form.id for form in reversed(_forms(round_).values())}
    there = asked_already(store, round_)
    return [
        person
        for person in people_of(store, round_.home_id)
        if (form_id := form_of.get(audience_of(person.kind))) and (form_id, person.email) not in there
    ]


def _round_here() -> Round:
    invitation: Invitation = current_record("invitation_id")
    return app_state().store[Round].get(invitation.round_id) or abort(404)


def _forms(round_: Round) -> dict[str, Form]:
    return {ref.form_id: app_state().form(ref.fingerprint) for ref in round_.forms}


def _writing(kind: Kind) -> Writing:
    return writer(kind, _round_here(), current_home(), app_state().form, app_state().config.base_url)


def _who(told: DeliveryStatus) -> str:
    return told.invitation.name or told.invitation.email or "this person"
