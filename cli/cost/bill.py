"""From what is used to what it costs, with and without what AWS gives to every account."""

from collections.abc import Iterable
from dataclasses import dataclass

from cli.cost.prices import PRICES, Price
from cli.cost.usage import Use


@dataclass(frozen=True)
class Line:
    """All uses of one price."""

    name: str
    uses: tuple[Use, ...]

    @property
    def price(self) -> Price:
        """What a unit of it costs."""
        return PRICES[self.name]

    @property
    def units(self) -> float:
        """Of all uses together."""
        return sum(use.units for use in self.uses)

    @property
    def list_usd(self) -> float:
        """At the list price, from the first unit on."""
        return self.units * self.price.usd

    def charged_usd(self, used_elsewhere: float = 0) -> float:
        """What is beyond the free units, of which the account's other parts use some."""
        free = max(self.price.free - used_elsewhere, 0)
        return max(self.units - free, 0) * self.price.usd


@dataclass(frozen=True)
class Bill:
    """A month."""

    lines: tuple[Line, ...]

    @classmethod
    def of(cls, uses: Iterable[Use]) -> "Bill":
        """In the order of the price list."""
        found = list(uses)
        return cls(
            tuple(
                Line(name, same)
                for name in PRICES
                if (same := tuple(use for use in found if use.price == name))
            )
        )

    @property
    def list_usd(self) -> float:
        """Without anything free."""
        return sum(line.list_usd for line in self.lines)

    def charged_usd(self, used_elsewhere: dict[str, float] | None = None) -> float:
        """With the free units that the account's other parts leave, by name of the price."""
        elsewhere = used_elsewhere or {}
        return sum(line.charged_usd(elsewhere.get(line.name, 0)) for line in self.lines)
