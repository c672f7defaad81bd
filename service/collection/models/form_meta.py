"""What a form may know beside its answers: the day, the home, the round, the label."""

from datetime import datetime
from typing import Any

from service.collection.models.home import Home
from service.collection.models.invitation import Invitation
from service.collection.models.round import Round
from service.dates import day_at


def meta_of(round_: Round, home: Home, invitation: Invitation | None, now: datetime) -> dict[str, Any]:
    """What a form may know beside its answers: `meta.today`, `meta.home_name`, `meta.round_title`, `meta.label`."""
    return {
        "today": day_at(now).isoformat(),
        "home_name": home.name,
        "round_title": round_.title,
        "label": invitation.label if invitation else "",
    }
