"""What a test reads itself is written down at its end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import cast

import httpx2
import pytest

from redhanded.core.attempt import Failure, Phase
from redhanded.pipeline.call import ATTEMPT
from tests.pipeline.driving import unread
from tests.pipeline.observed import Observed


@pytest.fixture
def observed() -> Observed:
    """A GET under observation."""
    return Observed()


@pytest.fixture
def streamed(observed: Observed) -> tuple[Observed, httpx2.Response]:
    """An answer of a call that streams, whose body the test has not read."""
    observed.call.streams = True
    answer = unread(200, b"one two", [("Content-Length", "7")])
    driven = observed.drive(observed.arriving(answer, Phase.SEND, Phase.WAIT, Phase.READ))
    return observed, driven.result


Streamed = tuple[Observed, httpx2.Response]


def test_a_streamed_answer_is_recorded_at_its_end(streamed: Streamed) -> None:
    """INVARIANT: what the test reads itself is in the ledger at once, and recorded when read."""
    observed, answer = streamed
    assert (len(observed.call.attempts), observed.recorded) == (1, [])
    observed.clock.advance(2.0)
    assert b"".join(cast("httpx2.SyncByteStream", answer.stream)) == b"one two"
    answer.close()
    made = observed.attempt
    assert (made.elapsed, made.marks[-1], made.failure) == (5.0, (Phase.DONE, 5.0), None)
    assert made.notes == ("streamed: the test reads the body itself",)
    assert (answer.extensions[ATTEMPT], answer.elapsed) == (made, timedelta(seconds=5))


@pytest.mark.parametrize(
    "error, row",
    [
        pytest.param(httpx2.ReadError("reset"), "cut_after_headers", id="network"),
        pytest.param(RuntimeError("ours"), "local", id="other"),
        pytest.param(KeyboardInterrupt(), "cancelled", id="ctrl-c"),
    ],
)
def test_a_stream_that_breaks_off_is_recorded_with_its_row(
    observed: Observed, error: BaseException, row: str
) -> None:
    """A failure in mid-stream is an attempt that failed after its headers."""

    class Broken(httpx2.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            yield b"one"
            raise error

    observed.call.streams = True
    answer = httpx2.Response(200, stream=Broken())
    observed.drive(observed.arriving(answer, Phase.SEND, Phase.WAIT, Phase.READ))
    with pytest.raises(type(error)):
        list(cast("httpx2.SyncByteStream", answer.stream))
    answer.close()
    made = observed.attempt
    assert made.failure == Failure(
        row, Phase.READ, type(error).__name__, str(error) or type(error).__name__
    )
    assert (made.row, made.status) == (row, 200)
