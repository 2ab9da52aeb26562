"""A rule at work: what it has seen so far, and whom it strikes next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from redhanded.lab.weather.faults.fault import Fault
from redhanded.lab.weather.plan import Rule
from redhanded.lab.weather.route import Route
from redhanded.lab.weather.shapes import Moment, Shape, luck
from redhanded.lab.weather.strike import Strike


@dataclass(slots=True)
class Front:
    """Counts the requests that match a rule and says which of them the fault strikes.

    The answer depends on the seed, the rule's place and the request's number; on time only where
    the rule speaks of time.
    """

    place: int
    rule: Rule
    seed: int
    clock: Callable[[], float]
    fault: Fault = field(init=False)
    shape: Shape = field(init=False)
    route: Route = field(init=False)
    memory: dict[str, int] = field(default_factory=dict)
    seen: int = 0
    struck: int = 0
    _start: float = field(init=False)
    _first: float | None = None

    def __post_init__(self) -> None:
        self.fault, self.shape = self.rule.weather(), self.rule.when()
        self.route, self._start = self.rule.where(), self.clock()

    def draw(self) -> Strike | None:
        """Takes the next number; the strike, where that number is struck."""
        is_struck = self.strikes_next()
        self.seen += 1
        if self._first is None:
            self._first = self.clock()
        if not is_struck:
            return None
        self.struck += 1
        return self.strike(self.seen)

    def strike(self, number: int) -> Strike:
        """The strike of this number."""
        return Strike(
            code=self.fault.code,
            rule=self.place,
            number=number,
            shape=self.rule.shape_name(),
            seed=self.seed,
        )

    def give_back(self) -> None:
        """Takes back the last strike: the request could not be struck, and does not count."""
        self.seen -= 1
        self.struck -= 1

    def strikes_next(self) -> bool:
        """Whether the next number will be struck."""
        if self.rule.max is not None and self.struck >= self.rule.max:
            return False
        now = self.clock()
        number = self.seen + 1
        return self.shape.holds(
            Moment(
                number=number,
                luck=luck(self.seed, self.place, number),
                since_start=now - self._start,
                since_first=0.0 if self._first is None else now - self._first,
            )
        )
