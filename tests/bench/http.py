"""Pages and drafts a second, beside a page that says hello and a store that keeps nothing; each pair in turn."""

import gzip
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path

from tests.live_server import Served, serving

ROUNDS = 5
SECONDS = 3
ANSWERS = {"company": "alone", "feel_safe": "mostly", "fun": "sometimes", "what_is_good": "The food is good. " * 6}


def main() -> None:
    """Print the table."""
    if not shutil.which("wrk"):
        sys.stdout.write("pages: not measured, wrk is not installed\n")
        return
    with tempfile.TemporaryDirectory() as name, serving(Path(name)) as served, _hello() as hello:
        served.flask("demo", "--responses", "200")
        fresh, resumed = Browser(served), Browser(served)
        resumed.save(ANSWERS)
        with _beside(served) as nothing:
            drafts = Browser(served)
            forgotten = drafts.address.replace(served.address, nothing)
            measures = {
                "hello, world": lambda: wrk(hello),
                "a form, fresh": lambda: wrk(fresh.address, fresh.cookie),
                "a form, resumed": lambda: wrk(resumed.address, resumed.cookie),
                "a draft, durable": lambda: wrk(f"{drafts.address}/draft", drafts.cookie, drafts.body(ANSWERS)),
                "a draft, kept nowhere": lambda: wrk(f"{forgotten}/draft", drafts.cookie, drafts.body(ANSWERS)),
            }
            found = {what: [] for what in measures}
            for _ in range(ROUNDS):
                for what, measure in measures.items():
                    found[what].append(measure())
    _print(found)


def _print(found: dict[str, list[float]]) -> None:
    for what, each in found.items():
        sys.stdout.write(f"{what:<24} {statistics.median(each):>8.0f} a second\n")
    for what, beside, bar in (
        ("a form, fresh", "hello, world", 0.60),
        ("a form, resumed", "hello, world", 0.15),
        ("a draft, durable", "a draft, kept nowhere", 0.80),
    ):
        ratios = [one / other for one, other in zip(found[what], found[beside], strict=True)]
        sys.stdout.write(f"{what} / {beside}: {statistics.median(ratios):.2f} (bar: at least {bar:.2f})\n")


class Browser:
    """Someone with a draft begun on the tablet: its address, cookie and token."""

    def __init__(self, served: Served) -> None:
        base = served.address
        self._jar = CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._jar))
        # in the demonstration one press makes a browser an unlocked tablet
        enrolled = urllib.parse.urlencode({"csrf-token": _token(self._read(f"{base}/tablet")), "home": "larch-house"})
        self._opener.open(f"{base}/tablet/demonstration", enrolled.encode()).close()
        page = self._read(f"{base}/tablet/others")
        begun = urllib.parse.urlencode({"csrf-token": _token(page)}).encode()
        with self._opener.open(f"{base}/tablet/start/child-views", begun) as reply:
            self.address: str = reply.geturl()
            self._token = _token(reply.read().decode())

    def fetch(self, address: str) -> tuple[str, int]:
        """What is there, and what it weighs on its way."""
        with self._opener.open(urllib.request.Request(address, headers={"Accept-Encoding": "gzip"})) as reply:
            sent = reply.read()
            plain = gzip.decompress(sent) if reply.headers["Content-Encoding"] == "gzip" else sent
        return plain.decode(), len(sent)

    def save(self, answers: dict[str, str]) -> None:
        """Keep a draft."""
        self._opener.open(f"{self.address}/draft", self.body(answers).encode()).close()

    def body(self, answers: dict[str, str]) -> str:
        """The body of a POST with these answers."""
        return urllib.parse.urlencode({"csrf-token": self._token, **answers})

    @property
    def cookie(self) -> str:
        """The header that makes a request this browser's."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._jar)

    def _read(self, address: str) -> str:
        with self._opener.open(address) as reply:
            return str(reply.read().decode())


def _token(page: str) -> str:
    return re.findall(r'name="?csrf-token"? value="?([^"> ]+)', page)[0]


def wrk(address: str, cookie: str = "", body: str = "") -> float:
    """Requests a second of eight connections; an answer that is an error ends the measuring."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(f"wrk.headers['Cookie'] = '{cookie}'\n" if cookie else "")
        if body:
            script.write("wrk.method = 'POST'\nwrk.headers['HX-Request'] = 'true'\n")
            script.write(f"wrk.headers['Content-Type'] = 'application/x-www-form-urlencoded'\nwrk.body = '{body}'\n")
        script.flush()
        done = subprocess.run(
            ["wrk", "-t1", "-c8", f"-d{SECONDS}s", "-s", script.name, address],
            capture_output=True,
            text=True,
            check=True,
        )
    if "Non-2xx" in done.stdout:
        raise RuntimeError(done.stdout)
    return float(re.findall(r"Requests/sec:\s+([\d.]+)", done.stdout)[0])


@contextmanager
def _hello() -> Iterator[str]:
    with (
        tempfile.TemporaryDirectory() as name,
        serving(Path(name), app="tests.bench.apps:hello()", ready="/") as served,
    ):
        yield served.address


@contextmanager
def _beside(served: Served) -> Iterator[str]:
    """The same store and keys behind a second server, which keeps nothing."""
    settings = {
        key: value for key, value in served.environ.items() if key.startswith("SAYSO_") and key != "SAYSO_BASE_URL"
    }
    with (
        tempfile.TemporaryDirectory() as name,
        serving(Path(name), app="tests.bench.apps:forgetful()", **settings) as other,
    ):
        yield other.address
