"""WebKit, the family of an iPad's browser, driven over W3C WebDriver with the standard library alone."""

import json
import os
import shutil
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

from tests.wait_until import soon

NEEDED = ("WebKitWebDriver", "Xvfb")
_MINI_BROWSERS = "/usr/lib/*/webkit2gtk-4.*/MiniBrowser"


def missing() -> str:
    """What is not installed here, as a reason to skip; empty when all is."""
    lacking = [program for program in NEEDED if shutil.which(program) is None]
    if not lacking and not list(Path("/").glob(_MINI_BROWSERS[1:])):
        lacking = ["MiniBrowser"]
    return f"WebKit was not tried: {' and '.join(lacking)} not installed" if lacking else ""


class WebKit:
    """One window."""

    def __init__(self, base: str, session: str) -> None:
        self._base = f"{base}/session/{session}"

    def go(self, address: str) -> None:
        """Open an address."""
        self._post("url", {"url": address})

    def back(self) -> None:
        """What the browser's own Back does."""
        self._post("back", {})

    def run(self, script: str, *values: Any) -> Any:
        """Run a script in the page; gives what it returns."""
        return self._post("execute/sync", {"script": script, "args": list(values)})

    def wait_for(self, script: str) -> None:
        """Wait until a script in the page returns something true; between two pages there is none to ask."""

        def holds() -> bool:
            try:
                return bool(self.run(script))
            except HTTPError:
                return False

        soon(holds, script)

    def add_cookie(self, name: str, value: str) -> None:
        """Give the page's site a cookie."""
        self._post("cookie", {"cookie": {"name": name, "value": value, "path": "/", "httpOnly": True}})

    def _post(self, command: str, body: dict[str, Any]) -> Any:
        return call("POST", f"{self._base}/{command}", body)


@contextmanager
def webkit(folder: Path) -> Iterator[WebKit]:
    """A browser with a profile of its own on a screen of its own."""
    reading, writing = os.pipe()
    screen = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1024x1400x24", "-nolisten", "tcp"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    driver: subprocess.Popen[bytes] | None = None
    try:
        with os.fdopen(reading) as told:
            display = f":{told.readline().strip()}"
        own = {
            "DISPLAY": display,
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(folder),
            "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",
        }
        driver, base = _driver({**os.environ, **own})
        browser = str(next(Path("/").glob(_MINI_BROWSERS[1:])))
        options = {"webkitgtk:browserOptions": {"binary": browser, "args": ["--automation"]}}
        session = call("POST", f"{base}/session", {"capabilities": {"alwaysMatch": options}})["sessionId"]
        try:
            yield WebKit(base, session)
        finally:
            call("DELETE", f"{base}/session/{session}")
    finally:
        for process in (driver, screen):
            if process is not None:
                process.terminate()
                process.wait(timeout=60)


def call(method: str, address: str, body: dict[str, Any] | None = None) -> Any:
    """One command; gives its value."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(address, data, {"Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=120) as reply:
        return json.load(reply)["value"]


def _driver(environ: dict[str, str]) -> "tuple[subprocess.Popen[bytes], str]":
    """One that answers, and where; it ends where somebody else was quicker to take its port."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        driver = subprocess.Popen(
            ["WebKitWebDriver", f"--port={port}"], env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        base = f"http://127.0.0.1:{port}"
        if soon(lambda driver=driver, base=base: "ended" if driver.poll() is not None else _answers(base)) is True:
            return driver, base


def _answers(base: str) -> bool:
    try:
        call("GET", f"{base}/status")
    except OSError:
        return False
    return True
