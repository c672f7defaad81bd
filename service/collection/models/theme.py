"""That a comment is about something: the themes of a comment, and those that a home has in its own words."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Theming:
    """The themes of one answer in words; `id` is its response's id and the question's name, as of its Reading.

    Neither by whom nor when: it says what somebody's words are about, and so goes with them.
    """

    id: str
    home_id: str
    response_id: str
    themes: tuple[str, ...]


@dataclass(frozen=True)
class OwnTheme:
    """A theme in a home's own words, typed once and then offered.

    `known_to` are the accounts that have typed or given it. To everybody else it may tell what was written in comments
    that they may not read, so they are offered it once it stands on one that they may.
    """

    id: str
    home_id: str
    words: str
    known_to: tuple[str, ...] = ()
