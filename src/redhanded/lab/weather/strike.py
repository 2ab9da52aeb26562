"""One strike of a rule."""

from __future__ import annotations

from dataclasses import dataclass

from redhanded.lab.weather.shapes import luck


@dataclass(frozen=True, slots=True, kw_only=True)
class Strike:
    """A fault, the place of its rule, and the number of the request or connection it strikes."""

    code: str
    rule: int
    number: int
    shape: str
    seed: int

    def luck(self, salt: str) -> float:
        """A number from 0 to 1 that depends on the seed, the rule, the number and the salt."""
        return luck(self.seed, self.rule, self.number, salt=salt)

    def known(self) -> dict[str, object]:
        """The strike as the log names it."""
        return {"code": self.code, "rule": self.rule, "n": self.number, "shape": self.shape}
