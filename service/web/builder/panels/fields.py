"""The fields of everything that can be edited in a draft: one table for each kind of item."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from service.definitions.editing import Address, Json, find
from service.definitions.editing.places import questions_of
from service.definitions.editing.question_defaults import QUESTION_TYPES
from service.definitions.editing.words import language_name, quoted
from service.definitions.form import EASY_READ
from service.frameworks import load_frameworks
from service.reports.labels import AUDIENCES, IDENTITIES, KINDS, ROLES, TYPES

FieldKind = Literal[
    "line", "words", "name", "whole", "number", "tick", "choice", "several", "condition", "limit", "formula", "codes",
    "steps", "list", "source",
]  # fmt: skip
Choices = tuple[tuple[str, str], ...]

SYMBOLS: Choices = (
    ("ball", "ball"), ("bed", "bed"), ("book", "book"), ("child", "child"), ("clock", "clock"), ("door", "door"),
    ("ear", "ear"), ("face-1", "face, very unhappy"), ("face-2", "face, unhappy"), ("face-3", "face, neither"),
    ("face-4", "face, happy"), ("face-5", "face, very happy"), ("heart", "heart"), ("home", "house"), ("lock", "lock"),
    ("pencil", "pencil"), ("people", "people"), ("phone", "phone"), ("plaster", "plaster"),
    ("question", "question mark"), ("scales", "scales"), ("school", "school"), ("star", "star"), ("talk", "talking"),
    ("thought", "thinking"),
)  # fmt: skip
TYPE_NAMES: Choices = tuple((kind, TYPES.get(kind, "Something to read")) for kind in QUESTION_TYPES)
STAFF_ROLES: Choices = tuple((role, name[0].upper() + name[1:]) for role, name in ROLES.items())
SEVERITIES: Choices = (
    ("urgent", "Urgent: now"),
    ("same_day", "The same day"),
    ("next_working_day", "By the next working day"),
)
_APPEARANCES: dict[str, Choices] = {
    "text": (("multiline", "Several lines"),),
    "select_one": (
        ("radios", "Buttons, one under another"), ("buttons", "Buttons, side by side"), ("faces", "Faces"),
        ("symbols", "Symbols"), ("likert", "A scale of words"), ("dropdown", "A list that opens"),
    ),
    "select_multiple": (("buttons", "Buttons, side by side"), ("symbols", "Symbols")),
    "matrix": (("likert", "A scale of words"),),
    "group": (("table", "A table"),),
}  # fmt: skip
_PATTERNS: Choices = (
    ("urn", "Ofsted’s unique reference number"),
    ("postcode", "A postcode"),
    ("uk_phone", "A UK telephone number"),
)
_LANGUAGES = ("cy", "pl", "ur", "pa", "so")
_AGE_BANDS: Choices = (("young", "4 to 7"), ("older", "8 to 17"))


@dataclass(frozen=True)
class ItemField:
    """One field: the way to it from its item, what it is called and how it is edited.

    `unset` is what the format takes where it is left out; shown, and not written into the form.
    """

    path: Address
    label: str
    kind: FieldKind
    hint: str = ""
    choices: Choices = ()
    unset: str = ""
    more: bool = False

    @property
    def name(self) -> str:
        """What the field is called in a form that is sent."""
        return "field-" + "-".join(self.path)


def fields_of(document: Json, address: Address) -> tuple[ItemField, ...]:
    """The fields of what stands at the address; () is the form itself."""
    if not address:
        return tuple(_form_fields(document))
    item = find(document, address)
    if address[0] == "pages" and len(address) == 2:
        return _PAGE
    if address[0] == "alerts":
        return _ALERT
    if address[0] == "checks":
        return tuple(_check_fields(document))
    if address[0] == "computed":
        return (ItemField((), "What it is worked out from", "formula", "As JSON, in the form of the format."),)
    if address[0] == "choice_lists" and len(address) == 2:
        return ()
    if isinstance(item, dict) and "type" in item:
        return tuple(_question_fields(document, str(item["type"]), address))
    if address[-2] == "rows":
        return (ItemField(("label",), "Text", "line"), _ID)
    return _OPTION


_ID = ItemField(
    ("id",),
    "Name in files and conditions",
    "name",
    "Small letters, digits and _. Conditions and translations follow when you change it.",
    more=True,
)
_CONDITION = ItemField(("visible_if",), "When it is shown", "condition")
_PAGE = (
    ItemField(("title",), "Title of the page", "line"),
    ItemField(("description",), "Text under the title", "words"),
    _CONDITION,
    _ID,
)
_MEDIA = (
    ItemField(("media", "symbol"), "Picture", "choice", choices=SYMBOLS),
    ItemField(("media", "alt"), "What the picture says, read aloud", "line", more=True),
    ItemField(("media", "image"), "Picture file", "line", "A file in static/images.", more=True),
)
_OPTION = (
    ItemField(("label",), "Text", "line"),
    ItemField(("value",), "Name in files and conditions", "name", "Figures are kept under it."),
    ItemField(("missing",), "This says nothing about the matter", "tick", "Such as “I don’t want to say”."),
    ItemField(("exclusive",), "Nothing else can be chosen with it", "tick"),
    ItemField(("score",), "Score", "number", "For averages and charts: the best answer has the highest."),
    *_MEDIA,
)
_ALERT = (
    ItemField(("when",), "When it is raised", "condition"),
    ItemField(("severity",), "How soon someone must act", "choice", choices=SEVERITIES),
    ItemField(("notify",), "Who is told", "several", choices=STAFF_ROLES),
    ItemField(("escalate",), "Who is told next if nobody has answered", "steps"),
    ItemField(("message",), "What the email says", "words", "Never say what was answered: others may see the screen."),
    ItemField(("show_respondent",), "What the person who answers is shown", "words"),
    ItemField(
        ("raise_on",),
        "At which moment",
        "choice",
        choices=(("answer", "As soon as it is answered"), ("submit", "When the form is sent")),
    ),
    _ID,
)


def _limit(rule: str, label: str, hint: str) -> ItemField:
    return ItemField(("validation", rule), label, "limit", hint, more=True)


_LENGTHS = (
    _limit("min_length", "Shortest length", "characters"),
    _limit("max_length", "Longest length", "characters"),
    ItemField(("validation", "pattern"), "It must be", "limit", choices=_PATTERNS, more=True),
)
_CHOICES = (_limit("min_choices", "Fewest answers", "how many"), _limit("max_choices", "Most answers", "how many"))
_DEFAULT = ItemField(("default",), "Filled in at the start", "line", more=True)
_DAY = "today, or a day such as 2026-11-23"
_TIME = "a time such as 09:30"
_OWN_FIELDS: dict[str, tuple[ItemField, ...]] = {
    "text": (*_LENGTHS, _DEFAULT),
    "phone": (*_LENGTHS, _DEFAULT),
    "email": (*_LENGTHS, _DEFAULT),
    "number": (
        ItemField(("unit",), "Unit", "line", "Such as days."),
        ItemField(("decimal_places",), "Decimals", "whole", unset="0"),
        _limit("min", "Smallest", "number"),
        _limit("max", "Largest", "number"),
        ItemField(("default",), "Filled in at the start", "number", more=True),
    ),
    "date": (
        ItemField(
            ("precision",), "How exact", "choice", choices=(("day", "A day"), ("month", "A month"), ("year", "A year"))
        ),
        _limit("min", "Earliest", _DAY),
        _limit("max", "Latest", _DAY),
        _DEFAULT,
    ),
    "time": (_limit("min", "Earliest", _TIME), _limit("max", "Latest", _TIME), _DEFAULT),
    "select_one": (_DEFAULT,),
    "scale": (
        ItemField(("lowest",), "Lowest number", "whole", unset="0"),
        ItemField(("highest",), "Highest number", "whole", unset="10"),
        ItemField(("lowest_label",), "Words at the lowest", "line"),
        ItemField(("highest_label",), "Words at the highest", "line"),
        _DEFAULT,
    ),
    "select_multiple": (
        *_CHOICES,
        ItemField(("default",), "Chosen at the start", "list", "Names of answers, with commas.", more=True),
    ),
    "rank": _CHOICES,
    "group": (
        ItemField(("repeat", "min"), "Fewest rows", "whole"),
        ItemField(("repeat", "max"), "Most rows", "whole", "Empty in both: it is asked once."),
    ),
}


def _form_fields(document: Json) -> Iterator[ItemField]:
    yield ItemField(("title",), "Title", "line", "Everyone who is asked sees it.")
    yield ItemField(("audience",), "Who answers", "choice", choices=tuple(AUDIENCES.items()))
    if document.get("audience") == "child":
        yield ItemField(("age_bands",), "For children aged", "several", "None ticked: every age.", choices=_AGE_BANDS)
    yield ItemField(("settings",), "For", "several", "None ticked: every kind.", choices=tuple(KINDS.items()))
    yield ItemField(("introduction",), "What is read first", "words", "Who asks, why, who sees it.")
    yield ItemField(("thank_you",), "What is read at the end", "words")
    yield ItemField(("identity",), "Whose answers they are", "choice", choices=tuple(IDENTITIES.items()))
    yield ItemField(("readers",), "Who can read single answers", "several", choices=STAFF_ROLES)
    yield ItemField(("languages",), "Languages", "several", choices=_languages(document))
    yield ItemField(
        ("layout",),
        "On the screen",
        "choice",
        choices=(("one_per_page", "One question at a time"), ("pages", "Whole pages")),
    )
    yield ItemField(("retention", "responses_days"), "Days that answers are kept", "whole", unset="365")
    yield ItemField(("retention", "drafts_days"), "Days that unfinished answers are kept", "whole", unset="14")
    yield ItemField(
        ("reporting", "minimum_group_size"), "Fewest people whose figures are shown", "whole", "At least 5.", unset="5"
    )
    yield ItemField(
        ("denominator",),
        "Response rates are taken of",
        "codes",
        "The number in Annex A that says how many people could answer.",
        choices=_codes(),
        more=True,
    )


def _check_fields(document: Json) -> Iterator[ItemField]:
    ids = tuple((str(q.get("id")), quoted(q.get("label") or q.get("id"))) for _, q in questions_of(document))
    yield ItemField(("rule",), "What must be true", "condition")
    yield ItemField(("message",), "What is said where it is not", "words")
    yield ItemField(("questions",), "At which questions that is said", "several", choices=ids)
    yield ItemField(
        ("level",),
        "How strict",
        "choice",
        choices=(("error", "The form cannot be sent"), ("warning", "A warning, once")),
    )


def _question_fields(document: Json, kind: str, address: Address) -> Iterator[ItemField]:
    is_note = kind == "note"
    yield ItemField(("label",), "Text" if is_note else "Question", "words")
    yield ItemField(("hint",), "Help under it", "line")
    yield ItemField(("type",), "How it is answered", "choice", choices=TYPE_NAMES)
    yield from _own_fields(document, kind)
    if kind not in ("note", "group"):
        yield ItemField(("required",), "It must be answered", "tick", "Children can always skip.")
    if address[-1] != "detail":
        yield _CONDITION
    yield from _MEDIA
    if not is_note:
        yield ItemField(
            ("codes",),
            "What it is about",
            "codes",
            "For the coverage map: type a word of it and choose.",
            choices=_codes(),
        )
        yield ItemField(
            ("reporting", "verbatim"),
            "Words of answers in workbooks",
            "choice",
            choices=(
                ("never", "Never"),
                ("managers_only", "In the workbook for managers"),
                ("always", "In every workbook"),
            ),
            more=True,
        )
        yield ItemField(("reporting", "include"), "In workbooks and results", "tick", unset="yes", more=True)
    if kind not in ("note", "group"):
        yield ItemField(("required_message",), "What is said where it is not answered", "line", more=True)
    yield _ID


def _own_fields(document: Json, kind: str) -> Iterator[ItemField]:
    """What only questions of this type have."""
    if kind in ("select_one", "select_multiple", "rank", "matrix"):
        lists = document.get("choice_lists")
        names = tuple((name, f"The list “{name}”") for name in lists) if isinstance(lists, dict) else ()
        if names:
            yield ItemField(("options",), "Answers", "source", choices=names)
    if kind in _APPEARANCES:
        yield ItemField(("appearance",), "How it looks", "choice", choices=_APPEARANCES[kind])
    yield from _OWN_FIELDS.get(kind, ())


def _languages(document: Json) -> Choices:
    """The base language, its easy read, and what the service speaks; others that the form has stay to tick."""
    listed = document.get("languages")
    known = [each for each in listed if isinstance(each, str)] if isinstance(listed, list) else []
    base = known[0] if known else "en"
    offered: Sequence[str] = [*known, base, f"{base}-{EASY_READ}", *_LANGUAGES]
    return tuple((each, language_name(each)[0].upper() + language_name(each)[1:]) for each in dict.fromkeys(offered))


def _codes() -> Choices:
    """Everything that a question can be about, framework by framework."""
    return tuple(
        (f"{framework.system} {code}", f"{framework.title}: {descriptor.name}")
        for framework in load_frameworks().values()
        for code, descriptor in framework.descriptors.items()
    )
