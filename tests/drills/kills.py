"""Workers, or all of the service, end at any moment while people answer."""

import contextlib
import os
import random
import signal
import time

from tests.drills.environment import DrillEnvironment
from tests.drills.people import People, Shown
from tests.wait_until import soon


def kill_workers(environment: DrillEnvironment, times: int, chance: random.Random) -> Shown:
    """R1: a worker is killed at a random moment; every fifteenth time it is all of the service."""
    environment.start()
    people = People(environment)
    with people.answering(8):
        for number in range(times):
            people.wait_for_one_more()
            time.sleep(chance.uniform(0, 0.06))
            if number % 15 == 7:
                environment.kill_all()
                continue
            with contextlib.suppress(ProcessLookupError):
                os.kill(chance.choice(soon(environment.workers)), signal.SIGKILL)
    return people.shown("R1 kill -9 of a worker, or of all", times)


def restart_while_asked(environment: DrillEnvironment, times: int, each: int, chance: random.Random) -> Shown:
    """R14: SIGTERM in the middle of submissions, and another service in its place."""
    environment.start()
    people = People(environment)
    with people.answering(8):
        for _ in range(times):
            until = len(people.sent) + each
            while len(people.sent) < until:
                people.wait_for_one_more()
            time.sleep(chance.uniform(0, 0.03))
            environment.stop()
            if environment.served.process.returncode:
                people.faults.append(f"it ended with {environment.served.process.returncode}")
            environment.start()
    return people.shown("R14 SIGTERM while people answer", times)
