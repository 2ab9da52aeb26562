"""Episodes: what really happened to a test, beside what it was said to mean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bench.truth.grid import Cell
from bench.truth.logs import Arrival, Logs, Strike
from bench.truth.results import GREEN, RED, Evidence, Round, Seen

# What the test's own request is, without which a green says nothing.
_DECISIVE = {
    "get": ("GET", "/booking/"),
    "put": ("PUT", "/booking/"),
    "post": ("POST", "/booking"),
    "keyed": ("POST", "/trading/orders"),
    "list": ("GET", "/booking"),
    "login": ("POST", "/users/login"),
}
_LEAD = 0.05  # seconds by which two processes may disagree about a moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """One test of one session.

    `weather` is what was really served to it, `is_fresh` whether in its last round. `served` counts
    wrong answers of the defect, and `is_sure` tells that one came through the weather. `arrivals`
    counts its own requests that the API answered, None where the suite does not say which.
    `spooled` is the verdict of its last round in the evidence, empty where there is none.
    """

    cell: str
    family: str
    shape: str
    test: str
    got: str
    told: str = ""
    spooled: str = ""
    weather: tuple[str, ...] = ()
    is_fresh: bool = False
    defect: str = ""
    wanted: str = ""
    is_intermittent: bool = False
    is_witness: bool = False
    served: int = 0
    is_sure: bool = False
    arrivals: int | None = None
    seconds: float = 0.0
    rounds: int = 0

    @property
    def is_red(self) -> bool:
        """Whether the test blocks."""
        return self.got in RED

    @property
    def is_false_red(self) -> bool:
        """Whether it blocks although no defect was served to it."""
        return self.is_red and not self.served

    @property
    def is_masked(self) -> bool:
        """Whether a witness is green although the wrong answer reached it."""
        return self.is_witness and self.is_sure and self.got in GREEN

    @property
    def is_unsound(self) -> bool:
        """Whether it is green although the API never answered its own request."""
        return self.got in GREEN and self.arrivals == 0

    @property
    def is_contradicted(self) -> bool:
        """Whether the evidence says something else than the report."""
        return (
            self.spooled != "" and self.got != "missing" and _tone(self.spooled) != _tone(self.got)
        )

    @property
    def accepted(self) -> tuple[str, ...]:
        """The right verdicts, the one that is looked for first."""
        if self.is_witness and self.served:
            return (self.wanted, "inconclusive") if self.is_fresh else (self.wanted,)
        if not self.weather:
            return ("pass",) if self.family in ("calm", "defect") else ("pass", *_WEATHERED)
        return ("inconclusive", "recovered", "pass") if self.shape == "always" else _WEATHERED

    @property
    def expected(self) -> str:
        """The row of the confusion table: the verdict where it is right, else the wanted one."""
        return self.got if self.got in self.accepted else self.accepted[0]


def _tone(verdict: str) -> str:
    """The verdict; all greens are one."""
    return "green" if verdict in GREEN else verdict


_WEATHERED = ("recovered", "pass", "inconclusive")


@dataclass(frozen=True, slots=True, kw_only=True)
class Nature:
    """What a defect must end as, and whether it comes and goes."""

    verdict: str
    is_intermittent: bool


def join(
    cell: Cell,
    seen: Mapping[str, Seen],
    evidence: Evidence,
    logs: Logs,
    natures: Mapping[str, Nature],
) -> Iterator[Episode]:
    """The episode of each test that the session was told to run; one that is missing says so."""
    for test in cell.tests:
        code = cell.defect_of(test)
        nature = natures.get(code)
        found = seen.get(test, Seen("missing"))
        rounds = evidence.rounds.get(test, [])
        met = [strike for strike in logs.strikes if _met(strike, test, rounds)]
        served = [
            each.route for each in logs.servings if each.episode == test and each.code == code
        ]
        yield Episode(
            cell=cell.name,
            family=cell.family,
            shape=cell.storms[0].shape if cell.storms else "",
            test=test,
            got=found.verdict,
            told=found.told[:200],
            spooled=rounds[-1].verdict if rounds else "",
            weather=tuple(sorted({strike.code for strike in met})),
            is_fresh=any(_met(strike, test, rounds[-1:]) for strike in met),
            defect=code,
            wanted=nature.verdict if nature else "",
            is_intermittent=bool(nature and nature.is_intermittent),
            is_witness=test in cell.witnesses,
            served=len(served),
            is_sure=_came_through(served, met),
            arrivals=_arrivals(test, logs.arrivals),
            seconds=rounds[-1].ended - rounds[0].began if rounds else 0.0,
            rounds=len(rounds),
        )


def _met(strike: Strike, test: str, rounds: Sequence[Round]) -> bool:
    """Whether the strike hit the test's own request, or something that it waited for.

    A strike that names no test, such as an outage or a struck login, counts for whoever was
    under way; without evidence of rounds nobody knows when that was.
    """
    if strike.episode not in (None, test):
        return False
    during = any(
        each.began - _LEAD <= strike.until and strike.at <= each.ended + _LEAD for each in rounds
    )
    return during or (strike.episode == test and not rounds)


def _came_through(served: Sequence[tuple[str, str]], met: Sequence[Strike]) -> bool:
    """Whether more wrong answers were served on some route than weather could have eaten."""
    eaten = Counter(strike.route for strike in met if strike.route)
    outage = sum(strike.route is None for strike in met)
    return any(count > eaten[route] + outage for route, count in Counter(served).items())


def _arrivals(test: str, arrivals: Sequence[Arrival]) -> int | None:
    kind = test.partition("::test_")[2].partition("[")[0]
    if not test.startswith("test_correct.py") or kind not in _DECISIVE:
        return None
    method, path = _DECISIVE[kind]
    return sum(
        each.episode == test
        and each.status is not None
        and each.route[0] == method
        and (each.route[1].startswith(path) if path.endswith("/") else each.route[1] == path)
        for each in arrivals
    )
