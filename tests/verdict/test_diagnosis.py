"""Diagnosis: which failures are the server's, by what was asked and what came of it."""

from __future__ import annotations

import errno
import os
from dataclasses import replace

import pytest

from redhanded.core.attempt import Attempt, Failure, Phase
from redhanded.core.verdicts import Finding, Verdict
from redhanded.pipeline.observe import WHOLE_DOCUMENT
from redhanded.pipeline.table import ROWS
from redhanded.verdict.arms import Arm, Situation
from redhanded.verdict.diagnosis import of_failure
from tests.verdict.answers import answered, lost
from tests.verdict.arms import HOME, World, own, situation

REPEATS = [
    row.key
    for row in ROWS.values()
    if row.repeats and row.number <= 23 and row.key != "unavailable_told"
]
GOOD = own(url=f"{HOME}/booking/8", id="good")


def failed(row: str, **facts: object) -> Attempt:
    """An attempt of that row: an answer of a gateway's, or none at all."""
    statuses = {"gateway": 502, "unavailable": 503, "unavailable_told": 503, "request_timeout": 408}
    if row in statuses:
        return answered(statuses[row], **{"row": row} | facts)
    return lost(row, **facts)


def found(world: World, around: Situation, *attempts: Attempt) -> Finding:
    """What the last of these attempts means in that world."""
    return world.finds(of_failure(attempts[-1], attempts, around))


@pytest.mark.parametrize("row", REPEATS)
def test_a_failure_that_repeats_beside_healthy_arms_is_the_servers(row: str) -> None:
    """INVARIANT: one input fails seven times, all else is well: caught red-handed."""
    world = World(target=[failed(row)], beside=[GOOD])

    finding = found(world, situation(GOOD), failed(row))

    assert (finding.verdict, finding.code) == (Verdict.DEFECT, ROWS[row].cause)
    assert world.counts() == {Arm.TARGET: 6, Arm.INPUT: 3, Arm.CANARY: 7, Arm.LOGIN: 0}
    assert "it failed 7 of 7 times, the canary was well 7 of 7 times" in finding.evidence[-1]
    assert finding.confidence == "near certain: by chance 1 in 3432"


@pytest.mark.parametrize("row", REPEATS)
def test_a_sick_canary_acquits(row: str) -> None:
    """INVARIANT: where the canary fails too it is weather, and nothing more is asked."""
    world = World(canary=[answered(503)])

    finding = found(world, situation(GOOD), failed(row))

    assert finding.verdict is Verdict.INCONCLUSIVE
    assert world.counts() == {Arm.TARGET: 0, Arm.INPUT: 0, Arm.CANARY: 1, Arm.LOGIN: 0}
    assert finding.evidence[-1] == "the canary is not well either (answered 503)"


@pytest.mark.parametrize("row", REPEATS)
@pytest.mark.parametrize("times", [0, 1, 5])
def test_one_answer_acquits(row: str, times: int) -> None:
    """INVARIANT: what passes, however late, was no fault of this request."""
    world = World(target=[*[failed(row)] * times, own()], beside=[GOOD])

    finding = found(world, situation(GOOD), failed(row))

    assert finding.verdict is Verdict.INCONCLUSIVE
    assert finding.evidence[-1].startswith(
        f"asked again, it answered 200 (failed {times + 1} times before)"
    )


@pytest.mark.parametrize("times", [1, 3, 6])
def test_a_canary_that_falls_ill_acquits(times: int) -> None:
    """INVARIANT: all canaries must be well, the last one too."""
    world = World(
        target=[failed("gateway")], beside=[GOOD], canary=[*[own()] * times, lost("refused")]
    )

    finding = found(world, situation(GOOD), failed("gateway"))

    assert finding.verdict is Verdict.INCONCLUSIVE
    assert finding.evidence[-1] == "the canary is not well either (connect: refused)"


def test_another_failure_than_before_acquits() -> None:
    """A server's fault fails in one way; weather in many."""
    world = World(target=[lost("refused")], beside=[GOOD])

    assert found(world, situation(GOOD), failed("gateway")).verdict is Verdict.INCONCLUSIVE


def test_a_route_whose_other_inputs_fail_as_well_is_out() -> None:
    """INVARIANT: T and I fail, C is well: the route is out, which is never red nor green."""
    world = World(target=[failed("gateway")], beside=[failed("gateway")])

    finding = found(world, situation(GOOD), failed("gateway"))

    assert (finding.verdict, finding.code) == (Verdict.INCONCLUSIVE, "route.outage")
    assert f"{HOME}/booking/8 answered 502 as well" in finding.evidence[-1]


