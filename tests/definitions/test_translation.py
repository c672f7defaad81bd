"""A form in another language: every text by its path, and what is read where one is not translated."""

from typing import Any

import pytest

from service.definitions import Form, direction, examine, fall_back, form_from, language_for, localised, paths
from service.definitions.question import SelectOneQuestion
from tests.definitions.full_form import RICH

TRANSLATED: dict[str, Any] = {
    **RICH,
    "id": "translated",
    "languages": ["en", "en-x-easyread", "cy", "cy-x-easyread", "ur"],
    "translations": {
        "en-x-easyread": {"questions.role.label": "What do you do here?", "title": "Your work"},
        "cy": {
            "title": "Gweithio yma",
            "questions.role.label": "Beth yw eich swydd chi yma?",
            "questions.training_other.label": "Beth?",
            "questions.views.rows.food": "Prydau",
            "questions.hours.validation.max.message": "Mae honno'n wythnos hir.",
            "choice_lists.how_often.always": "Bob amser",
            "questions.training.options.fire": "Diogelwch tân",
            "alerts.unsupported.show_respondent": "Gallwch siarad â rhywun heddiw.",
            "checks.0.message": "Cymaint?",
            "pages.work.title": "Gweithio yn {meta.home_name}",
        },
        "cy-x-easyread": {"questions.role.label": "Beth wyt ti'n ei wneud?"},
    },
}


@pytest.fixture(scope="module")
def form() -> Form:
    return form_from(TRANSLATED)


def test_every_text_has_its_path(form: Form) -> None:
    assert dict(paths(form)) == {
        "title": "Working here",
        "introduction": "Thank you for helping us.",
        "thank_you": "Thank you.",
        "choice_lists.how_often.always": "Always",
        "choice_lists.how_often.always.media.alt": "A happy face",
        "choice_lists.how_often.never": "Never",
        "choice_lists.how_often.not_say": "I do not want to say",
        "pages.work.title": "Working at {meta.home_name}",
        "questions.welcome.label": "Welcome.",
        "questions.role.label": "What is your job here?",
        "questions.supported.label": "Do you feel supported as a {role}?",
        "questions.why.label": "Why is that?",
        "questions.hours.label": "How many hours a week do you work?",
        "questions.hours.unit": "hours",
        "questions.hours.validation.max.message": "That is a long week.",
        "questions.since.label": "Since when?",
        "questions.start.label": "When does your shift start?",
        "pages.team.title": "The team",
        "questions.training.label": "Which training did you have?",
        "questions.training.options.fire": "Fire safety",
        "questions.training.options.medicine": "Medicine",
        "questions.training.options.other": "Something else",
        "questions.training_other.label": "What?",
        "questions.training.options.none": "None",
        "questions.views.label": "How often are these good?",
        "questions.views.rows.food": "Meals",
        "questions.views.rows.rota": "The rota",
        "questions.first.label": "What should come first?",
        "questions.first.options.pay": "Pay",
        "questions.first.options.time": "Time",
        "questions.meetings.label": "Meetings",
        "questions.held.label": "When was it?",
        "questions.useful.label": "Did it help?",
        "questions.wish.label": "What was missing?",
        "questions.more.label": "What else?",
        "questions.more.hint": "Or nothing.",
        "checks.0.message": "So many?",
        "alerts.unsupported.show_respondent": "You can talk to someone today.",
    }


@pytest.mark.parametrize(
    ("language", "path", "text"),
    [
        ("en", "title", "Working here"),
        ("en-x-easyread", "title", "Your work"),
        ("en-x-easyread", "thank_you", "Thank you."),
        ("cy", "title", "Gweithio yma"),
        ("cy", "pages.work.title", "Gweithio yn {meta.home_name}"),
        ("cy", "questions.role.label", "Beth yw eich swydd chi yma?"),
        ("cy", "questions.training_other.label", "Beth?"),
        ("cy", "questions.views.rows.food", "Prydau"),
        ("cy", "questions.views.rows.rota", "The rota"),
        ("cy", "questions.hours.validation.max.message", "Mae honno'n wythnos hir."),
        ("cy", "choice_lists.how_often.always", "Bob amser"),
        ("cy", "questions.training.options.fire", "Diogelwch tân"),
        ("cy", "alerts.unsupported.show_respondent", "Gallwch siarad â rhywun heddiw."),
        ("cy", "checks.0.message", "Cymaint?"),
        ("cy-x-easyread", "questions.role.label", "Beth wyt ti'n ei wneud?"),
        ("cy-x-easyread", "title", "Gweithio yma"),
        ("cy-x-easyread", "thank_you", "Thank you."),
        ("ur", "title", "Your work"),
        ("ur", "questions.more.label", "What else?"),
    ],
)
def test_a_text_is_in_the_language_or_the_next_best(form: Form, language: str, path: str, text: str) -> None:
    assert paths(localised(form, language))[path] == text


def test_nothing_but_the_words_changes(form: Form) -> None:
    welsh = localised(form, "cy")
    assert list(welsh.questions) == list(form.questions)
    assert welsh.languages == form.languages
    question = welsh.questions["supported"].question
    assert isinstance(question, SelectOneQuestion)
    assert [(option.value, option.score) for option in welsh.options(question)] == [
        ("always", 4),
        ("never", 1),
        ("not_say", None),
    ]
    assert form.title == "Working here"  # the form that it was made from stays as it is


def test_the_base_language_is_the_form_itself(form: Form) -> None:
    assert localised(form, "en") is form


def test_texts_fall_back_through_easy_read_to_the_base(form: Form) -> None:
    assert fall_back(form, "cy-x-easyread") == ("cy-x-easyread", "cy", "en-x-easyread", "en")
    assert fall_back(form, "cy") == ("cy", "en-x-easyread", "en")
    assert fall_back(form, "en-x-easyread") == ("en-x-easyread", "en")
    assert fall_back(form, "en") == ("en",)


@pytest.mark.parametrize(
    ("wanted", "language"),
    [
        ("cy", "cy"),
        ("CY", "cy"),
        ("cy-GB", "cy"),
        ("cy-x-easyread", "cy-x-easyread"),
        ("ur-x-easyread", "ur"),
        ("pl", "en-x-easyread"),
        ("en-GB", "en"),
        ("", "en"),
        (None, "en"),
        ("../../etc", "en-x-easyread"),
    ],
)
def test_the_nearest_language_is_offered(form: Form, wanted: str | None, language: str) -> None:
    assert language_for(form, wanted) == language


@pytest.mark.parametrize(
    ("language", "way"),
    [
        ("en", "ltr"),
        ("cy-x-easyread", "ltr"),
        ("ar", "rtl"),
        ("ur-x-easyread", "rtl"),
        ("fa-AF", "rtl"),
        ("pa", "ltr"),
        ("pa-Arab", "rtl"),
        ("sd-Deva", "ltr"),
    ],
)
def test_a_language_is_written_one_way(language: str, way: str) -> None:
    assert direction(language) == way


def test_a_warning_says_how_much_is_translated(form: Form) -> None:
    warnings = [str(warning) for warning in examine(TRANSLATED).warnings]
    assert (
        "translations.cy: 26 % of the texts are translated (without introduction, thank_you, "
        "choice_lists.how_often.always.media.alt and 25 more)" in warnings
    )
    assert len(warnings) == 4
