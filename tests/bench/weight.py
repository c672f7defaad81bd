"""What a child's form weighs on the wire, and how long the service and its checks take to start."""

import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.http import Browser
from tests.served import PYTHON, ROOT, serving

OURS = re.compile(r'(?:src|href)="(/static/(?!htmx)[^"]+\.(?:js|css)\?[^"]+)"')
BESIDE = re.compile(r"(/static/(?:htmx|symbols)[^\"#]+)")


def main() -> None:
    """Print the table."""
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as name, serving(Path(name)) as served:
        ready = time.perf_counter() - started
        served.flask("demo", "--responses", "4")
        browser = Browser(served)
        document, weight = browser.fetch(browser.address)
        files = {found: browser.fetch(served.address + found)[1] for found in dict.fromkeys(OURS.findall(document))}
        beside = {found: browser.fetch(served.address + found)[1] for found in dict.fromkeys(BESIDE.findall(document))}
    first = weight + sum(files.values())
    sys.stdout.write(
        f"a child's form: document {weight:,} + styles and scripts {sum(files.values()):,} bytes compressed\n"
    )
    sys.stdout.write(f"  {first / 1024:.1f} KB (bar: at most 10); with htmx and pictures ")
    sys.stdout.write(f"{(first + sum(beside.values())) / 1024:.1f} KB (bar: at most 28)\n")
    sys.stdout.write(f"start to the first /healthz: {ready:.1f} s (bar: at most 2)\n")
    started = time.perf_counter()
    subprocess.run(
        [*PYTHON, "flask", "--app", "wsgi", "forms", "check"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL
    )
    sys.stdout.write(f"forms check: {time.perf_counter() - started:.1f} s (bar: at most 1.5)\n")


if __name__ == "__main__":
    main()
