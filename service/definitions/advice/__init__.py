"""Advice on a draft while it is written, with one-press mends."""

from service.definitions.advice.advised_form import Advice
from service.definitions.advice.rules import advice_on, mend_of, mends_on

__all__ = ["Advice", "advice_on", "mend_of", "mends_on"]
