"""What changed between two documents, in sentences."""

import json
from collections.abc import Callable
from copy import deepcopy
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.definitions import Form
from service.definitions.differences import differences
from service.definitions.editing import MoveRefused, PlaceChanged, apply, finished, prepared
from service.definitions.editing.document import same
from tests.definitions.editing.test_two_authors import MAKERS, STARTS
from tests.paths import ROOT

FEEL = "“Do you feel safe?”"
WITH_CARE = f"Compare figures of {FEEL} over time with care."
DOCUMENT: dict[str, Any] = {
    "format": "survey-definition/1",
    "id": "views",
    "version": 1,
    "audience": "child",
    "title": "Views",
    "languages": ["en", "cy"],
    "identity": "pseudonymous",
    "readers": ["safeguarding_lead"],
    "retention": {"responses_days": 100},
    "choice_lists": {"often": [{"value": "a", "label": "Always", "score": 2}, {"value": "b", "label": "Never"}]},
    "pages": [
        {
            "id": "you",
            "title": "You",
            "questions": [
                {
                    "id": "feel",
                    "type": "select_one",
                    "label": "Do you feel safe?",
                    "options": [
                        {"value": "yes", "label": "Yes"},
                        {"value": "no", "label": "No", "detail": {"id": "why", "type": "text", "label": "Why not?"}},
                    ],
                    "codes": [{"system": "s", "code": "1"}, {"system": "s", "code": "2"}],
                },
                {"id": "name", "type": "text", "label": "Your name?", "validation": {"max_length": 100}},
                {"id": "how", "type": "select_one", "label": "How often?", "options": "often"},
            ],
        },
        {
            "id": "end",
            "title": "The end",
            "questions": [
                {
                    "id": "mark",
                    "type": "scale",
                    "label": "How good is it?",
                    "lowest_label": "Bad",
                    "highest_label": "Good",
                }
            ],
        },
    ],
    "computed": {"sad": {"==": [{"var": "feel"}, "no"]}},
    "checks": [{"rule": {"answered": "name"}, "message": "Say your name.", "questions": ["name"]}],
    "alerts": [
        {
            "id": "unsafe",
            "when": {"var": "computed.sad"},
            "severity": "urgent",
            "notify": ["safeguarding_lead"],
            "message": "Somebody is not safe.",
        }
    ],
    "translations": {"cy": {"title": "Barn", "questions.feel.label": "Teimlo’n saff?", "checks.0.message": "Enw."}},
}


def first(document: Any) -> list[Any]:
    questions: list[Any] = document["pages"][0]["questions"]
    return questions


def put(place: Callable[[Any], Any], key: str, value: Any) -> Callable[[Any], None]:
    def do(document: Any) -> None:
        if value is None:
            place(document).pop(key)
        else:
            place(document)[key] = value

    return do


def form(document: Any) -> Any:
    return document


def feel(document: Any) -> Any:
    return first(document)[0]


def alert(document: Any) -> Any:
    return document["alerts"][0]


def mark(document: Any) -> Any:
    return document["pages"][1]["questions"][0]


