"""A faulty definition made whole enough to be checked to the end, so that one fault does not hide another."""

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, get_args

from service.definitions.fault import Fault
from service.definitions.form import Form
from service.definitions.question import GroupQuestion, MatrixQuestion, Question, SelectOneQuestion, TextQuestion
from service.definitions.shape_errors import BAD_NAME, KEYS, Path, ShapeFault, form_or_faults, found_at, written
from service.definitions.suggestions import MOST_GUESSES, likely

MOST_ROUNDS = 30  # what was mended may show faults that lay behind it, each time a level deeper

_EARLIER_STEP = re.compile(r"[.\[]")


@dataclass(frozen=True)
class Draft:
    """A form to check, with what of it only stands in for parts that could not be read.

    `broken` are the places of those parts, `lost` the names that stood in them.
    """

    form: Form
    broken: frozenset[str] = frozenset()
    lost: frozenset[str] = frozenset()

    def stands(self, place: str) -> bool:
        """Whether what is there is what the author wrote."""
        return not _within(place, self.broken)


@dataclass
class Mending:
    """What mending a definition came to: the faults of its shape, and the draft, unless it is beyond repair."""

    faults: list[Fault] = field(default_factory=list)
    draft: Draft | None = None


def mended(definition: dict[str, Any], put_aside: frozenset[str]) -> Mending:
    """All faults of shape, and the form as far as it can be made out.

    `put_aside` are places whose fault is known already.
    """
    found = form_or_faults(definition)
    if isinstance(found, Form):
        return Mending([], Draft(found, put_aside))
    definition = deepcopy(definition)
    mend = _Mend(definition, set(put_aside))
    faults: list[Fault] = []
    for _ in range(MOST_ROUNDS):
        for shape_fault in found:
            if not _within(written(shape_fault.path), mend.broken):
                faults.extend(shape_fault.faults)
        # The deepest first: then none is looked for inside something that was replaced meanwhile.
        for shape_fault in sorted(found, key=lambda each: -len(each.path)):
            mend.mend(shape_fault)
        found = form_or_faults(definition)
        if isinstance(found, Form):
            return Mending(faults, Draft(found, frozenset(mend.broken), frozenset(mend.lost)))
    return Mending(faults)


def _within(place: str, places: frozenset[str] | set[str]) -> bool:
    if not places:
        return False
    return place in places or any(place[: step.start()] in places for step in _EARLIER_STEP.finditer(place))


_QUESTION_KEYS = frozenset(key for model in get_args(get_args(Question)[0]) for key in model.model_fields)
_OF_ONE_TYPE = frozenset({"default", "validation", "appearance", "precision", "unit", "decimal_places"})
_OPEN_MAPS = ("choice_lists", "computed", "translations")


