"""A traceback shows the project's own frames; a debugger still finds all of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest

from redhanded import Settings, open_client
from redhanded.core.errors import UsageError
from redhanded.plugin.frames import Hidden, machinery_hidden
from redhanded.verdict.status import allowed

Caught = pytest.ExceptionInfo[BaseException]


def caught(action: Callable[[], object]) -> Caught:
    """The error of an action, as pytest holds it."""
    with pytest.raises(BaseException) as found:
        action()
    return found


def files(excinfo: Caught) -> list[str]:
    """The names of the files of a traceback's frames."""
    return [Path(entry.path).name for entry in excinfo.traceback]


def refused() -> object:
    """A call that no server takes."""
    with open_client(Settings(retry={"capacity": 0})) as client:  # type: ignore[arg-type]
        return client.get("http://127.0.0.1:1/x")


def test_what_lies_beneath_a_call_is_hidden_and_comes_back(request: pytest.FixtureRequest) -> None:
    """The author's frames stay; after the block the traceback is whole, and so are its causes."""
    excinfo = caught(refused)
    before, raw = files(excinfo), excinfo.value.__traceback__

    with machinery_hidden(excinfo, request.node) as hidden:
        shown = files(excinfo)

    assert set(shown) == {Path(__file__).name}
    assert len(before) > len(shown) + 5
    assert files(excinfo) == before
    assert excinfo.value.__traceback__ is raw
    assert hidden.errors[0] is False
    assert all(hidden.errors[1:])


def test_other_libraries_are_shown_where_they_do_not_lead_through_us(
    request: pytest.FixtureRequest,
) -> None:
    """An error in somebody else's code is theirs to read."""
    excinfo = caught(lambda: json.loads("{"))
    before = files(excinfo)

    with machinery_hidden(excinfo, request.node) as hidden:
        assert files(excinfo) == before

    assert hidden.errors == (False,)


def test_what_the_author_called_through_us_is_shown(request: pytest.FixtureRequest) -> None:
    """A function of the test that we call is a frame of the test."""
    transport = httpx2.MockTransport(lambda _: 1 / 0)  # type: ignore[arg-type]

    def call() -> object:
        from redhanded.client.client import Client

        return Client(transport=transport).get("http://x/")

    excinfo = caught(call)
    with machinery_hidden(excinfo, request.node) as hidden:
        shown = [entry.name for entry in excinfo.traceback]

    assert shown[-2:] == ["call", "<lambda>"]
    assert hidden.errors == (False,)


def test_an_error_of_ours_alone_leaves_no_frame(request: pytest.FixtureRequest) -> None:
    """Then its sentence is all there is to show, and the representation is taken away."""
    excinfo = caught(lambda: allowed(999))
    excinfo = pytest.ExceptionInfo.from_exception(_from(excinfo.value, 2))
    report: Any = SimpleNamespace(longrepr=SimpleNamespace(chain=[("one", None, None)]))

    with machinery_hidden(excinfo, request.node) as hidden:
        assert files(excinfo) == []
    hidden.shorten(report)

    assert hidden == Hidden((True,))
    assert report.longrepr is None


def _from(error: BaseException, first: int) -> BaseException:
    """The error with a traceback that begins at a deeper frame."""
    traceback = error.__traceback__
    for _ in range(first):
        assert traceback is not None
        traceback = traceback.tb_next
    return error.with_traceback(traceback)


def test_a_cause_that_the_author_had_a_part_in_is_shown(request: pytest.FixtureRequest) -> None:
    """Of the chain only those links go of which nothing but a name would be left."""

    def closed() -> None:
        try:
            refused()
        except httpx2.ConnectError as error:
            raise ValueError("the shop is closed") from error

    excinfo = caught(closed)
    with machinery_hidden(excinfo, request.node) as hidden:
        cause = excinfo.value.__cause__
        assert cause is not None
        shown = pytest.ExceptionInfo.from_exception(cause)
        assert set(files(shown)) == {Path(__file__).name}
    chain = [*(f"link {number}" for number in range(len(hidden.errors) - 2)), "call", "closed"]
    report: Any = SimpleNamespace(longrepr=SimpleNamespace(chain=chain))
    hidden.shorten(report)

    assert hidden.errors[:2] == (False, False)
    assert report.longrepr.chain == ["call", "closed"]


def test_the_members_of_a_group_are_cut_too(request: pytest.FixtureRequest) -> None:
    """Each error of a group is shown as it would be alone."""
    inner = caught(refused).value
    assert isinstance(inner, Exception)

    def both() -> None:
        raise ExceptionGroup("both", [inner, ExceptionGroup("in", [inner])])

    excinfo = caught(both)
    with machinery_hidden(excinfo, request.node):
        shown = files(pytest.ExceptionInfo.from_exception(inner))

    assert set(shown) == {Path(__file__).name}
    assert len(files(pytest.ExceptionInfo.from_exception(inner))) > len(shown)


def test_a_chain_may_lead_back_to_itself(request: pytest.FixtureRequest) -> None:
    """Two errors may name each other as their contexts."""
    one, other = UsageError("one"), UsageError("other")
    one.__context__, other.__context__ = other, one

    def fail() -> None:
        raise one

    with machinery_hidden(caught(fail), request.node) as hidden:
        assert len(hidden.errors) == 2


def test_a_context_that_is_suppressed_is_left_alone(request: pytest.FixtureRequest) -> None:
    """What is not shown needs no cutting."""

    def fail() -> None:
        try:
            refused()
        except httpx2.ConnectError:
            raise ValueError("closed") from None

    with machinery_hidden(caught(fail), request.node) as hidden:
        assert hidden.errors == (False,)


@pytest.mark.parametrize("action", [lambda: pytest.skip("later"), None], ids=["skip", "none"])
def test_where_nothing_failed_nothing_is_hidden(
    request: pytest.FixtureRequest, action: Callable[[], object] | None
) -> None:
    """A skip is shown where it was called; a test that holds has no traceback."""
    excinfo = None if action is None else caught(action)
    report: Any = SimpleNamespace(longrepr="as it was")

    with machinery_hidden(excinfo, request.node) as hidden:
        pass
    hidden.shorten(report)

    assert hidden == Hidden()
    assert report.longrepr == "as it was"
