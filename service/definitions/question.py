"""What can be asked: a question of a type, its options, what a valid answer is."""

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, StringConstraints, Tag

from service.definitions.expression import Expression

Identifier = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$"),
    Field(description="a lower-case letter, then letters, digits or underscores; 60 at most"),
]
Text = Annotated[str, StringConstraints(min_length=1, max_length=5000)]
Label = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
ShortLabel = Annotated[str, StringConstraints(min_length=1, max_length=60)]
Symbol = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
FileName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]
DateText = Annotated[str, StringConstraints(pattern=r"^(today|\d{4}(-\d{2}(-\d{2})?)?)$")]
ClockTime = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
NamedPattern = Literal["urn", "postcode", "uk_phone"]

LONGEST_TEXT = 5000
# How much of a day's ISO text an answer is, by its precision.
DATE_LENGTHS: dict[Literal["day", "month", "year"], int] = {"day": 10, "month": 7, "year": 4}


AnswerKind = Literal["none", "text", "number", "date", "option", "point", "options", "order", "lines", "rows"]


@dataclass(frozen=True)
class QuestionFacts:
    """What is true of every question of a type.

    `answer` is what its answer is: a text, a number, a day; the value of an option, or a point of a scale; several
    options, or all in an order; an option for each line; the rows of a group. `holds_details` says whether an option
    may lead to a further question, `can_be_detail` whether it may be that question, and `is_quick` whether
    `show-hide.js` can judge a condition on its answer.
    """

    answer: AnswerKind
    holds_details: bool = False
    can_be_detail: bool = True
    is_quick: bool = False

    @property
    def takes_answer(self) -> bool:
        """Whether there is an answer of its own: not of a note, and of a group only its rows."""
        return self.answer not in ("none", "rows")

    @property
    def has_options(self) -> bool:
        """Whether it is answered from options."""
        return self.answer in ("option", "point", "options", "order", "lines")

    @property
    def takes_several(self) -> bool:
        """Whether one person may choose several options, in no order."""
        return self.answer == "options"


class Part(BaseModel):
    """A piece of a definition: frozen, nothing in it that the format does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)


class Code(Part):
    """What a question measures: a code of an edition of a framework."""

    system: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+(/[0-9-]+)?$", max_length=80)]
    code: Annotated[str, StringConstraints(min_length=1, max_length=40)]


class Media(Part):
    """A picture or a recording beside a question or an option."""

    symbol: Symbol | None = None
    image: FileName | None = None
    alt: Label | None = None
    audio: dict[str, FileName] | None = None


class Reporting(Part):
    """How a question's answers may appear in what is handed on."""

    verbatim: Literal["never", "managers_only", "always"] = "managers_only"
    include: bool = True


def _with_message(value: Any) -> Any:
    """`{"value": …, "message": …}` as it is, and a bare value as one without a message of its own."""
    if isinstance(value, dict) and "value" in value:
        return value
    return {"value": value}


def _fixed_or_worked_out(value: Any) -> str:
    return "expression" if isinstance(value, dict | Expression) else "fixed"


def _named_or_listed(value: Any) -> str:
    return "name" if isinstance(value, str) else "list"


# An operator's name is never "value", so the two spellings of a limit cannot be mistaken for each other.
_WorkedOut: TypeAlias = Annotated[Expression, Tag("expression")]


class _Rule(Part):
    message: Label | None = None


class WholeRule(_Rule):
    """A limit that is a count: of characters, of choices."""

    value: Annotated[int, Field(ge=0, le=100_000)]


class NumberRule(_Rule):
    """A limit of a number: fixed, or worked out from earlier answers."""

    value: Annotated[Annotated[int | float, Tag("fixed")] | _WorkedOut, Discriminator(_fixed_or_worked_out)]


class DateRule(_Rule):
    """A limit of a date: fixed, `today`, or worked out from earlier answers."""

    value: Annotated[Annotated[DateText, Tag("fixed")] | _WorkedOut, Discriminator(_fixed_or_worked_out)]


class TimeRule(_Rule):
    """A limit of a time of day."""

    value: ClockTime


class PatternRule(_Rule):
    """A pattern from the named list; authors write no regular expressions."""

    value: NamedPattern


Whole = Annotated[WholeRule, BeforeValidator(_with_message)]


class TextValidation(Part):
    """What a text must be like."""

    min_length: Whole | None = None
    max_length: Whole | None = None
    pattern: Annotated[PatternRule, BeforeValidator(_with_message)] | None = None


class NumberValidation(Part):
    """Between which numbers a number must lie."""

    min: Annotated[NumberRule, BeforeValidator(_with_message)] | None = None
    max: Annotated[NumberRule, BeforeValidator(_with_message)] | None = None


class DateValidation(Part):
    """Between which days a date must lie."""

    min: Annotated[DateRule, BeforeValidator(_with_message)] | None = None
    max: Annotated[DateRule, BeforeValidator(_with_message)] | None = None


class TimeValidation(Part):
    """Between which times of day a time must lie."""

    min: Annotated[TimeRule, BeforeValidator(_with_message)] | None = None
    max: Annotated[TimeRule, BeforeValidator(_with_message)] | None = None


class ChoiceValidation(Part):
    """How many options may be chosen."""

    min_choices: Whole | None = None
    max_choices: Whole | None = None


class Option(Part):
    """One of the answers to choose from; `value` is what is kept, `label` what is read.

    `missing` marks an answer that says nothing about the matter ("I don't want to say"): counted apart.
    """

    value: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    label: Label
    score: int | float | None = None
    media: Media | None = None
    exclusive: bool = False
    detail: "Question | None" = None
    missing: bool = False


