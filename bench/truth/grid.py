"""The grid: which weather, which defects and which tests stand together in a session."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

Family: TypeAlias = Literal["calm", "weather", "defect", "both"]

# Where a kind's own request goes; "any" is weather that asks nobody where they go.
ROUTES: Mapping[str, str | None] = {
    "any": None,
    "get": "GET /booking/*",
    "put": "PUT /booking/*",
    "post": "POST /booking",
    "keyed": "POST /trading/orders",
    "list": "GET /booking",
    "login": "POST /users/login",
}
KINDS = tuple(kind for kind in ROUTES if kind != "any")
SHAPES = ("once", "burst", "10s", "60s", "always", "random")

# The catalogue's seconds of outages, which end by themselves.
_OUTAGES = {"E04": 3.0, "E05": 3.0, "E06": 3.0, "E39": 60.0}
# On a single route these are no weather: a slow route, or a credential that one route refuses.
_EVERYWHERE = frozenset(
    {
        *("E03", "E04", "E05", "E06", "E10", "E21", "E24"),
        *("E30", "E32", "E33", "E34", "E35", "E36", "E39"),
    }
)
# The wire knows no routes. It may hit a request of one kind, or a few of them; where it keeps
# hitting one kind and no other, the route is broken, which is a defect (D77, D95, D96).
_WIRE = frozenset(
    {
        *("E11", "E12", "E13", "E14", "E15", "E16"),
        *("E17", "E18", "E19", "E20", "E22", "E40"),
    }
)
_LASTING = ("10s", "60s", "always")
# One of two builds, one of three backends: whatever all of them do, the API does.
_ALTERNATING = {"E36": 2, "E40": 3}
_LONG = frozenset({"E34"})  # a credential that is revoked once is a defect
_FEW = ("E12", "E15", "E21", "E25", "E28", "E29", "E31", "E39")  # beside a defect, in short


@dataclass(frozen=True, slots=True, kw_only=True)
class Storm:
    """One weather of a session."""

    code: str
    shape: str
    kind: str = "any"
    chance: int = 0  # where in the session it begins
    pace: float = 1.0  # 1 for the catalogue's seconds, less for shorter ones
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def rule(self) -> dict[str, Any]:
        """The weather as the proxy wants it."""
        is_outage = self.code in _OUTAGES and self.shape != "always"
        when = self._outage() if is_outage else {**self._when(), "params": dict(self.params)}
        route = ROUTES[self.kind]
        return {"fault": self.code, **when, **({"route": route} if route else {})}

    def _outage(self) -> dict[str, Any]:
        """From some request on, because the clock runs while pytest starts; for so many seconds."""
        seconds = float(self.shape[:-1]) if self.shape in ("10s", "60s") else _OUTAGES[self.code]
        first = 2 + self.chance % 8
        begun: dict[str, Any] = {"nth": first}
        if self.shape == "random":
            begun = {"rate": 0.02}
        elif self.shape == "burst":
            begun = {"burst": {"first": first, "count": 3}}
        return {**begun, "params": {"seconds": seconds * self.pace}}

    def _when(self) -> dict[str, Any]:
        first = 1 + self.chance % (8 if self.kind == "any" else 3)
        match self.shape:
            case shape if shape in _LASTING and self.code in _ALTERNATING:
                return {"every": _ALTERNATING[self.code]}
            case "once":
                return {"nth": first}
            case "burst":
                return {"burst": {"first": first, "count": 3}}
            case "10s" | "60s":
                seconds = float(self.shape[:-1]) * self.pace
                return {"window": {"from": self.chance % 8 / 16, "for": seconds}}
            case shape:
                return {"shape": shape}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One session: what happens to it, and the tests that it runs, in their order.

    The defect of `switch` is on all the time; without one, each of the `witnesses` has its own
    while it runs.
    """

    name: str
    family: Family
    tests: tuple[str, ...]
    turns: int = 1
    seed: int = 0
    storms: tuple[Storm, ...] = ()
    switch: str = ""
    witnesses: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def plan(self) -> dict[str, Any]:
        """The weather as the proxy wants it."""
        return {"rules": [storm.rule for storm in self.storms], "seed": self.seed}

    @property
    def host(self) -> str:
        """What the client calls the proxy: by a name where the IPv6 address is the weather."""
        return "localhost" if any(storm.code == "E04" for storm in self.storms) else "127.0.0.1"

    @property
    def is_faulty(self) -> bool:
        """Whether the API has a defect at any time."""
        return bool(self.witnesses)

    def defect_of(self, test: str) -> str:
        """The defect that the API has while the test runs."""
        return self.switch.partition(":")[0] or self.witnesses.get(test, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """What there is to choose from: weather, defects with their witnesses, and good requests.

    `variants` are the parameters that a weather may have, `switches` what turns a defect on, and
    `glimpses` tests of one call each, which meet a defect now and then.
    """

    weathers: Sequence[str]
    variants: Mapping[str, Sequence[Mapping[str, Any]]]
    switches: Mapping[str, str]
    witnesses: Mapping[str, Sequence[str]]
    glimpses: Mapping[str, Sequence[str]]
    routes: Sequence[str]

    @property
    def defects(self) -> Sequence[str]:
        """The defects that have a witness."""
        return sorted(self.witnesses)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """The cells of a run, drawn from a catalogue by a seed."""

    catalogue: Catalogue
    seed: int = 0
    turns: int = 4

    def calm(self, count: int) -> Iterator[Cell]:
        """Correct runs in which nothing happens."""
        for number in range(count):
            yield self._correct(f"calm/{number}", "calm", ())

    def weather(self, storm: Storm, *, number: int = 0) -> Cell:
        """A correct API in this weather."""
        name = f"{storm.code}/{storm.shape}/{storm.kind}/{number}"
        # An outage that never ends is not worth waiting for, however long one waits.
        settings = {} if storm.shape != "always" else {"REDHANDED_REQUEUE__SECONDS": "2"}
        return self._correct(name, "weather", (storm,), settings=settings)

    def shaped(self, code: str, shape: str, pace: float) -> Cell:
        """A correct API in this weather, wherever a request goes."""
        return self.weather(self._storm(code, shape, "any", pace))

    def weathers(self, shapes: Iterable[str], kinds: Iterable[str], pace: float) -> Iterator[Cell]:
        """Each weather in each of these shapes, on each of these kinds that it can choose."""
        kinds = tuple(kinds)
        for code in self.catalogue.weathers:
            for shape in self._shapes(code, shapes):
                for kind in kinds:
                    if kind == "any" or _chooses(code, shape):
                        yield self.weather(self._storm(code, shape, kind, pace))

    def drawn(self, each: int, pace: float) -> Iterator[Cell]:
        """Each weather in so many shapes and kinds as the seed has it, all of them used evenly."""
        chance = random.Random(f"{self.seed}/weather")
        for code in self.catalogue.weathers:
            possible = self._shapes(code, SHAPES)
            shapes = chance.sample(possible, k=min(each, len(possible)))
            for number, shape in enumerate(shapes):
                is_choosing = number % 2 and _chooses(code, shape)
                kind = chance.choice(KINDS) if is_choosing else "any"
                yield self.weather(self._storm(code, shape, kind, pace), number=number + 1)

    def defects(self, codes: Iterable[str] | None = None, *, number: int = 0) -> Iterator[Cell]:
        """Each of these defects alone."""
        for code in self.catalogue.defects if codes is None else codes:
            yield self._faulty(f"{code}/{number}", "defect", code, ())

    def glimpses(self, turns: int) -> Iterator[Cell]:
        """Each defect that comes and goes, before tests of one call each."""
        for code, tests in self.catalogue.glimpses.items():
            names = [test.partition("[")[0] for test in tests]
            found = [f"{name}[{turn}]" for name in names for turn in range(turns)]
            cell = self._faulty(f"{code}/glimpse", "defect", code, (), witnesses=found)
            yield replace(cell, turns=turns)

    def batches(self, size: int, shape: str = "", pace: float = 1.0) -> Iterator[Cell]:
        """The defects one after another, so many in a session; in a weather where a shape is given.

        A session costs more than its tests, so the short form has few of them.
        """
        chance = random.Random(f"{self.seed}/batches/{shape}")
        codes = list(self.catalogue.defects)
        chance.shuffle(codes)
        choice = self._few()
        for number, start in enumerate(range(0, len(codes), size)):
            storms: tuple[Storm, ...] = ()
            if shape:
                weather = choice[number % len(choice)]
                storms = (self._storm(weather, shape, "any", pace, salt=str(number)),)
            name = f"batch/{number}/{shape or 'calm'}"
            yield self._batch(name, codes[start : start + size], storms)

    def _few(self) -> list[str]:
        return [code for code in _FEW if code in self.catalogue.weathers]

    def both(self, each: int, pace: float, *, codes: Sequence[str] = ()) -> Iterator[Cell]:
        """Each of these defects in so many weathers."""
        chance = random.Random(f"{self.seed}/both")
        choice = self._few()
        if each > len(choice):
            choice = list(self.catalogue.weathers)
        for code in codes or self.catalogue.defects:
            for weather in chance.sample(choice, k=min(each, len(choice))):
                shape = chance.choice(("once", "burst", "10s", "random"))
                storm = self._storm(weather, shape, "any", pace, salt=code)
                yield self._faulty(f"{code}/{weather}/{shape}", "both", code, (storm,))

    def _storm(self, code: str, shape: str, kind: str, pace: float, *, salt: str = "") -> Storm:
        chance = random.Random(f"{self.seed}/{code}/{shape}/{kind}/{salt}").randrange(1 << 16)
        variants = self.catalogue.variants.get(code) or [{}]
        params = variants[chance % len(variants)]
        return Storm(code=code, shape=shape, kind=kind, chance=chance, pace=pace, params=params)

    @staticmethod
    def _shapes(code: str, shapes: Iterable[str]) -> list[str]:
        return [each for each in shapes if code not in _LONG or each in _LASTING]

    def _correct(
        self,
        name: str,
        family: Family,
        storms: tuple[Storm, ...],
        *,
        settings: Mapping[str, str] | None = None,
    ) -> Cell:
        chance = random.Random(f"{self.seed}/{name}")
        # In weather that never clears each test takes all the time that it is given.
        lasts = any(storm.shape == "always" for storm in storms)
        turns = min(self.turns, 2) if lasts else self.turns
        tests = [f"test_correct.py::test_{kind}[{turn}]" for kind in KINDS for turn in range(turns)]
        chance.shuffle(tests)
        return Cell(
            name=name,
            family=family,
            tests=tuple(tests),
            turns=self.turns,
            seed=chance.randrange(1 << 16),
            storms=storms,
            settings=settings or {},
        )

    def _faulty(
        self,
        name: str,
        family: Family,
        code: str,
        storms: tuple[Storm, ...],
        *,
        witnesses: Sequence[str] = (),
    ) -> Cell:
        witnesses = witnesses or self.catalogue.witnesses[code]
        return Cell(
            name=name,
            family=family,
            tests=(*self._good(), *witnesses),
            seed=random.Random(f"{self.seed}/{name}").randrange(1 << 16),
            storms=storms,
            switch=self.catalogue.switches[code],
            witnesses=dict.fromkeys(witnesses, code),
        )

    def _batch(self, name: str, codes: Sequence[str], storms: tuple[Storm, ...]) -> Cell:
        witnesses = {test: code for code in codes for test in self.catalogue.witnesses[code]}
        return Cell(
            name=name,
            family="both" if storms else "defect",
            tests=(*self._good(), *witnesses),
            seed=random.Random(f"{self.seed}/{name}").randrange(1 << 16),
            storms=storms,
            witnesses=witnesses,
        )

    def _good(self) -> tuple[str, ...]:
        """Tests that hold, one of each kind and on each route."""
        return (*self.catalogue.routes, *(f"test_correct.py::test_{kind}[0]" for kind in KINDS))


def _chooses(code: str, shape: str) -> bool:
    """Whether a weather of this shape may hit one kind of request and spare the others."""
    return code not in _EVERYWHERE and not (code in _WIRE and shape in _LASTING)
