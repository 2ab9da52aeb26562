"""The sampler: which answers of a test count for an objective, and which of them are bad."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from redhanded.core.attempt import Attempt, Phase
from redhanded.core.events import Event, Sampled
from redhanded.core.settings import Diagnosis, Objective, Settings
from redhanded.pipeline.call import Call
from redhanded.session.sampler import Sampler
from redhanded.verdict.almanac import Almanac
from tests.verdict.answers import answered, call, lost

HOME = "http://127.0.0.1:8000"
ORDER = f"{HOME}/orders/7"
ROUTE = "GET /orders/{id}"
START = 1_700_000_000.0
JSON = (b"Content-Type", b"application/json")
STAMP = (JSON, (b"X-Build", b"7f3c"))
PAGE = ((b"Content-Type", b"text/html"),)
P95 = {ROUTE: Objective(p95=0.3)}
ERRORS = {ROUTE: Objective(errors=0.01)}


def taking(seconds: float, status: int = 200, url: str = ORDER, **facts: object) -> Attempt:
    """An answer that began so many seconds after the request was out."""
    marks = ((Phase.WAIT, 0.0), (Phase.READ, seconds), (Phase.DONE, seconds))
    ordinary = {
        "marks": marks,
        "elapsed": seconds,
        "url": url,
        "raw_response_headers": STAMP,
        "started_at": START,
    }
    return answered(status, **ordinary | facts)


def in_turn(marks: str) -> list[Attempt]:
    """Answers that come one after the other, a letter each: `L` late, `q` quick; another's: `o`."""
    answers: list[Attempt] = []
    at = START
    for mark in marks:
        url = f"{HOME}/quotes" if mark in "oO" else ORDER
        answers.append(taking(0.9 if mark.isupper() else 0.1, url=url, started_at=at))
        at += answers[-1].elapsed
    return answers


@dataclass
class Api:
    """What knows the API in a test: its canaries take so many seconds, or are not answered."""

    canary: float | None = 0.001
    allowed: int = 1000
    at: float = START
    almanac: Almanac = field(default_factory=lambda: Almanac(declared=(ROUTE,)))
    home: str = HOME
    asked: list[str] = field(default_factory=list)

    def may_ask(self) -> bool:
        return len(self.asked) < self.allowed

    def look(self, test_id: str) -> Attempt | None:
        self.asked.append(test_id)
        if self.canary is None:
            return None
        return taking(self.canary, url=f"{HOME}/health", started_at=self.at)


@dataclass
class Taken:
    """What a sampler told, and the means to feed it."""

    objectives: Mapping[str, Objective]
    api: Api = field(default_factory=Api)
    diagnosis: Diagnosis = field(default_factory=Diagnosis)
    stall: float = 0.0
    samples: list[Sampled] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        settings = Settings(objectives=self.objectives, diagnosis=self.diagnosis)
        self.sampler = Sampler(
            settings,
            self.api,
            stall=lambda _began, _ended: self.stall,
            mask=lambda text: text.replace("secret", "***"),
            emit=self._emit,
            note=self.notes.append,
        )

    def _emit(self, event: Event) -> None:
        assert isinstance(event, Sampled)
        self.samples.append(event)

    def of(self, *calls: Call, own: Objective | None = None) -> Taken:
        """This, after a test with these calls."""
        self.sampler.sample("test_it", calls, own)
        return self

    def of_answers(self, *attempts: Attempt) -> Taken:
        """This, after a test with a call for each of these answers."""
        return self.of(*map(call, attempts))

    @property
    def builds(self) -> list[str]:
        """The build of each sample."""
        return [one.build for one in self.samples]

    @property
    def told(self) -> list[tuple[str, bool]]:
        """The measure of each sample, and whether it is bad."""
        return [(one.measure, one.is_bad) for one in self.samples]


def test_a_quick_answer_is_a_good_sample() -> None:
    """All of it is told: which operation, how long the server took, on which build."""
    taken = Taken(P95).of_answers(taking(0.2, started_at=50.0))

    assert taken.samples == [
        Sampled(
            test_id="test_it",
            operation=ROUTE,
            measure="p95",
            limit=0.3,
            at=50.0,
            seconds=0.2,
            is_bad=False,
            build="7f3c",
        )
    ]
    assert taken.api.asked == []


def test_a_slow_answer_beside_a_quick_canary_is_bad() -> None:
    """INVARIANT: the environment was well: the time is the server's."""
    taken = Taken(P95).of_answers(taking(0.9))

    assert taken.told == [("p95", True)]
    assert taken.api.asked == ["test_it"]


@pytest.mark.parametrize(
    "canary", [pytest.param(0.6, id="slow"), pytest.param(None, id="not-answered")]
)
def test_a_slow_answer_beside_a_slow_canary_does_not_count(canary: float | None) -> None:
    """INVARIANT: a slow machine is not held against the API; its quick answers count."""
    taken = Taken(P95, Api(canary)).of_answers(taking(0.9), taking(0.1))

    assert taken.told == [("p95", False)]
    assert taken.notes == []


