"""The question bank: what published forms ask, by descriptor, and which descriptors no form asks about."""

from service.definitions.bank.descriptor_coverage import DescriptorCoverage, asked_of_nobody, coverage_of
from service.definitions.bank.paste import add_from_bank
from service.definitions.bank.question_bank import BankQuestion, BankUse, bank_of, question_json, questions_for

__all__ = [
    "BankQuestion",
    "BankUse",
    "DescriptorCoverage",
    "add_from_bank",
    "asked_of_nobody",
    "bank_of",
    "coverage_of",
    "question_json",
    "questions_for",
]
