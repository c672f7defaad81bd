"""How old one must be to read a text with ease, as near as counting can tell."""

import pytest

from service.definitions.readability import reading_age, sentences, syllables, word_count


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("cat", 1), ("safe", 1), ("table", 2), ("helped", 1), ("wanted", 2), ("houses", 2), ("people", 2),
        ("children", 2), ("manager", 2), ("information", 4), ("advocacy", 4), ("placement", 2), ("carefully", 2),
        ("don't", 1), ("child's", 1), ("the", 1), ("independent", 4), ("lovely", 2), ("being", 2), ("quiet", 2),
    ],
)  # fmt: skip
def test_syllables_are_counted_and_words_that_children_know_have_two_at_most(word: str, count: int) -> None:
    assert syllables(word) == count


def test_a_line_and_a_full_stop_end_a_sentence_and_a_number_is_no_word() -> None:
    assert sentences("You can stop. Ring 0800 1111!\n\nIt is free") == ["You can stop", "Ring 0800 1111", "It is free"]
    assert word_count("Ring 0800 1111, {first_name}.") == 2
    assert sentences("0800 1111.") == []


@pytest.mark.parametrize(
    "text",
    [
        "Yes",
        "Do you feel safe where you live?",
        "I don't want to say",
        "Do the people who look after you listen to you?",
        "Is your bedroom comfortable?",
        "Thank you. Your answers are saved. Are you worried? Talk to a grown-up you trust.",
        "",
    ],
)
def test_plain_words_are_for_a_child_of_nine(text: str) -> None:
    assert reading_age(text) < 9


@pytest.mark.parametrize(
    "text",
    [
        "Information about advocacy",
        "Independent reviewing officer",
        "Are you satisfied with the consultation arrangements regarding your accommodation?",
        "Regulation 44 visits are carried out by an independent person who considers whether children are effectively "
        "safeguarded and whether the conduct of the home promotes their wellbeing.",
    ],
)
def test_words_of_the_trade_are_not(text: str) -> None:
    assert reading_age(text) > 9


def test_a_single_long_word_is_no_reason_to_despair() -> None:
    assert 5 < reading_age("Education") < 9


def test_a_longer_text_is_measured_as_flesch_and_kincaid_did() -> None:
    text = "The cat sat on the mat and the dog ran to the door. " * 40  # 13 words, 13 syllables a sentence
    grade = 0.39 * 13 + 11.8 * 1 - 15.59
    assert reading_age(text) == pytest.approx(grade + 5, abs=0.2)
