"""Versions of a form joined by question id."""

from service.analysis.merged_form import join
from service.analysis.tallies import tallies
from tests.analysis.tally_factory import a_form, asks, options, said


def test_the_newest_wording_leads_and_options_are_the_union_by_value() -> None:
    older = a_form(asks("q", label="Old words", options=options("a", "gone")))
    newer = a_form(asks("q", label="New words", options=options("new", "a")), version=2)
    for forms in ([older, newer], [newer, older]):
        [question] = join(forms).questions
        assert question.question.label == "New words"
        assert [option.value for option in question.options] == ["new", "a", "gone"]
        assert question.versions == (1, 2)


def test_what_was_worded_differently_is_said() -> None:
    older = a_form(asks("q", label="Old", options=[{"value": "a", "label": "Ay", "score": 1}, *options("gone")]))
    newer = a_form(
        asks("q", label="New", options=[{"value": "a", "label": "A", "score": 2}, *options("fresh")]), version=3
    )
    assert join([older, newer]).questions[0].changes == (
        "Version 1 asked: “Old”",
        "Version 1 said “Ay” for “A”",
        "Version 1 scored “Ay” 1, now 2",
        "Version 1 also offered “gone”",
        "Version 1 did not offer “fresh”",
    )


def test_nothing_is_said_of_what_stayed_the_same() -> None:
    older, newer = a_form(asks("q", "text")), a_form(asks("q", "text"), version=2)
    assert join([older, newer]).questions[0].changes == ()


def test_what_only_an_earlier_version_asked_is_kept() -> None:
    older = a_form(asks("first", "text"), asks("dropped", "text"))
    newer = a_form(asks("first", "text"), asks("added", "text"), version=2)
    assert [question.id for question in join([older, newer]).questions] == ["first", "added", "dropped"]


def test_the_same_id_of_another_type_is_another_question() -> None:
    older, newer = a_form(asks("q", "text")), a_form(asks("q", "number"), version=2)
    heard = [*said(older, {"q": "three"}), *said(newer, {"q": 3})]
    number, text = join([older, newer]).questions
    for question in (number, text):
        [tally] = tallies(question, heard)
        assert (tally.asked, tally.not_asked, tally.answered) == (1, 1, 1)


def test_a_question_is_left_out_where_it_stands_in_one_that_is() -> None:
    hidden = {"reporting": {"include": False}}
    detail = {"value": "other", "label": "Other", "detail": asks("which", "text")}
    form = a_form(
        asks("kept", "text"),
        asks("group", "group", questions=[asks("inside", "text")], **hidden),
        asks("q", options=[*options("a"), detail], **hidden),
    )
    joined = join([form])
    assert [question.id for question in joined.reported] == ["kept"]
    assert [question.id for question in joined.questions] == ["kept", "inside", "q", "which"]


def test_the_strictest_promise_of_any_version_holds() -> None:
    older = a_form(asks("q", "text", reporting={"verbatim": "never"}), asks("p", "text", reporting={"include": False}))
    newer = a_form(asks("q", "text", reporting={"verbatim": "always"}), asks("p", "text"), version=2)
    q, p = join([older, newer]).questions
    assert q.verbatim == "never"
    assert not p.included
