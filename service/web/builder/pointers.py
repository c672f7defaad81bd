"""Addresses of places in a draft as text, for links and fields: `pages/days/questions/fun`."""

from service.definitions.editing import Address


def pointer_of(address: Address) -> str:
    """The address as text, written as JSON pointers are (RFC 6901)."""
    return "/".join(step.replace("~", "~0").replace("/", "~1") for step in address)


def address_of(pointer: str) -> Address:
    """The address that this text spells; () for the empty text."""
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")) if pointer else ()
