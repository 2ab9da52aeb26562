"""Steps of a test: which is innermost where, and what is told of each."""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from redhanded.core.errors import UsageError
from redhanded.core.events import Event, Stepped
from redhanded.session import active
from redhanded.session.session import Session
from redhanded.session.steps import LONGEST, Steps, step
from tests.pipeline.driving import FakeClock

SECRET = "tok-7f3c1e2d"


def _masked(text: str) -> str:
    return text.replace(SECRET, "*")


@dataclass
class Round:
    """A round of a test, and what was told of it; it stands for the session as well."""

    clock: FakeClock = field(default_factory=FakeClock)
    told: list[Stepped] = field(default_factory=list)
    steps: Steps | None = None

    def __post_init__(self) -> None:
        self.own = Steps("test_it", emit=self._emit, clock=self.clock, mask=_masked)
        self.steps = self.own

    def _emit(self, event: Event) -> None:
        assert isinstance(event, Stepped)
        self.told.append(event)

    @property
    def tree(self) -> list[tuple[str, str, str]]:
        """Parent, id and name of each step that is over, in the order in which they ended."""
        return [(one.parent, one.id, one.name) for one in self.told]


@pytest.fixture
def begun() -> Iterator[Round]:
    """A round that is the active session's."""
    made = Round()
    session = cast("Session", made)
    active.enter(session)
    yield made
    active.leave(session)


@pytest.fixture
def called(begun: Round) -> Round:
    """A round in its phase `call`."""
    begun.own.enter("call")
    return begun


def test_steps_lie_within_each_other(called: Round) -> None:
    """INVARIANT: each is told once, when it is over, with the one around it."""
    with step("order"):
        called.clock.advance(1.0)
        with step("pay"):
            called.clock.advance(0.5)
            inside = called.own.current()
        between = called.own.current()
    called.own.leave()

    assert called.tree == [("1", "2", "pay"), ("call", "1", "order"), ("", "call", "call")]
    assert (inside, between) == ("2", "1")
    pay, order, whole = called.told
    assert [one.seconds for one in called.told] == [0.5, 1.5, 1.5]
    assert (order.at, pay.at) == (whole.at, whole.at + 1.0)


def test_a_phase_without_anything_in_it_is_not_told(begun: Round) -> None:
    """What a plain test pays for steps is nothing."""
    for phase in ("setup", "call", "teardown"):
        begun.own.enter(phase)
        if phase == "call":
            assert begun.own.current() == "call"
        begun.own.leave()
    assert begun.tree == [("", "call", "call")]


def test_between_phases_there_is_no_step(begun: Round) -> None:
    """What a diagnosis sends belongs to none, and a step there is not told."""
    with step("too early"):
        assert begun.own.current() == ""
    begun.own.leave()
    assert begun.told == []


def test_a_step_of_another_phase_is_not_around_a_call(begun: Round) -> None:
    """A fixture's step lasts from setup to teardown: what the test does is the test's."""
    begun.own.enter("setup")
    fixture = step("prepare").__enter__()
    begun.own.leave()
    begun.own.enter("call")
    own = begun.own.current()
    begun.own.leave()
    begun.own.enter("teardown")
    fixture.__exit__(None, None, None)
    after = begun.own.current()
    begun.own.leave()

    assert (own, after) == ("call", "teardown")
    assert ("setup", "1", "prepare") in begun.tree


def test_a_step_may_end_in_another_context(called: Round) -> None:
    """A fixture of a loop's may be torn down in a context that knows nothing of its set-up."""
    opened = step("prepare").__enter__()
    contextvars.Context().run(opened.__exit__, None, None, None)
    assert called.tree == [("call", "1", "prepare")]


def test_a_step_that_outlives_its_test_is_not_told(called: Round) -> None:
    """Nothing comes after a test's end, whatever its tasks still do."""
    late = step("late").__enter__()
    called.own.leave()
    late.__exit__(None, None, None)
    assert called.tree == [("", "call", "call")]


@pytest.mark.parametrize(
    "error, expected",
    [
        pytest.param(ValueError("no\nmore"), "ValueError: no", id="first-line"),
        pytest.param(KeyboardInterrupt(), "KeyboardInterrupt", id="silent"),
        pytest.param(ValueError(f"is {SECRET}"), "ValueError: is *", id="masked"),
        pytest.param(ValueError("x" * 999), ("ValueError: " + "x" * 999)[:LONGEST], id="long"),
    ],
)
def test_what_a_step_ended_with_passes_on(
    called: Round, error: BaseException, expected: str
) -> None:
    """INVARIANT: a step hides no error; it keeps the first line of it, masked."""
    with pytest.raises(type(error)) as caught, step("fails"):
        raise error
    assert (caught.value, called.told[0].error) == (error, expected)


