"""How a language writes days and months, and which plural form a number takes: Unicode's CLDR, by Babel."""

from datetime import date
from functools import lru_cache
from typing import Literal

from babel import Locale
from babel.dates import format_date, format_skeleton, get_month_names
from babel.localedata import locale_identifiers

BRITISH = Locale("en", "GB")

Precision = Literal["day", "month", "year"]


def date_text(day: date, language: str, precision: Precision = "day") -> str:
    """A date as the language writes it: 22 November 2026, 22 listopada 2026; a month is November 2026."""
    locale = _locale(language)
    if precision == "day":
        return str(format_date(day, "long", locale))
    return str(format_skeleton("yMMMM", day, locale=locale)) if precision == "month" else str(day.year)


def month_names(language: str) -> tuple[str, ...]:
    """The 12 months as they stand alone in a list."""
    names = get_month_names("wide", "stand-alone", _locale(language))
    return tuple(names[number] for number in range(1, 13))


def plural_form(number: int, language: str) -> str:
    """The CLDR category that this many of a thing take: `one`, `few`, `many`, `other`, …"""
    return str(_locale(language).plural_form(number))


def plural_forms(language: str) -> frozenset[str]:
    """Every category that the language tells apart."""
    return frozenset({*_locale(language).plural_form.tags, "other"})


@lru_cache(maxsize=256)
def _locale(language: str) -> Locale:
    """The locale of a language code, British English for a language that Babel does not know."""
    wanted = language.partition("-x-")[0].replace("-", "_")
    if wanted.lower() == "en":
        return BRITISH
    return Locale.negotiate([wanted], locale_identifiers()) or BRITISH
