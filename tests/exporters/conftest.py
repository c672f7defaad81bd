"""A study on a real store in a temporary folder."""

from pathlib import Path

import pytest

from tests.reports.study import Study


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return Study(tmp_path)
