"""What is held against the rules when a call has ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import httpx2

from redhanded.core.attempt import Attempt
from redhanded.pipeline.call import ATTEMPT, CALL, Call
from tests.simulation.rules import hold
from tests.simulation.servers import Seen

_EXACT = 1e-6  # what adding up floats may cost
_MOST, _MOST_IN_FLIGHT = 3, 5
_LONGEST_TOLD = 60.0
_FINAL = frozenset({"", "server_error"})


@dataclass(slots=True, kw_only=True)
class Ended:
    """A call that has ended, with what its caller and the network know of it.

    `hops` holds how many attempts had been made when each redirect or refresh began.
    """

    number: int
    call: Call
    started_at: float
    ended_at: float
    total: float
    seen: Mapping[int, list[Seen]]
    hops: Sequence[int] = (0,)
    response: httpx2.Response | None = None
    error: BaseException | None = None
    sent: list[Seen] = field(init=False)

    def __post_init__(self) -> None:
        self.sent = self.seen.get(id(self.call), [])


def hold_all(ended: Ended, capacity: float) -> None:
    """Hold every rule that can be judged at the end of a call."""
    _in_time(ended)
    for made in (*ended.call.probes, ended.call):
        _in_the_ledger(ended.seen.get(id(made), []), made)
    _returned(ended)
    tokens = ended.call.origin.bucket.tokens
    hold(0.0 <= tokens <= capacity, 9, f"{tokens} tokens of {capacity}")
    if len(ended.sent) > 1:
        _in_number(ended)
        _one_after_the_other(ended.sent)


def _in_time(ended: Ended) -> None:
    took = ended.ended_at - ended.started_at
    hold(took <= ended.total + _EXACT, 2, f"it took {took:.3f} s where {ended.total} s were given")


def _in_the_ledger(seen: Sequence[Seen], made: Call) -> None:
    hold(len(seen) == len(made.attempts), 6, f"{len(made.attempts)} of {len(seen)} are recorded")
    for number, (one, attempt) in enumerate(zip(seen, made.attempts, strict=True), start=1):
        _recorded(one, attempt, number)


def _recorded(seen: Seen, attempt: Attempt, number: int) -> None:
    told = (attempt.method, attempt.number, attempt.reused, attempt.row, attempt.status)
    true = (seen.request.method, number, seen.reused, seen.row, seen.status)
    hold(told == true, 6, f"the ledger says {told}, the network {true}")
    hold(
        attempt.raw_request_headers is seen.headers, 6, "other headers are recorded than were sent"
    )
    hold(attempt.is_complete is seen.is_complete, 6, f"row {seen.row!r}: it is not known as whole")
    took = seen.ended_at - seen.sent_at
    hold(abs(attempt.elapsed - took) < _EXACT, 6, f"{attempt.elapsed} s are told of {took} s")
    is_same = not seen.is_complete or attempt.response_body == seen.content
    hold(is_same, 5, f"{attempt.response_body!r} is recorded where {seen.content!r} was sent")


def _returned(ended: Ended) -> None:
    response, call = ended.response, ended.call
    if response is None:
        return
    last = ended.sent[-1]
    hold(response is last.response, 5, "another response is returned than the last that came")
    hold(last.is_complete, 5, f"an answer is returned that was not whole: {last.row!r}")
    hold(response.content == last.content, 5, f"{response.content!r} is not {last.content!r}")
    hold(response.extensions[CALL] is call, 5, "the response belongs to another call")
    hold(response.extensions[ATTEMPT] is call.attempts[-1], 5, "it bears another attempt")


def _in_number(ended: Ended) -> None:
    for begin, end in zip(ended.hops, (*ended.hops[1:], len(ended.sent)), strict=True):
        # What came before an attempt decides on it; the last of a hop decides on nothing.
        asked = [one.row for one in ended.sent[begin : end - 1]]
        in_flight = asked.count("key_in_flight")
        hold(len(asked) - in_flight < _MOST, 3, f"{end - begin} attempts after {asked}")
        hold(in_flight <= _MOST_IN_FLIGHT, 3, f"{in_flight} attempts for a key in flight")


def _one_after_the_other(sent: Sequence[Seen]) -> None:
    done = 0
    for before, after in pairwise(sent):
        done += before.is_done
        is_final = before.is_complete and before.row in _FINAL and before.purpose != "cleanup"
        hold(not is_final, 4, f"another attempt came after {before.status}")
        if not before.is_repeatable:
            hold(not before.may_be_done, 1, f"it was sent again after {before.row!r}")
        if before.is_complete and before.row in ("throttled", "unavailable_told", "redirect"):
            _waited(before, after)
    done += sent[-1].is_done
    hold(sent[-1].is_repeatable or done <= 1, 1, f"it was done {done} times")


def _waited(before: Seen, after: Seen) -> None:
    told = before.reply.told if before.reply else None
    if told is not None:
        waited = after.sent_at - before.ended_at
        hold(told <= _LONGEST_TOLD or before.row == "redirect", 10, f"{told} s were waited for")
        hold(waited >= told - _EXACT, 10, f"{waited:.3f} s were waited where {told} s were asked")
