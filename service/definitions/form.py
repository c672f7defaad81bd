"""A form: pages of questions with what is computed, checked and raised from the answers."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Literal, cast

from pydantic import Field, PrivateAttr, StringConstraints

from service.definitions.expression import Expression
from service.definitions.question import (
    Asked,
    Choice,
    Code,
    GroupQuestion,
    Identifier,
    Label,
    Option,
    Part,
    Question,
    Text,
)

Audience = Literal[
    "child",
    "staff",
    "social_worker",
    "parent",
    "foster_carer",
    "professional",
    "manager",
    "independent_person",
]
Setting = Literal[
    "childrens_home",
    "fostering_agency",
    "residential_special_school",
    "secure_childrens_home",
    "short_breaks",
    "supported_accommodation",
]
AgeBand = Literal["young", "older"]  # 4 to 7, 8 to 17
Identity = Literal["anonymous", "pseudonymous", "named"]
Role = Literal[
    "administrator",
    "responsible_individual",
    "registered_manager",
    "safeguarding_lead",
    "staff",
    "independent_person",
]
Severity = Literal["urgent", "same_day", "next_working_day"]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{1,8})*$", max_length=35)]

FORMAT = "survey-definition/1"
EASY_READ = "x-easyread"
SMALLEST_GROUP = 5
# Versions of the shipped forms from before forms named age bands; surveys that ask them may still be open.
_BEFORE_AGE_BANDS: dict[str, tuple[AgeBand, ...]] = {"child-views": ("older",), "child-views-first": ("young",)}


def is_unnamed(audience: str, identity: str) -> bool:
    """Whether no one may know who of those asked has answered: children, and everyone asked without a name."""
    return audience == "child" or identity != "named"


class Page(Part):
    """A page: questions that are asked together."""

    id: Identifier
    title: Label
    description: Text | None = None
    visible_if: Expression | None = None
    questions: Annotated[tuple[Question, ...], Field(min_length=1, max_length=500)]


class Delay(Part):
    """How long to wait before an alert goes further."""

    minutes: Annotated[int, Field(ge=1, le=20_160)]


class Escalation(Part):
    """To whom an alert goes when nobody has acknowledged it in time."""

    after: Delay
    to: Annotated[tuple[Role, ...], Field(min_length=1)]


class AlertRule(Part):
    """When an answer is something that someone must act on; its message says that and where, never what."""

    id: Identifier
    when: Expression
    raise_on: Literal["answer", "submit"] = "answer"
    severity: Severity
    notify: Annotated[tuple[Role, ...], Field(min_length=1)]
    escalate: tuple[Escalation, ...] = ()
    message: Label
    show_respondent: Text | None = None


class Check(Part):
    """A rule across questions that must hold."""

    rule: Expression
    message: Label
    questions: Annotated[tuple[Identifier, ...], Field(min_length=1)]
    level: Literal["error", "warning"] = "error"


class FormReporting(Part):
    """How small a group may be whose figures are shown; the floor can only be made stricter.

    What would give a hidden figure away is always hidden with it: a form may say so, and cannot say otherwise.
    """

    minimum_group_size: Annotated[int, Field(ge=SMALLEST_GROUP, le=1000)] = SMALLEST_GROUP
    secondary_suppression: Literal[True] = True


class Retention(Part):
    """How many days answers are kept, and drafts that nobody finished."""

    responses_days: Annotated[int, Field(ge=1, le=36_525)] = 365
    drafts_days: Annotated[int, Field(ge=1, le=365)] = 14


@dataclass(frozen=True)
class PlacedQuestion:
    """A question where it stands: its place in the definition, its page, and what it stands in.

    `group` is the repeating group whose row it belongs to; `sometimes` whether any condition may hide it.
    """

    question: Question
    place: str
    page: Page
    group: GroupQuestion | None
    sometimes: bool


class Form(Part):
    """What is asked of one audience. Text in it is plain text in the base language, with translations beside it.

    `age_bands` says which children a children's form is for; without it a form is for every band.
    """

    format: Literal["survey-definition/1"]
    id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,59}$")]
    version: Annotated[int, Field(ge=1, le=1_000_000)]
    audience: Audience
    settings: tuple[Setting, ...] | None = None
    age_bands: (
        Annotated[
            tuple[AgeBand, ...],
            Field(min_length=1, description="Which children a children's form is for. Left out: all."),
        ]
        | None
    ) = None
    title: Label
    introduction: Text | None = None
    thank_you: Text | None = None
    languages: Annotated[tuple[Language, ...], Field(min_length=1, max_length=50)]
    identity: Identity
    readers: tuple[Role, ...] = ()
    layout: Literal["one_per_page", "pages"] | None = None
    reporting: FormReporting = FormReporting()
    retention: Retention = Retention()
    choice_lists: dict[Identifier, tuple[Option, ...]] = Field(default_factory=dict)
    pages: Annotated[tuple[Page, ...], Field(min_length=1, max_length=500)]
    computed: dict[Identifier, Expression] = Field(default_factory=dict)
    checks: tuple[Check, ...] = ()
    alerts: tuple[AlertRule, ...] = ()
    denominator: Code | None = None
    translations: dict[Language, dict[str, str]] = Field(default_factory=dict)
    schema_address: str | None = Field(default=None, alias="$schema")

    _definition: dict[str, Any] = PrivateAttr(default_factory=dict)

    @classmethod
    def of(cls, definition: dict[str, Any]) -> "Form":
        """The form that this JSON spells. Raises pydantic.ValidationError where its shape is not the format's."""
        text = json.dumps(definition)
        form = cls.model_validate_json(text)
        form._definition.update(json.loads(text))
        return form

    def to_json(self) -> dict[str, Any]:
        """The definition as it was written: nothing is lost on the way in and out."""
        copied: dict[str, Any] = json.loads(json.dumps(self._definition))  # several times as fast as deepcopy
        return copied

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the canonical JSON: the same words have the same fingerprint however they are laid out."""
        content = {key: value for key, value in self._definition.items() if key != "$schema"}
        canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def base_language(self) -> str:
        """The language that the texts in place are in."""
        return self.languages[0]

    def suits(self, band: AgeBand) -> bool:
        """Whether it is a children's form for this age band."""
        bands = self.age_bands or _BEFORE_AGE_BANDS.get(self.id)
        return self.audience == "child" and (bands is None or band in bands)

    @property
    def is_unnamed(self) -> bool:
        """Whether it promises that few learn who said what: a child's form, or one that is not named."""
        return is_unnamed(self.audience, self.identity)

    @property
    def one_per_page(self) -> bool:
        """Whether one question is shown at a time, as children's forms do unless they say otherwise."""
        return self.layout == "one_per_page" or (self.layout is None and self.audience == "child")

    def options(self, question: Asked) -> tuple[Option, ...]:
        """The options of a question, whether they stand in it or in a choice list; none where it has none."""
        choice = as_choice(question)
        if choice is None:
            return ()
        return self.choice_lists.get(choice.options, ()) if isinstance(choice.options, str) else choice.options

    def details(self, question: Asked) -> Iterator[tuple[int, Option, Question]]:
        """The further questions that options lead to, each with its option and the option's number."""
        if question.facts.holds_details:
            for number, option in enumerate(self.options(question)):
                if option.detail is not None:
                    yield number, option, option.detail

    def placed(self) -> Iterator[PlacedQuestion]:
        """Every question in document order, each detail after the question that holds it."""
        return iter(self._in_order)

    @cached_property
    def _in_order(self) -> tuple[PlacedQuestion, ...]:
        return tuple(
            placed
            for number, page in enumerate(self.pages)
            for index, question in enumerate(page.questions)
            for placed in self._placed(
                question, f"pages[{number}].questions[{index}]", page, None, page.visible_if is not None
            )
        )

    def _placed(
        self, question: Question, place: str, page: Page, group: GroupQuestion | None, sometimes: bool
    ) -> Iterator[PlacedQuestion]:
        sometimes = sometimes or question.visible_if is not None
        yield PlacedQuestion(question, place, page, group, sometimes)
        if isinstance(question, GroupQuestion):
            inside = question if question.repeat else group
            for index, inner in enumerate(question.questions):
                yield from self._placed(inner, f"{place}.questions[{index}]", page, inside, sometimes)
        for index, _, detail in self.details(question):
            named = getattr(question, "options", None)
            root = f"choice_lists.{named}" if isinstance(named, str) else f"{place}.options"
            yield from self._placed(detail, f"{root}[{index}].detail", page, group, True)

    @cached_property
    def questions(self) -> dict[str, PlacedQuestion]:
        """Every question by its id."""
        return {placed.question.id: placed for placed in self.placed()}

    @cached_property
    def families(self) -> dict[str, frozenset[str]]:
        """The id of every question of a page, with the ids of all that stands in it, its own among them."""
        return {
            question.id: frozenset(each.question.id for each in self._placed(question, "", page, None, False))
            for page in self.pages
            for question in page.questions
        }


def as_choice(question: Asked) -> Choice | None:
    """The question where it is answered from options, else None."""
    return cast(Choice, question) if question.facts.has_options else None
