"""Results on a page: who looked at individual answers is remembered."""

from collections.abc import Iterable
from datetime import datetime

from service.audit import AnswersRead, remember
from service.repository import Store


def remember_answers_read(
    store: Store, home_id: str, read: Iterable[tuple[str, str]], now: datetime, *, by: str
) -> None:
    """Remember whose answers an account was shown: `read` gives a round's and a form's id for each."""
    seen = list(read)
    if seen:
        with store.transaction() as tx:
            for round_id, form_id in seen:
                remember(tx, AnswersRead(round_id, form_id), by, now, home_id)
