"""The form into which a card opens: the fields of one item, and the moves that a save comes to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from service.definitions.editing import ABSENT, Address, Json, Move, MoveRefused, apply, find
from service.definitions.editing.condition_words import condition_text
from service.definitions.editing.moves import change
from service.web.builder.panels.conditions import Subject, subjects_of
from service.web.builder.panels.field_values import FieldFault, Formula, posted, shown, value_of
from service.web.builder.panels.fields import ItemField, fields_of


@dataclass(frozen=True)
class PanelField:
    """A field with what it shows and what is wrong with what was sent."""

    spec: ItemField
    value: Any
    sentence: str = ""
    fault: str = ""


@dataclass(frozen=True)
class Panel:
    """The form of one item."""

    address: Address
    fields: tuple[PanelField, ...]
    subjects: Mapping[str, Subject]

    @property
    def has_faults(self) -> bool:
        """Whether something that was sent cannot stand."""
        return any(field.fault for field in self.fields)


def panel_of(document: Json, address: Address, sent: Any = None) -> Panel:
    """The form of an item: as it is kept, or with what was sent."""
    subjects = subjects_of(document)
    fields = []
    for spec in fields_of(document, address):
        before = shown(spec, document, address, subjects)
        value, fault = before, ""
        if sent is not None and _is_sent(spec, sent):
            value = posted(spec, sent, before, subjects)
            fault = _fault(spec, value, before, document, address, subjects)
        fields.append(PanelField(spec, value, _sentence(document, spec, address, value), fault))
    return Panel(address, tuple(fields), subjects)


def moves_of(document: Json, address: Address, sent: Any) -> Iterator[Move]:
    """The moves that a save comes to: one for each field that the author has changed, the name last.

    Raises FieldFault and MoveRefused.
    """
    subjects = subjects_of(document)
    specs = fields_of(document, address)
    retyped = [spec for spec in specs if spec.path == ("type",) and _changed(spec, document, address, sent, subjects)]
    names = [spec for spec in specs if spec.kind == "name"]
    others = [spec for spec in specs if spec not in names]
    for spec in (*others, *names):
        if not _is_sent(spec, sent) or not _changed(spec, document, address, sent, subjects):
            continue
        if retyped and spec.path[0] in ("appearance", "default", "validation", "options"):
            continue  # these belong to the type that it was
        before = shown(spec, document, address, subjects)
        sent_value = posted(spec, sent, before, subjects)
        value = value_of(spec, sent_value, find(document, (*address, *spec.path)), subjects)
        move = _move(document, address, spec, value)
        if move.patches:
            document = apply(document, move)
            yield move


def _move(document: Json, address: Address, spec: ItemField, value: Json) -> Move:
    here = (*address, *spec.path)
    if spec.kind == "source":
        return change(document, here, value if value else _own_options(document, address))
    if value is None and spec.path in (("when",), ("rule",)):
        return change(document, here, False)
    if value is None and not spec.path:
        raise FieldFault("Enter what it is worked out from, or delete it.")
    if value is None and spec.path in (("label",), ("title",), ("message",)):
        raise FieldFault("Enter a text.")
    if value is None and find(document, here) is ABSENT:
        return Move("")
    if value is None and spec.kind == "several" and spec.path[-1] in ("notify", "readers", "questions", "languages"):
        return change(document, here, [])
    return change(document, here, value)


def _own_options(document: Json, address: Address) -> Json:
    """The options of the list that the question has used until now, to be its own."""
    name = find(document, (*address, "options"))
    found = find(document, ("choice_lists", name)) if isinstance(name, str) else ABSENT
    return found if isinstance(found, list) else []


def _fault(
    spec: ItemField, value: Any, before: Any, document: Json, address: Address, subjects: Mapping[str, Subject]
) -> str:
    if value == before:
        return ""
    try:
        _move(document, address, spec, value_of(spec, value, find(document, (*address, *spec.path)), subjects))
    except (FieldFault, MoveRefused) as fault:
        return str(fault)
    return ""


def _is_sent(spec: ItemField, sent: Any) -> bool:
    """Whether the form that was sent had this field: ticks send nothing where they are empty."""
    return spec.name in sent.getlist("fields")


def _changed(spec: ItemField, document: Json, address: Address, sent: Any, subjects: Mapping[str, Subject]) -> bool:
    before = shown(spec, document, address, subjects)
    after = posted(spec, sent, before, subjects)
    if isinstance(before, Formula) and before.condition is not None and isinstance(after, Formula):
        return bool(after.condition != before.condition)
    return bool(after != before)


def _sentence(document: Json, spec: ItemField, address: Address, value: Any) -> str:
    """A condition as it is kept, in words."""
    if spec.kind not in ("condition", "formula"):
        return ""
    tree = find(document, (*address, *spec.path))
    if tree is ABSENT or tree is None or tree is False:
        return ""
    return condition_text(document, tree)
