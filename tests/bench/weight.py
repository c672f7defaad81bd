"""What a child's form weighs on the wire, how soon it is there on a slow one, and how long starting takes."""

import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.bench.http import Browser
from tests.browser.conftest import ARGUMENTS, TABLET
from tests.live_server import PYTHON, Served, serving
from tests.paths import ROOT

OURS = re.compile(r'(?:src|href)="(/static/(?!js/htmx)[^"]+\.(?:js|css)\?[^"]+)"(?! media="print")')
LATER = re.compile(r'"(/static/(?:[^"]+\.css\?[^"]+(?=" media="print")|js/read-aloud[^"]+))')
BESIDE = re.compile(r"(/static/(?:js/htmx|images/symbols)[^\"#]+)")
MOST = 14 * 1024

KBIT = 1000 / 8
SLOW_3G = {
    "offline": False,
    "latency": 400,
    "downloadThroughput": 400 * KBIT,
    "uploadThroughput": 400 * KBIT,
}


def main() -> None:
    """Print the table."""
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as name, serving(Path(name)) as served:
        ready = time.perf_counter() - started
        served.flask("demo", "--responses", "4")
        browser = Browser(served)
        document, weight = browser.fetch(browser.address)
        files, later, beside = (_weights(browser, served, kind.findall(document)) for kind in (OURS, LATER, BESIDE))
        slow = _seconds_to_the_first_question(browser)
    first = weight + sum(files.values())
    sys.stdout.write("a child's form of 20 questions, compressed, in bytes\n")
    for name, its in {"document": weight, **files, "A: all that answering and sending needs": first}.items():
        sys.stdout.write(f"  {name:<42} {its:>7,}\n")
    sys.stdout.write(f"  {'   bar: at most':<42} {MOST:>7,}\n")
    for name, its in {**later, "B: with what is fetched later": first + sum(later.values())}.items():
        sys.stdout.write(f"  {name:<42} {its:>7,}\n")
    for name, its in {**beside, "A with htmx and pictures": first + sum(beside.values())}.items():
        sys.stdout.write(f"  {name:<42} {its:>7,}\n")
    sys.stdout.write(f"  {'   bar: at most':<42} {28 * 1024:>7,}\n")
    sys.stdout.write("a tablet on slow 3G (400 kbit/s, 400 ms, nothing kept from before): ")
    sys.stdout.write(f"first page after {slow[0]:.1f} s, first question ready after {slow[1]:.1f} s\n")
    sys.stdout.write(f"start to the first /healthz: {ready:.1f} s (bar: at most 2)\n")
    started = time.perf_counter()
    subprocess.run(
        [*PYTHON, "flask", "--app", "wsgi", "forms", "check"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL
    )
    sys.stdout.write(f"forms check: {time.perf_counter() - started:.1f} s (bar: at most 1.5)\n")


def _weights(browser: Browser, served: Served, addresses: list[str]) -> dict[str, int]:
    """What each file weighs on its way, by its name."""
    return {
        address.removeprefix("/static/").partition("?")[0]: browser.fetch(served.address + address)[1]
        for address in dict.fromkeys(addresses)
    }


def _seconds_to_the_first_question(browser: Browser) -> tuple[float, float]:
    """Until the first page can be read, and until Start leads to the first question, in Chromium."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        context = chromium.new_context(viewport=TABLET)
        cookies = [pair.partition("=") for pair in browser.cookie.split("; ")]
        context.add_cookies([{"name": name, "value": value, "url": browser.address} for name, _, value in cookies])
        page = context.new_page()
        wire = context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.send("Network.emulateNetworkConditions", SLOW_3G)
        started = time.perf_counter()
        page.goto(browser.address, wait_until="commit")
        page.locator("#intro h2").first.wait_for()
        readable = time.perf_counter() - started
        page.locator("#next").click()
        page.locator(".q:visible").first.wait_for()
        ready = time.perf_counter() - started
        chromium.close()
    return readable, ready


if __name__ == "__main__":
    main()
