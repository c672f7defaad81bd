"""A move: one small change to a form's document, which can be applied and undone."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from service.definitions.editing.document import (
    ABSENT,
    Address,
    Json,
    MoveRefused,
    find,
    is_named_list,
    name_key,
    placed,
    same,
    sibling_before,
)

UNDID = "undid: "


class PlaceChanged(Exception):
    """A place is no longer as the move expects it.

    `expected` and `found` are ABSENT where nothing stands there. Where something has gone that a move needs, `expected`
    is {} or [].
    """

    def __init__(self, address: Address, expected: Json, found: Json) -> None:
        self.address, self.expected, self.found = address, expected, found
        super().__init__(f"{' › '.join(address)} has changed since.")


@dataclass(frozen=True)
class Patch:
    """What stands at one place before and after; ABSENT for nothing.

    `stood_after` and `stands_after` are the sibling before it ("" first, None: the end) where the place is emptied or
    filled. `parents` is how many lists or objects about it come and go with it, when they hold nothing else.
    """

    address: Address
    before: Json = ABSENT
    after: Json = ABSENT
    stood_after: str | None = None
    stands_after: str | None = None
    parents: int = 0

    def inverse(self) -> "Patch":
        """The patch that undoes this one."""
        return replace(
            self,
            before=self.after,
            after=self.before,
            stood_after=self.stands_after,
            stands_after=self.stood_after,
        )


@dataclass(frozen=True)
class Shift:
    """An item moves from `origin` to `address`: to another position, list or name.

    What is in it does not matter and is not checked, so that two people may move and change the same question.
    """

    origin: Address
    address: Address
    stood_after: str | None = None
    stands_after: str | None = None

    def inverse(self) -> "Shift":
        """The shift that undoes this one."""
        return Shift(self.address, self.origin, self.stands_after, self.stood_after)


@dataclass(frozen=True)
class Move:
    """What an author did, as a sentence without who and when, and its patches."""

    sentence: str
    patches: tuple[Patch | Shift, ...] = ()


def apply(document: Json, move: Move) -> Json:
    """Apply the move. Raises PlaceChanged where a place is no longer as it was.

    A sibling that has gone is no fault: what was to stand after it stands at the end. A move without patches changes
    nothing.
    """
    for patch in move.patches:
        document = _shifted(document, patch) if isinstance(patch, Shift) else _patched(document, patch)
    return document


def inverse(move: Move) -> Move:
    """The move that undoes this one."""
    is_undo = move.sentence.startswith(UNDID)
    sentence = move.sentence.removeprefix(UNDID) if is_undo else UNDID + move.sentence
    return Move(sentence, tuple(patch.inverse() for patch in reversed(move.patches)))


def rebased(move: Move, later: Iterable[Move]) -> Move:
    """Follow items that `later` moves have moved or renamed."""
    for each in later:
        for shift in each.patches:
            if isinstance(shift, Shift) and shift.origin != shift.address:
                move = Move(move.sentence, tuple(_followed(patch, shift) for patch in move.patches))
    return move


def need_unchanged(document: Json, address: Address, seen: Json) -> None:
    """Raise PlaceChanged where a place is no longer as the author has seen it."""
    found = find(document, address)
    if not same(found, seen):
        raise PlaceChanged(address, seen, found)


def fitted(document: Json, move: Move) -> Move:
    """Fit the move to this document, so that its inverse is exact here.

    Raises PlaceChanged, as `apply` does. Use it where a move was made for an earlier state of the document.
    """
    patches: list[Patch | Shift] = []
    for patch in move.patches:
        origin = patch.origin if isinstance(patch, Shift) else patch.address
        if find(document, origin) is not ABSENT:
            patch = replace(patch, stood_after=sibling_before(document, origin))
        elif isinstance(patch, Patch):
            patch = replace(patch, parents=len(origin) - 1 - len(_present_parent(document, patch)))
        document = apply(document, Move("", (patch,)))
        patches.append(patch)
    return Move(move.sentence, tuple(patches))


def move_to_json(move: Move) -> dict[str, Json]:
    """The move as JSON, to be kept in a record."""
    return {"sentence": move.sentence, "patches": [_to_json(patch) for patch in move.patches]}


def move_from_json(kept: dict[str, Json]) -> Move:
    """The move that this JSON holds."""
    return Move(kept["sentence"], tuple(_from_json(each) for each in kept["patches"]))


@dataclass
class Recorder:
    """Notes patches while it applies them to a document, each with what stood there."""

    document: Json
    patches: list[Patch | Shift] = field(default_factory=list)

    def put(self, address: Address, value: Json, after: str | None = None) -> None:
        """Fill a place, or change what stands there."""
        before = find(self.document, address)
        if before is not ABSENT:
            if not same(before, value):
                self._note(Patch(address, before, value))
            return
        missing = [end for end in range(1, len(address)) if find(self.document, address[:end]) is ABSENT]
        if any(is_named_list(address[: end - 1]) for end in missing):
            raise MoveRefused("What this belongs to is no longer in the form.")
        self._note(Patch(address, ABSENT, value, None, after, len(missing)))

    def remove(self, address: Address) -> None:
        """Empty a place, with the lists and objects that then hold nothing."""
        before = find(self.document, address)
        if before is not ABSENT:
            stood_after = sibling_before(self.document, address)
            self._note(Patch(address, before, ABSENT, stood_after, None, self._idle_parents(address)))

    def shift(self, origin: Address, address: Address, after: str | None) -> None:
        """Move or rename what stands at `origin`."""
        self._note(Shift(origin, address, sibling_before(self.document, origin), after))

    def move(self, sentence: str) -> Move:
        """What was noted, as one move."""
        return Move(sentence, tuple(self.patches))

    def _note(self, patch: Patch | Shift) -> None:
        try:
            self.document = apply(self.document, Move("", (patch,)))
        except PlaceChanged as changed:
            raise MoveRefused("Nothing can be added here.") from changed
        self.patches.append(patch)

    def _idle_parents(self, address: Address) -> int:
        count = 0
        for end in range(len(address) - 1, 0, -1):
            if not (_is_optional(address[:end]) and len(find(self.document, address[:end])) == 1):
                break
            count += 1
        return count


# Lists and objects that say nothing when they are empty.
_OPTIONAL = frozenset({"alerts", "checks", "computed", "choice_lists", "translations"})
_OPTIONAL_PARTS = frozenset({"validation", "media", "audio", "reporting", "retention"})


def _is_optional(address: Address) -> bool:
    if len(address) == 1:
        return address[0] in _OPTIONAL | _OPTIONAL_PARTS
    if address[0] in ("translations", "choice_lists", "computed") and len(address) == 2:
        return address[0] == "translations"
    return address[-1] in _OPTIONAL_PARTS and not is_named_list(address[:-1])


def _patched(document: Json, patch: Patch) -> Json:
    need_unchanged(document, patch.address, patch.before)
    if patch.before is ABSENT:
        _need_parent(document, _present_parent(document, patch))
    document = placed(document, patch.address, patch.after, patch.stands_after)
    if patch.after is ABSENT:
        for end in range(len(patch.address) - 1, len(patch.address) - 1 - patch.parents, -1):
            if find(document, patch.address[:end]):
                break
            document = placed(document, patch.address[:end], ABSENT)
    return document


def _present_parent(document: Json, patch: Patch) -> Address:
    """The place above those that are made with the patch."""
    parent = patch.address[:-1]
    while parent and find(document, parent) is ABSENT:
        if not (_is_optional(parent) or len(patch.address) - len(parent) <= patch.parents):
            break
        parent = parent[:-1]
    return parent


def _shifted(document: Json, shift: Shift) -> Json:
    item = find(document, shift.origin)
    if item is ABSENT:
        raise PlaceChanged(shift.origin, {}, ABSENT)
    if shift.address != shift.origin and (found := find(document, shift.address)) is not ABSENT:
        raise PlaceChanged(shift.address, ABSENT, found)
    _need_parent(document, shift.address[:-1])
    if is_named_list(shift.address[:-1]) and isinstance(item, dict):
        item = {**item, name_key(shift.address[:-1]): shift.address[-1]}
    emptied = placed(document, shift.origin, ABSENT)
    return placed(emptied, shift.address, item, shift.stands_after)


def _need_parent(document: Json, address: Address) -> None:
    """Refuse to fill a place whose surroundings have gone or have become something else."""
    found = find(document, address)
    wanted: Any = list if is_named_list(address) else dict
    if not isinstance(found, wanted):
        raise PlaceChanged(address, wanted(), found)


def _followed(patch: Patch | Shift, shift: Shift) -> Patch | Shift:
    address = _moved(patch.address, shift)
    stands_after = _renamed(patch.stands_after, patch.address, shift)
    stood_after = _renamed(patch.stood_after, patch.address, shift)
    patch = replace(patch, address=address, stands_after=stands_after, stood_after=stood_after)
    return replace(patch, origin=_moved(patch.origin, shift)) if isinstance(patch, Shift) else patch


def _moved(address: Address, shift: Shift) -> Address:
    length = len(shift.origin)
    return shift.address + address[length:] if address[:length] == shift.origin else address


def _renamed(sibling: str | None, address: Address, shift: Shift) -> str | None:
    is_sibling = shift.origin == (*address[:-1], sibling) and shift.address[:-1] == shift.origin[:-1]
    return shift.address[-1] if is_sibling else sibling


def _to_json(patch: Patch | Shift) -> dict[str, Json]:
    kept: dict[str, Json] = {"address": list(patch.address)}
    if isinstance(patch, Shift):
        kept["origin"] = list(patch.origin)
    else:
        if patch.before is not ABSENT:
            kept["before"] = patch.before
        if patch.after is not ABSENT:
            kept["after"] = patch.after
        if patch.parents:
            kept["parents"] = patch.parents
    for key in ("stood_after", "stands_after"):
        if getattr(patch, key) is not None:
            kept[key] = getattr(patch, key)
    return kept


def _from_json(kept: dict[str, Json]) -> Patch | Shift:
    address = tuple(kept["address"])
    stood_after, stands_after = kept.get("stood_after"), kept.get("stands_after")
    if "origin" in kept:
        return Shift(tuple(kept["origin"]), address, stood_after, stands_after)
    before, after = kept.get("before", ABSENT), kept.get("after", ABSENT)
    return Patch(address, before, after, stood_after, stands_after, kept.get("parents", 0))
