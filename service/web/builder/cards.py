"""A draft as the cards of its editor: pages and questions, lists of answers, alerts, checks and values."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from service.definitions.advice import Advice
from service.definitions.editing import Address, Json, find
from service.definitions.editing.condition_words import condition_text
from service.definitions.editing.document import names_in
from service.definitions.editing.faults import PlacedFault
from service.definitions.editing.logic import raised_when, shown_when
from service.definitions.editing.places import items
from service.definitions.editing.words import called, item_of
from service.reports.labels import TYPES
from service.web.builder.pointers import pointer_of

PARTS: Mapping[str, str] = {
    "pages": "Questions",
    "form": "About the form",
    "choice_lists": "Lists of answers",
    "alerts": "Alerts",
    "checks": "Checks",
    "computed": "Worked-out values",
}


@dataclass(frozen=True)
class Card:
    """One item as its list shows it. `inner` are the cards that stand in it; `faults` and `advice` are its own."""

    address: Address
    title: str
    about: str
    faults: tuple[PlacedFault, ...]
    advice: tuple[Advice, ...]
    is_first: bool
    is_last: bool
    inner: tuple["Card", ...] = ()

    @property
    def pointer(self) -> str:
        """The address as text."""
        return pointer_of(self.address)

    @property
    def kind(self) -> str:
        """What it is: `pages`, `questions`, `options`, `detail`, …"""
        return self.address[-1] if self.address[-1] == "detail" else self.address[-2]


class CardMaker:
    """Makes the cards of one document, each with the faults that are found at it."""

    def __init__(self, document: Json, faults: tuple[PlacedFault, ...], advice: tuple[Advice, ...] = ()) -> None:
        self._document = document
        self._advice: dict[Address, list[Advice]] = defaultdict(list)
        for each in advice:
            self._advice[self.present(item_of(document, each.address))].append(each)
        self._faults: dict[Address, list[PlacedFault]] = defaultdict(list)
        for fault in faults:
            self._faults[self.present(item_of(document, fault.address))].append(fault)

    def of_part(self, part: str) -> tuple[Card, ...]:
        """The cards of a part of the form, in its order."""
        if part == "form":
            return ()
        if part in ("computed", "choice_lists"):
            found = self._document.get(part)
            addresses: list[Address] = (
                [(part, name) for name in names_in(found, (part,))] if isinstance(found, dict) else []
            )
            return tuple(self._card(address, addresses) for address in addresses)
        return tuple(self._in_list((part,)))

    def of(self, address: Address) -> Card:
        """The card of one item."""
        return self._card(address, [address])

    def faults_at(self, address: Address) -> tuple[PlacedFault, ...]:
        """What is wrong with the item itself; () is the form as a whole."""
        return tuple(self._faults.get(address, ()))

    def advice_at(self, address: Address) -> tuple[Advice, ...]:
        """What its author should look at again; () is the form as a whole."""
        return tuple(self._advice.get(address, ()))

    def present(self, address: Address) -> Address:
        """The nearest item with a card: options and rows show at their question."""
        while address and (address[-2:-1] and address[-2] in ("options", "others", "rows")):
            address = address[:-2]
        if len(address) == 3 and address[0] == "choice_lists":
            return address[:2]
        return address

    def _in_list(self, address: Address) -> Iterator[Card]:
        addresses = [here for here, _ in items(self._document, address)]
        for here in addresses:
            yield self._card(here, addresses)

    def _card(self, address: Address, siblings: list[Address]) -> Card:
        return Card(
            address,
            called(self._document, address) if len(address) > 2 else self._own_title(address),
            self._about(address),
            self.faults_at(address),
            self.advice_at(address),
            address == siblings[0],
            address == siblings[-1],
            tuple(self._inner(address)),
        )

    def _own_title(self, address: Address) -> str:
        item = find(self._document, address)
        title = item.get("title") or item.get("message") if isinstance(item, dict) else None
        return str(title) if isinstance(title, str) and address[0] != "computed" else address[-1]

    def _inner(self, address: Address) -> Iterator[Card]:
        """Questions in a page or group, and follow-up questions under options."""
        yield from self._in_list((*address, "questions"))
        options = (*address, "options") if address[0] == "pages" else address
        for here, option in items(self._document, options):
            if isinstance(option.get("detail"), dict):
                yield self._card((*here, "detail"), [(*here, "detail")])

    def _about(self, address: Address) -> str:
        item = find(self._document, address)
        if address[0] == "alerts":
            return raised_when(self._document, address)
        if address[0] == "computed":
            return condition_text(self._document, item)
        if address[0] == "checks":
            rule = item.get("rule") if isinstance(item, dict) else None
            return f"Must be true: {condition_text(self._document, rule)}"
        if address[0] == "choice_lists" and len(address) == 2:
            options = item if isinstance(item, list) else []
            return " · ".join(str(each.get("label")) for each in options if isinstance(each, dict))
        said = [shown_when(self._document, address)]
        if isinstance(item, dict) and "type" in item:
            said.insert(0, TYPES.get(str(item["type"]), "Something to read"))
        return ". ".join(each for each in said if each)


def part_of(address: Address) -> str:
    """The part of the form that an address is in."""
    return address[0] if address and address[0] in PARTS else "form" if address else "pages"
