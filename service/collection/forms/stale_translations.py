"""Translations whose text in the base language has changed since: kept beside the draft, not in the format."""

from collections.abc import Mapping

from service.definitions.editing import Json
from service.definitions.editing.places import texts_of, translated_texts


def noted(kept: Mapping[str, str], before: Json, after: Json) -> dict[str, str]:
    """What each stale translation was made of, by "language path", after a move.

    A translation is made of the text that stands when it is written. It is stale while another text stands there.
    """
    texts, were = _texts(after), _texts(before)
    translations, translated_before = _translations(after), _translations(before)
    found: dict[str, str] = {}
    for name, translation in translations.items():
        path = name.partition(" ")[2]
        if translation != translated_before.get(name):
            continue
        made_of = kept.get(name, were.get(path, ""))
        if made_of != texts.get(path, ""):
            found[name] = made_of
    return found


def _texts(document: Json) -> dict[str, str]:
    return {text.path: text.text for text in texts_of(document) if text.path}


def _translations(document: Json) -> dict[str, str]:
    return {f"{text.address[1]} {text.path}": text.text for text in translated_texts(document)}
