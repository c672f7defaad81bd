"""A form in another language: its texts by their paths, with a fall-back where one is not translated."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from service.definitions.form import EASY_READ, Form

Definition = dict[str, Any]

# Languages that are written from right to left, by their first part (or by their script, where one is named).
_RIGHT_TO_LEFT = frozenset(
    {"ar", "arc", "ckb", "dv", "fa", "he", "ks", "pnb", "prs", "ps", "sd", "syr", "ug", "ur", "yi"}
)
_RIGHT_TO_LEFT_SCRIPTS = frozenset({"adlm", "arab", "hebr", "nkoo", "rohg", "syrc", "thaa"})
_QUESTION_TEXTS = ("label", "hint", "unit", "lowest_label", "highest_label", "required_message")
_LEFT_TO_RIGHT_SCRIPTS = frozenset({"cyrl", "deva", "guru", "latn"})


@dataclass(frozen=True)
class TextAt:
    """A text that can be translated: the path that names it in `translations`, and where it stands."""

    path: str
    place: str
    holder: Definition
    key: str

    @property
    def text(self) -> str:
        return str(self.holder[self.key])


def localised(form: Form, language: str) -> Form:
    """The same form with every text in this language, or in the next best one that has it.

    Everything else stays as it is, `languages` and `translations` too; only the original's fingerprint is the form's.
    """
    if language == form.base_language or not form.translations:
        return form
    definition = form.to_json()
    said = [form.translations.get(each, {}) for each in fall_back(form, language)]
    for each in texts(definition):
        each.holder[each.key] = next((found[each.path] for found in said if found.get(each.path)), each.text)
    return Form.of(definition)


def paths(form: Form) -> Mapping[str, str]:
    """Every path that a translation may have, in document order, with its text in the base language."""
    return MappingProxyType({each.path: each.text for each in texts(form.to_json())})


def fall_back(form: Form, language: str) -> tuple[str, ...]:
    """The languages in which a text is looked for, best first, down to the form's own.

    `cy-x-easyread`, `cy`, `en-x-easyread`, `en`; the base language alone where that is asked for.
    """
    base = form.base_language
    if language == base:
        return (base,)
    plain_base = base.removesuffix(f"-{EASY_READ}")
    chain = [language]
    plain = language.removesuffix(f"-{EASY_READ}")
    while plain:
        chain.append(plain)
        plain = plain.rpartition("-")[0]
    return tuple(dict.fromkeys([*chain, f"{plain_base}-{EASY_READ}", base]))


def language_for(form: Form, wanted: str | None) -> str:
    """The language of the form that is nearest to the one asked for; its base language where none is near."""
    if not wanted:
        return form.base_language
    offered = {language.lower(): language for language in form.languages}
    if wanted.lower() in offered:
        return offered[wanted.lower()]
    return next(
        (offered[each.lower()] for each in fall_back(form, wanted) if each.lower() in offered), form.base_language
    )


def direction(language: str) -> Literal["ltr", "rtl"]:
    """Which way the language is written, as HTML's `dir` has it."""
    first, *parts = language.lower().split("-")
    if _RIGHT_TO_LEFT_SCRIPTS.intersection(parts):
        return "rtl"
    return "rtl" if first in _RIGHT_TO_LEFT and not _LEFT_TO_RIGHT_SCRIPTS.intersection(parts) else "ltr"


def texts(definition: Definition) -> Iterator[TextAt]:
    """Every text that can be translated, in document order. The definition must be a form's."""
    yield from _plain(definition, ("title", "introduction", "thank_you"), "", "")
    for name, options in definition.get("choice_lists", {}).items():
        yield from _options(options, f"choice_lists.{name}", f"choice_lists.{name}")
    for number, page in enumerate(definition["pages"]):
        place = f"pages[{number}]"
        yield from _plain(page, ("title", "description"), f"pages.{page['id']}", place)
        yield from _questions(page["questions"], f"{place}.questions")
    for number, check in enumerate(definition.get("checks", ())):
        yield from _plain(check, ("message",), f"checks.{number}", f"checks[{number}]")
    for number, alert in enumerate(definition.get("alerts", ())):
        yield from _plain(alert, ("show_respondent",), f"alerts.{alert['id']}", f"alerts[{number}]")


def _plain(holder: Definition, keys: tuple[str, ...], path: str, place: str) -> Iterator[TextAt]:
    for key in keys:
        if isinstance(holder.get(key), str):
            yield TextAt(f"{path}.{key}" if path else key, f"{place}.{key}" if place else key, holder, key)


def _questions(questions: list[Definition], place: str) -> Iterator[TextAt]:
    for index, question in enumerate(questions):
        yield from _question(question, f"{place}[{index}]")


def _question(question: Definition, place: str) -> Iterator[TextAt]:
    path = f"questions.{question['id']}"
    yield from _plain(question, _QUESTION_TEXTS, path, place)
    yield from _media(question, path, place)
    for rule, limit in (question.get("validation") or {}).items():
        if isinstance(limit, dict):
            yield from _plain(limit, ("message",), f"{path}.validation.{rule}", f"{place}.validation.{rule}")
    for index, row in enumerate(question.get("rows") or ()):
        yield TextAt(f"{path}.rows.{row['id']}", f"{place}.rows[{index}].label", row, "label")
    if isinstance(question.get("options"), list):
        yield from _options(question["options"], f"{path}.options", f"{place}.options")
    yield from _options(question.get("others") or [], f"{path}.others", f"{place}.others")
    yield from _questions(question.get("questions") or [], f"{place}.questions")


def _options(options: list[Definition], path: str, place: str) -> Iterator[TextAt]:
    for index, option in enumerate(options):
        here = f"{place}[{index}]"
        yield TextAt(f"{path}.{option['value']}", f"{here}.label", option, "label")
        yield from _media(option, f"{path}.{option['value']}", here)
        if option.get("detail"):
            yield from _question(option["detail"], f"{here}.detail")


def _media(holder: Definition, path: str, place: str) -> Iterator[TextAt]:
    yield from _plain(holder.get("media") or {}, ("alt",), f"{path}.media", f"{place}.media")
