"""Translations go where their texts go."""

from collections.abc import Callable

from service.definitions.editing.document import Address, Json, find, names_in
from service.definitions.editing.move import Recorder
from service.definitions.editing.places import texts_of, translated_texts


def drop_stale_translations(document: Json, recorder: Recorder) -> None:
    """Remove the translations of texts that the recorded patches have removed."""
    still = {text.path for text in texts_of(recorder.document)}
    gone = {text.path for text in texts_of(document)} - still
    for translated in translated_texts(recorder.document):
        if translated.path in gone:
            recorder.remove(translated.address)


def follow_translations(document: Json, recorder: Recorder, origin: Address, address: Address) -> None:
    """Move an item's translations to the paths that its texts have now."""
    old = [text.path for text in texts_of(document) if text.address[: len(origin)] == origin]
    new = [text.path for text in texts_of(recorder.document) if text.address[: len(address)] == address]
    rename_translations(recorder, dict(zip(old, new, strict=True)))


def rename_translations(recorder: Recorder, paths: dict[str, str]) -> None:
    """Keep translations under other paths; one that nothing else stands for gives way."""
    for translated in list(translated_texts(recorder.document)):
        path = paths.get(translated.path, translated.path)
        if path != translated.path:
            address = (*translated.address[:-1], path)
            recorder.remove(address)
            language = translated.address[:-1]
            names = names_in(find(recorder.document, language), language)
            index = names.index(translated.path)
            recorder.shift(translated.address, address, names[index - 1] if index else "")


def copy_translations(recorder: Recorder, origin: Address, address: Address, changed: Callable[[str], str]) -> None:
    """Give the texts of a copy the translations of the original's."""
    texts = list(texts_of(recorder.document))
    old = [text.path for text in texts if text.address[: len(origin)] == origin]
    new = [text.path for text in texts if text.address[: len(address)] == address]
    paths = {path: copied for path, copied in zip(old, new, strict=True) if path}
    for translated in list(translated_texts(recorder.document)):
        if translated.path in paths:
            place = (*translated.address[:-1], paths[translated.path])
            recorder.put(place, changed(translated.text), translated.path)