@dataclass
class _Mend:
    definition: dict[str, Any]
    broken: set[str]
    lost: set[str] = field(default_factory=set)
    _fresh: int = 0
    _guesses: int = 0

    def mend(self, fault: ShapeFault) -> None:
        """Take out what is wrong and put something in its place that raises no fault of its own."""
        path = fault.path
        if not path:
            return
        if fault.kind.startswith("union_tag") and isinstance(found_at(self.definition, path), dict):
            self._guess_type(path)
        elif fault.kind == "extra_forbidden":
            self._put_right(path, fault.meant)
        else:
            self._replace(path, is_name=fault.kind == BAD_NAME)

    def _replace(self, path: Path, is_name: bool) -> None:
        if "validation" in path[-3:-1] and path[-1] != "message":
            path = path[: path.index("validation", len(path) - 3) + 2]  # the limit as a whole
        if path[-2:-1] == ("default",):
            path = path[:-1]
        self.broken.add(written(path))
        self.lost.update(_names_in(path, found_at(self.definition, path)))
        holder: Any = found_at(self.definition, path[:-1])
        instead = None if is_name or (path[0] in _OPEN_MAPS and len(path) == 2) else self._instead(path)
        if instead is None:
            self._remove(path)
        elif holder is not None:
            holder[path[-1]] = instead

    def _put_right(self, path: Path, meant: str | None) -> None:
        """Give a misspelled key's value to the key that is meant, and leave out what nobody knows."""
        holder = found_at(self.definition, path[:-1])
        if meant is not None:
            holder[meant] = holder.pop(path[-1])
            return
        self._guesses += 1
        if self._guesses <= MOST_GUESSES and (
            guessed := likely(str(path[-1]), [key for key in KEYS if key not in holder])
        ):
            self.broken.add(written((*path[:-1], guessed)))
        if len(path) == 1 and isinstance(holder[path[0]], dict):
            self.lost.update(f"{name}.{key}" for name in ("computed", "choice_lists") for key in holder[path[0]])
        self._remove(path)

    def _remove(self, path: Path) -> None:
        holder = found_at(self.definition, path[:-1])
        if isinstance(holder, dict):
            self.lost.update(_names_in(path, holder.get(path[-1])))
            holder.pop(path[-1], None)

    def _guess_type(self, path: Path) -> None:
        """Keep a question of no known type as one that can hold the questions and options written in it."""
        question = found_at(self.definition, path)
        self.broken.add(f"{written(path)}.type")
        if misspelled := next((key for key in question if len(key) < 8 and likely(key, ["type"])), None):
            question.pop(misspelled)
        model: Any = TextQuestion
        question["type"] = "text"
        for name, key, candidate in (
            ("group", "questions", GroupQuestion),
            ("matrix", "rows", MatrixQuestion),
            ("select_one", "options", SelectOneQuestion),
        ):
            if key in question:
                question["type"], model = name, candidate
                break
        for key in list(question):
            if key in _OF_ONE_TYPE or (key in _QUESTION_KEYS and key not in model.model_fields):
                self.lost.update(_names_in((key,), question.pop(key)))

    def _name(self) -> str:
        self._fresh += 1
        return f"unreadable_{self._fresh}_"

    def _instead(self, path: Path) -> Any:
        """Something that fits where this stood; None where nothing need be there."""
        last = path[-1]
        key = path[-2] if isinstance(last, int) else last
        name = self._name()
        note = {"id": name, "type": "note", "label": "…"}
        items: dict[Any, Any] = {
            "pages": {"id": name, "title": "…", "questions": [note]},
            "questions": name if path[0] == "checks" else note,
            "options": {"value": name, "label": "…"},
            "others": {"value": name, "label": "…"},
            "rows": {"id": name, "label": "…"},
            "codes": {"system": "unreadable", "code": "…"},
            "alerts": {
                "id": name, "when": True, "severity": "urgent", "notify": ["administrator"], "message": "…"
            },
            "checks": {"rule": True, "message": "…", "questions": [name]},
            "escalate": {"after": {"minutes": 1}, "to": ["administrator"]},
            "languages": f"zxx-{self._fresh}",
            "settings": "childrens_home",
            "readers": "administrator",
            "notify": "administrator",
            "to": "administrator",
        }  # fmt: skip
        if isinstance(last, int):
            return items["options"] if path[0] == "choice_lists" and len(path) == 3 else items.get(key)
        if key in ("pages", "questions", "rows", "languages", "notify", "to"):
            return [items[key]]
        single: dict[Any, Any] = {
            "format": "survey-definition/1",
            "id": "unreadable" if len(path) == 1 else name,
            "version": 1,
            "audience": "staff",
            "identity": "named",
            "title": "…",
            "label": "…",
            "lowest_label": "…",
            "highest_label": "…",
            "message": "…",
            "value": name,
            "options": [],
            "when": True,
            "rule": True,
            "severity": "urgent",
            "after": {"minutes": 1},
            "minutes": 1,
            "system": "unreadable",
            "code": "…",
        }
        return single.get(key)


def _names_in(path: Path, value: Any) -> Iterator[str]:
    """What others may refer to in a part that is given up: ids, also as they may have been meant."""
    if len(path) == 2 and path[0] in ("computed", "choice_lists"):
        yield f"{path[0]}.{path[1]}"
    if path and path[-1] == "id" and isinstance(value, str):
        yield re.sub(r"[^a-z0-9_]+", "_", value.lower()).strip("_")
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            if isinstance(part.get("id"), str):
                yield part["id"]
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)
