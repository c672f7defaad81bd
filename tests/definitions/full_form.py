"""A form that uses everything the format has, and ways to break it that do not touch each other."""

from copy import deepcopy
from typing import Any

Definition = dict[str, Any]

RICH: Definition = {
    "$schema": "form.schema.json",
    "format": "survey-definition/1",
    "id": "rich",
    "version": 3,
    "audience": "staff",
    "settings": ["childrens_home", "short_breaks"],
    "title": "Working here",
    "introduction": "Thank you for helping us.",
    "thank_you": "Thank you.",
    "languages": ["en", "cy"],
    "identity": "anonymous",
    "readers": ["registered_manager"],
    "layout": "pages",
    "reporting": {"minimum_group_size": 6},
    "retention": {"responses_days": 200},
    "choice_lists": {
        "how_often": [
            {"value": "always", "label": "Always", "score": 4, "media": {"symbol": "face-4", "alt": "A happy face"}},
            {"value": "never", "label": "Never", "score": 1},
            {"value": "not_say", "label": "I do not want to say", "missing": True},
        ]
    },
    "pages": [
        {
            "id": "work",
            "title": "Working at {meta.home_name}",
            "questions": [
                {"id": "welcome", "type": "note", "label": "Welcome.", "media": {"symbol": "home"}},
                {"id": "role", "type": "text", "label": "What is your job here?", "validation": {"max_length": 100}},
                {
                    "id": "supported",
                    "type": "select_one",
                    "label": "Do you feel supported as a {role}?",
                    "options": "how_often",
                    "codes": [{"system": "sccif-childrens-home/2020-21", "code": "S1"}],
                },
                {
                    "id": "why",
                    "type": "text",
                    "label": "Why is that?",
                    "visible_if": {"==": [{"var": "supported"}, "never"]},
                },
                {
                    "id": "hours",
                    "type": "number",
                    "label": "How many hours a week do you work?",
                    "unit": "hours",
                    "decimal_places": 1,
                    "validation": {"min": 0, "max": {"value": 80.5, "message": "That is a long week."}},
                },
                {"id": "since", "type": "date", "precision": "month", "label": "Since when?", "default": "2026-01"},
                {"id": "start", "type": "time", "label": "When does your shift start?", "default": "09:30"},
            ],
        },
        {
            "id": "team",
            "title": "The team",
            "visible_if": {"and": [{">": [{"var": "hours"}, 0]}, {"var": "computed.knows"}]},
            "questions": [
                {
                    "id": "training",
                    "type": "select_multiple",
                    "label": "Which training did you have?",
                    "options": [
                        {"value": "fire", "label": "Fire safety"},
                        {"value": "medicine", "label": "Medicine"},
                        {
                            "value": "other",
                            "label": "Something else",
                            "detail": {"id": "training_other", "type": "text", "label": "What?"},
                        },
                        {"value": "none", "label": "None", "exclusive": True},
                    ],
                    "validation": {"max_choices": 3},
                },
                {
                    "id": "views",
                    "type": "matrix",
                    "label": "How often are these good?",
                    "options": "how_often",
                    "rows": [{"id": "food", "label": "Meals"}, {"id": "rota", "label": "The rota"}],
                },
                {
                    "id": "first",
                    "type": "rank",
                    "label": "What should come first?",
                    "options": [{"value": "pay", "label": "Pay"}, {"value": "time", "label": "Time"}],
                },
                {
                    "id": "meetings",
                    "type": "group",
                    "label": "Meetings",
                    "repeat": {"max": 5},
                    "questions": [
                        {"id": "held", "type": "date", "label": "When was it?", "validation": {"max": "today"}},
                        {"id": "useful", "type": "select_one", "label": "Did it help?", "options": "how_often"},
                        {
                            "id": "wish",
                            "type": "text",
                            "label": "What was missing?",
                            "visible_if": {"==": [{"var": "row.useful"}, "never"]},
                        },
                    ],
                },
                {"id": "more", "type": "text", "appearance": "multiline", "label": "What else?", "hint": "Or nothing."},
            ],
        },
    ],
    "computed": {
        "knows": {"answered": "role"},
        "useless": {"count": {"filter": [{"var": "meetings"}, {"==": [{"var": "row.useful"}, "never"]}]}},
    },
    "checks": [
        {"rule": {"<": [{"var": "computed.useless"}, 5]}, "message": "So many?", "questions": ["meetings"]},
    ],
    "alerts": [
        {
            "id": "unsupported",
            "when": {"==": [{"var": "supported"}, "never"]},
            "severity": "same_day",
            "notify": ["responsible_individual"],
            "message": "Someone does not feel supported.",
            "show_respondent": "You can talk to someone today.",
        },
        {
            "id": "long_hours",
            "when": {">": [{"var": "hours"}, 60]},
            "raise_on": "submit",
            "severity": "next_working_day",
            "notify": ["registered_manager"],
            "escalate": [{"after": {"minutes": 600}, "to": ["responsible_individual"]}],
            "message": "Someone works many hours.",
        },
    ],
    "denominator": {"system": "ofsted-annex-a/2021-22", "code": "7"},
    "translations": {},
}

REMOVED = object()

_NAME = "must be a lower-case letter followed by lower-case letters, digits or underscores, 60 at most"
_AGAIN = {"id": "work", "title": "Again", "questions": [{"id": "bye", "type": "note", "label": "Bye."}]}
_CONTAINS = {"and": [{"var": "role"}, {"contains": [{"var": "role"}, "cook"]}]}

