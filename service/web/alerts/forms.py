"""What somebody fills in about an alert: what was learned and done, why it is closed, why they look up who it was."""

from wtforms import RadioField, TextAreaField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import InputRequired, Length

from service.collection.alerts.workflow import LONGEST_NOTE
from service.text import clean_text
from service.web.alerts.text import CLOSED_AS, REASONS
from service.web.parts.forms import TypedForm


def _text(label: str, rows: int) -> TextAreaField:
    too_long = Length(max=LONGEST_NOTE, message=f"At most {LONGEST_NOTE:,} characters.")
    given = {"rows": rows, "autocomplete": "off", "spellcheck": "false"}
    return TextAreaField(label, [too_long], filters=[lambda text: clean_text(text or "").strip()], render_kw=given)


class NoteForm(TypedForm):
    """What was learned and done: each part may be left out, but not all."""

    words = _text("What was said", 4)
    present = _text("Who was there", 2)
    done = _text("What was done", 4)
    told = _text("Who was told, and when", 2)


class CloseForm(TypedForm):
    """Why there is nothing more to do."""

    reason = RadioField(
        "Why", [InputRequired("Say why it is closed.")], choices=[SelectChoice(*each) for each in CLOSED_AS.items()]
    )


class ReasonForm(TypedForm):
    """Why somebody looks up who answered."""

    why = RadioField(
        "Why", [InputRequired("Say why you look this up.")], choices=[SelectChoice(*each) for each in REASONS.items()]
    )
