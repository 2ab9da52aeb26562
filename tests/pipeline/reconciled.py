"""A write through look-ups, retries and ledger, with time in hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2

from redhanded.core.settings import Lookup
from redhanded.pipeline.call import Call
from redhanded.pipeline.correlation import Correlation
from redhanded.pipeline.flow import Close, Flow, Send, Sleep, compose
from redhanded.pipeline.lookup import Lookups, SentTags
from redhanded.pipeline.observe import Observe
from redhanded.pipeline.origin import Origins
from redhanded.pipeline.reconcile import Reconcile
from redhanded.pipeline.retry import Retry
from redhanded.pipeline.routes import Routes
from tests.pipeline.driving import Driven, FakeClock, at_wire, drive, open_call, request, response
from tests.pipeline.failures import FAILURES, Outcome

TAG = "t-1"
ORDERS = {"POST /orders": Lookup(find="GET /orders?tag={$.tag}", at="$.items")}
LOST = FAILURES["closed_fresh"]
# The looks of the five seconds that are the default, with the pauses before them.
PAUSES = [0.1, 0.2, 0.4, 0.8, 1.6, 1.9]
CREATED = 201


def order(path: str = "/orders", **options: Any) -> httpx2.Request:  # noqa: ANN401  httpx2's
    """A write that carries its tag."""
    return request("POST", path, **({"json": {"tag": TAG}} | options))


def says(status: int, **options: Any) -> Outcome:  # noqa: ANN401  httpx2's
    """A new answer whenever it is asked for."""
    return lambda _: response(status, **options)


def finds(count: int, *, tag: str = TAG) -> Outcome:
    """So many orders with the tag."""
    return says(200, json={"items": [{"id": number, "tag": tag} for number in range(count)]})


def ids(count: int) -> Outcome:
    """So many orders, of which the list shows only the ids."""
    return says(200, json={"items": [{"id": number} for number in range(count)]})


NOTHING = [finds(0)] * len(PAUSES)


@dataclass(slots=True)
class Written:
    """A write on its way, which has so many seconds."""

    asked: httpx2.Request = field(default_factory=order)
    lookups: Mapping[str, Lookup] = field(default_factory=lambda: ORDERS)
    deadline: float = 30.0
    tokens: float = 100.0
    keyed: Routes = field(default_factory=Routes)
    retry: dict[str, Any] = field(default_factory=dict)
    sent: SentTags = field(default_factory=SentTags)
    clock: FakeClock = field(default_factory=FakeClock)
    call: Call = field(init=False)

    def __post_init__(self) -> None:
        origins = Origins(self.clock.monotonic, tokens=self.tokens)
        self.call = open_call(self.asked, clock=self.clock, origins=origins)
        self.call.deadline = self.clock.monotonic() + self.deadline

    def by(self, *outcomes: Any) -> Driven:  # noqa: ANN401  what `drive` takes
        """What comes of it when its attempts and look-ups end so, one after the other."""
        return drive(self.flow(), outcomes, clock=self.clock)

    def flow(self) -> Flow:
        """Its way, not yet gone."""
        now, keyed = self.clock.monotonic, self.keyed
        way = compose(
            Reconcile(
                now=now,
                lookups=Lookups.of(self.lookups, below=""),
                keyed=keyed,
                sent=self.sent,
            ),
            Retry(now=now, random=lambda: 1.0, keyed=keyed, **self.retry),
            Correlation(lambda size: b"\x07" * size),
            Observe(self.clock),
            last=at_wire,
        )
        return way(self.asked)

    @property
    def note(self) -> str:
        """What was noted last on the attempt made last."""
        return self.call.attempts[-1].notes[-1]


def steps(driven: Driven) -> list[str | float]:
    """The effects in short: the method of a request, the seconds of a pause, or "close"."""
    short: list[str | float] = []
    for effect in driven.effects:
        match effect:
            case Send(request=sent):
                short.append(str(sent.method))
            case Sleep(seconds=seconds):
                short.append(round(seconds, 3))
            case Close():
                short.append("close")
    return short


def looks(count: int) -> list[str | float]:
    """The steps of so many look-ups."""
    return [step for pause in PAUSES[:count] for step in (pause, "GET")]
