"""The table of who may what: read, held against the service, and written anew by `python -m tests.web.who_may`.

Writing it anew shows what is, not what should be: read the difference before keeping it.
"""

import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from service import create_app
from service.accounts.roles import ROLES
from service.config import config_from
from service.definitions import Role, load_library
from tests.web.provider_world import EVERYBODY, World

TABLE = Path(__file__).parent / "who_may.txt"
ROOT = TABLE.parent.parent.parent
HEADING = """\
# Who may what: every address that the service knows, with what a reply begins with for whoever asks.
#
# A administrator, R responsible individual, M registered manager, L safeguarding lead, S staff, I independent person:
# each at the home that the address belongs to, then each at another home, then each at every home.
# A number is a status; `in` is sent to sign in, `2nd` to set up a second factor, `pw` to give the password again.
# What is posted is empty but for its token, so that 422 and 400 mean: come in, but this was nothing.
# `python -m tests.web.who_may` writes this page from the running service: read the difference before keeping it.
"""
Table = dict[tuple[str, str], tuple[str, ...]]
LETTERS: dict[Role, str] = dict(zip(ROLES, "ARMLSI", strict=True))
SENT = {"/sign-in": "in", "/account/second-factor": "2nd", "/account/prove": "pw"}


def as_word(reply: TestResponse) -> str:
    """What a reply comes to, in the words of the table."""
    if reply.status_code in (302, 303):
        return SENT.get(urlsplit(reply.location).path, str(reply.status_code))
    return str(reply.status_code)


def seen(
    world: World,
    method: str,
    rule: Rule,
    look: Callable[[TestResponse], None] = lambda reply: None,
    instead: Mapping[str, str] | None = None,
) -> tuple[str, ...]:
    """What everybody meets at this address, each finding the same as those before; each reply is looked at."""
    address, words = world.address(rule, **(instead or {})), []
    for who in EVERYBODY:
        reply = world.visit(who, method, address)
        look(reply)
        words.append(as_word(reply))
        world.put_back()
    return tuple(words)


def written(table: Table) -> str:
    """The table as its page, one line an address."""
    width = max(len(rule) for _, rule in table)
    heading = _line("", "", ["", *LETTERS.values(), *LETTERS.values(), *LETTERS.values()], width)
    over = f"#{'':<{width + 8}} | {'here':<24}| {'elsewhere':<24}| everywhere"
    lines = [_line(method, rule, words, width) for (method, rule), words in table.items()]
    return "\n".join([HEADING, over, heading, *lines]) + "\n"


def table_on_page(text: str) -> Table:
    """The table that a page holds."""
    found: Table = {}
    for line in text.splitlines():
        cells = line.replace("|", " ").split()
        if cells and cells[0] in ("GET", "POST"):
            method, rule, *words = cells
            assert len(words) == len(EVERYBODY), f"{method} {rule} says {len(words)} of {len(EVERYBODY)}"
            found[method, rule] = tuple(words)
    return found


def _line(method: str, rule: str, words: Sequence[str], width: int) -> str:
    first, *rest = (f"{word:<4}" for word in words)
    groups = ["".join(rest[n : n + len(ROLES)]) for n in range(0, len(rest), len(ROLES))]
    return f"{method or '#':<5}{rule:<{width}} {'| '.join([first, *groups])}".rstrip()


def main() -> None:
    """Write the table as the service is."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(config_from({"SAYSO_STORE_URL": f"tinydb:{folder}/store", "SAYSO_INSTANCE_DIR": folder}))
        world = World(app, load_library(ROOT / "forms"))
        table = {(method, rule.rule): seen(world, method, rule) for method, rule in world.rules("GET", "POST")}
        world.store.close()
    TABLE.write_text(written(table))
    sys.stdout.write(f"{len(table)} addresses\n")


if __name__ == "__main__":
    main()
