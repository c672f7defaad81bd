"""What changed between two documents of a form, in sentences that authors read."""

from service.definitions.differences.comparison import Difference, differences

__all__ = ["Difference", "differences"]