# What is written where instead of what stands there, and the one sentence that it earns.
BREAKS: list[tuple[str, Any, str]] = [
    ("format", "survey-definition/2", "format: this must be 'survey-definition/1'"),
    ("version", 0, "version: 0 is less than 1"),
    ("colour", "blue", "colour: no key is called 'colour' here"),
    ("settings.1", "childrens_home", "settings[1]: 'childrens_home' stands in the list already"),
    ("introduction", "<p>Read.", "introduction: texts are plain: '<p>' would be read as it stands"),
    ("reporting.minimum_group_size", 2, "reporting.minimum_group_size: 2 is less than 5"),
    ("reporting.secondary_suppression", False, "reporting.secondary_suppression: this must be true"),
    ("retention.responses_days", "long", "retention.responses_days: this must be a whole number, not 'long'"),
    ("choice_lists.how_often.1.score", "low", "choice_lists.how_often[1].score: this must be a number, not 'low'"),
    (
        "choice_lists.how_often.2.value",
        "Always",
        "choice_lists.how_often[2].value: the value 'Always' is used already, at choice_lists.how_often[0]",
    ),
    (
        "pages.0.questions.0.type",
        "txt",
        "pages[0].questions[0]: no kind of question is called 'txt'; is 'text' meant?",
    ),
    ("pages.0.questions.1.label", REMOVED, "pages[0].questions[1]: 'label' is missing"),
    (
        "pages.0.questions.2.codes.0.code",
        "Z9",
        "pages[0].questions[2].codes[0].code: 'sccif-childrens-home/2020-21' has no code 'Z9'",
    ),
    (
        "pages.0.questions.2.label",
        "Are you a {job}?",
        "pages[0].questions[2].label: '{job}': no earlier question is called 'job'",
    ),
    (
        "pages.0.questions.3.visible_if",
        {"==": [{"var": "supported"}, "nevr"]},
        "pages[0].questions[3].visible_if: 'supported' has no option 'nevr'; is 'never' meant?",
    ),
    (
        "pages.0.questions.4.validation.min",
        90,
        "pages[0].questions[4].validation.min: the minimum, 90, is above the maximum, 80.5",
    ),
    (
        "pages.0.questions.4.default",
        7.25,
        "pages[0].questions[4].default: 7.25 has more decimals than an answer may have (1)",
    ),
    (
        "pages.0.questions.5.default",
        "2026-01-31",
        "pages[0].questions[5].default: the answer is a month, written like 2026-11",
    ),
    ("pages.0.questions.6.required", 1, "pages[0].questions[6].required: this must be true or false, not 1"),
    (
        "pages.1.visible_if",
        {"answered": "training"},
        "pages[1].visible_if: no earlier question is called 'training': it is asked later",
    ),
    (
        "pages.1.questions.0.default",
        ["none", "fire"],
        "pages[1].questions[0].default: nothing else can be chosen with 'none'",
    ),
    (
        "pages.1.questions.0.options.2.detail",
        {"id": "training_other", "type": "text", "lable": "What?"},
        "pages[1].questions[0].options[2].detail.lable: no key is called 'lable' here; is 'label' meant?",
    ),
    ("pages.1.questions.1.rows.1.id", "The rota", f"pages[1].questions[1].rows[1].id: 'The rota' {_NAME}"),
    ("pages.1.questions.2.options", [], "pages[1].questions[2].options: there are no options to choose from"),
    (
        "pages.1.questions.3.repeat.min",
        9,
        "pages[1].questions[3].repeat.min: the minimum, 9, is above the maximum, 5",
    ),
    ("pages.1.questions.3.questions.0", None, "pages[1].questions[3].questions[0]: this must be an object, not null"),
    (
        "pages.1.questions.3.questions.2.visible_if",
        {"answered": "row.used"},
        "pages[1].questions[3].questions[2].visible_if: no question in the rows of 'meetings' is called 'used'",
    ),
    (
        "pages.1.questions.4.visible_if",
        _CONTAINS,
        "pages[1].questions[4].visible_if.and[1]: no operator is called 'contains'",
    ),
    ("pages.1.questions.4.hint", " ", "pages[1].questions[4].hint: the text is blank"),
    ("pages.2", _AGAIN, "pages[2].id: the id 'work' is used already, at pages[0]"),
    ("computed.more", {"var": "nothing"}, "computed.more: no question is called 'nothing'"),
    (
        "computed.round",
        {"+": [{"var": "computed.round"}, 1]},
        "computed.round: it depends on itself: round → round",
    ),
    ("checks.0.questions.0", "meeting", "checks[0].questions[0]: no question is called 'meeting'"),
    (
        "alerts.0.message",
        "It is because of {why}.",
        "alerts[0].message: a message says that and where, never what or who; leave out '{why}'",
    ),
    (
        "alerts.0.severity",
        "soon",
        "alerts[0].severity: 'soon' is not one of 'urgent', 'same_day' or 'next_working_day'",
    ),
    ("alerts.1.notify", [], "alerts[1].notify: the list is empty"),
    ("denominator.code", "77", "denominator.code: 'ofsted-annex-a/2021-22' has no code '77'"),
    (
        "translations.cy",
        {"questions.rule.label": "Beth?"},
        "translations.cy.questions.rule.label: the form has no such text; is 'questions.role.label' meant?",
    ),
    ("translations.pl", {"title": "Praca tutaj"}, "translations.pl: 'pl' is not one of the form's languages"),
]


def broken(breaks: list[tuple[str, Any, str]]) -> Definition:
    """The rich form with these breaks."""
    form = deepcopy(RICH)
    for path, value, _ in breaks:
        *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
        holder: Any = form
        for step in way:
            holder = holder[step]
        if value is REMOVED:
            del holder[last]
        elif isinstance(holder, list) and last == len(holder):
            holder.append(value)
        else:
            holder[last] = deepcopy(value)
    return form
