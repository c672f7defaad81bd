"""The home's time: days, weeks and working days as they are in England."""

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from service.locales import date_text

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
    """A day as English pages write it: 22 November 2026."""
    return date_text(day, "en")


def time_in_words(moment: datetime) -> str:
    """The time of day in the home as people read it: 2:10pm, 3pm."""
    there = moment.astimezone(HOME_TIME)
    return f"{there.hour % 12 or 12}:{there:%M}{'am' if there.hour < 12 else 'pm'}".replace(":00", "")


def moment_in_words(moment: datetime) -> str:
    """A day and its time as people read them: 22 November 2026, 2:10pm."""
    return f"{in_words(day_at(moment))}, {time_in_words(moment)}"


def is_working_day(day: date, extra: Collection[date] = ()) -> bool:
    """Whether offices in England are open: no weekend, no bank holiday, none of the `extra` ones announced late."""
    return day.weekday() < 5 and day not in extra and day not in _bank_holidays(day.year)


def next_working_day(day: date, extra: Collection[date] = ()) -> date:
    """The first working day from a day on: the day itself when it is one."""
    while not is_working_day(day, extra):
        day += timedelta(days=1)
    return day


def working_days_after(day: date, n: int, extra: Collection[date] = ()) -> date:
    """The n-th working day after a day, which is not counted itself; for 0 the day itself."""
    for _ in range(n):
        day = next_working_day(day + timedelta(days=1), extra)
    return day


@lru_cache(maxsize=64)
def _bank_holidays(year: int) -> frozenset[date]:
    from holidays import country_holidays  # slow to import, and most commands never ask

    return frozenset(country_holidays("GB", subdiv="ENG", years=year))
