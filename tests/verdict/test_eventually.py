"""`eventually`: a declared window, watched with a clock and a sleep that are not real."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest

from redhanded.core.errors import ExpectationFailed, NothingObserved, UsageError
from redhanded.verdict.eventually import EVERY, Window, eventually, observe_async, observe_sync
from redhanded.verdict.expect import expect
from tests.verdict.answers import response


@dataclass
class Time:
    """A clock that only sleeping moves on."""

    now: float = 100.0
    slept: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        return self.now

    def wall(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    async def asleep(self, seconds: float) -> None:
        self.sleep(seconds)

    def window(self, within: float = 1.0, every: float = 0.25) -> Window:
        return Window(within=within, every=every, clock=self, sleep=self.sleep, asleep=self.asleep)


def values(*results: object) -> Callable[[], Any]:
    """An observation that gives these results in turn, the last one for ever."""
    left = list(results)

    def observe() -> object:
        result = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(result, BaseException):
            raise result
        return result

    return observe


def asynchronous(observe: Callable[[], Any]) -> Callable[[], Any]:
    """The same observation, to be awaited."""

    async def later() -> object:
        return observe()

    return later


@pytest.fixture(params=["sync", "async", "lambda"])
def watch(request: pytest.FixtureRequest, anyio_backend: str) -> Callable[..., Any]:
    """Runs an observation in a window in each of the ways, under a clock of its own."""
    import anyio

    def run(window: Window, observe: Callable[[], Any], until: Any = None) -> Any:  # noqa: ANN401
        if request.param == "sync":
            return observe_sync(window, observe, until)

        async def awaiting() -> object:
            later = asynchronous(observe)
            if request.param == "async":
                return await observe_async(window, later, until)
            return await observe_sync(window, later, until)

        return anyio.run(awaiting, backend=anyio_backend)

    return run


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    """Both event loops."""
    return str(request.param)


FALSE = AssertionError("not yet")


class TestTheWindow:
    """When is looked, how often, and when it is over."""

    def test_what_holds_at_once_is_returned_at_once(self, watch: Callable[..., Any]) -> None:
        """Nobody waits for what is there."""
        time = Time()

        assert watch(time.window(), values("done")) == "done"
        assert time.slept == []

    def test_it_is_looked_again_at_the_declared_interval(self, watch: Callable[..., Any]) -> None:
        """Each failed look is followed by one pause."""
        time = Time()

        assert watch(time.window(), values(FALSE, FALSE, "done")) == "done"
        assert time.slept == [0.25, 0.25]

    def test_the_last_look_is_taken_when_the_window_closes(self, watch: Callable[..., Any]) -> None:
        """The whole of the declared time is granted, and no more."""
        time = Time()

        with pytest.raises(NothingObserved):
            watch(time.window(within=1.0, every=0.4), values(FALSE))

        assert time.slept == pytest.approx([0.4, 0.4, 0.2])

    def test_what_holds_in_the_last_look_holds(self, watch: Callable[..., Any]) -> None:
        """The end of the window belongs to it."""
        time = Time()

        assert watch(time.window(0.5), values(FALSE, FALSE, "late")) == "late"

    def test_an_observation_that_outlasts_the_window_ends_it(
        self, watch: Callable[..., Any]
    ) -> None:
        """Looking longer would break the promise that was declared."""
        time = Time()

        def slow() -> None:
            time.now += 5
            raise FALSE

        with pytest.raises(NothingObserved, match=r"within 1 s \(1 observation\)"):
            watch(time.window(), slow)
        assert time.slept == []

    def test_an_interval_longer_than_the_window_still_gives_two_looks(
        self, watch: Callable[..., Any]
    ) -> None:
        """At the beginning and at the end."""
        time = Time()

        assert watch(time.window(within=0.1, every=9), values(FALSE, 1)) == 1
        assert time.slept == pytest.approx([0.1])

    def test_until_says_what_is_waited_for(self, watch: Callable[..., Any]) -> None:
        """A value alone need not be enough."""
        time = Time()

        assert watch(time.window(), values(1, 2, 3), lambda value: value == 3) == 3
        assert time.slept == [0.25, 0.25]


class TestWhatPasses:
    """Only an AssertionError is looked at again."""

    @pytest.mark.parametrize(
        "error",
        [
            pytest.param(httpx2.ConnectError("refused"), id="network"),
            pytest.param(KeyError("id"), id="error of the test"),
            pytest.param(UsageError("write it so"), id="misuse"),
            pytest.param(KeyboardInterrupt(), id="interrupt"),
        ],
    )
    def test_every_other_error_passes_at_once(
        self, watch: Callable[..., Any], error: BaseException
    ) -> None:
        """The network has its own retries, and a mistake does not get better by waiting."""
        time = Time()

        with pytest.raises(type(error)) as caught:
            watch(time.window(), values(error))

        assert caught.value is error
        assert time.slept == []

    @pytest.mark.parametrize("status", [500, 501])
    def test_a_failing_server_is_never_waited_for(
        self, watch: Callable[..., Any], status: int
    ) -> None:
        """INVARIANT: no 500 is washed green by a later success."""
        time = Time()
        answers = iter([response(status), response(200)])

        with pytest.raises(ExpectationFailed, match=f"{status}, want 200"):
            watch(time.window(), lambda: expect(next(answers), 200))
        assert time.slept == []

    def test_an_expected_500_with_a_wrong_body_is_waited_for(
        self, watch: Callable[..., Any]
    ) -> None:
        """Then the body is what the test is about."""
        answers = iter([response(500, json=1), response(500, json=2)])

        assert watch(Time().window(), lambda: expect(next(answers), 500, 2)) == 2

    @pytest.mark.parametrize("status", [404, 503])
    def test_an_answer_that_may_change_is_waited_for(
        self, watch: Callable[..., Any], status: int
    ) -> None:
        """What is not there yet, or not up yet, may come."""
        answers = iter([response(status), response(200)])

        assert watch(Time().window(), lambda: expect(next(answers), 200)).status_code == 200


class TestTheHistory:
    """What was seen is kept and shown."""

    def test_the_history_is_shown_and_the_last_error_is_the_cause(
        self, watch: Callable[..., Any]
    ) -> None:
        """One sees whether the value moved at all, and when it changed last."""
        last = AssertionError("still 2\nand more")

        with pytest.raises(NothingObserved) as caught:
            watch(Time().window(), values(FALSE, FALSE, AssertionError("now 1"), last))

        assert caught.value.__cause__ is last
        assert str(caught.value).splitlines() == [
            "nothing held within 1 s (5 observations): still 2",
            "",
            "  at 0.00 s to 0.25 s, 2 times      not yet",
            "  at 0.50 s                         now 1",
            "  at 0.75 s to 1.00 s, 2 times      still 2",
        ]

    def test_a_long_history_shows_its_end(self) -> None:
        """Ten changes are enough to see how it went."""
        seen = (AssertionError(f"value {number}") for number in range(1000))

        with pytest.raises(NothingObserved) as caught:
            observe_sync(Time().window(within=25), lambda: _fail(seen))

        lines = str(caught.value).splitlines()
        assert lines[2] == "  ... 91 observations before"
        assert len(lines) == 13
        assert lines[-1].endswith("value 100")

    def test_an_assertion_without_words_is_told_by_its_kind(self) -> None:
        """A bare assert outside of pytest says nothing itself."""
        with pytest.raises(NothingObserved, match="AssertionError"):
            observe_sync(Time().window(), values(AssertionError()))

    def test_a_value_that_is_not_waited_for_is_shown(self) -> None:
        """Shortened, as everywhere."""
        with pytest.raises(NothingObserved, match=r'"open" is not what is waited for'):
            observe_sync(Time().window(), values("open"), lambda value: value == "closed")


def _fail(errors: Iterator[AssertionError]) -> None:
    raise next(errors)


class TestTheLoop:
    """Without a function it is a window to loop over, in both worlds."""

    def test_a_loop_ends_when_its_block_holds(self) -> None:
        """Several lines can be observed together."""
        observe, looks = values(FALSE, FALSE, "done"), 0

        for look in Time().window():
            with look:
                looks += 1
                assert observe() == "done"

        assert looks == 3

    def test_a_loop_that_never_holds_fails(self) -> None:
        """From the line that failed last."""

        def loop() -> None:
            for look in Time().window():
                with look:
                    raise FALSE

        with pytest.raises(NothingObserved, match="5 observations"):
            loop()

    @pytest.mark.anyio
    async def test_the_loop_can_be_asynchronous(self) -> None:
        """The same, with `async for`."""
        time = Time()
        observe, looks = asynchronous(values(FALSE, "done")), 0

        async for look in time.window():
            with look:
                looks += 1
                assert await observe() == "done"

        assert looks == 2
        assert time.slept == [0.25]

    @pytest.mark.anyio
    async def test_the_real_sleep_belongs_to_the_running_loop(self) -> None:
        """Under asyncio as under trio; the shortest of pauses shows it."""
        observe = asynchronous(values(FALSE, "done"))

        assert await eventually(observe, within=1, every=1e-6) == "done"

    def test_a_window_can_be_used_again(self) -> None:
        """Each loop opens it anew."""
        window = Time().window()

        for _ in range(2):
            for look in window:
                with look:
                    pass

    def test_a_loop_without_its_block_is_the_authors_mistake(self) -> None:
        """It would go on without ever checking anything."""
        with pytest.raises(UsageError, match="needs `with` in its loop"):
            list(Time().window())


class TestTheFunction:
    """`eventually` itself."""

    def test_it_gives_what_the_observation_gives(self) -> None:
        """Real time, and none of it passes."""
        assert eventually(lambda: 7, within=1) == 7
        assert eventually(lambda: [1], within=1, until=bool) == [1]

    def test_without_a_function_it_is_a_window(self) -> None:
        """To be looped over."""
        assert (
            eventually(within=2, every=0.5)
            == Window(within=2, every=0.5, clock=eventually(within=2).clock)
            or eventually(within=2).every == EVERY
        )

    @pytest.mark.parametrize(
        "options, sentence",
        [
            pytest.param({"within": 0}, "within=0 must be a number of seconds", id="no time"),
            pytest.param({"within": -1}, "within=-1 must be", id="negative"),
            pytest.param({"within": float("inf")}, "within=inf must be", id="for ever"),
            pytest.param({"within": float("nan")}, "within=nan must be", id="no number"),
            pytest.param({"within": "2"}, "within='2' must be", id="text"),
            pytest.param({"within": 1, "every": 0}, "every=0 must be", id="without a pause"),
            pytest.param({"within": 1, "observe": 5}, "give it a function", id="no function"),
        ],
    )
    def test_what_cannot_be_meant_is_refused(self, options: dict[str, Any], sentence: str) -> None:
        """Before anything is observed."""
        with pytest.raises(UsageError, match=sentence):
            eventually(**options)

    @pytest.mark.parametrize(
        "write",
        [
            pytest.param(lambda: eventually(within=0), id="misuse"),
            pytest.param(lambda: eventually(values(FALSE), within=1e-9), id="failure"),
            pytest.param(lambda: list(eventually(within=1)), id="loop"),
        ],
    )
    def test_a_traceback_ends_at_the_authors_line(self, write: Callable[[], object]) -> None:
        """INVARIANT: every frame of ours is hidden from pytest."""
        with pytest.raises((UsageError, NothingObserved)) as caught:
            write()

        frames = [entry.frame for entry in caught.traceback if entry.path != Path(__file__)]
        assert frames
        assert all(frame.f_locals.get("__tracebackhide__") for frame in frames)

    def test_a_response_instead_of_a_function_is_refused(self) -> None:
        """It was asked for once, and looking at it again shows nothing new."""
        with pytest.raises(UsageError, match="observes again and again"):
            eventually(response(), within=1)  # type: ignore[call-overload]
