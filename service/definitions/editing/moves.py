"""Every move that an author can make: each function returns a Move and changes nothing.

Where a move is not possible it raises MoveRefused with a plain sentence.
"""

from service.definitions.editing.additions import (
    add_alert,
    add_check,
    add_detail,
    add_item,
    add_list,
    add_option,
    add_page,
    add_question,
    add_row,
    add_value,
    paste_options,
)
from service.definitions.editing.changes import change, delete, move_item
from service.definitions.editing.renames import duplicate, rename, replace_text

__all__ = [
    "add_alert",
    "add_check",
    "add_detail",
    "add_item",
    "add_list",
    "add_option",
    "add_page",
    "add_question",
    "add_row",
    "add_value",
    "change",
    "delete",
    "duplicate",
    "move_item",
    "paste_options",
    "rename",
    "replace_text",
]
