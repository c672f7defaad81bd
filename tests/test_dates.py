"""Working days of England: an assurance visit, weekends, bank holidays, and those announced late."""

import subprocess
import sys
from datetime import date, timedelta

import pytest

from service.dates import is_working_day, next_working_day, working_days_after


@pytest.mark.parametrize(
    ("end_of_visit", "emailed", "reviewed", "draft", "comments", "final", "complaint", "published", "window"),
    [
        (
            "2020-09-09",
            "2020-09-10",
            "2020-09-16",
            "2020-10-05",
            "2020-10-12",
            "2020-10-21",
            "2020-10-28",
            "2020-11-02",
            "2020-10-21 2020-11-04",
        ),
        (
            "2020-12-17",
            "2020-12-18",
            "2020-12-24",
            "2021-01-15",
            "2021-01-22",
            "2021-02-02",
            "2021-02-09",
            "2021-02-12",
            "2021-01-28 2021-02-11",
        ),
        (
            "2021-03-24",
            "2021-03-25",
            "2021-03-31",
            "2021-04-21",
            "2021-04-28",
            "2021-05-10",
            "2021-05-17",
            "2021-05-20",
            "2021-05-05 2021-05-19",
        ),
    ],
)
def test_the_days_of_an_assurance_visit_are_those_of_the_guidance(
    end_of_visit: str,
    emailed: str,
    reviewed: str,
    draft: str,
    comments: str,
    final: str,
    complaint: str,
    published: str,
    window: str,
) -> None:
    end = date.fromisoformat(end_of_visit)
    after_the_visit = {1: emailed, 5: reviewed, 18: draft, 30: final, 38: published}
    assert {n: working_days_after(end, n).isoformat() for n in after_the_visit} == after_the_visit
    assert working_days_after(date.fromisoformat(draft), 5).isoformat() == comments
    assert working_days_after(date.fromisoformat(final), 5).isoformat() == complaint
    # a monitoring visit after a serious concern comes six to eight weeks later
    assert " ".join(next_working_day(end + timedelta(weeks=weeks)).isoformat() for weeks in (6, 8)) == window


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-11-20", True),  # a Friday
        ("2026-11-21", False),  # Saturday
        ("2026-11-22", False),  # Sunday
        ("2026-11-23", True),
        ("2024-02-29", True),  # a leap day, a Thursday
        ("2028-02-29", True),
        ("2020-02-29", False),  # a leap day on a Saturday
        ("2026-04-02", True),  # the Thursday before Easter
        ("2026-04-03", False),  # Good Friday
        ("2026-04-06", False),  # Easter Monday, which Scotland does not keep
        ("2026-04-07", True),
        ("2027-03-26", False),  # Good Friday
        ("2027-03-29", False),  # Easter Monday
        ("2026-05-04", False),  # early May
        ("2020-05-04", True),  # moved to VE Day that year
        ("2020-05-08", False),
        ("2026-05-25", False),  # spring
        ("2022-05-30", True),  # moved beside the Jubilee
        ("2022-06-02", False),
        ("2022-06-03", False),
        ("2022-09-19", False),  # the Queen's funeral
        ("2023-05-08", False),  # the Coronation
        ("2026-08-03", True),  # Scotland's summer holiday
        ("2026-08-31", False),  # England's
        ("2026-11-30", True),  # St Andrew's Day is Scotland's
        ("2026-03-17", True),  # St Patrick's Day is Northern Ireland's
        ("2026-12-24", True),
        ("2026-12-25", False),
        ("2026-12-26", False),
        ("2026-12-28", False),  # in place of Boxing Day, a Saturday
        ("2026-12-29", True),
        ("2027-01-01", False),
        ("2027-12-27", False),  # in place of Christmas Day, a Saturday
        ("2027-12-28", False),  # in place of Boxing Day, a Sunday
        ("2022-01-03", False),  # in place of New Year's Day, a Saturday
    ],
)
def test_a_working_day_is_no_weekend_and_no_bank_holiday_of_england(day: str, works: bool) -> None:
    assert is_working_day(date.fromisoformat(day)) is works


@pytest.mark.parametrize(
    ("day", "n", "reached"),
    [
        ("2026-12-24", 0, "2026-12-24"),
        ("2026-12-24", 1, "2026-12-29"),  # over Christmas, a weekend and a substitute day
        ("2026-12-25", 1, "2026-12-29"),  # counted from a day that is none
        ("2026-12-24", 4, "2027-01-04"),  # and into another year
        ("2026-04-02", 1, "2026-04-07"),  # over Easter
        ("2028-02-28", 1, "2028-02-29"),
        ("2028-02-28", 2, "2028-03-01"),
        ("2027-02-26", 1, "2027-03-01"),  # no leap year
    ],
)
def test_working_days_are_counted_from_the_day_after(day: str, n: int, reached: str) -> None:
    assert working_days_after(date.fromisoformat(day), n).isoformat() == reached


@pytest.mark.parametrize(
    ("day", "reached"), [("2026-11-20", "2026-11-20"), ("2026-11-21", "2026-11-23"), ("2026-12-25", "2026-12-29")]
)
def test_the_next_working_day_is_the_day_itself_when_it_is_one(day: str, reached: str) -> None:
    assert next_working_day(date.fromisoformat(day)).isoformat() == reached


def test_a_bank_holiday_announced_late_is_none_that_people_work_on() -> None:
    announced = (date(2027, 5, 10),)
    assert is_working_day(date(2027, 5, 10))
    assert not is_working_day(date(2027, 5, 10), announced)
    assert next_working_day(date(2027, 5, 8), announced) == date(2027, 5, 11)
    assert working_days_after(date(2027, 5, 7), 1, announced) == date(2027, 5, 11)


def test_every_year_of_a_century_has_its_eight_bank_holidays() -> None:
    for year in range(1980, 2080):
        first = date(year, 1, 1)
        days = [first + timedelta(days=n) for n in range(365 + (year % 4 == 0))]
        off = [day for day in days if day.weekday() < 5 and not is_working_day(day)]
        # one or two more when there is something to celebrate or to mourn
        assert 8 <= len(off) <= 10, (year, off)


def test_commands_that_ask_for_no_working_day_do_not_wait_for_the_bank_holidays() -> None:
    program = "import sys, service, service.cli, service.web.public.views; sys.exit('holidays' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