# A list of options, or the name of one of the form's choice lists.
Options: TypeAlias = Annotated[
    Annotated[Identifier, Tag("name")] | Annotated[tuple[Option, ...], Tag("list")],
    Discriminator(_named_or_listed),
]


class Row(Part):
    """One line of a matrix."""

    id: Identifier
    label: Label


class Repeat(Part):
    """How many rows a repeating group may have."""

    min: Annotated[int, Field(ge=0, le=1000)] = 0
    max: Annotated[int, Field(ge=1, le=1000)] = 50


class Asked(Part):
    """What every question has, a note included."""

    facts: ClassVar[QuestionFacts]

    id: Identifier
    label: Label
    hint: Label | None = None
    visible_if: Expression | None = None
    media: Media | None = None
    codes: tuple[Code, ...] = ()
    reporting: Reporting = Reporting()


class Answerable(Asked):
    """What every question has that takes an answer of its own."""

    required: bool = False
    required_message: Label | None = None


class TextQuestion(Answerable):
    """Words, a phone number or an e-mail address."""

    facts = QuestionFacts("text", is_quick=True)

    type: Literal["text", "phone", "email"]
    appearance: Literal["multiline"] | None = None
    default: Text | None = None
    validation: TextValidation = TextValidation()


class NumberQuestion(Answerable):
    """A number, whole unless `decimal_places` says otherwise."""

    facts = QuestionFacts("number")

    type: Literal["number"]
    unit: Label | None = None
    decimal_places: Annotated[int, Field(ge=0, le=9)] = 0
    default: int | float | None = None
    validation: NumberValidation = NumberValidation()


class DateQuestion(Answerable):
    """A day, a month or a year."""

    facts = QuestionFacts("date")

    type: Literal["date"]
    precision: Literal["day", "month", "year"] = "day"
    default: DateText | None = None
    validation: DateValidation = DateValidation()


class TimeQuestion(Answerable):
    """A time of day."""

    facts = QuestionFacts("text", is_quick=True)

    type: Literal["time"]
    default: ClockTime | None = None
    validation: TimeValidation = TimeValidation()


class OneChoice(Answerable):
    """What is answered by one option."""

    default: str | None = None


class SelectOneQuestion(OneChoice):
    """One option of several."""

    facts = QuestionFacts("option", holds_details=True, is_quick=True)

    type: Literal["select_one"]
    appearance: Literal["radios", "dropdown", "buttons", "faces", "symbols", "likert"] | None = None
    options: Options


class ScaleQuestion(OneChoice):
    """A number from a row of numbered buttons, with words at both ends.

    Each number is an option that scores itself, and a number to conditions. `others` are answers beside the numbers,
    such as "I am not sure".
    """

    facts = QuestionFacts("point")

    type: Literal["scale"]
    lowest: Annotated[int, Field(ge=0, le=1)] = 0
    highest: Annotated[int, Field(ge=2, le=10)] = 10
    lowest_label: ShortLabel
    highest_label: ShortLabel
    others: tuple[Option, ...] = ()

    @cached_property
    def options(self) -> tuple[Option, ...]:
        """All answers: the numbers from the lowest to the highest, then the others."""
        words = {self.lowest: f": {self.lowest_label}", self.highest: f": {self.highest_label}"}
        numbers = range(self.lowest, self.highest + 1)
        points = (Option(value=str(n), label=f"{n}{words.get(n, '')}", score=n) for n in numbers)
        return (*points, *self.others)


class SelectMultipleQuestion(Answerable):
    """Any options of several."""

    facts = QuestionFacts("options", holds_details=True, is_quick=True)

    type: Literal["select_multiple"]
    appearance: Literal["buttons", "symbols"] | None = None
    options: Options
    default: tuple[str, ...] | None = None
    validation: ChoiceValidation = ChoiceValidation()


class RankQuestion(Answerable):
    """Options in the order of preference."""

    facts = QuestionFacts("order", can_be_detail=False)

    type: Literal["rank"]
    options: Options
    validation: ChoiceValidation = ChoiceValidation()


class MatrixQuestion(Answerable):
    """Several lines answered on the same options."""

    facts = QuestionFacts("lines", can_be_detail=False)

    type: Literal["matrix"]
    appearance: Literal["likert"] | None = None
    options: Options
    rows: Annotated[tuple[Row, ...], Field(min_length=1, max_length=50)]


class GroupQuestion(Asked):
    """Questions that belong together; with `repeat`, as often as there are things to tell of."""

    facts = QuestionFacts("rows", can_be_detail=False)

    type: Literal["group"]
    appearance: Literal["table"] | None = None
    questions: Annotated["tuple[Question, ...]", Field(min_length=1, max_length=200)]
    repeat: Repeat | None = None


class Note(Asked):
    """Something to read, nothing to answer."""

    facts = QuestionFacts("none", can_be_detail=False, is_quick=True)

    type: Literal["note"]


Choice: TypeAlias = SelectOneQuestion | ScaleQuestion | SelectMultipleQuestion | RankQuestion | MatrixQuestion

Question: TypeAlias = Annotated[
    TextQuestion
    | NumberQuestion
    | DateQuestion
    | TimeQuestion
    | SelectOneQuestion
    | ScaleQuestion
    | SelectMultipleQuestion
    | RankQuestion
    | MatrixQuestion
    | GroupQuestion
    | Note,
    Field(discriminator="type"),
]

Option.model_rebuild()
GroupQuestion.model_rebuild()
