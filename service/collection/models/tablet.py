"""A shared device that staff unlock for a round and hand over."""

from dataclasses import dataclass
from datetime import datetime

from service.definitions import Audience

ON_THE_TABLET: tuple[Audience, ...] = ("child", "staff")  # who answers there


@dataclass(frozen=True)
class Tablet:
    """An enrolled device of a home; `id` is the hash of the secret that its cookie holds."""

    id: str
    home_id: str
    name: str
    enrolled_at: datetime
    enrolled_by: str


@dataclass(frozen=True)
class Enrolment:
    """A code that makes one device a tablet of this home, once; `id` is the hash of its token."""

    id: str
    home_id: str
    name: str
    made_by: str
    expires_at: datetime


@dataclass(frozen=True)
class Pin:
    """The short PIN with which a home's staff unlock its tablets; `id` is the home's, `digits` a slow hash."""

    id: str
    digits: str
    set_at: datetime
    set_by: str


@dataclass(frozen=True)
class Unlocking:
    """One time a tablet was unlocked for a round; it ends with the day, or when staff lock it with the PIN."""

    id: str
    tablet_id: str
    home_id: str
    round_id: str
    began_at: datetime
    ends_at: datetime
