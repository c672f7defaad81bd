"""What is said when nothing can be kept just now, and it is worth trying again."""

import errno


class StoreUnavailable(Exception):
    """Nothing was acknowledged, nothing that was acknowledged is lost; the sentence says why."""


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
