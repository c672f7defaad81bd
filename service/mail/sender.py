"""What becomes of a letter that is handed to a mail server."""

from dataclasses import dataclass
from typing import Literal, Protocol

from service.mail.email import Email

Result = Literal["taken", "refused", "put_off", "unreachable", "unsure"]


@dataclass(frozen=True)
class Outcome:
    """What became of one letter, in the server's words or ours.

    `result`: taken; refused (for good); put_off (not taken, worth another try); unreachable (not taken, and no other
    letter would be just now); unsure (handed over whole, but nobody answered). `broke`: the connection was lost.
    """

    result: Result
    said: str = ""
    broke: bool = False


class Sender(Protocol):
    """Whoever hands letters over, one at a time; what goes wrong is an outcome, not an exception."""

    def send(self, letter: Email) -> Outcome:
        """Try once to hand this letter over."""
        ...
