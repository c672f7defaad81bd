"""The form builder's core: moves on a form's document, their inverses, faults and logic."""

from service.definitions.editing.document import (
    ABSENT,
    Absence,
    Address,
    Json,
    MoveRefused,
    find,
    finished,
    need_keepable,
    prepared,
)
from service.definitions.editing.move import (
    Move,
    Patch,
    PlaceChanged,
    Shift,
    apply,
    fitted,
    inverse,
    move_from_json,
    move_to_json,
    need_unchanged,
    rebased,
)

__all__ = [
    "ABSENT",
    "Absence",
    "Address",
    "Json",
    "Move",
    "MoveRefused",
    "Patch",
    "PlaceChanged",
    "Shift",
    "apply",
    "find",
    "finished",
    "fitted",
    "inverse",
    "move_from_json",
    "move_to_json",
    "need_keepable",
    "need_unchanged",
    "prepared",
    "rebased",
]
