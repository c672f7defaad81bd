"""What letters to those who are asked say: who asks, for how long, until when, and who reads the answers."""

import unicodedata
from collections.abc import Callable
from typing import Any, Literal

from service.answers.duration import minutes_for
from service.answers.messages import phrase
from service.answers.reader_text import reader_text
from service.collection.invitations.invite import Writing
from service.collection.invitations.passcodes import LASTS
from service.collection.models.home import Home
from service.collection.models.invitation import Invitation
from service.collection.models.round import Round
from service.dates import day_at
from service.definitions import Form
from service.mail.compose import words
from service.mail.email import Words

Kind = Literal["invitation", "reminder", "new_link"]
Forms = Callable[[str], Form]  # the published form of a fingerprint


def writer(kind: Kind, round_: Round, home: Home, forms: Forms, base_url: str) -> Writing:
    """How letters of this kind are written to those whom this round asks."""

    def write(invitation: Invitation, token: str) -> Words:
        form = _form_of(invitation, round_, forms)
        known = _known(invitation, round_, home, form)

        def say(key: str) -> str:
            return phrase(form.base_language, key, **known)

        readers = reader_text(form, form.base_language, names_kept=home.child_names)
        about = "_about" if invitation.label else ""
        return words(
            say(f"letter.{kind}.subject"),
            _greeting(invitation, form),
            [
                say(f"letter.{kind}.first{about}"),
                *([say("letter.reminder.everyone")] if kind == "reminder" and form.is_unnamed else []),
                say("letter.how_long"),
                f"{readers.line} {readers.kept}",
                " ".join((*readers.told, *readers.others)),
            ],
            (say("letter.button"), f"{base_url.rstrip('/')}/i/{token}"),
            [say("letter.opening"), say("letter.forwarding"), say("letter.doubt"), _signed(home, form)],
        )

    return write


def code_writer(round_: Round, home: Home, forms: Forms) -> Callable[[Invitation, str], Words]:
    """How the letter with the six digits is written. Its subject does not hold them: subjects are seen by others."""

    def write(invitation: Invitation, digits: str) -> Words:
        form = _form_of(invitation, round_, forms)
        language = form.base_language
        return words(
            phrase(language, "letter.code.subject", home=_line(home.name)),
            _greeting(invitation, form),
            [
                phrase(language, "letter.code.digits", digits=digits),
                phrase(language, "letter.code.how", minutes=int(LASTS.total_seconds() // 60)),
            ],
            None,
            [phrase(language, "letter.code.why"), _signed(home, form)],
        )

    return write


def _form_of(invitation: Invitation, round_: Round, forms: Forms) -> Form:
    ref = round_.form_ref(invitation.form_id)
    if ref is None:
        raise KeyError(invitation.form_id)
    return forms(ref.fingerprint)


def _known(invitation: Invitation, round_: Round, home: Home, form: Form) -> dict[str, Any]:
    return {
        "home": _line(home.name),
        "label": _line(invitation.label),
        "minutes": minutes_for(form),
        "date": round_.closes_on,
        "written": day_at(invitation.created_at),
    }


def _greeting(invitation: Invitation, form: Form) -> str:
    name = _line(invitation.name)
    return phrase(form.base_language, "letter.dear", name=name) if name else phrase(form.base_language, "letter.hello")


def _signed(home: Home, form: Form) -> str:
    names = dict.fromkeys(_line(name) for name in (home.name, home.provider) if name)
    return "\n".join([phrase(form.base_language, "letter.thanks"), *names])


def _line(text: str) -> str:
    """What a manager or an import wrote, as one line: it may stand in the head of a letter."""
    return " ".join("".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text).split())
