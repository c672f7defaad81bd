"""The coverage read backwards: which descriptor is asked of whom, and which of nobody."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from service.definitions.bank.question_bank import BankUse
from service.definitions.form import Form
from service.frameworks import Descriptor, Framework


@dataclass(frozen=True)
class DescriptorCoverage:
    """A descriptor and the questions that measure it, by audience."""

    descriptor: Descriptor
    uses: Mapping[str, tuple[BankUse, ...]]

    @property
    def asked_of(self) -> tuple[str, ...]:
        """The audiences that are asked about it."""
        return tuple(self.uses)

    @property
    def not_asked_of(self) -> tuple[str, ...]:
        """The audiences that its framework wants to be asked and that no form asks."""
        return tuple(audience for audience in self.descriptor.asks if audience not in self.uses)


def coverage_of(forms: Iterable[Form], framework: Framework) -> tuple[DescriptorCoverage, ...]:
    """Every descriptor of the framework in its order, with what these forms ask about it."""
    uses: dict[str, dict[str, list[BankUse]]] = {code: {} for code in framework.descriptors}
    for form in forms:
        for placed in form.placed():
            for code in placed.question.codes:
                if code.system == framework.system and code.code in uses:
                    use = BankUse(form.id, form.title, placed.question.id)
                    uses[code.code].setdefault(form.audience, []).append(use)
    return tuple(
        DescriptorCoverage(
            descriptor, {audience: tuple(dict.fromkeys(found)) for audience, found in uses[code].items()}
        )
        for code, descriptor in framework.descriptors.items()
    )


def asked_of_nobody(forms: Iterable[Form], framework: Framework) -> tuple[Descriptor, ...]:
    """The descriptors that no question of these forms measures."""
    return tuple(each.descriptor for each in coverage_of(forms, framework) if not each.uses)