def test_a_request_that_was_convicted_is_asked_once_more() -> None:
    """INVARIANT: ten tests of one broken request do not spend the budget of all others."""
    world, around = World(target=[failed("gateway")], beside=[GOOD]), situation(GOOD)
    found(world, around, failed("gateway"))
    asked = len(world.asked)

    finding = found(world, around, failed("gateway", id="another test's"))

    assert finding.verdict is Verdict.DEFECT
    assert len(world.asked) - asked == 4
    assert "it failed 9 of 9 times, the canary was well 9 of 9 times" in finding.evidence[-1]


def test_a_request_that_was_convicted_may_be_well_again() -> None:
    """INVARIANT: a conviction is no verdict on what comes later."""
    world = World(target=[*[failed("gateway")] * 6, own()], beside=[GOOD])
    around = situation(GOOD)
    found(world, around, failed("gateway"))

    assert found(world, around, failed("gateway")).verdict is Verdict.INCONCLUSIVE


def test_a_route_without_a_known_good_input_is_not_convicted() -> None:
    """Nobody can tell one bad input from a route that is out; it is asked once and no more."""
    world = World(target=[failed("gateway")])

    finding = found(world, situation(), failed("gateway"))

    assert (finding.verdict, finding.code) == (Verdict.INCONCLUSIVE, "route.outage")
    assert world.counts()[Arm.TARGET] == 1


def test_the_api_that_itself_says_it_cannot_is_convicted_by_its_health() -> None:
    """A leaked pool: a stamped 503 on every input, and a health endpoint that is well."""
    refused = own(503, row="unavailable")
    world = World(target=[refused], beside=[refused])

    assert found(world, situation(GOOD), refused).verdict is Verdict.DEFECT
    assert found(World(target=[refused]), situation(), refused).verdict is Verdict.DEFECT


def test_a_server_that_counts_its_bytes_wrong_is_convicted_on_every_input() -> None:
    """INVARIANT: what cuts an answer on its way does not end with a whole document."""
    short = lost("cut_after_headers", notes=(WHOLE_DOCUMENT,))

    assert found(World(target=[short], beside=[short]), situation(GOOD), short).verdict is (
        Verdict.DEFECT
    )
    assert found(World(target=[short]), situation(), short).verdict is Verdict.DEFECT


def test_patience_that_was_asked_for_is_given() -> None:
    """503 with Retry-After is the server's only when it lasts for half a minute."""
    refused = own(503, row="unavailable_told", started_at=100.0)
    around = situation(GOOD)
    world = World(target=[refused])

    early = found(world, around, refused)
    late = found(world, around, refused._replace(started_at=131.0))

    assert early.verdict is Verdict.INCONCLUSIVE
    assert "has had less than 30 s" in early.evidence[-1]
    assert late.verdict is Verdict.DEFECT


def test_a_hang_is_asked_again_with_less_patience() -> None:
    """A replay waits for twenty times what another input took, at least a second."""
    world = World(target=[lost("deadline")], beside=[GOOD])

    finding = found(world, situation(GOOD._replace(elapsed=0.2)), lost("read_timeout"))

    assert finding.verdict is Verdict.DEFECT
    assert {ask.seconds for ask in world.asked if ask.arm is Arm.TARGET} == {4.0}


@pytest.mark.parametrize(
    "row", sorted(key for key, row in ROWS.items() if not row.repeats and row.key != "expectation")
)
def test_rows_that_never_blame_the_server_ask_nothing(row: str) -> None:
    """What the table settles alone costs no request."""
    world = World()
    attempt = failed(row) if ROWS[row].number < 16 else answered(429, row=row)

    finding = found(world, situation(), attempt)

    assert world.asked == []
    assert finding.verdict is not Verdict.PASS


