"""A call through retries and ledger alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import httpx2

from redhanded.pipeline.call import Call
from redhanded.pipeline.flow import compose
from redhanded.pipeline.load import Load
from redhanded.pipeline.observe import Observe
from redhanded.pipeline.origin import Origins
from redhanded.pipeline.retry import Retry
from redhanded.pipeline.routes import Routes
from tests.pipeline.driving import Driven, FakeClock, at_wire, drive, open_call, request
from tests.pipeline.failures import Outcome

KEYED = Routes.of(["POST /payments", "PATCH /payments"])


@dataclass(slots=True)
class Made:
    """A call through retries and ledger, with chance and time in hand."""

    asked: httpx2.Request = field(default_factory=request)
    random: float = 1.0
    deadline: float = 1_000.0
    tokens: float = 100.0
    rate: float | None = None
    options: dict[str, Any] = field(default_factory=dict)
    clock: FakeClock = field(default_factory=FakeClock)
    call: Call = field(init=False)

    def __post_init__(self) -> None:
        origins = Origins(self.clock.monotonic, load=lambda _: Load(self.rate), tokens=self.tokens)
        self.call = open_call(self.asked, clock=self.clock, origins=origins)
        self.call.deadline = self.clock.monotonic() + self.deadline

    def by(self, *outcomes: Outcome) -> Driven:
        """What comes of it when its attempts end so, one after the other."""
        retry = Retry(
            now=self.clock.monotonic, random=lambda: self.random, keyed=KEYED, **self.options
        )
        way = compose(retry, Observe(self.clock), last=at_wire)
        return drive(way(self.asked), outcomes, clock=self.clock)
