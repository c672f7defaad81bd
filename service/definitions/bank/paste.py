"""The move that adds a question of the bank to a draft."""

from collections.abc import Mapping

from service.definitions.editing import Address, Json, Move, MoveRefused, apply, find, moves
from service.definitions.editing.document import fresh_name, is_question, names_of_everything
from service.definitions.editing.move import Recorder


def add_from_bank(
    document: Json,
    holder: str | Address,
    question: Json,
    after: str | None = None,
    translations: Mapping[str, Mapping[str, str]] | None = None,
) -> Move:
    """Add a question of the bank to a page (its id) or a group (its address), after the sibling called `after`.

    Ids that are taken get a number. Of its translations, those in the draft's languages come with it. Raises
    MoveRefused where there is no such page or group.
    """
    address = ("pages", holder) if isinstance(holder, str) else holder
    is_holder = is_question(address) or address[:-1] == ("pages",)
    if not (is_holder and isinstance(find(document, address), dict)):
        raise MoveRefused("This page is no longer in the form.")
    if not (isinstance(question, dict) and isinstance(question.get("id"), str)):
        raise MoveRefused("This is no question.")
    names: dict[str, str] = {}
    question = _renamed(question, names_of_everything(document), names)
    move = moves.add_item(document, (*address, "questions"), question, after)
    recorder = Recorder(apply(document, move))
    languages = document.get("languages")
    for language in languages[1:] if isinstance(languages, list) else ():
        for path, text in (translations or {}).get(language, {}).items():
            recorder.put(("translations", language, _with_name(path, names)), text)
    return Move(move.sentence, (*move.patches, *recorder.patches))


def _renamed(question: dict[str, Json], taken: set[str], names: dict[str, str]) -> dict[str, Json]:
    """The question with names that are free, its details too; `taken` and `names` note them."""
    name = names[question["id"]] = fresh_name(question["id"], taken)
    taken.add(name)
    changed = {**question, "id": name}
    options = question.get("options")
    if isinstance(options, list):
        changed["options"] = [
            {**option, "detail": _renamed(option["detail"], taken, names)}
            if isinstance(option.get("detail"), dict)
            else option
            for option in options
        ]
    return changed


def _with_name(path: str, names: Mapping[str, str]) -> str:
    """The path of a translation with the question's new name: `questions.fun_2.label`."""
    start, _, rest = path.partition(".")
    name, _, end = rest.partition(".")
    return f"{start}.{names.get(name, name)}.{end}"
