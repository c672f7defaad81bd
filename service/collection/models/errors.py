"""What a request cannot do, as a sentence for whoever asked."""


class NotPossible(Exception):
    """What was asked for cannot be done; the message says why, to whoever asked."""
