"""How long a form says that it takes is what its letter says."""

import re

import pytest

from service.answers.duration import minutes_for
from service.definitions import Form, load_library
from tests.paths import ROOT

FORMS = load_library(ROOT / "forms")
IN_WORDS = {"two": 2, "three": 3, "four": 4, "five": 5}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_the_letter_and_the_first_page_give_the_same_minutes(form: Form) -> None:
    told = re.findall(r"about (\w+) minutes", form.introduction or "")
    assert [IN_WORDS[number] for number in told] == [minutes_for(form)] * len(told)
