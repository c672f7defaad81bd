"""The national help lines: changed, and marked as checked."""

from collections.abc import Sequence
from datetime import datetime

from service.audit import HelpLinesChanged, remember
from service.collection.models.help_lines import HelpLine, HelpLines, lines_kept
from service.dates import day_at
from service.repository import Store


def save_help_lines(store: Store, lines: Sequence[HelpLine], now: datetime, *, checked: bool, by: str) -> None:
    """Keep these help lines in this order; `checked` says that someone checked them today.

    Nothing is kept or remembered where nothing changed and nothing was checked.
    """
    with store.transaction() as tx:
        before = lines_kept(tx)
        after = HelpLines(tuple(lines), day_at(now) if checked else before.checked_on)
        edited = after.lines != before.lines
        if edited or checked:
            tx[HelpLines].put(after)
            remember(tx, HelpLinesChanged(edited, checked), by, now)
