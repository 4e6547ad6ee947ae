"""The usual mass of a step at one stock, to catch tonnes typed as kilograms."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median

JUMP_RATIO = 300
REMEMBERED = 50
ENOUGH = 3


@dataclass(slots=True)
class History:
    """The last fifty masses of one step at one stock.

    Attributes
    ----------
    masses_g : list of int
        Grams, oldest first; a list, because most stocks of a load have few and a deque begins with 64.
    """

    masses_g: list[int] = field(default_factory=list)
    _low_g: int = 0
    _high_g: int = 0

    def add(self, mass_g: int) -> None:
        """Remember one more mass."""
        if not self.masses_g:
            self._low_g = self._high_g = mass_g
        elif mass_g < self._low_g:
            self._low_g = mass_g
        elif mass_g > self._high_g:
            self._high_g = mass_g
        self.masses_g.append(mass_g)
        if len(self.masses_g) > REMEMBERED:
            del self.masses_g[0]

    def jump_from(self, mass_g: int) -> float | None:
        """Give the median that a mass leaves by a factor of 300 or more; None if it is usual.

        Notes
        -----
        With fewer than three masses nothing is usual yet. The median lies between the extremes ever seen, so
        a mass within a factor of 300 of both needs no median.
        """
        if len(self.masses_g) < ENOUGH:
            return None
        if mass_g < JUMP_RATIO * self._low_g and JUMP_RATIO * mass_g > self._high_g:
            return None
        usual_g = float(median(self.masses_g))
        if mass_g >= JUMP_RATIO * usual_g or JUMP_RATIO * mass_g <= usual_g:
            return usual_g
        return None
