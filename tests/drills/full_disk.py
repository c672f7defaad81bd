"""No room, and a folder that may not be written to: said on a page that keeps the answers, and over by itself."""

import contextlib
import os
import resource
import secrets
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.drills.environment import DrillEnvironment
from tests.drills.people import QUESTION, People, Person, Shown, assert_kept_on_screen
from tests.wait_until import soon


def no_room(environment: DrillEnvironment, times: int) -> Shown:
    """R5: the disk is full while drafts are open, again and again."""
    with _small_disk(environment) as disk:
        return _refused_then_taken(environment, times, "R5 full disk", disk.full)


def not_to_be_written(environment: DrillEnvironment, times: int) -> Shown:
    """R5: the store's folder becomes one that may only be read, again and again."""
    with _small_disk(environment) as disk:
        return _refused_then_taken(environment, times, "R5 read-only folder", disk.read_only)


Trouble = Callable[[], contextlib.AbstractContextManager[None]]


def _refused_then_taken(environment: DrillEnvironment, times: int, what: str, trouble: Trouble) -> Shown:
    people = People(environment, some_leave=False)
    people.all_answer(4, 2)
    for number in range(times):
        waiting = [(Person(environment), f"{what}: number {number}-{n} {secrets.token_hex(700)}") for n in range(4)]
        addresses = [person.begin(people.links.take()) for person, _ in waiting]
        with trouble():
            _take_what_room_is_left(environment, people.links.take())
            for (person, text), address in zip(waiting, addresses, strict=True):
                if environment.served.process.poll() is not None:
                    people.faults.append("the service ended")
                for place in (f"{address}/draft", address):
                    refused = person.post(place, {QUESTION: text})
                    try:
                        assert refused.status == 503, f"{refused.status} at {place}"
                        assert_kept_on_screen(refused, text)
                        assert f'action="{place}"' in refused.page, "it sends the answers somewhere else"
                    except AssertionError as fault:
                        people.faults.append(str(fault))
                looked = person.get(address)
                if looked.status != 200:
                    people.faults.append(f"{looked.status} for looking at {address}")
        for (person, text), address in zip(waiting, addresses, strict=True):
            again = person.post(address, {QUESTION: text})  # what the page's button sends, once
            if again.status != 303:
                people.faults.append(f"{again.status} when there was room again: {again.page[:300]}")
            people.sent.append(text)
    shown = people.shown(what, times)
    environment.stop()
    return shown


def _take_what_room_is_left(environment: DrillEnvironment, link: str) -> None:
    """Drafts, each shorter than what is to be refused, until one more finds no room."""
    with contextlib.suppress(AssertionError):
        person = Person(environment)
        person.get(link)
        address = person.post(link, {}).place
        assert address, "there is no room to begin"
        for _ in range(1000):
            reply = person.post(f"{address}/draft", {QUESTION: secrets.token_hex(300)}, **{"HX-Request": "true"})
            assert reply.status < 400, "there is no room"


class _Mounted:
    """A small disk of its own, for whoever may mount one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextlib.contextmanager
    def full(self) -> Iterator[None]:
        """Not a byte of room."""
        ballast = self._folder / "ballast"
        with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while file.write(b"x" * 4096):
                pass
        try:
            yield
        finally:
            ballast.unlink()

    @contextlib.contextmanager
    def read_only(self) -> Iterator[None]:
        """Nothing may be written, even by who may do everything."""
        self._mount("remount,ro")
        try:
            yield
        finally:
            self._mount("remount,rw")

    def _mount(self, how: str) -> None:
        words = ["mount", "-o", how, str(self._folder)]  # refused while a file is open for writing
        soon(lambda: not subprocess.run(words, capture_output=True, check=False).returncode)


class _Limited:
    """For whoever may not mount: files that may not grow, and a folder without the right to write."""

    def __init__(self, environment: DrillEnvironment, folder: Path) -> None:
        self._ground = environment
        self._folder = folder

    @contextlib.contextmanager
    def full(self) -> Iterator[None]:
        """No file of the service's may grow."""
        longest = max(path.stat().st_size for path in self._folder.rglob("*"))
        for size in (longest, resource.RLIM_INFINITY):
            for pid in self._ground.workers():
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
            if size == longest:
                yield

    @contextlib.contextmanager
    def read_only(self) -> Iterator[None]:
        """Nobody may write here."""
        paths = [self._folder / "store", *(self._folder / "store").rglob("*")]
        modes = {path: path.stat().st_mode for path in paths}
        for path, mode in modes.items():
            path.chmod(mode & ~0o222)
        try:
            yield
        finally:
            for path, mode in modes.items():
                path.chmod(mode)


@contextlib.contextmanager
def _small_disk(environment: DrillEnvironment) -> Iterator[_Mounted | _Limited]:
    """The service, with its store on a disk of 4 MB."""
    folder = environment.folder / "small"
    folder.mkdir()
    made = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    mounted = os.geteuid() == 0 and not subprocess.run(made, capture_output=True, check=False).returncode
    environment.url = f"tinydb:{folder / 'store'}"
    try:
        environment.start()
        yield _Mounted(folder) if mounted else _Limited(environment, folder)
    finally:
        environment.stop()
        if mounted:
            subprocess.run(["umount", "-l", str(folder)], check=True)
