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
    """Who may read every answer, each by name and all in one line; how answers are kept; who is told; what others see.

    `told` and `others` are sentences; of a form that raises no alert `told` is empty.
    """

    names: tuple[str, ...]
    line: str
    kept: str
    told: tuple[str, ...]
    others: tuple[str, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """All that follows the names."""
        return (self.kept, *self.told, *self.others)

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The sentences as running text."""
        return tuple(filter(None, (self.kept, " ".join(self.told), " ".join(self.others))))


def reader_text(form: Form, language: str, *, names_kept: bool = False) -> ReaderText:
    """Who reads what, in this language and in words for the form's audience.

    It follows what the service does: `release_rules.protection` decides who sees rows, alerts who is told. An anonymous
    form's answers are read by no one, whatever its `readers` say; a safeguarding lead reads all that children write.
    `names_kept`: the home keeps its children's names.
    """
    told = _Told(form, language, names_kept)
    readers = () if form.identity == "anonymous" else form.readers
    names = tuple(told.name(role) for role in readers)
    line = told.say("letter.readers", readers=told.listed(readers)) if readers else told.say("readers.none")
    return ReaderText(names, line, told.kept(readers), tuple(told.alerts()), tuple(told.others(readers)))


@dataclass(frozen=True)
class _Told:
    form: Form
    language: str
    names_kept: bool

    def say(self, key: str, **values: object) -> str:
        return phrase(self.language, f"{key}.child" if self.form.audience == "child" else key, **values)

    def name(self, role: Role) -> str:
        return self.say(f"reader.{role}")

    def listed(self, roles: Sequence[Role], joined: str = "letter.and") -> str:
        """These roles as part of a sentence, each without what its name explains after a comma."""
        names = [self.name(role).partition(",")[0] for role in roles]
        *others, last = [name[:1].lower() + name[1:] for name in names]
        return self.say(joined, others=", ".join(others), last=last) if others else last

    def kept(self, readers: Sequence[Role]) -> str:
        """What of the person is kept with the answers."""
        identity = self.form.identity
        if identity == "named" and not readers:
            return self.say("identity.unread")
        named = self.names_kept and identity == "pseudonymous" and self.form.audience == "child"
        return self.say(f"identity.{'names_kept' if named else identity}")

    def others(self, readers: Sequence[Role]) -> Iterator[str]:
        """Who reads words beside the readers, who may be two of them at once, and what everyone else sees."""
        form = self.form
        if form.audience == "child" and self._written and LEAD not in readers:
            yield self.say("readers.words")
        if form.identity == "pseudonymous" or LEAD in {*readers, *self._told_first()}:
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

    def alerts(self) -> Iterator[str]:
        """Who is told of an answer, at once and later; nothing where no answer raises an alert."""
        rules, first = self.form.alerts, self._told_first()
        if not first:
            return
        depends = any(set(rule.notify) != set(first) for rule in rules)
        key = "told_some" if depends else "told" if rules else "told_words"
        yield self.say(f"readers.{key}", roles=self.listed(first))
        named: list[Role] = [role for rule in rules for step in rule.escalate for role in step.to]
        further = [role for role in dict.fromkeys([*named, *LAST]) if role not in first]
        if further:
            yield self.say("readers.further", roles=self.listed(further, "readers.or"))
        if self.form.identity != "anonymous":
            yield self.say("readers.told_see")
