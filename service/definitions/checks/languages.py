"""Translations: of what is there, into what is listed, and how much of it they cover."""

from collections.abc import Iterator, Mapping

from service.definitions.checks.outline import Outline
from service.definitions.checks.wording import braces
from service.definitions.fault import Fault
from service.definitions.form import EASY_READ
from service.definitions.suggestions import MOST_GUESSES, hint

# The longest text that may stand at a path, by how the path ends; all others may have 1,000 characters, as in place.
_LONGER = ("introduction", "thank_you", "description", "show_respondent")


def translations_of_nothing(outline: Outline) -> Iterator[Fault]:
    """A translation of a path that the form does not have."""
    known = outline.paths
    told = 0
    for language, translated in outline.form.translations.items():
        for path in translated:
            if path not in known and not _may_have_been(outline, path):
                told += 1
                meant = hint(path, known, 0.85) if told <= MOST_GUESSES else ""
                yield Fault(f"translations.{language}.{path}", f"the form has no such text{meant}")


def languages_not_listed(outline: Outline) -> Iterator[Fault]:
    """Translations into a language that the form is not offered in, or that it is written in."""
    form = outline.form
    for language in form.translations:
        if language == form.base_language and outline.stands("languages[0]"):
            yield Fault(f"translations.{language}", "this is the base language, whose texts stand in place")
        elif language not in form.languages and all(
            outline.stands(f"languages[{index}]") for index, _ in enumerate(form.languages)
        ):
            yield Fault(f"translations.{language}", f"'{language}' is not one of the form's languages")


def translations_that_do_not_fit(outline: Outline) -> Iterator[Fault]:
    """A translation that is empty, too long, or fills in what the text itself does not."""
    known = outline.paths
    for language, translated in outline.form.translations.items():
        for path, text in translated.items():
            if path not in known:
                continue
            place = f"translations.{language}.{path}"
            most = 5000 if path.endswith(_LONGER) else 1000
            if not text:
                yield Fault(place, "the text is empty")
            if len(text) > most:
                yield Fault(place, f"the text is longer than {most:,} characters")
            for name in dict.fromkeys(braces(text)):
                if name not in braces(known[path]):
                    yield Fault(place, f"'{{{name}}}' is filled in here, and not in the text that is translated")


def easy_read_with_gaps(outline: Outline) -> Iterator[Fault]:
    """A child who asks for easy read gets all of it in easy read, before the form is published."""
    if outline.form.audience == "child" and outline.stands("audience"):
        for language, missing, share in _gaps(outline):
            if language.endswith(EASY_READ):
                yield Fault(
                    f"translations.{language}",
                    f"easy read in a child's form must be full before it is published, and this is {share} % "
                    f"({_named(missing)})",
                )


def languages_with_gaps(outline: Outline) -> Iterator[Fault]:
    """A language in which some texts fall back to another."""
    is_childs = outline.form.audience == "child"
    for language, missing, share in _gaps(outline):
        if not (is_childs and language.endswith(EASY_READ)):
            yield Fault(f"translations.{language}", f"{share} % of the texts are translated ({_named(missing)})")


def _gaps(outline: Outline) -> Iterator[tuple[str, list[str], int]]:
    """Each language without full cover, the paths that it lacks, and the percentage that it has."""
    known = outline.paths
    languages = outline.form.languages
    for index, language in enumerate(languages):
        if (
            language in languages[:index]
            or index == 0
            or not outline.stands(f"languages[{index}]", "translations", f"translations.{language}")
        ):
            continue
        translated: Mapping[str, str] = outline.form.translations.get(language, {})
        missing = [path for path in known if not translated.get(path)]
        if missing:
            yield language, missing, 100 * (len(known) - len(missing)) // len(known)


def _named(missing: list[str]) -> str:
    more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
    return f"without {', '.join(missing[:3])}{more}"


def _may_have_been(outline: Outline, path: str) -> bool:
    """Whether the path leads into a part that could not be read."""
    start, _, rest = path.partition(".")
    name = rest.partition(".")[0]
    if not outline.draft.broken and not outline.draft.lost:
        return False
    if start == "questions":
        standing = outline.by_id.get(name)
        return outline.is_lost(name) or (standing is not None and outline.has_gaps(standing.place))
    if start == "choice_lists":
        return outline.is_lost(path.rpartition(".")[0]) or outline.has_gaps(f"choice_lists.{name}")
    return outline.is_lost(name) or outline.has_gaps(start)
