"""WHAT IS ASKED: forms, their questions and conditions, read from JSON and checked whole."""

from service.definitions.expression import Expression
from service.definitions.form import AlertRule, Audience, Check, Form, Identity, Page, Placed, Role, Setting
from service.definitions.question import Option, Question

__all__ = [
    "AlertRule",
    "Audience",
    "Check",
    "Expression",
    "Form",
    "Identity",
    "Option",
    "Page",
    "Placed",
    "Question",
    "Role",
    "Setting",
]