class TestUnsafeRequests:
    """A write is never replayed: its test is run again, and each round counts."""

    @pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE"])
    def test_a_write_is_never_asked_again(self, method: str) -> None:
        """INVARIANT: the canary is all that a write's diagnosis sends."""
        world = World()

        finding = found(world, situation(GOOD), lost("closed_fresh", method=method))

        assert world.counts() == {Arm.TARGET: 0, Arm.INPUT: 0, Arm.CANARY: 1, Arm.LOGIN: 0}
        assert finding.verdict is Verdict.INCONCLUSIVE

    @pytest.mark.parametrize("rounds", [1, 2, 3, 4])
    def test_a_write_alone_in_failing_is_convicted_in_the_last_round(self, rounds: int) -> None:
        """Four rounds, twenty other answers, and no other route that failed."""
        write = lost("closed_fresh", method="POST", call_id="now")
        others = [own(201, method="POST", call_id=f"c{number}") for number in range(20)]
        around = situation(*others)

        for number in range(rounds):
            again = World()
            finding = found(again, _in_round(around, number), write)

        assert finding.verdict is (Verdict.DEFECT if rounds == 4 else Verdict.INCONCLUSIVE)

    @pytest.mark.parametrize(
        "well_at, verdict",
        [(99.0, Verdict.INCONCLUSIVE), (101.0, Verdict.DEFECT)],
        ids=["before only", "in the meantime"],
    )
    def test_a_route_that_is_out_convicts_no_write(self, well_at: float, verdict: Verdict) -> None:
        """INVARIANT: seven failures convict where another call of the route was well meanwhile."""
        write = lost("gateway", method="POST", call_id="now", started_at=100.0)
        beside = own(201, method="POST", call_id="other", started_at=well_at)
        around = situation(beside)

        for number in range(3):
            finding = found(World(), _in_round(around, number), *[write] * 3)

        assert finding.verdict is verdict

    @pytest.mark.parametrize(
        "last_at, verdict", [(171.0, Verdict.INCONCLUSIVE), (172.0, Verdict.DEFECT)]
    )
    def test_time_tells_a_write_from_a_route_that_is_out(
        self, last_at: float, verdict: Verdict
    ) -> None:
        """Where no other test calls the route meanwhile, it must fail for longer than a deploy."""
        before = own(201, method="POST", started_at=50.0)
        around = situation(*[before._replace(call_id=f"c{number}") for number in range(20)])

        for number, at in enumerate((100.0, 101.0, 110.0, last_at)):
            write = lost("gateway", method="POST", call_id="now", started_at=at)
            finding = found(World(), _in_round(around, number, patience=72.0), write)

        assert finding.verdict is verdict
        assert around.almanac.in_need_of_time(4) == [100.0]
        assert around.almanac.in_need_of_time(3) == []

    @pytest.mark.parametrize("path", ["/users", "/booking/9"], ids=["another route", "the same"])
    def test_weather_beside_it_acquits_a_write(self, path: str) -> None:
        """INVARIANT: where other tests meet failures too, four rounds convict nobody."""
        write = lost("closed_fresh", method="POST", call_id="now")
        others = [own(201, method="POST", call_id=f"c{number}") for number in range(20)]
        around = situation(*others)
        around.almanac.note("test_other", lost("refused", url=HOME + path))

        findings = [found(World(), _in_round(around, number), write) for number in range(4)]

        assert {finding.verdict for finding in findings} == {Verdict.INCONCLUSIVE}

    def test_weather_that_was_over_before_acquits_nobody(self) -> None:
        """What others met counts from the first failure of the write on."""
        write = lost("closed_fresh", method="POST", call_id="now", started_at=100.0)
        others = [own(201, method="POST", call_id=f"c{number}") for number in range(20)]
        around = situation(*others)
        around.almanac.note("test_other", lost("refused", url=f"{HOME}/users", started_at=99.0))

        findings = [found(World(), _in_round(around, number), write) for number in range(4)]

        assert findings[-1].verdict is Verdict.DEFECT

    def test_an_idempotent_write_is_convicted_by_many_failures(self) -> None:
        """Three attempts a round and seven in all, beside other writes of its route."""
        write = answered(502, method="PUT", call_id="now")
        around = situation(own(method="PUT", call_id="other", url=f"{HOME}/booking/9"))

        early = found(World(), _in_round(around, 0), write, write, write)
        middle = found(World(), _in_round(around, 1), write, write, write)
        late = found(World(), _in_round(around, 2), write, write, write)

        assert [each.verdict for each in (early, middle, late)] == [
            Verdict.INCONCLUSIVE,
            Verdict.INCONCLUSIVE,
            Verdict.DEFECT,
        ]

    @pytest.mark.parametrize(
        "reconciled, verdict, code",
        [
            ("applied", Verdict.INCONCLUSIVE, "write.applied"),
            ("duplicated", Verdict.DEFECT, "write.duplicated"),
            ("unknown", Verdict.INCONCLUSIVE, "net.reset"),
        ],
    )
    def test_what_a_look_up_found_out_is_told(
        self, reconciled: str, verdict: Verdict, code: str
    ) -> None:
        """One effect is no fault, two are."""
        around = situation(reconciled=lambda _: reconciled)

        finding = found(World(), around, lost("closed_fresh", method="POST"))

        assert (finding.verdict, finding.code) == (verdict, code)


