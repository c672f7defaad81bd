"""A form as it is printed: its texts without anybody's answers, its questions numbered, its code and its envelope."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import segno
from markupsafe import Markup, escape

from service.accounts.account import Account
from service.accounts.roles import roles_at
from service.answers.condition_text import only_if
from service.answers.messages import phrase
from service.answers.piping import PIPE
from service.answers.reader_text import reader_text
from service.collection.models.help_lines import HelpLines
from service.collection.models.home import Home
from service.collection.models.published_form import FormRef
from service.collection.models.round import Round
from service.collection.people.who_to_talk_to import contacts_checked_on, contacts_for, own_contacts
from service.collection.responses.paper_codes import paper_code
from service.definitions import Expression, Form, direction
from service.definitions.question import GroupQuestion, Note
from service.repository import readable
from service.state import app_state
from service.web.parts.phone_numbers import with_numbers

# What stands for an earlier answer in a later text: nobody has answered a sheet of paper yet.
LATER = "…"
ENTRIES = 4  # columns of a repeating group: a further sheet holds the next
ENTRIES_LARGE = 2


@dataclass(frozen=True)
class Printed:
    """One form in one language for paper; in a round, or as the library has it. `large` is large print."""

    form: Form
    language: str
    large: bool = False
    home: Home | None = None
    round: Round | None = None
    ref: FormRef | None = None

    def say(self, key: str, /, **values: object) -> str:
        """One of our own sentences in the reader's language, in the tone of their age."""
        return phrase(self.language, f"{key}.child" if self.form.audience == "child" else key, **values)

    def text(self, words: str) -> str:
        """A text of the form, with what is known of the home in its place."""
        known = {"meta.home_name": self.home.name if self.home else LATER}
        if self.round is not None:
            known["meta.round_title"] = self.round.title
        return PIPE.sub(lambda found: self._filled(found[0], found[1], known), words)

    def with_numbers(self, words: str) -> Markup:
        """A text of the form with the numbers it says to ring."""
        if self.form.audience == "child":
            return escape(self.text(words))
        return with_numbers(self.text(words), self.home, self.say, links=False)

    def only_if(self, condition: Expression) -> str:
        """For whom a question is, in words."""
        return only_if(condition, self.form, self.numbers, self.say)

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """The number of each question; of none where the form's own texts begin with numbers, as Ofsted's items do."""
        asked = [
            question
            for page in self.form.pages
            for question in page.questions
            if not isinstance(question, Note) and not (isinstance(question, GroupQuestion) and not question.repeat)
        ]
        if any(question.label[:1].isdigit() for question in asked):
            return {}
        return {question.id: number for number, question in enumerate(asked, 1)}

    @property
    def code(self) -> str:
        """The code by which it is keyed in; a form outside a round has none."""
        return paper_code(self.round.id, self.ref) if self.round and self.ref else ""

    def entries(self, group: GroupQuestion) -> int:
        """How many empty columns a repeating group has."""
        usual = ENTRIES_LARGE if self.large else ENTRIES
        return min(max(usual, group.repeat.min), group.repeat.max) if group.repeat else 1

    def words(self, key_address: str, national: HelpLines) -> dict[str, Any]:
        """What its template is given. `key_address` is where its code leads, for the square beside it."""
        form = self.form
        who = self._opened_by()
        return {
            "paper": self,
            "form": form,
            "phrase": self.say,
            "text": self.text,
            "language": self.language,
            "direction": direction(self.language),
            "look": "child" if form.audience == "child" else "adult",
            "easy": self.language.endswith("x-easyread"),
            "large": self.large,
            "home": self.home,
            "title": self.text(form.title),
            "contacts": contacts_for(self.home, national, form.audience),
            "contacts_checked": contacts_checked_on(self.home, national, form.audience),
            "readers": reader_text(form, self.language, names_kept=bool(self.home and self.home.child_names)),
            "identity": form.identity,
            "demonstration": bool(self.home and self.home.demonstration),
            "hand_back": self.say("paper.hand_back", who=who, date=self.round.closes_on)
            if self.round
            else self.say("paper.hand_back_any", who=who),
            "square": segno.make(key_address, error="m").svg_data_uri(border=0, scale=1) if self.code else "",
        }

    def _opened_by(self) -> str:
        """Whose envelope it is: the safeguarding lead's by name, else the first of those the home names to talk to."""
        if self.home is not None:
            for account in readable(app_state().store[Account].all()).records:
                if account.is_open and "safeguarding_lead" in roles_at(account, self.home.id):
                    return self.say("paper.lead", name=account.name)
            for contact in own_contacts(self.home, self.form.audience):
                return self.say("paper.person", name=contact.name)
        return self.say("paper.the_lead")

    def _filled(self, whole: str, name: str, known: Mapping[str, str]) -> str:
        if name.startswith(("meta.", "computed.")) or name in self.form.questions:
            return known.get(name, LATER)
        return whole
