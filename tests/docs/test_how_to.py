"""Each how-to, done as it says in a copy of the tree: what it adds is there and works."""

from pathlib import Path

import pytest

from tests.docs.how_to import Step, Tree, pages, steps_of

PAGES = list(pages())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_following_it_works(page: Path, tmp_path: Path) -> None:
    steps = steps_of(page.read_text())
    assert {"Write", "Run"} <= {step.kind for step in steps}
    assert steps[-1].kind == "Run", "it ends with a look at whether it works"
    tree = Tree(tmp_path)
    for step in steps:
        assert tree.follow(step) == ""
    python = [step.path for step in steps if step.path.endswith(".py")]
    assert tree.run(f".venv/bin/ruff check --no-cache {' '.join(python)}") == ""
    assert tree.run(f".venv/bin/ruff format --no-cache --diff {' '.join(python)}") == ""


def test_a_command_that_fails_is_reported(tmp_path: Path) -> None:
    written = "Write `wrong.py`:\n\n```python\nassert 1 == 2, 'not so'\n```\n\n"
    write, run = steps_of(f"{written}Then look. Run:\n\n```sh\n.venv/bin/python \\\n  wrong.py\n```\n")
    tree = Tree(tmp_path)
    assert tree.follow(write) == ""
    assert "AssertionError: not so" in tree.follow(run)


def test_a_line_that_is_not_there_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("one\n  two\ntwo\n")
    tree = object.__new__(Tree)
    tree.folder = tmp_path
    for line, number in (("three", 0), ("two", 2), ("t…", 2)):
        with pytest.raises(AssertionError, match=f"file has {number} lines '{line}'"):
            tree.follow(Step("after", "x\n", "file", line))
    tree.follow(Step("replace", "1\n", "file", "o…"))
    assert (tmp_path / "file").read_text() == "1\n  two\ntwo\n"


def test_a_block_that_no_line_explains_is_refused() -> None:
    with pytest.raises(AssertionError, match="nobody can follow 'Look at this:'"):
        steps_of("# A page\n\nLook at this:\n\n```python\nx\n```\n")