def test_one_canary_is_asked_for_all_slow_answers_of_a_test() -> None:
    """It tells of the moment after them."""
    taken = Taken(P95).of_answers(*[taking(0.9)] * 5)

    assert taken.told == [("p95", True)] * 5
    assert len(taken.api.asked) == 1


def test_each_slow_answer_is_held_against_the_canary_by_itself() -> None:
    """A canary of half a second is quick beside five, and slow beside one second."""
    taken = Taken(P95, Api(0.5)).of_answers(taking(0.9), taking(5.0))

    assert [one.seconds for one in taken.samples] == [5.0]


@pytest.mark.parametrize(
    "marks, gap, late",
    [
        pytest.param("LLLLLqqq", 0.01, 1, id="over-by-then"),
        pytest.param("LLLLLqqqLL", 0.01, 3, id="another-at-the-end"),
        pytest.param("LLLLL", 0.01, 5, id="until-the-canary"),
        pytest.param("LLLLL", 5.0, 1, id="long-before-the-canary"),
        pytest.param("LqLqLqL", 5.0, 4, id="one-by-one"),
        pytest.param("LOLOLOLO", 5.0, 2, id="one-of-each-operation"),
        pytest.param("LoLoLo", 5.0, 3, id="others-quick-between"),
        pytest.param("qqqL", 5.0, 1, id="once"),
    ],
)
def test_a_spell_within_a_test_counts_once(marks: str, gap: float, late: int) -> None:
    """INVARIANT: late answers without a quick one between, over when the canary is asked, are one.

    A test that polls through slow weather is no proof against the API.
    """
    answers = in_turn(marks)
    end = answers[-1].started_at + answers[-1].elapsed

    taken = Taken({"*": Objective(p95=0.3)}, Api(at=end + gap)).of_answers(*answers)

    assert sum(one.is_bad for one in taken.samples) == late
    assert sum(not one.is_bad for one in taken.samples) == sum(map(str.islower, marks))


def test_answers_are_looked_at_in_the_order_of_time() -> None:
    """Calls at once are noted as they began or ended."""
    spell = in_turn("LLLq")

    taken = Taken(P95, Api(at=START + 60)).of_answers(*reversed(spell))

    assert taken.told == [("p95", True), ("p95", False)]


def test_the_runner_and_the_way_are_taken_off() -> None:
    """Only what the server itself took counts."""
    taken = Taken(P95, stall=0.4)
    connected = ((Phase.CONNECT, 0.0), (Phase.SEND, 0.25))
    taken.api.almanac.note("test_before", taking(0.1, marks=connected))

    taken.of_answers(taking(0.9))

    assert taken.told == [("p95", False)]
    assert taken.samples[0].seconds == pytest.approx(0.25)


@pytest.mark.parametrize(
    "objective, told",
    [
        pytest.param(Objective(p95=0.3, p99=2.0), [("p95", True), ("p99", False)], id="both"),
        pytest.param(Objective(p99=0.5), [("p99", True)], id="p99"),
        pytest.param(Objective(p95=0.3, errors=0.1), [("errors", False), ("p95", True)], id="all"),
    ],
)
def test_each_measure_has_its_samples(objective: Objective, told: list[tuple[str, bool]]) -> None:
    """One answer is a sample of each promise."""
    assert Taken({ROUTE: objective}).of_answers(taking(0.9)).told == told


@pytest.mark.parametrize(
    "attempt, told",
    [
        pytest.param(taking(0.1), [False], id="200"),
        pytest.param(taking(0.1, 404), [False], id="404"),
        pytest.param(taking(0.1, 500), [True], id="500"),
        pytest.param(taking(0.1, 500, raw_response_headers=(JSON,)), [True], id="500-unstamped"),
        pytest.param(taking(0.1, 500, raw_response_headers=PAGE), [], id="500-a-gateways-page"),
        pytest.param(taking(0.1, 503), [True], id="503-stamped"),
        pytest.param(taking(0.1, 503, raw_response_headers=(JSON,)), [], id="503-of-a-gateway"),
        pytest.param(taking(0.1, 429, raw_response_headers=(JSON,)), [], id="429"),
        pytest.param(taking(0.1, 401), [], id="401"),
        pytest.param(lost("read_timeout", url=ORDER), [], id="no-answer"),
        pytest.param(taking(0.1, purpose="auth"), [], id="a-login"),
        pytest.param(taking(0.1, 500, url="http://127.0.0.1:9/orders/7"), [], id="another-origin"),
    ],
)
def test_errors_are_the_apis_own(attempt: Attempt, told: list[bool]) -> None:
    """INVARIANT: what a gateway or the network did is no error of the API's."""
    taken = Taken(ERRORS).of_answers(attempt)

    assert taken.told == [("errors", is_bad) for is_bad in told]
    assert taken.api.asked == []


@pytest.mark.parametrize(
    "status", [pytest.param(500, id="error"), pytest.param(503, id="unavailable-stamped")]
)
def test_the_time_of_an_error_says_nothing(status: int) -> None:
    """A quick 500 keeps no promise of quick answers."""
    assert Taken(P95).of_answers(taking(0.01, status)).told == []


