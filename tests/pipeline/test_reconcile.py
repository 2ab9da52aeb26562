"""Writes whose answer was lost, driven by hand: looked up, and never repeated on a guess."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Any

import httpx2
import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from redhanded.core.settings import Lookup
from redhanded.pipeline.call import ATTEMPT
from redhanded.pipeline.drivers import run
from redhanded.pipeline.errors import CircuitOpen, WriteDuplicated
from redhanded.pipeline.flow import Effect, Send, Sleep
from redhanded.pipeline.routes import Routes
from redhanded.pipeline.table import ROWS
from tests.pipeline.driving import request
from tests.pipeline.failures import FAILURES, OK, Outcome, fails
from tests.pipeline.reconciled import (
    CREATED,
    LOST,
    NOTHING,
    PAUSES,
    TAG,
    Written,
    finds,
    ids,
    looks,
    order,
    says,
    steps,
)

DONE = says(CREATED)
LATE = ("read_timeout", "deadline")
LOSSES = [key for key, row in ROWS.items() if row.reconcile and key != "gateway"]
KEY = {"Idempotency-Key": "k-1"}


@pytest.mark.parametrize("row", LOSSES)
def test_a_write_that_is_there_once_was_applied(row: str) -> None:
    """The failure stands as it came, and the call knows that the write took effect."""
    written = Written()

    driven = written.by(FAILURES[row], finds(1))

    assert steps(driven) == ["POST", 0.1, "GET"]
    assert isinstance(driven.error, httpx2.TransportError)
    assert str(driven.error) == "it broke"
    assert (written.call.reconciled, written.note) == ("applied", "looked up: applied")


@pytest.mark.parametrize("row", [row for row in LOSSES if row not in LATE])
def test_a_write_that_is_not_there_is_sent_once_more(row: str) -> None:
    """INVARIANT: only when its time is up does nothing found mean that it was not applied."""
    written = Written()

    driven = written.by(FAILURES[row], *NOTHING, DONE)

    assert steps(driven) == ["POST", *looks(6), "POST"]
    assert driven.result.status_code == CREATED
    assert written.call.reconciled == "not_applied"
    first, second = written.call.attempts
    assert first.notes == ("looked up: not applied",)
    assert second.wait.seconds == pytest.approx(sum(PAUSES))
    assert second.wait.reason == "looked up: not applied"


@pytest.mark.parametrize("row", LOSSES)
def test_a_write_that_is_there_twice_is_a_defect(row: str) -> None:
    """INVARIANT: what was sent once and is there twice is red, with all that was tried."""
    written = Written()

    driven = written.by(FAILURES[row], finds(2))

    assert isinstance(driven.error, WriteDuplicated)
    assert isinstance(driven.error, httpx2.RemoteProtocolError)
    assert str(driven.error.__cause__) == "it broke"
    assert tuple(driven.error.attempts) == tuple(written.call.attempts)
    assert str(driven.error) == (
        "POST /orders was sent once, its answer was lost, and GET /orders?tag={$.tag} finds it 2 "
        f"times: follow trace {written.call.scope.trace_id} through gateway and queue, unless "
        "other runs use the same tag"
    )
    assert (written.call.reconciled, written.note) == ("duplicated", "looked up: there 2 times")


@pytest.mark.parametrize(
    "found, status, told",
    [
        pytest.param([finds(1)], 502, "applied", id="applied"),
        pytest.param([*NOTHING, DONE], CREATED, "not_applied", id="not applied"),
        pytest.param([finds(1, tag="other"), finds(1)], 502, "unknown", id="unknown"),
    ],
)
def test_a_gateways_word_is_a_lost_answer(found: list[Outcome], status: int, told: str) -> None:
    """A 502 says nothing about the write behind it; it is the answer where nothing better comes."""
    written = Written()

    driven = written.by(FAILURES["gateway"], *found)

    assert (driven.result.status_code, written.call.reconciled) == (status, told)
    assert ("close" in steps(driven)) is (status == CREATED)
    if status == 502:
        assert driven.result.extensions[ATTEMPT].notes == (written.note,)


def test_a_duplicate_behind_a_gateway_lets_go_of_its_answer() -> None:
    """The answer that gives way to the error is closed; there is no cause but the look-up."""
    driven = Written().by(FAILURES["gateway"], finds(3))

    assert isinstance(driven.error, WriteDuplicated)
    assert driven.error.__cause__ is None
    assert steps(driven)[-1] == "close"


@pytest.mark.parametrize("empty", [1, 3, 5])
def test_a_write_that_shows_late_was_applied(empty: int) -> None:
    """It is looked for until its time is up, at growing pauses."""
    written = Written()

    driven = written.by(LOST, *NOTHING[:empty], finds(1))

    assert steps(driven) == ["POST", *looks(empty + 1)]
    assert written.call.reconciled == "applied"


@pytest.mark.parametrize(
    "lost",
    [
        *(pytest.param(FAILURES[row], id=row) for row in LATE),
        pytest.param(says(504), id="504"),
        pytest.param(says(524), id="524"),
    ],
)
def test_a_write_that_may_still_be_under_way_is_not_repeated(lost: Outcome) -> None:
    """INVARIANT: who merely waited too long does not send again what may yet be carried out."""
    written = Written()

    driven = written.by(lost, *NOTHING)

    assert steps(driven) == ["POST", *looks(6)]
    assert written.call.reconciled == "unknown"
    assert written.note.endswith("not there yet, and the server may still be at work on it")


@pytest.mark.parametrize(
    "look, reason",
    [
        pytest.param(says(401), "was answered 401", id="refused"),
        pytest.param(says(302), "was answered 302", id="redirected"),
        pytest.param(says(404, json={}), "was answered 404", id="a wrong address"),
        pytest.param(says(200, text="<html>"), "answer is no JSON", id="garbage"),
        pytest.param(says(200, json=[]), "answer has nothing at $.items", id="elsewhere"),
        pytest.param(says(200, json={"items": 3}), "answer has no list at $.items", id="a number"),
    ],
)
def test_an_answer_that_does_not_tell_is_asked_for_once(look: Outcome, reason: str) -> None:
    """INVARIANT: what the look-up does not tell stays unknown, and the write is not repeated."""
    written = Written()

    driven = written.by(LOST, look)

    assert steps(driven) == ["POST", 0.1, "GET"]
    assert isinstance(driven.error, httpx2.RemoteProtocolError)
    assert written.call.reconciled == "unknown"
    assert written.note == f"looked up: not known: the look-up {reason}".replace(
        "look-up answer", "look-up's answer"
    )


@pytest.mark.parametrize(
    "row, reason",
    [
        ("unavailable", "was answered 503"),
        ("gateway", "was answered 502"),
        ("throttled", "was answered 429"),
        ("refused", "brought no answer (it broke)"),
        ("cut_after_headers", "brought no answer (it broke)"),
    ],
)
def test_weather_over_the_look_up_is_waited_out(row: str, reason: str) -> None:
    """A look-up that weather spoils is made again while there is time, and tells nothing."""
    stays, passes = Written(), Written()

    driven = stays.by(LOST, *[FAILURES[row]] * 6)
    passes.by(LOST, FAILURES[row], finds(1))

    assert steps(driven) == ["POST", *looks(6)]
    assert stays.call.reconciled == "unknown"
    assert stays.note == f"looked up: not known: the look-up {reason}"
    assert passes.call.reconciled == "applied"


def test_nothing_found_before_weather_is_not_enough() -> None:
    """INVARIANT: the last look, when the time is up, decides; an earlier one may be too early."""
    written = Written()

    driven = written.by(LOST, *NOTHING[1:], FAILURES["unavailable"])

    assert [send.request.method for send in driven.sends].count("POST") == 1
    assert written.call.reconciled == "unknown"


def test_a_look_up_that_hangs_ends_the_search() -> None:
    """Once the time is up, another look that tells nothing is the last."""
    written = Written()

    def hangs(effect: Send) -> httpx2.Response:
        written.clock.advance(10.0)
        return FAILURES["read_timeout"](effect)

    driven = written.by(LOST, hangs)

    assert steps(driven) == ["POST", 0.1, "GET"]
    assert written.call.reconciled == "unknown"


def test_an_early_want_is_asked_for_again_when_the_time_is_up() -> None:
    """A slow look that began too early does not say that the write was not applied."""
    written = Written()

    def slowly(effect: Send) -> httpx2.Response:
        written.clock.advance(10.0)
        return finds(0)(effect)

    driven = written.by(LOST, slowly, finds(1))

    assert steps(driven) == ["POST", 0.1, "GET", "GET"]
    assert written.call.reconciled == "applied"


@pytest.mark.parametrize(
    "deadline, count",
    [
        pytest.param(0.05, 0, id="no time at all"),
        pytest.param(2.0, 4, id="some"),
        pytest.param(5.0, 5, id="not enough"),
    ],
)
def test_a_search_ends_with_the_calls_deadline(deadline: float, count: int) -> None:
    """INVARIANT: no look-up outlives the call; nothing found by then is nothing known."""
    written = Written(deadline=deadline)

    driven = written.by(LOST, *NOTHING[:count])

    assert steps(driven) == ["POST", *looks(count)]
    assert written.call.reconciled == "unknown"
    assert written.note == "looked up: not known: the call's deadline leaves no time for it"


def test_finds_that_show_another_tag_are_not_ours() -> None:
    """INVARIANT: an API that ignores the filter makes no duplicate of a list full of others."""
    written = Written()

    driven = written.by(LOST, finds(7, tag="t-2"), finds(7, tag="t-2"))

    assert steps(driven) == ["POST", 0.1, "GET", "GET"]
    assert [send.request.url.params["tag"] for send in driven.sends[1:]] == [TAG, "u-6"]
    assert written.call.reconciled == "unknown"
    assert written.note.endswith("the look-up finds as much by a tag that nobody has")


def test_ours_are_counted_among_others() -> None:
    """Finds that show the tag are counted, whatever else the list holds."""
    mixed = says(200, json={"items": [{"tag": TAG}, {"tag": "t-2"}, {"note": {"by": [TAG]}}]})

    driven = Written().by(LOST, mixed)

    assert isinstance(driven.error, WriteDuplicated)


@pytest.mark.parametrize(
    "count, told",
    [pytest.param(1, "applied", id="once"), pytest.param(2, "duplicated", id="twice")],
)
def test_finds_that_show_no_tag_are_held_against_a_control(count: int, told: str) -> None:
    """A list of bare ids counts where the same question with another tag finds nothing."""
    written = Written()

    driven = written.by(LOST, ids(count), ids(0))

    assert steps(driven) == ["POST", 0.1, "GET", "GET"]
    assert written.call.reconciled == told


def test_weather_over_the_control_is_waited_out_too() -> None:
    """A control that brings no answer tells nothing yet."""
    written = Written()

    driven = written.by(LOST, ids(1), FAILURES["refused"], ids(1), ids(0))

    assert steps(driven) == ["POST", 0.1, "GET", "GET", 0.2, "GET", "GET"]
    assert written.call.reconciled == "applied"


@pytest.mark.parametrize(
    "asked, reason",
    [
        pytest.param({"json": {"id": 1}}, "body has no $.tag", id="no tag"),
        pytest.param({"json": {"tag": ""}}, "body has no text or number at $.tag", id="empty"),
        pytest.param({"json": {"tag": None}}, "body has no text or number at $.tag", id="null"),
        pytest.param(
            {"json": None, "content": b"a=1"},
            "body is no JSON, and $.tag is looked for there",
            id="a form",
        ),
        pytest.param(
            {"json": None, "content": iter([b"{}"])},
            "body was streamed, so that $.tag is gone",
            id="a stream",
        ),
    ],
)
def test_a_write_without_its_tag_stays_unknown(asked: dict[str, Any], reason: str) -> None:
    """The note says which tag is missing, and nothing is asked."""
    written = Written(order(**asked))

    driven = written.by(LOST)

    assert steps(driven) == ["POST"]
    assert written.call.reconciled == "unknown"
    assert written.note == f"looked up: not known: the write's {reason}"


@pytest.mark.parametrize("row", [*LOSSES, "gateway"])
def test_a_write_that_nobody_can_look_up_stays_unknown(row: str) -> None:
    """Without a look-up for its route the failure stands, as it would alone."""
    written = Written(order("/elsewhere"))

    driven = written.by(FAILURES[row])

    assert steps(driven) == ["POST"]
    assert (written.call.reconciled, written.call.attempts[-1].notes) == ("unknown", ())


@pytest.mark.parametrize(
    "row", [key for key, row in ROWS.items() if not row.reconcile and key != "key_in_flight"]
)
def test_a_failure_that_is_not_ambiguous_is_not_looked_up(row: str) -> None:
    """What was never sent, or was answered, leaves no doubt: retries are the table's alone."""
    written = Written()

    driven = written.by(*[FAILURES[row]] * (1 + ROWS[row].other * (row != "unauthorised")))

    assert {send.request.method for send in driven.sends} == {"POST"}
    assert written.call.reconciled == ""


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"])
def test_what_may_be_sent_again_is_not_looked_up(method: str) -> None:
    """An idempotent request is repeated as its row says."""
    written = Written(request(method, "/orders", json={"tag": TAG}))

    driven = written.by(LOST, OK)

    assert steps(driven) == [method, 0.05, method]
    assert written.call.reconciled == ""


