"""What answers are measured by: descriptors, Annex A items, questionnaire themes and prompts, each by its edition."""

from service.frameworks.framework import Crosswalk, Descriptor, Framework, FrameworkError, Group, Match, Measure
from service.frameworks.library import descriptor, known_code, load_frameworks, mapped, read_frameworks

__all__ = [
    "Crosswalk",
    "Descriptor",
    "Framework",
    "FrameworkError",
    "Group",
    "Match",
    "Measure",
    "descriptor",
    "known_code",
    "load_frameworks",
    "mapped",
    "read_frameworks",
]
