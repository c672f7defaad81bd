"""Everything that is checked of a form beyond its shape."""

from collections.abc import Callable, Iterator

from service.definitions.checks import (
    codes,
    conditions,
    languages,
    limits,
    options,
    people,
    plain_words,
    structure,
    uniqueness,
    wording,
)
from service.definitions.checks.outline import Outline
from service.definitions.fault import Fault

__all__ = ["FAULTS", "WARNINGS", "Outline", "faults_in", "warnings_in"]

Rule = Callable[[Outline], Iterator[Fault]]

FAULTS: tuple[Rule, ...] = (
    uniqueness.ids_used_twice,
    uniqueness.entries_used_twice,
    conditions.unknown_name,
    conditions.rows_of_unknown_group,
    conditions.circles,
    conditions.values_that_no_option_has,
    structure.rows_in_rows,
    structure.details_that_cannot_be,
    structure.checks_of_nothing,
    structure.steps_out_of_order,
    options.lists_without_options,
    options.options_twice,
    options.lists_that_are_not_there,
    limits.limits_out_of_order,
    limits.more_choices_than_options,
    limits.too_many_decimals,
    limits.invalid_date,
    limits.defaults_on_required,
    limits.defaults_that_are_not_valid,
    wording.html_in_text,
    wording.blank_texts,
    wording.braces_where_nothing_is_filled_in,
    wording.alert_reveals_answer,
    wording.pipes_that_stay_empty,
    languages.translations_of_nothing,
    languages.languages_not_listed,
    languages.translations_that_do_not_fit,
    people.names_asked_of_the_anonymous,
    people.child_question_required,
    people.a_child_has_to_say,
    codes.codes_that_nobody_knows,
    codes.codes_twice,
)

WARNINGS: tuple[Rule, ...] = (
    languages.easy_read_with_gaps,
    conditions.values_of_another_kind,
    options.labels_twice,
    options.lists_that_nobody_uses,
    languages.languages_with_gaps,
    people.readers_that_a_child_lives_with,
    people.claims_about_readers,
    plain_words.sentences_too_long,
    plain_words.words_too_hard,
    plain_words.two_questions_in_one,
    plain_words.too_many_questions,
)


def faults_in(outline: Outline, name: str | None) -> Iterator[Fault]:
    """Every fault of what the author wrote; the form must not be used while there is one.

    `name` is the name of the form's file, where it comes from one.
    """
    yield from _found(outline, FAULTS)
    yield from (fault for fault in uniqueness.name_of_the_file(outline, name) if outline.stands(fault.place))


def warnings_in(outline: Outline) -> Iterator[Fault]:
    """What the author should look at again."""
    return _found(outline, WARNINGS)


def _found(outline: Outline, rules: tuple[Rule, ...]) -> Iterator[Fault]:
    for rule in rules:
        # what stands in for something unreadable has its fault already
        yield from (fault for fault in rule(outline) if outline.stands(fault.place))