def test_a_write_with_a_key_on_a_declared_route_is_not_looked_up() -> None:
    """Its answer can be asked for again; a 409 while it is in flight waits (row 26)."""
    written = Written(order(headers=KEY), keyed=Routes.of(["POST /orders"]))

    driven = written.by(LOST, says(409), says(409), DONE)

    assert steps(driven) == ["POST", 0.05, "POST", "close", 0.5, "POST", "close", 1.0, "POST"]
    assert written.call.reconciled == ""


def test_a_key_on_a_route_that_is_not_declared_is_waited_for_when_sent_again() -> None:
    """A server that holds our key after all says 409 to the second write (row 26)."""
    written = Written(order(headers=KEY))

    driven = written.by(LOST, *NOTHING, says(409), DONE)

    assert steps(driven) == ["POST", *looks(6), "POST", "close", 0.5, "POST"]
    assert driven.result.status_code == CREATED
    assert {"idempotency-key" in send.request.headers for send in driven.sends[1:7]} == {False}


def test_a_write_of_the_framework_itself_is_not_looked_up() -> None:
    """A login whose answer is lost has no side effect that a test could trip over."""
    written = Written()
    written.call.purpose = "auth"

    written.by(LOST)

    assert written.call.reconciled == ""


@dataclass(frozen=True, slots=True)
class Hindered:
    """A write that was not applied and is not sent again, for a reason."""

    written: partial[Written]
    reason: str


