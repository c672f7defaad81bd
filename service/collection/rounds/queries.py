"""Which rounds there are over a provider's homes, or over a home's time."""

from collections.abc import Iterable
from datetime import date

from service.collection.models.home import Home
from service.collection.models.published_form import PublishedForm
from service.collection.models.round import Round
from service.dates import day_at
from service.repository import Records


def homes_of_provider(records: Records, provider: str) -> list[Home]:
    """All homes of the provider with this name, however it is spelled in capitals and spaces."""
    wanted = _plain(provider)
    return [home for home in records[Home].all() if wanted and _plain(home.provider) == wanted]


def rounds_of(records: Records, homes: Iterable[Home], since: date | None = None) -> list[Round]:
    """The rounds of these homes that opened on that day or later, the oldest first."""
    rounds = [round_ for home in homes for round_ in records[Round].find("home_id", home.id)]
    return sorted(
        (round_ for round_ in rounds if since is None or day_at(round_.opened_at) >= since),
        key=lambda round_: (round_.opened_at, round_.id),
    )


def unnamed_forms(records: Records, round_: Round) -> frozenset[str]:
    """The ids of the round's forms of which no one may know who has answered."""
    published = {ref.form_id: records[PublishedForm].get(ref.fingerprint) for ref in round_.forms}
    return frozenset(form_id for form_id, form in published.items() if form is None or form.is_unnamed)


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
