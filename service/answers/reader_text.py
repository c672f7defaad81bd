"""Who reads what of a form's answers, in our own sentences: generated from the form, the same wherever it is said."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from service.answers.messages import phrase
from service.definitions import Form, Role
from service.definitions.question import TextQuestion

LEAD: Role = "safeguarding_lead"
# Who an alert goes to where no one takes it up, or no one can, whatever the form says.
LAST: tuple[Role, ...] = ("responsible_individual", "administrator")


@dataclass(frozen=True)
class ReaderText:
    """Who may read every answer: each by name, and all in one line. Then how answers are kept, and who else sees what.

    `sentences` begin with how answers are kept.
    """

    names: tuple[str, ...]
    line: str
    sentences: tuple[str, ...]

    @property
    def paragraphs(self) -> tuple[str, str]:
        """The sentences as running text: how answers are kept; everything else."""
        return self.sentences[0], " ".join(self.sentences[1:])


def reader_text(form: Form, language: str) -> ReaderText:
    """Who reads what, in this language and in words for the form's audience.

    It follows what the service does: `release_rules.protection` decides who sees rows, alerts who is told. An anonymous
    form's answers are read by no one, whatever its `readers` say; a safeguarding lead reads all that children write.
    """
    told = _Told(form, language)
    readers = () if form.identity == "anonymous" else form.readers
    names = tuple(told.name(role) for role in readers)
    line = told.say("letter.readers", readers=told.listed(readers)) if readers else told.say("readers.none")
    return ReaderText(names, line, tuple(told.sentences(readers)))


@dataclass(frozen=True)
class _Told:
    form: Form
    language: str

    def say(self, key: str, **values: object) -> str:
        return phrase(self.language, f"{key}.child" if self.form.audience == "child" else key, **values)

    def name(self, role: Role) -> str:
        return self.say(f"reader.{role}")

    def listed(self, roles: Sequence[Role], joined: str = "letter.and") -> str:
        """These roles as part of a sentence, each without what its name explains after a comma."""
        names = [self.name(role).partition(",")[0] for role in roles]
        *others, last = [name[:1].lower() + name[1:] for name in names]
        return self.say(joined, others=", ".join(others), last=last) if others else last

    def sentences(self, readers: Sequence[Role]) -> Iterator[str]:
        """How answers are kept comes first; then who else is told or sees anything."""
        form = self.form
        yield self.say("identity.unread" if form.identity == "named" and not readers else f"identity.{form.identity}")
        if form.audience == "child" and self._written and LEAD not in readers:
            yield self.say("readers.words")
        first = self._told_first()
        if first:
            yield from self._alerts(first)
        if form.identity == "pseudonymous" or LEAD in {*readers, *first}:
            yield self.say("readers.both")
        quoting = {question.reporting.verbatim for question in self._written if question.reporting.include}
        if quoting == {"never"}:
            yield self.say("readers.not_repeated")
        others = "numbers" if form.audience in ("manager", "independent_person") else "others"
        yield self.say(f"readers.{others}")
        if "always" in quoting:
            yield self.say("readers.quoted")

    @cached_property
    def _written(self) -> tuple[TextQuestion, ...]:
        """The questions that are answered in the respondent's own words."""
        questions = (placed.question for placed in self.form.placed())
        return tuple(one for one in questions if isinstance(one, TextQuestion) and one.type == "text")

    def _told_first(self) -> tuple[Role, ...]:
        """Who is told at once. Of words that worry it is the safeguarding lead."""
        named = [role for rule in self.form.alerts for role in rule.notify]
        return tuple(dict.fromkeys([*named, LEAD] if self._written else named))

    def _alerts(self, first: tuple[Role, ...]) -> Iterator[str]:
        rules = self.form.alerts
        depends = any(set(rule.notify) != set(first) for rule in rules)
        key = "told_some" if depends else "told" if rules else "told_words"
        yield self.say(f"readers.{key}", roles=self.listed(first))
        named: list[Role] = [role for rule in rules for step in rule.escalate for role in step.to]
        further = [role for role in dict.fromkeys([*named, *LAST]) if role not in first]
        if further:
            yield self.say("readers.further", roles=self.listed(further, "readers.or"))
        if self.form.identity != "anonymous":
            yield self.say("readers.told_see")
