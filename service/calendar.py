"""The home's time: days and weeks as they are in England."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

HOME_TIME = ZoneInfo("Europe/London")


def now() -> datetime:
    """This moment, in UTC, as records keep it."""
    return datetime.now(UTC)


def day_at(moment: datetime) -> date:
    """The home's day at a moment."""
    return moment.astimezone(HOME_TIME).date()


def week_of(moment: datetime) -> date:
    """The Monday of the home's week at a moment: the finest time kept of an anonymous answer."""
    day = day_at(moment)
    return day - timedelta(days=day.weekday())


def start_of(day: date) -> datetime:
    """The first moment of a home's day, in UTC."""
    return datetime.combine(day, time(), HOME_TIME).astimezone(UTC)


def in_words(day: date) -> str:
    """A day as people read it: 22 November 2026."""
    return f"{day.day} {day:%B} {day.year}"