OTHER_ALERT = {
    "id": "other",
    "when": {"answered": "why"},
    "severity": "same_day",
    "notify": ["registered_manager", "safeguarding_lead"],
    "escalate": [{"after": {"minutes": 30}, "to": ["staff"]}, {"after": {"minutes": 60}, "to": ["administrator"]}],
    "message": "Read this.",
}
CASES: dict[str, tuple[Callable[[Any], Any], str, str]] = {
    "wording": (
        put(feel, "label", "Are you safe?"),
        f"The text of {FEEL} is now “Are you safe?”.",
        f"People were asked in other words before. {WITH_CARE}",
    ),
    "hint": (put(feel, "hint", "Now"), f"The hint of {FEEL} is now “Now”.", ""),
    "must be answered": (put(feel, "required", True), f"The “must be answered” mark of {FEEL} is now on.", ""),
    "condition": (
        put(lambda d: first(d)[1], "visible_if", {"==": [{"var": "feel"}, "no"]}),
        f"“Your name?” is now shown when {FEEL} is “No”.",
        "",
    ),
    "never shown": (put(lambda d: first(d)[1], "visible_if", False), "“Your name?” is now never shown.", ""),
    "type": (put(feel, "type", "rank"), f"The type of {FEEL} is now rank.",
             f"Earlier figures of {FEEL} cannot be compared with later ones."),
    "code": (put(feel, "codes", [{"system": "s", "code": "2"}]), f"The codes of {FEEL} are now s 2.",
             "Figures for s 1 end with the last survey that asked it this way."),
    "limit": (
        lambda d: first(d)[1]["validation"].update(max_length={"value": 50}),
        "The longest length of “Your name?” is now 50.", "",
    ),
    "question added": (
        lambda d: first(d).insert(1, {"id": "when", "type": "text", "label": "When?"}),
        "“When?” was added to the page “You”.", "",
    ),
    "question deleted": (lambda d: first(d).pop(2), "“How often?” was deleted from the page “You”.",
                         "Its figures end with the last survey that asked it."),
    "question moved": (lambda d: d["pages"][1]["questions"].append(first(d).pop(1)),
                       "“Your name?” was moved to the page “The end”.", ""),
    "question reordered": (lambda d: first(d).insert(0, first(d).pop(2)), "“How often?” now comes first.", ""),
    "page added": (lambda d: d["pages"].append({"id": "new", "title": "More", "questions": []}),
                   "The page “More” was added.", ""),
    "option added": (
        lambda d: feel(d)["options"].append({"value": "so", "label": "So so"}),
        f"The option “So so” of {FEEL} was added.", f"People did not have this answer before. {WITH_CARE}",
    ),
    "option deleted": (lambda d: feel(d)["options"].pop(0), f"The option “Yes” of {FEEL} was deleted.",
                       f"People no longer have this answer. {WITH_CARE}"),
    "option of a list": (
        lambda d: d["choice_lists"]["often"][0].update(score=5),
        "The score of the option “Always” of the list “often” is now 5.",
        "Earlier figures of questions with the list “often” were counted in another way. "
        "Compare figures of questions with the list “often” over time with care.",
    ),
    "other list": (put(lambda d: first(d)[2], "options", "rarely"), "“How often?” now uses the list “rarely”.",
                   "Earlier figures of “How often?” cannot be compared with later ones."),
    "detail deleted": (
        lambda d: feel(d)["options"][1].pop("detail"),
        f"“Why not?” was deleted from the option “No” of {FEEL}.", "",
    ),
    "end of a scale": (
        put(mark, "highest", 5), "The highest of “How good is it?” is now 5.",
        "Earlier figures of “How good is it?” were counted in another way. "
        "Compare figures of “How good is it?” over time with care.",
    ),
    "readers": (put(form, "readers", ["safeguarding_lead", "staff"]),
                "The people who can read answers are now safeguarding lead and staff.", ""),
    "no readers": (put(form, "readers", []), "The people who can read answers are now no one.", ""),
    "identity": (put(form, "identity", "named"), "The identity of the form is now “named”.", ""),
    "retention": (put(form, "retention", {"responses_days": 9}),
                  "The number of days that answers are kept is now 9.", ""),
    "who is told": (put(alert, "notify", ["staff"]),
                    "The people who are told of the alert “Somebody is not safe.” are now staff.", ""),
    "when told further": (
        put(alert, "escalate", [{"after": {"minutes": 30}, "to": ["responsible_individual"]}]),
        "The next steps of the alert “Somebody is not safe.” are now responsible individual after 30 minutes.", "",
    ),
    "when raised": (
        put(alert, "when", {"answered": "why"}),
        "The alert “Somebody is not safe.” is now raised when “Why not?” is answered. "
        "It was raised when the value “sad”.", "",
    ),
    "alert added": (
        lambda d: d["alerts"].append(OTHER_ALERT),
        "The alert “Read this.” was added. It is raised when “Why not?” is answered. "
        "It tells registered manager and safeguarding lead. "
        "If no one acknowledges it, it tells staff after 30 minutes and administrator after 60 minutes.", "",
    ),
    "alert deleted": (lambda d: d["alerts"].clear(), "The alert “Somebody is not safe.” was deleted.", ""),
    "value": (lambda d: d["computed"].update(sad={"answered": "why"}),
              "The value “sad” is now “Why not?” is answered. It was “Do you feel safe?” is “No”.", ""),
    "check": (lambda d: d["checks"][0].update(rule={"answered": "why"}),
              "The check “Say your name.” now needs that “Why not?” is answered. "
              "It needed that “Your name?” is answered.", ""),
    "translation": (lambda d: d["translations"]["cy"].update(title="Barnau"),
                    "The Welsh for the title of the form is now “Barnau”.", ""),
    "translation gone": (lambda d: d["translations"]["cy"].pop("questions.feel.label"),
                         f"The Welsh for the text of {FEEL} was deleted.", ""),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_one_change_is_one_sentence(case: str) -> None:
    change, said, breaks = CASES[case]
    after = deepcopy(DOCUMENT)
    change(after)
    assert [(each.sentence, each.breaks) for each in differences(DOCUMENT, after)] == [(said, breaks)]


@pytest.mark.parametrize(
    "change",
    [
        put(form, "id", "other"),
        put(form, "version", 7),
        put(feel, "required", False),
        put(lambda d: first(d)[1], "validation", {"max_length": {"value": 100}}),
        lambda d: d["checks"].__setitem__(0, {**d["checks"][0], "id": "check_7"}),
    ],
)
def test_what_says_the_same_is_no_difference(change: Callable[[Any], Any]) -> None:
    after = deepcopy(DOCUMENT)
    change(after)
    assert differences(DOCUMENT, after) == ()


def test_the_fewest_moves_are_said_and_what_a_new_page_holds() -> None:
    after = deepcopy(DOCUMENT)
    first(after).reverse()
    after["pages"].append({"id": "new", "title": "More", "questions": [{"id": "x", "type": "note", "label": "Hi"}]})
    assert [each.sentence for each in differences(DOCUMENT, after)] == [
        "“Your name?” now comes after “How often?”.",
        "“Do you feel safe?” now comes after “Your name?”.",
        "The page “More” was added.",
        "“Hi” was added to the page “More”.",
    ]


def test_a_long_text_is_said_whole() -> None:
    after = deepcopy(DOCUMENT)
    after["introduction"] = "word " * 100 + "end"
    assert [each.sentence[-6:] for each in differences(DOCUMENT, after)] == [" end”."]


STEP = st.tuples(st.integers(0, len(MAKERS) - 1), st.integers(0, 2**32))


@settings(max_examples=100, suppress_health_check=list(HealthCheck))
@given(number=st.integers(0, len(STARTS) - 1), steps=st.lists(STEP, max_size=6))
def test_any_two_documents_are_compared(number: int, steps: list[tuple[int, int]]) -> None:
    """No difference means the same figures and the same form, but for what stands beside its default."""
    start = document = STARTS[number]
    for kind, seed in steps:
        try:
            document = apply(document, MAKERS[kind](document, Random(seed)))
        except (MoveRefused, PlaceChanged):
            continue
    for before, after in ((start, document), (document, start), ({}, document), (document, {})):
        found = differences(before, after)
        assert len(set(found)) == len(found)
        assert all(each.sentence.endswith((".", "”")) and each.about for each in found)
    if not differences(start, document):
        assert same(without_defaults(start), without_defaults(document))
    assert differences(document, document) == ()


def without_defaults(value: Any) -> Any:
    """The document without ids and versions of the form, empty lists and translations of nothing."""
    value = finished(prepared(value)) if "pages" in value else value
    return _bare({key: part for key, part in value.items() if key not in ("id", "version", "format", "translations")})


def _bare(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: bare for key, part in value.items() if (bare := _bare(part)) not in (None, False, [], {})}
    return [_bare(each) for each in value] if isinstance(value, list) else value


def test_all_shipped_forms_are_quick_to_compare_and_equal_themselves() -> None:
    for path in (ROOT / "forms").glob("*-views*.json"):
        document = json.loads(path.read_text())
        assert differences(document, Form.of(document).to_json()) == ()