@pytest.mark.parametrize(
    "hindered",
    [
        pytest.param(
            Hindered(partial(Written, tokens=9), "the retry budget is spent"), id="budget"
        ),
        pytest.param(
            Hindered(
                partial(
                    Written,
                    request("POST", "/orders", content=iter([b""]), headers={"X-Tag": TAG}),
                    {"POST /orders": Lookup(find="GET /orders?tag={header:X-Tag}", at="$.items")},
                ),
                "its body cannot be sent twice",
            ),
            id="a stream",
        ),
    ],
)
def test_a_write_that_cannot_be_sent_again_is_not(hindered: Hindered) -> None:
    """The failure stands, and the note says why."""
    written = hindered.written()

    driven = written.by(LOST, *NOTHING)

    assert steps(driven) == ["POST", *looks(6)]
    assert written.call.reconciled == "not_applied"
    assert written.note == f"looked up: not applied; not sent again: {hindered.reason}"


def test_a_call_that_is_sent_once_is_looked_up_and_not_sent_again() -> None:
    """`redhanded.retry: False` holds for the second write too."""
    written = Written()
    written.call.is_retried = False

    driven = written.by(LOST, *NOTHING)

    assert steps(driven)[-1] == "GET"
    assert written.note.endswith("not sent again: this call is never retried")


