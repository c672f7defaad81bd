"""What a page says about who reads what is what the service does: every shipped form, every role, made forms too."""

from itertools import product
from typing import Any, get_args

import pytest

from service.analysis.release_rules import protection
from service.answers.messages import phrase
from service.answers.reader_text import ReaderText, reader_text
from service.definitions import Form, Identity, Role, examine_file, load_library
from service.definitions.form import Audience
from tests.paths import ROOT

FORMS = load_library(ROOT / "forms")
ROLES: tuple[Role, ...] = get_args(Role)
IN_EACH_LANGUAGE = [(form, language) for form in FORMS.values() for language in form.languages]


def made(**changes: Any) -> Form:
    text = {"id": "words", "type": "text", "label": "What?", "reporting": changes.pop("reporting", {})}
    return Form.of(
        {
            "format": "survey-definition/1",
            "id": "made",
            "version": 1,
            "audience": "staff",
            "title": "Made",
            "languages": ["en"],
            "identity": "named",
            "pages": [{"id": "one", "title": "One", "questions": [text]}],
            **changes,
        }
    )


def name(form: Form, language: str, role: Role) -> str:
    return phrase(language, f"reader.{role}.child" if form.audience == "child" else f"reader.{role}")


def whole(text: ReaderText) -> str:
    return " ".join([text.line, *text.names, *text.sentences])


def told_of_alerts(form: Form) -> set[Role]:
    """The roles that may hear of an answer, as alerts are raised."""
    named = {role for rule in form.alerts for role in rule.notify}
    later = {role for rule in form.alerts for step in rule.escalate for role in step.to}
    return {*named, *later, "responsible_individual", "administrator", "safeguarding_lead"}


def says_what_is_so(form: Form, language: str) -> None:
    text = reader_text(form, language)
    rows = {role for role in ROLES if protection([form], 9, still_open=False, roles=[role]).no_rows is None}
    assert set(text.names) == {name(form, language, role) for role in rows}
    said = whole(text).lower()
    for role in ROLES:
        label = name(form, language, role).partition(",")[0].lower()
        if role in rows | told_of_alerts(form):
            assert label in said, role
        elif role != "registered_manager":  # who may also be the lead
            assert label not in said, role


@pytest.mark.parametrize("file", sorted((ROOT / "forms").glob("*-*.json")), ids=lambda file: file.stem)
def test_no_shipped_form_says_itself_who_reads_the_answers(file: Any) -> None:
    assert [str(each) for each in examine_file(file).warnings if "says who reads" in each.sentence] == []


@pytest.mark.parametrize(("form", "language"), IN_EACH_LANGUAGE, ids=lambda each: getattr(each, "id", each))
def test_the_text_names_who_reads_rows_and_who_is_told_and_no_one_else(form: Form, language: str) -> None:
    says_what_is_so(form, language)


@pytest.mark.parametrize(("audience", "identity"), list(product(get_args(Audience), get_args(Identity))))
def test_it_holds_for_any_readers_of_any_audience(audience: str, identity: str) -> None:
    for readers in ([], ["independent_person"], ["safeguarding_lead", "registered_manager"], list(ROLES)):
        says_what_is_so(made(audience=audience, identity=identity, readers=readers), "en")


def test_a_lead_who_is_no_reader_reads_what_children_write_all_the_same() -> None:
    text = reader_text(made(audience="child", identity="pseudonymous", readers=["registered_manager"]), "en")
    assert "The safeguarding lead also reads what you write." in text.sentences


@pytest.mark.parametrize(
    ("verbatim", "said"), [("always", "word for word"), ("never", "not copied into reports"), ("managers_only", "")]
)
def test_it_says_where_words_may_go(verbatim: str, said: str) -> None:
    text = whole(reader_text(made(reporting={"verbatim": verbatim}), "en"))
    for words in ("word for word", "not copied into reports"):
        assert (words in text) is (words == said)


def test_who_is_both_manager_and_lead_is_said_to_see_what_the_lead_sees() -> None:
    for form_id in ("child-views", "child-views-first", "staff-views"):
        form = FORMS[form_id]
        for language in form.languages:
            key = "readers.both.child" if form.audience == "child" else "readers.both"
            assert phrase(language, key) in reader_text(form, language).sentences


@pytest.mark.parametrize(("form", "language"), IN_EACH_LANGUAGE, ids=lambda each: getattr(each, "id", each))
def test_where_the_home_keeps_names_children_are_told_that_the_lead_can_find_out_theirs(
    form: Form, language: str
) -> None:
    text = whole(reader_text(form, language, names_kept=True))
    kept = form.audience == "child" and form.identity == "pseudonymous"
    assert ("The safeguarding lead can find out your name" in text) is kept
    assert kept or text == whole(reader_text(form, language))


def test_no_one_is_told_at_once_of_every_worry_where_it_depends_on_the_answer() -> None:
    assert "Depending on the answer" in whole(reader_text(FORMS["staff-views"], "en"))
    assert "Depending on the answer" not in whole(reader_text(FORMS["parent-views"], "en"))
