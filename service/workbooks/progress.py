"""How far the making of a workbook has come, for whoever waits for it."""

from collections.abc import Callable
from typing import Literal

Part = Literal["heard", "counted", "laid_out"]
# How much of the time each takes, in percent, as measured with 45,655 responses. Writing the file is the rest.
SHARES: dict[Part, int] = {"heard": 32, "counted": 40, "laid_out": 18}


class Work:
    """What is to be done for so many responses, and how much of it is. `tell` is told of each further percent."""

    def __init__(self, tell: Callable[[int], None] = lambda percent: None) -> None:
        self._tell = tell
        self._responses = 0
        self._done: dict[Part, float] = dict.fromkeys(SHARES, 0)
        self._told = 0

    def expect(self, responses: int) -> None:
        """There are so many responses to it."""
        self._responses = responses

    def did(self, part: Part, responses: float = 1) -> None:
        """A part of it is done for so many more. What is done a second time brings it no further."""
        self._done[part] = min(self._done[part] + responses, self._responses)
        self._say()

    def finish(self, part: Part) -> None:
        """This part is done, however little there was to do."""
        self._done[part] = self._responses = max(self._responses, 1)
        self._say()

    def _say(self) -> None:
        percent = int(sum(SHARES[part] * done for part, done in self._done.items()) / max(self._responses, 1))
        if percent > self._told:
            self._told = percent
            self._tell(percent)