@pytest.mark.parametrize(
    "seen, told, note",
    [
        pytest.param([finds(1)], "applied", "applied", id="once"),
        pytest.param(
            [finds(2)], "unknown", "there 2 times, and it was sent 2 times", id="twice, by us"
        ),
        pytest.param(
            NOTHING, "not_applied", "not applied; not sent again: it was sent 2 times", id="never"
        ),
    ],
)
def test_a_second_write_that_is_lost_is_the_last(seen: list[Outcome], told: str, note: str) -> None:
    """INVARIANT: a write is sent once more, and what we may have doubled is no defect."""
    written = Written()

    driven = written.by(LOST, *NOTHING, LOST, *seen)

    assert [send.request.method for send in driven.sends].count("POST") == 2
    assert isinstance(driven.error, httpx2.RemoteProtocolError)
    assert not isinstance(driven.error, WriteDuplicated)
    assert (written.call.reconciled, written.note) == (told, f"looked up: {note}")


def test_a_write_that_is_blocked_the_second_time_was_not_applied() -> None:
    """What never went out is not looked up: all that is known stays so."""
    written = Written()
    blocked = fails(CircuitOpen)

    driven = written.by(LOST, *NOTHING, blocked)

    assert isinstance(driven.error, CircuitOpen)
    assert written.call.reconciled == "not_applied"


def test_a_write_after_a_503_that_was_said_to_be_undone_is_no_duplicate() -> None:
    """INVARIANT: a second effect is the API's only where we sent the write once for sure."""
    opted = {"opted_in": {"unsafe_503": Routes.of(["POST /orders"])}}
    written = Written(retry=opted)

    driven = written.by(says(503, headers={"Retry-After": "1"}), LOST, finds(2))

    assert isinstance(driven.error, httpx2.RemoteProtocolError)
    assert written.call.reconciled == "unknown"


def test_a_write_that_was_refused_before_is_counted_once() -> None:
    """What never left us is not among the times it was sent."""
    driven = Written().by(FAILURES["refused"], FAILURES["too_early"], LOST, finds(2))

    assert isinstance(driven.error, WriteDuplicated)


