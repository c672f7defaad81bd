"""How far the making of a workbook has come, for whoever waits for it."""

from collections.abc import Callable, Mapping
from typing import Literal

Part = Literal["heard", "counted", "written"]
# How long each takes beside the others, as measured with 45,655 responses.
TAKES: dict[Part, int] = {"heard": 32, "counted": 40, "written": 28}
CSV_TAKES: dict[Part, int] = {**TAKES, "written": 46}  # codes beside labels


class Work:
    """What is to be done for so many responses, and how much of it is. `tell` is told of each further percent."""

    def __init__(self, tell: Callable[[int], None] = lambda percent: None, takes: Mapping[Part, int] = TAKES) -> None:
        self._tell = tell
        self._takes = takes
        self._responses = 0
        self._done: dict[Part, float] = dict.fromkeys(takes, 0)
        self._told = 0

    def expect(self, responses: int) -> None:
        """There are so many responses to it."""
        self._responses = responses

    def did(self, part: Part, responses: float = 1) -> None:
        """A part of it is done for so many more. What is counted a second time brings it no further."""
        self._done[part] = min(self._done[part] + responses, self._responses)
        self._say()

    def finish(self, part: Part) -> None:
        """This part is done, however little there was to do."""
        self._done[part] = self._responses = max(self._responses, 1)
        self._say()

    def _say(self) -> None:
        done = sum(self._takes[part] * done for part, done in self._done.items())
        percent = int(100 * done / (max(self._responses, 1) * sum(self._takes.values())))
        if percent > self._told:
            self._told = percent
            self._tell(percent)
