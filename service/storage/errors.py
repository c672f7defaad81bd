"""What is said when a store cannot be used: for a moment, or because it is of a newer version."""

import errno


class StoreUnavailable(Exception):
    """Nothing was acknowledged, nothing that was acknowledged is lost; the sentence says why."""


class WrongFormat(Exception):
    """A store or a backup was written by a newer version of the service; nothing was changed."""

    def __init__(self, what: str, found: int, known: int) -> None:
        super().__init__(
            f"{what} has format {found}, which a newer version of the service wrote. This version reads up to format "
            f"{known}. Use the newer version, or a backup that was made before it."
        )


_WHY = {
    errno.ENOSPC: "The disk that holds the store is full.",
    errno.EDQUOT: "The disk that holds the store is full.",
    errno.EFBIG: "The store's file may not grow any further.",
    errno.EROFS: "The store's folder cannot be written to.",
    errno.EACCES: "The store's folder cannot be written to.",
    errno.EPERM: "The store's folder cannot be written to.",
    errno.ENOENT: "The store's folder or its journal is gone.",
}


def unavailable(fault: OSError) -> StoreUnavailable:
    """The sentence for what the operating system refused."""
    return StoreUnavailable(_WHY.get(fault.errno or 0, f"The store cannot be reached: {fault.strerror or fault}."))