def test_an_error_that_cannot_be_read_is_told_by_its_name(called: Round) -> None:
    """What a test raises may do anything, and costs no step."""

    class Mute(Exception):
        def __str__(self) -> str:
            raise RuntimeError("no words")

    with pytest.raises(Mute), step("fails"):
        raise Mute
    assert called.told[0].error == "Mute"


def test_the_name_of_a_step_is_masked(called: Round) -> None:
    """A name may be made of what the test knows."""
    with step(f"log in with {SECRET}"):
        pass
    assert called.told[0].name == "log in with *"


def test_tasks_at_once_have_their_own_steps(called: Round) -> None:
    """INVARIANT: what one task calls is never shown in another's step."""
    seen: dict[str, str] = {}

    async def one(name: str, gate: asyncio.Barrier) -> None:
        async with step(name):
            await gate.wait()
            seen[name] = called.own.current()

    async def both() -> None:
        gate = asyncio.Barrier(2)
        async with step("around"):
            await asyncio.gather(one("a", gate), one("b", gate))

    asyncio.run(both())
    names = {made.id: (made.name, made.parent) for made in called.told}
    assert {name: names[id_] for name, id_ in seen.items()} == {"a": ("a", "1"), "b": ("b", "1")}


def test_tasks_may_share_one_step_object(called: Round) -> None:
    """Each task has its own opening of it, and closes that."""
    shared, seen = step("shared"), []

    async def one(gate: asyncio.Barrier) -> None:
        async with shared:
            seen.append(called.own.current())
            await gate.wait()
            await gate.wait()
            assert called.own.current() == asyncio.current_task().get_name()  # type: ignore[union-attr]

    async def both() -> None:
        gate = asyncio.Barrier(2)
        tasks = [asyncio.create_task(one(gate), name=name) for name in ("1", "2")]
        await asyncio.gather(*tasks)
        assert called.own.current() == "call"

    asyncio.run(both())
    assert seen == ["1", "2"]
    assert sorted(called.tree) == [("call", "1", "shared"), ("call", "2", "shared")]


def test_a_thread_of_the_test_is_in_its_phase(called: Round) -> None:
    """Threads begin with an empty context; what they call is the test's all the same."""
    seen: list[str] = []

    def work() -> None:
        with step("in a thread"):
            seen.append(called.own.current())

    with step("around"):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert seen == ["2"]
    assert ("call", "2", "in a thread") in called.tree


def test_a_function_is_a_step_at_each_call(called: Round) -> None:
    """The function keeps its name and its arguments, by which fixtures are asked for."""

    @step("add")
    def add(left: int, right: int = 2) -> int:
        """A sum."""
        return left + right

    assert (add(1), add(1, right=3)) == (3, 4)
    assert (add.__name__, [*inspect.signature(add).parameters]) == ("add", ["left", "right"])
    assert called.tree == [("call", "1", "add"), ("call", "2", "add")]


def test_a_coroutine_function_is_a_step_until_it_is_awaited(called: Round) -> None:
    """The step lasts as long as what it names."""

    @step("add")
    async def add(left: int) -> int:
        await asyncio.sleep(0)
        return left + int(called.own.current())

    assert inspect.iscoroutinefunction(add)
    assert asyncio.run(add(1)) == 2
    assert called.tree == [("call", "1", "add")]


def _yields() -> Iterator[int]:
    yield 1


async def _yields_later() -> AsyncIterator[int]:
    yield 1


@pytest.mark.parametrize("function", [_yields, _yields_later], ids=["sync", "async"])
def test_a_function_that_yields_cannot_be_a_step(function: Callable[[], Any]) -> None:
    """It would be over before any of it ran; the sentence says what to write."""
    with pytest.raises(UsageError, match=r"which yields: write `with step\('x'\):` inside of it"):
        step("x")(function)


@pytest.mark.parametrize("name", ["", "  ", None, len], ids=["empty", "blank", "none", "function"])
def test_a_step_needs_a_name(name: Any) -> None:  # noqa: ANN401
    """Also where the brackets of a decorator were forgotten."""
    with pytest.raises(UsageError, match=r'write `with step\("place the order"\):`'):
        step(name)


def test_outside_of_a_test_a_step_does_nothing(begun: Round) -> None:
    """INVARIANT: a helper with steps works in a script, and where no test is under way."""
    begun.steps = None
    with step("nowhere"):
        pass
    active.leave(cast("Session", begun))
    with step("nowhere"):
        pass
    assert begun.told == []
