"""Every rule for definitions has a small file that breaks it, and nothing else."""

import pytest

from service.definitions import DefinitionError, examine_file, load_form
from tests.definitions.sentences import FAULTS, WARNINGS
from tests.paths import ROOT

FORMS = ROOT / "tests" / "forms"


@pytest.mark.parametrize("name", FAULTS)
def test_an_invalid_form_has_exactly_the_fault_it_is_named_after(name: str) -> None:
    examination = examine_file(FORMS / "invalid" / f"{name}.json")
    assert [str(fault) for fault in examination.faults] == [FAULTS[name]]
    assert [str(warning) for warning in examination.warnings] == []
    with pytest.raises(DefinitionError) as refused:
        load_form(FORMS / "invalid" / f"{name}.json")
    assert refused.value.problems == [FAULTS[name]]


@pytest.mark.parametrize("name", WARNINGS)
def test_a_questionable_form_has_exactly_the_warning_it_is_named_after_and_can_be_used(name: str) -> None:
    examination = examine_file(FORMS / "warned" / f"{name}.json")
    assert [str(warning) for warning in examination.warnings] == [WARNINGS[name]]
    assert [str(fault) for fault in examination.faults] == []
    assert load_form(FORMS / "warned" / f"{name}.json") == examination.form


@pytest.mark.parametrize(("folder", "table"), [("invalid", FAULTS), ("warned", WARNINGS)])
def test_every_file_has_its_sentence(folder: str, table: dict[str, str]) -> None:
    assert {path.stem for path in (FORMS / folder).glob("*.json")} == set(table)
