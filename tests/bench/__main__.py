"""`make bench`: every measurement, or those named (`python -m tests.bench store pages`); ratios, side by side."""

import sys

from tests.bench import builder, http, store, weight, workbook

MEASUREMENTS = {
    "store": store.main,
    "pages": http.main,
    "weight": weight.main,
    "workbook": workbook.main,
    "builder": builder.main,
}


def main() -> int:
    """Run what was asked for; 2 where a name is none of ours."""
    wanted = sys.argv[1:] or list(MEASUREMENTS)
    if unknown := [name for name in wanted if name not in MEASUREMENTS]:
        sys.stderr.write(f"There is no measurement called {', '.join(unknown)}; there are {', '.join(MEASUREMENTS)}.\n")
        return 2
    for name in wanted:
        sys.stdout.write(f"\n== {name}\n")
        sys.stdout.flush()
        MEASUREMENTS[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main())
