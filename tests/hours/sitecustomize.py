"""Python under faketime 0.9.10: since 3.11 its `time.sleep` fails there with "Invalid argument"."""

import select
import time


def _sleep(seconds: float) -> None:
    select.select([], [], [], seconds)


time.sleep = _sleep
