"""`make hours`: the tests without a browser under moved clocks. Words after it are pytest's own: `tests/jobs -x`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

CLOCKS = {
    "2026-12-06 23:50 UTC": "the end of a Sunday, and of a week",
    "2026-12-07 00:10 UTC": "after midnight, before the nightly jobs",
    "2027-03-28 00:50 UTC": "before clocks go forward",
    "2026-10-24 23:10 UTC": "after midnight in summer time, on the day it ends",
    "2026-10-25 00:50 UTC": "before clocks go back",
    "2026-12-31 23:50 UTC": "the end of a year",
    "2028-02-29 12:00 UTC": "29 February",
    "2028-02-29 23:50 UTC": "the end of 29 February",
}


def main() -> int:
    """Run pytest once for each clock; 1 where a test failed under any, 2 where faketime is missing."""
    if not shutil.which("faketime"):
        sys.stderr.write("faketime is not installed.\n")
        return 2
    environ = os.environ | {"TZ": "Europe/London", "PYTHONPATH": str(Path(__file__).parent)}
    pytest = [sys.executable, "-m", "pytest", "--quiet", "--numprocesses", "4", "--dist", "loadfile"]
    pytest += ["--ignore", "tests/browser", *sys.argv[1:]]
    found = {}
    for moment, about in CLOCKS.items():
        sys.stdout.write(f"\n== {moment}: {about}\n")
        sys.stdout.flush()
        # only the date moves: what waits so many seconds goes by the machine's own clock
        found[moment] = subprocess.call(["faketime", "--exclude-monotonic", moment, *pytest], env=environ)
    sys.stdout.write("\n")
    for moment, code in found.items():
        sys.stdout.write(f"{moment}  {'FAILED' if code else 'passed':<6}  {CLOCKS[moment]}\n")
    return int(any(found.values()))


if __name__ == "__main__":
    sys.exit(main())
