"""The forms of a folder."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from service.definitions.fault import DefinitionError, Fault
from service.definitions.form import Form
from service.definitions.loader import Examination, examine_file

SCHEMA_FILE = "form.schema.json"


def load_library(folder: Path) -> Mapping[str, Form]:
    """Every form of a folder by its id, in order of their file names.

    Raises one DefinitionError that names every faulty file and each of its faults.
    """
    forms: dict[str, Form] = {}
    faults: list[Fault] = []
    for path in form_files(folder):
        examination = examine_file(path)
        faults += [Fault(path.name, str(fault)) for fault in examination.faults]
        if examination.form is not None:
            forms[examination.form.id] = examination.form
    if faults:
        raise DefinitionError(faults)
    return MappingProxyType(forms)


def examine_folder(folder: Path) -> dict[str, Examination]:
    """What looking at each form file of a folder found, by the name that the form must have."""
    return {path.stem: examine_file(path) for path in form_files(folder)}


def form_files(folder: Path) -> list[Path]:
    """The files of a folder that hold a form, in a stable order."""
    return sorted(path for path in folder.glob("*.json") if path.name != SCHEMA_FILE)