def test_only_the_first_attempt_of_a_call_counts() -> None:
    """What came after a retry is told by the retry."""
    retried = call(lost("refused", url=ORDER), taking(0.9, number=2))

    assert Taken(P95).of(retried).told == []


def test_a_stream_is_no_sample() -> None:
    """How long it takes is its consumer's doing."""
    assert Taken(P95).of(call(taking(0.9), streams=True)).told == []


def test_a_call_without_an_attempt_is_no_sample() -> None:
    """The circuit was open, say."""
    assert Taken(P95).of(call()).told == []


@pytest.mark.parametrize(
    "routes, limit",
    [
        pytest.param({"*": 1.0, ROUTE: 0.3}, 0.3, id="a-named-route-first"),
        pytest.param({"*": 1.0, "POST /orders/{id}": 0.3}, 1.0, id="every-other"),
        pytest.param({"GET /quotes": 0.3}, None, id="none"),
    ],
)
def test_a_call_is_held_to_the_objective_of_its_route(
    routes: dict[str, float], limit: float | None
) -> None:
    """As ceilings are."""
    objectives = {route: Objective(p95=seconds) for route, seconds in routes.items()}

    taken = Taken(objectives).of_answers(taking(0.1))

    assert [one.limit for one in taken.samples] == ([] if limit is None else [limit])


def test_routes_begin_below_the_base_url() -> None:
    """As a user writes them."""
    api = Api(almanac=Almanac(declared=(ROUTE,), below="/v1"))

    taken = Taken(P95, api).of_answers(taking(0.1, url=f"{HOME}/v1/orders/7"))

    assert [one.operation for one in taken.samples] == [ROUTE]


def test_the_tests_own_objective_stands_in_place_of_the_settings() -> None:
    """For whatever it calls."""
    own = Objective(p99=2.0)
    quotes = taking(0.1, url=f"{HOME}/quotes")

    taken = Taken(P95).of(call(taking(0.9)), call(quotes), own=own)

    assert [(one.operation, one.measure, one.limit) for one in taken.samples] == [
        (ROUTE, "p99", 2.0),
        ("GET /quotes", "p99", 2.0),
    ]


def test_without_objectives_nothing_is_looked_at() -> None:
    """INVARIANT: whoever declares none pays nothing: the calls are not even gone through."""

    class Untouchable(list[Call]):
        def __iter__(self) -> object:  # type: ignore[override]
            raise AssertionError("looked at")

    taken = Taken({})

    taken.sampler.sample("test_it", Untouchable([call(taking(0.9))]))

    assert taken.samples == []


@pytest.mark.parametrize(
    "allowed, diagnosis",
    [
        pytest.param(0, Diagnosis(), id="budget-spent"),
        pytest.param(1, Diagnosis(enabled=False), id="diagnosis-off"),
        pytest.param(1, Diagnosis(floor=0, share=0.0), id="no-budget"),
    ],
)
def test_where_no_canary_may_be_asked_no_time_counts(allowed: int, diagnosis: Diagnosis) -> None:
    """INVARIANT: to drop only slow answers would make any API look quick; a note says so."""
    taken = Taken(P95, Api(allowed=allowed), diagnosis)

    taken.of_answers(taking(0.1)).of_answers(taking(0.9))

    assert taken.told == []
    assert len(set(taken.notes)) == 1
    assert "no canary could be asked beside them" in taken.notes[0]
    assert taken.api.asked == []


def test_half_of_the_budget_is_left_to_diagnosis() -> None:
    """Slow answers do not use up what a failure is looked into with."""
    taken = Taken(P95, diagnosis=Diagnosis(floor=10, share=0.0))

    for _ in range(20):
        taken.of_answers(taking(0.9))

    assert len(taken.api.asked) == len(taken.samples) == 5


def test_errors_count_without_a_canary() -> None:
    """A whole answer of the API's own is proof by itself."""
    taken = Taken(ERRORS, diagnosis=Diagnosis(enabled=False)).of_answers(taking(0.1, 500))

    assert taken.told == [("errors", True)]
    assert taken.notes == []


def test_an_answer_without_a_build_is_of_the_last_one_named() -> None:
    """Some answers of an API name it and some do not."""
    unnamed = taking(0.1, raw_response_headers=(JSON,))
    other = taking(0.1, raw_response_headers=(JSON, (b"X-Build", b"8a00")))

    taken = Taken(P95).of_answers(unnamed, taking(0.1), unnamed, other, unnamed)

    assert taken.builds == ["", "7f3c", "7f3c", "8a00", "8a00"]


def test_secrets_in_paths_and_builds_are_masked() -> None:
    """INVARIANT: an event can be written down by whoever receives it."""
    headers = (JSON, (b"X-Build", b"secret"))
    told = taking(0.1, url=f"{HOME}/reset/secret", raw_response_headers=headers)

    taken = Taken({"*": Objective(p95=0.3)}).of_answers(told)

    assert [(one.operation, one.build) for one in taken.samples] == [("GET /reset/***", "***")]
