"""A process that delivers, to be killed: python -m tests.mail.deliverer STORE_URL SMTP_URL WHAT_TIME_IT_IS

It says `begun` when it is ready, waits for a line, delivers, and says how many letters it sent.
"""

import sys
from datetime import datetime

from service.mail.outbox import deliver
from service.mail.smtp import sender_for
from service.storage import open_store
from tests.mail.conftest import FROM


def main(store_url: str, smtp_url: str, now: str) -> None:
    store = open_store(store_url, lock_seconds=30)
    print("begun", flush=True)
    sys.stdin.readline()
    with sender_for(smtp_url, FROM) as sender:
        delivered = deliver(store, sender, lambda: datetime.fromisoformat(now), lambda books, letter: True)
    store.close()
    print(delivered.sent, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
