"""Imports point one way: a package may use what its row in docs/architecture.md names, and nothing else."""

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.documents import codes, rows_after, text_of
from tests.paths import ROOT

SERVICE = ROOT / "service"

ARCHITECTURE = "docs/architecture.md"
# The table of the architecture is the rule. Of each package: what it may import, and what from outside.
ROWS = {
    codes(name)[0].removeprefix("service/").strip("/").removesuffix(".py"): (inside, outside)
    for name, _, inside, outside in rows_after(ARCHITECTURE, "## Layers")
}
EVERYTHING = ("everything", "anything")
LAYERS = {name: (set(codes(row[0])), set(codes(row[1]))) for name, row in ROWS.items() if row != EVERYTHING}
# What faces people may use everything; Flask and its like live here and nowhere else.
FACES = {"__init__"} | {name for name, row in ROWS.items() if row == EVERYTHING}
# What these write goes through a function of `operations`, `collection`, `accounts` or `mail`.
OPEN_NO_TRANSACTION = ("web", "cli", "analysis", "reports", "exporters")
STANDARD = __import__("sys").stdlib_module_names


def modules() -> list[Path]:
    return sorted(SERVICE.rglob("*.py"))


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: import by full name, so that the direction can be read"
            if node.module == "service":
                yield from (f"service.{alias.name}" for alias in node.names)
            else:
                yield node.module or ""


def room_of(path: Path) -> str:
    return path.relative_to(SERVICE).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(SERVICE)))
def test_a_module_imports_only_what_its_room_may(path: Path) -> None:
    room = room_of(path)
    if room in FACES:
        return
    inside, outside = LAYERS[room]
    for name in imports_of(path):
        first, *rest = name.split(".")
        if first == "service":
            assert rest, f"{path.name} imports the factory, which imports everything"
            assert rest[0] == room or rest[0] in inside, f"{room} may not import {name}"
        else:
            assert first in STANDARD or first in outside, f"{room} may not import {name} from outside"


def test_every_room_has_its_rule() -> None:
    rooms = {room_of(path) for path in modules()}
    assert rooms == LAYERS.keys() | FACES


@pytest.mark.parametrize("room", OPEN_NO_TRANSACTION)
def test_it_opens_no_transaction(room: str) -> None:
    opening = [path for path in modules() if room_of(path) == room and ".transaction(" in path.read_text()]
    assert opening == []


def test_only_one_operation_closes_a_round() -> None:
    closing = [path for path in modules() if re.search(r"\bkeep_closed\(", path.read_text())]
    assert closing == [SERVICE / "collection/rounds/open_close.py", SERVICE / "operations/rounds.py"]


def test_the_lowest_layers_import_nothing_of_ours() -> None:
    assert {room for room, (inside, _) in LAYERS.items() if not inside} >= {
        "locales",
        "text",
        "repository",
        "frameworks",
    }
    assert {"__init__", "web", "cli", "state", "server"} == FACES


def test_a_row_of_the_table_names_only_rows_above_it() -> None:
    above: set[str] = set()
    for room, (inside, _) in LAYERS.items():
        assert inside <= above, f"{room} names what stands below it"
        above.add(room)


def test_a_wrong_import_would_be_noticed() -> None:
    assert "web" not in LAYERS["collection"][0]
    assert set(imports_of(SERVICE / "web" / "respondent" / "form.py")) & {"flask"}


# Terms of the field that end as gerunds or participles do.
TERMS = {"hashing", "masking", "piping", "pooling", "routing", "throttling", "wording"}
ENDINGS = re.compile(r"ing$|[^e]ed$")
IRREGULAR = {"found", "held", "heard", "hidden", "known", "kept", "said", "sent", "shown", "told", "withheld"}


def test_modules_are_named_by_nouns() -> None:
    last_words = {path: path.stem.rpartition("_")[2] for path in modules()}
    wrong = [
        str(path.relative_to(SERVICE))
        for path, word in last_words.items()
        if (ENDINGS.search(word) or word in IRREGULAR) and word not in TERMS
    ]
    assert wrong == []


def test_a_folder_holds_at_most_fifteen_modules() -> None:
    sizes = Counter(path.parent.relative_to(SERVICE) for path in modules() if path.name != "__init__.py")
    del sizes[Path("collection/models")]  # one record type a file
    assert {str(folder): size for folder, size in sizes.items() if size > 15} == {}


def test_public_class_names_are_unique() -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for path in modules():
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(str(path.relative_to(SERVICE)))
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_templates_and_tests_have_the_areas_of_web() -> None:
    areas = {path.parent.name for path in (SERVICE / "web").glob("*/*.py")}
    templates = {path.parent.name for path in (SERVICE / "templates").glob("*/*.html")}
    tests = {path.parent.name for path in (ROOT / "tests" / "web").glob("*/*.py")}
    assert templates - areas <= {"questions"}  # where a question type becomes HTML
    assert tests - areas == set()


# Areas of collection from the bottom up: each may import those below it, and its neighbours in the same tier.
TIERS = [set(codes(line)) for line in re.findall(r"^\d\. (`.*`)$", text_of(ARCHITECTURE), re.MULTILINE)]


def test_every_area_of_collection_has_its_place() -> None:
    there = {path.parent.name for path in (SERVICE / "collection").glob("*/*.py")}
    assert set.union(*TIERS) == there
    assert sum(map(len, TIERS)) == len(there)


def test_areas_of_collection_import_downwards() -> None:
    height = {area: tier for tier, areas in enumerate(TIERS) for area in areas}
    wrong = [
        f"{path.relative_to(SERVICE)} imports {name}"
        for path in (SERVICE / "collection").glob("*/*.py")
        for name in imports_of(path)
        if name.startswith("service.collection.") and height[name.split(".")[2]] > height[path.parent.name]
    ]
    assert wrong == []
