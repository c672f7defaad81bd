"""A form that is being edited, and each move that its authors have made."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from service.collection.models.published_form import FormRef

MOST_MOVES = 500  # that are kept of one draft: what was before them can be restored as a whole


@dataclass(frozen=True)
class DraftAuthor:
    """What an author can undo and redo: the numbers of moves, the newest last."""

    account_id: str
    undo: tuple[int, ...] = ()
    redo: tuple[int, ...] = ()


@dataclass(frozen=True)
class Review:
    """Somebody else is asked to agree to the draft as it was after a move, or has sent it back with a word."""

    asked_by: str
    asked_at: datetime
    move: int
    sent_back_by: str = ""
    word: str = ""

    @property
    def is_waiting(self) -> bool:
        """Whether nobody has said anything yet."""
        return not self.sent_back_by


@dataclass(frozen=True)
class FormDraft:
    """A form being edited. `id` is the id that it is published under; `home_id` is empty for the whole provider.

    `document` is usually faulty: it is JSON, and no Form. `newest` and `oldest` are the numbers of the moves that are
    kept. `since` is the move after which the last version was published. `translated_from` has the text in the base
    language that a translation was made of where that has changed since, by "language path".
    """

    id: str
    home_id: str
    document: dict[str, Any]
    begun_by: str
    begun_at: datetime
    source: FormRef | None = None
    newest: int = 0
    oldest: int = 1
    since: int = 0
    authors: tuple[DraftAuthor, ...] = ()
    contributors: tuple[str, ...] = ()
    review: Review | None = None
    translated_from: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class DraftMove:
    """One move of a draft as it is kept: `move` is its JSON; `undoes` the number of the move that it takes back."""

    id: str
    draft_id: str
    number: int
    author: str
    at: datetime
    move: dict[str, Any]
    undoes: int = 0


def move_id(draft_id: str, number: int) -> str:
    """The id of a draft's move: ids sort by number."""
    return f"{draft_id}:{number:06}"