def test_a_second_write_costs_what_a_retry_does() -> None:
    """It draws on the retry budget of its origin, which a good answer fills again."""
    fails_again, succeeds = Written(), Written()

    fails_again.by(LOST, *NOTHING, says(500))
    succeeds.by(LOST, *NOTHING, DONE)

    assert fails_again.call.origin.bucket.tokens == 90.0
    assert succeeds.call.origin.bucket.is_full


@pytest.mark.parametrize("count", [1, 2])
def test_a_tag_of_two_writes_tells_nothing_of_either(count: int) -> None:
    """INVARIANT: what a test itself wrote twice is no duplicate of the API's."""
    first = Written()
    second = Written(sent=first.sent)
    first.by(DONE)

    driven = second.by(LOST, finds(count))

    assert isinstance(driven.error, httpx2.RemoteProtocolError)
    assert second.call.reconciled == "unknown"
    assert second.note.endswith("of the writes with its tag it is only one, beside 1 more")


def test_a_tag_of_two_writes_that_is_not_there_was_not_applied() -> None:
    """Nothing found is nothing applied, whoever else wrote."""
    first = Written()
    second = Written(sent=first.sent)
    first.by(says(400))

    driven = second.by(LOST, *NOTHING, DONE)

    assert driven.result.status_code == CREATED


def test_a_write_that_a_refreshed_token_repeats_is_one() -> None:
    """The hops of a call, such as after a 401, are not writes of their own."""
    written = Written()
    written.by(says(401))

    driven = written.by(LOST, finds(2))

    assert isinstance(driven.error, WriteDuplicated)


def test_look_ups_stand_in_the_ledger_as_probes() -> None:
    """They are kept beside the call, without its retries, and have no longer than it."""
    written = Written()

    written.by(LOST, FAILURES["unavailable"], finds(1))

    assert [probe.purpose for probe in written.call.probes] == ["probe"] * 2
    assert [len(probe.attempts) for probe in written.call.probes] == [1, 1]
    assert {probe.deadline for probe in written.call.probes} == {written.call.deadline}
    assert len(written.call.attempts) == 1


@dataclass(slots=True)
class Server:
    """A server of any temper: what it commits shows after a lag, unless a look-up is spoilt."""

    losses: list[tuple[str, bool, float]]
    looks: list[str]
    written: Written = field(default_factory=partial(Written, deadline=120.0))
    committed: list[float] = field(default_factory=list)

    def perform(self, effect: Effect) -> object:
        """Stands in for the drivers, at the speed of the clock."""
        if isinstance(effect, Sleep):
            self.written.clock.advance(effect.seconds)
        if not isinstance(effect, Send):
            return None
        return self._write(effect) if effect.request.method == "POST" else self._look(effect)

    def _look(self, effect: Send) -> httpx2.Response:
        spoilt = self.looks.pop() if self.looks else "in order"
        if spoilt != "in order":
            return SPOILT[spoilt](effect)
        now = self.written.clock.monotonic()
        is_ours = effect.request.url.params["tag"] == TAG
        return finds(sum(at <= now for at in self.committed) * is_ours)(effect)

    def _write(self, effect: Send) -> httpx2.Response:
        row, is_done, lag = self.losses.pop() if self.losses else ("expectation", True, 0.0)
        # A server that lets go of a connection is done with it; one that hangs may take for ever.
        if is_done:
            self.committed.append(self.written.clock.monotonic() + lag * (10 if row in LATE else 1))
        return FAILURES[row](effect)


SPOILT: dict[str, Outcome] = {
    **{row: FAILURES[row] for row in ("refused", "unavailable", "read_timeout")},
    "garbage": says(200, text="<html>"),
    "refused to us": says(403),
}


@hypothesis.settings(max_examples=400)
@given(
    losses=st.lists(
        st.tuples(st.sampled_from(LOSSES), st.booleans(), st.floats(0.0, 4.9)),
        min_size=1,
        max_size=3,
    ),
    looks=st.lists(st.sampled_from([*["in order"] * 20, *SPOILT]), max_size=12),
)
def test_no_write_is_committed_twice_by_us(
    losses: list[tuple[str, bool, float]], looks: list[str]
) -> None:
    """INVARIANT: whatever the weather, a server that keeps its time commits the write once."""
    server = Server(losses, looks)
    call, error = server.written.call, None

    try:
        run(server.written.flow(), server.perform)
    except httpx2.TransportError as raised:
        error = raised

    assert len(server.committed) <= 1
    assert not isinstance(error, WriteDuplicated)
    assert call.reconciled != "applied" or server.committed
    assert call.reconciled != "not_applied" or bool(server.committed) is (error is None)
