"""Where things are in the repository, for tests wherever they are themselves."""

from pathlib import Path

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"
