"""The heart: acts at their intervals, from one thread that lives while there are any."""

from __future__ import annotations

import os
import sys
import threading

import pytest

from redhanded.fleet.heart import Heart
from tests.fleet.shared import Quiet, Time

TOO_LONG = 20.0  # seconds; a guard against hanging, never a wait


@pytest.fixture
def heart(time: Time) -> Heart:
    """A heart that beats by hand."""
    return Quiet(time.monotonic)


def test_each_act_has_its_own_interval(heart: Heart, time: Time) -> None:
    """What is kept is called once per interval, at first after one."""
    calls: list[str] = []
    heart.keep(lambda: calls.append("often"), every=5)
    heart.keep(lambda: calls.append("seldom"), every=15)

    pauses = []
    for _ in range(4):
        pauses.append(heart.beat())
        time.sleep(5)
    heart.beat()

    assert pauses == [5, 5, 5, 5]
    assert calls == ["often", "often", "often", "seldom", "often"]


def test_what_is_let_go_of_is_not_called_again(heart: Heart, time: Time) -> None:
    """INVARIANT: nothing is renewed after it was given back."""
    calls: list[str] = []
    let_go = heart.keep(lambda: calls.append("a"), every=1)
    heart.keep(lambda: calls.append("b"), every=1)

    let_go()
    let_go()
    time.sleep(1)
    heart.beat()

    assert calls == ["b"]


def test_an_act_that_fails_silences_nobody(heart: Heart, time: Time) -> None:
    """The others are called, and so is it the next time."""
    calls: list[str] = []

    def fail() -> None:
        calls.append("failing")
        raise ConnectionError("away")

    heart.keep(fail, every=1)
    heart.keep(lambda: calls.append("fine"), every=1)

    for _ in range(2):
        time.sleep(1)
        heart.beat()

    assert calls == ["failing", "fine"] * 2


def test_a_heart_without_acts_has_nothing_to_wait_for(heart: Heart) -> None:
    """None tells the thread to end."""
    heart.keep(lambda: None)
    heart.stop()

    assert heart.beat() is None


def _threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "redhanded-heart"]


def _let_end() -> None:
    """Waits for what was let go of; a test before may have left a thread that is about to end."""
    for thread in _threads():
        thread.join(TOO_LONG)


def test_one_thread_lives_while_anything_is_kept() -> None:
    """INVARIANT: one thread at most, none before the first act and none after the last."""
    _let_end()
    heart, beaten = Heart(), threading.Event()
    before = len(_threads())

    first = heart.keep(beaten.set, every=0.001)
    second = heart.keep(lambda: None)
    during = _threads()
    assert beaten.wait(TOO_LONG)
    first()
    second()
    _let_end()

    assert (before, len(during), len(_threads())) == (0, 1, 0)


def test_a_heart_begins_anew() -> None:
    """After the last act was let go of, the next one is called as well."""
    heart, beaten = Heart(), threading.Event()
    heart.keep(lambda: None)()
    _let_end()

    let_go = heart.keep(beaten.set, every=0.001)
    was_called = beaten.wait(TOO_LONG)
    let_go()

    assert was_called


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_forked_child_keeps_only_what_is_its_own() -> None:
    """What its parent renews is the parent's; what the child keeps is called there, by a thread."""
    heart, under_way, may_end = Heart(), threading.Event(), threading.Event()

    def stay() -> None:  # the thread of the parent is in the midst of a beat
        under_way.set()
        may_end.wait(TOO_LONG)

    heart.keep(stay, every=0)
    assert under_way.wait(TOO_LONG)
    child = os.fork()
    if child == 0:
        called = threading.Event()
        heart.keep(called.set, every=0)
        os._exit(0 if called.wait(TOO_LONG) else 1)
    may_end.set()
    _, status = os.waitpid(child, 0)
    heart.stop()

    assert os.waitstatus_to_exitcode(status) == 0
