"""Documents are plain English: short sentences, addressed to the reader, in the standard terms."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.documents import documents, prose_of
from tests.paths import ROOT

LONGEST = 20  # words
# Held to other texts: what was released, what the settings say of themselves, what an older version wrote.
OTHERS = {ROOT / "CHANGELOG.md", ROOT / "docs/reference/settings.md", ROOT / "tests/stores/0.1.0/README.md"}
NOT = re.compile(
    r"\b(whoever|whom|somebody|those who|e-mails?|letters?|single answers?|to hand on|withheld"
    r"|key(ed|s)? in|takes? back|lets? go|rounds?|utili[sz]e|in order to|please|simply)\b"
)


def sentences_of(path: Path) -> Iterator[tuple[int, str]]:
    """Each sentence with the line where its paragraph begins; what stands between semicolons in a table is one too."""
    for number, part in _parts(path):
        plain = re.sub(r"`[^`]*`|\]\([^)]*\)|\*[A-Z][^*]*\*", "x", part)
        for sentence in re.split(r"(?<=[.!?])\s", plain):
            yield number, sentence


def _parts(path: Path) -> Iterator[tuple[int, str]]:
    begun, paragraph = 0, ""
    for number, line in enumerate([*prose_of(path).splitlines(), ""], 1):
        if paragraph and re.match(r"$|[-|#]|\d+\. ", line):
            yield begun, paragraph
            paragraph = ""
        if line.startswith("|"):
            yield from ((number, part) for part in re.split(r" \| |; ", line.strip("| ")))
        elif line:
            begun, paragraph = (begun, f"{paragraph} {line.strip()}") if paragraph else (number, line)


def faults_of(path: Path) -> Iterator[str]:
    for number, sentence in sentences_of(path):
        words = [word for word in re.findall(r"[\w’'-]+", sentence) if word != "x"]
        if len(words) > LONGEST:
            yield f"line {number}: {len(words)} words: {sentence}"
        if found := NOT.search(sentence):
            yield f"line {number}: say it otherwise than {found[0]!r}: {sentence}"


@pytest.mark.parametrize(
    "path", [path for path in documents() if path not in OTHERS], ids=lambda path: str(path.relative_to(ROOT))
)
def test_it_is_plain(path: Path) -> None:
    assert list(faults_of(path)) == []


def test_what_is_not_plain_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    long = "a b c d e f g h i j k\nl m n o p q r s t u"
    page.write_text(f"Send an e-mail.\n\n{long}.\n\n```\nwhoever\n```\n\n| `letter` | a letter |\n")
    assert [fault.split(":")[0] for fault in faults_of(page)] == ["line 1", "line 3", "line 10"]
