"""WHAT IS ASKED: forms, their questions and conditions, read from JSON and checked whole."""

from service.definitions.expression import Expression
from service.definitions.fault import DefinitionError, Fault
from service.definitions.form import (
    AgeBand,
    AlertRule,
    Audience,
    Check,
    Form,
    Identity,
    Page,
    PlacedQuestion,
    Role,
    Setting,
)
from service.definitions.library import examine_folder, form_files, load_library
from service.definitions.loader import Examination, examine, examine_file, examine_text, form_from, load_form
from service.definitions.question import Option, Question
from service.definitions.schema import form_schema
from service.definitions.translation import direction, fall_back, language_for, localised, paths

__all__ = [
    "AgeBand",
    "AlertRule",
    "Audience",
    "Check",
    "DefinitionError",
    "Examination",
    "Expression",
    "Fault",
    "Form",
    "Identity",
    "Option",
    "Page",
    "PlacedQuestion",
    "Question",
    "Role",
    "Setting",
    "direction",
    "examine",
    "examine_file",
    "examine_folder",
    "examine_text",
    "fall_back",
    "form_files",
    "form_from",
    "form_schema",
    "language_for",
    "load_form",
    "load_library",
    "localised",
    "paths",
]