class TestTheRunner:
    """What the machine that runs the tests has to answer for."""

    def test_a_runner_that_stood_still_judges_nothing(self) -> None:
        """INVARIANT: a time-out of a stalled runner says nothing about the API."""
        world = World(target=[lost("read_timeout")], beside=[GOOD])
        around = situation(GOOD, stall=lambda _began, _ended: 6.0)

        finding = found(world, around, lost("read_timeout"))

        assert (finding.verdict, finding.code) == (Verdict.INCONCLUSIVE, "runner.stalled")
        assert finding.evidence[-1] == "the runner itself stood still for 6.0 s in that time"
        assert world.asked == []

    @pytest.mark.parametrize("number", [errno.EMFILE, errno.EADDRNOTAVAIL])
    def test_a_runner_without_descriptors_or_ports_says_so(self, number: int) -> None:
        """The request never left the machine."""
        said = Failure("refused", Phase.CONNECT, "ConnectError", os.strerror(number))

        finding = found(World(), situation(), lost("refused", failure=said))

        assert (finding.verdict, finding.code) == (Verdict.INCONCLUSIVE, "runner.exhausted")


class TestAddresses:
    """A test that calls another address than the API's."""

    def test_an_address_that_never_answered_is_the_tests_mistake(self) -> None:
        """INVARIANT: a wrong URL in one test looks like weather, and is a test bug."""
        around = situation(knows_origin=lambda _: False)

        finding = found(World(), around, lost("refused", url="http://127.0.0.1:1/x"))

        assert (finding.verdict, finding.code) == (Verdict.TEST_BUG, "test.address")
        assert finding.evidence[-2] == "http://127.0.0.1:1 has never answered in this run"

    def test_nothing_is_known_of_it_while_the_api_is_down_too(self) -> None:
        """Then it may be the network."""
        around = situation(knows_origin=lambda _: False)
        world = World(canary=[lost("refused")])

        finding = found(world, around, lost("refused", url="http://127.0.0.1:1/x"))

        assert (finding.verdict, finding.code) == (Verdict.INCONCLUSIVE, "net.refused")

    def test_an_origin_that_has_answered_may_be_down(self) -> None:
        """A second API under test is weathered like the first."""
        finding = found(World(), situation(), lost("refused", url="http://127.0.0.1:1/x"))

        assert finding.verdict is Verdict.INCONCLUSIVE


def test_an_open_circuit_is_told() -> None:
    """The reader learns for how long the origin has been down."""
    around = situation(circuit=lambda _: "the circuit is open: down for 4.0 s now")
    world = World(canary=[lost("refused")])

    refused = found(world, around, lost("refused"))
    broken = found(world, around, failed("gateway"))

    assert refused.evidence[-1] == broken.evidence[-1] == "the circuit is open: down for 4.0 s now"
    assert len(world.asked) == 1


def test_an_open_circuit_excuses_nothing_where_the_canary_is_well() -> None:
    """INVARIANT: one input's own attempts may have opened it."""
    around = situation(GOOD, circuit=lambda _: "the circuit is open")
    world = World(target=[failed("gateway")], beside=[GOOD])

    assert found(world, around, failed("gateway")).verdict is Verdict.DEFECT


@pytest.mark.parametrize("spent", [0, 1, 2, 5])
def test_a_spent_budget_leaves_the_question_open(spent: int) -> None:
    """Without leave to ask there is no conviction."""
    world = World(target=[*[failed("gateway")] * spent, None], beside=[GOOD])

    finding = found(world, situation(GOOD), failed("gateway"))

    assert finding.verdict is Verdict.INCONCLUSIVE
    assert "the budget of the diagnosis is spent" in finding.evidence[-1]


def test_no_canary_no_conviction() -> None:
    """The first question is how the rest of the API is."""
    finding = found(World(canary=[None]), situation(GOOD), failed("gateway"))

    assert "no canary was asked" in finding.evidence[-1]


def _in_round(around: Situation, number: int, *, patience: float = 0.0) -> Situation:
    return replace(around, home=HOME, test_id="test_it", round=number, patience=patience)
