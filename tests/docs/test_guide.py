"""The guide names what the service has."""

import re

from service.reports.report import NAMES
from tests.docs.documents import rows_after


def test_the_results_list_every_sheet() -> None:
    named = {re.sub(r"\*", "", row[0]) for row in rows_after("docs/guide/results.md", "## The sheets")}
    of_homes = {"Homes", "Homes side by side", "Rounds"}
    assert named - {"the responses"} == set(NAMES) - of_homes
