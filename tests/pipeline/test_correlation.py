"""One trace a test, one call for all its hops, one span an attempt."""

from __future__ import annotations

import re
from itertools import count

import httpx2
import pytest

from redhanded.core.ids import Entropy
from redhanded.pipeline.call import CALL, CEILING, PURPOSE, STREAM, Call, Scope
from redhanded.pipeline.correlation import Calls, Correlation
from redhanded.pipeline.origin import Origins
from tests.pipeline.driving import FakeClock, at_wire, drive, open_call, request, response

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
# W3C Trace Context, section 3.2: version 00, neither id all zero, sampled.
TRACEPARENT = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-01")


def counting() -> Entropy:
    """Randomness that counts: 1, 2, 3..."""
    numbers = count(1)
    return lambda size: next(numbers).to_bytes(size, "big")


def sent(asked: httpx2.Request, entropy: Entropy) -> Call:
    """The call of a request after an attempt was correlated."""
    drive(Correlation(entropy)(asked, at_wire), [response()])
    call: Call = asked.extensions[CALL]
    return call


def traceparents(call: Call) -> list[str]:
    """The values that go on the wire."""
    return [value.decode() for name, value in call.headers if name.lower() == b"traceparent"]


def opened(scope: Scope, asked: httpx2.Request) -> Call:
    """The call to which the request belongs."""
    drive(Calls(scope, Origins(FakeClock().monotonic))(asked, at_wire), [response()])
    call: Call = asked.extensions[CALL]
    return call


def test_the_server_is_told_trace_and_span() -> None:
    """An attempt carries `traceparent` as W3C Trace Context writes it."""
    asked = request()
    open_call(asked, scope=Scope(TRACE))

    call = sent(asked, counting())

    assert traceparents(call) == [f"00-{TRACE}-0000000000000001-01"]


@pytest.mark.parametrize(
    "entropy",
    [
        pytest.param(bytes, id="all zero"),
        pytest.param(lambda size: b"\xff" * size, id="all ones"),
    ],
)
def test_traceparent_is_always_valid(entropy: Entropy) -> None:
    """INVARIANT: no id is all zero, which Trace Context forbids, whatever chance gives."""
    asked = request()
    open_call(asked)

    (value,) = traceparents(sent(asked, entropy))

    assert TRACEPARENT.fullmatch(value)


def test_each_attempt_has_a_span_of_its_own_and_the_call_that_of_the_first() -> None:
    """A resent request goes out under a new span; the call keeps the id of its first."""
    asked, entropy = request(), counting()
    open_call(asked)

    first = sent(asked, entropy)
    seen = traceparents(first)
    second = sent(asked, entropy)
    seen += traceparents(second)

    assert second is first
    assert (first.id, first.span_id, first.sent) == ("0" * 15 + "1", "0" * 15 + "2", 2)
    assert len(set(seen)) == 2
    assert len({value.split("-")[1] for value in seen}) == 1


@pytest.mark.parametrize("name", ["traceparent", "Traceparent", "TRACEPARENT"])
def test_a_trace_of_the_caller_is_left_alone(name: str) -> None:
    """A test that traces by itself sends its own header, in any case, and no second one."""
    asked = request(headers={name: "00-mine"})
    open_call(asked)

    assert traceparents(sent(asked, counting())) == ["00-mine"]


def test_the_authors_request_is_not_written_to() -> None:
    """The header goes on the wire alone: a request that is sent twice carries no old trace."""
    asked = request(headers={"X-Eleven-xx": "1"})  # a name as long as traceparent's
    open_call(asked)

    call = sent(asked, counting())

    assert "traceparent" not in asked.headers
    assert (b"X-Eleven-xx", b"1") in call.headers


def test_the_calls_of_a_test_share_its_trace() -> None:
    """INVARIANT: one test, one trace; its calls are listed in the order in which they were made."""
    scope = Scope(TRACE)

    calls = [opened(scope, request()) for _ in range(3)]

    assert scope.calls == calls
    assert {call.scope.trace_id for call in calls} == {TRACE}
    assert scope.trace_id == TRACE


def test_two_tests_have_two_traces() -> None:
    """A scope that is given no trace takes one of its own."""
    assert Scope().trace_id != Scope().trace_id


def test_redirects_and_auth_rounds_belong_to_the_same_call() -> None:
    """A request that carries a call's extensions is a hop of it, at the origin where it goes."""
    scope, asked = Scope(TRACE), request()
    call = opened(scope, asked)
    home = call.origin

    hop = request(path="http://other.test/", extensions=asked.extensions)

    assert opened(scope, hop) is call
    assert scope.calls == [call]
    assert call.home is home
    assert call.origin.address.host == "other.test"


def test_a_call_takes_what_the_author_said_of_it() -> None:
    """Purpose, ceiling and streaming come with the request; the test's ceiling holds otherwise."""
    said = {PURPOSE: "cleanup", CEILING: 0.5, STREAM: True}
    scope = Scope(TRACE, ceiling=2.0)

    told = opened(scope, request(extensions=said))
    plain = opened(scope, request())

    assert (told.purpose, told.ceiling, told.streams) == ("cleanup", 0.5, True)
    assert (plain.purpose, plain.ceiling, plain.streams) == ("test", 2.0, False)


def test_a_round_has_its_own_purpose() -> None:
    """A token that is fetched in the midst of a call is `auth`; the call goes on as it was."""
    scope, asked = Scope(TRACE), request()
    opened(scope, asked)
    refresh = request(extensions={**asked.extensions, PURPOSE: "auth"})

    purposes = [opened(scope, one).purpose for one in (refresh, asked)]

    assert purposes == ["auth", "test"]
