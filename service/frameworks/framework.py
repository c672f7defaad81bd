"""A framework and what stands in it: groups of descriptors, and how each is matched in another edition or setting."""

from collections.abc import Mapping
from dataclasses import dataclass, field

AUDIENCES = (
    "child",
    "staff",
    "social_worker",
    "parent",
    "foster_carer",
    "professional",
    "manager",
    "independent_person",
)
ANSWERS = ("text", "count", "date", "yes_no", "choice", "table", "narrative")
UNITS = (
    "child",
    "episode",
    "complaint",
    "allegation",
    "referral",
    "event",
    "member_of_staff",
    "post",
    "shift",
    "contact",
)
PERIODS = ("in_period", "at_inspection", "at_start_of_period")
USES = ("reg44", "reg45", "improvement_plan", "questionnaire", "annex_a")
# How a descriptor fares elsewhere: word for word, reworded, joined with others, bearing on it in our reading, or gone.
MATCHES = ("same", "changed", "merged", "related", "none")


class FrameworkError(ValueError):
    """The framework files cannot be used; `problems` names every fault with its place."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Measure:
    """What a figure counts: an Annex A number without its register, unit and period is how homes get it wrong."""

    answer: str
    unit: str | None = None
    period: str | None = None
    register: str | None = None


@dataclass(frozen=True)
class Descriptor:
    """One thing a question can measure: a descriptor, an Annex A item, a questionnaire theme or a prompt."""

    code: str
    title: str
    text: str
    group: str
    source: str
    asks: tuple[str, ...] = ()
    asks_note: str | None = None
    question: str | None = None
    annex_a: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    measure: Measure | None = None
    official: bool | None = None

    @property
    def name(self) -> str:
        """The title after its number. One of ours, where others are the publisher's, is never shown as if it were."""
        return self.title if self.official is False else f"{self.code} {self.title}"


@dataclass(frozen=True)
class Group:
    id: str
    title: str


@dataclass(frozen=True)
class Match:
    """Where one code of a framework is found in another; `to` is empty when it is not."""

    code: str
    to: tuple[str, ...]
    how: str
    note: str | None = None


@dataclass(frozen=True)
class Crosswalk:
    """Every match from one framework to another."""

    to: str
    note: str
    matches: Mapping[str, Match]


@dataclass(frozen=True)
class Framework:
    """One system in one edition. `codes` says whose numbering it is: "ours", or "mixed" with the publisher's."""

    system: str
    title: str
    publisher: str
    edition: str | None
    codes: str
    note: str
    annex_a: str | None
    sources: Mapping[str, str]
    groups: tuple[Group, ...]
    descriptors: Mapping[str, Descriptor]
    crosswalks: Mapping[str, Crosswalk] = field(default_factory=dict)
