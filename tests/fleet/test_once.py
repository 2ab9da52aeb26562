"""`once` inside of one process: results, failures, threads, files and slips."""

from __future__ import annotations

import json
import math
import os
import stat
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from redhanded.core.errors import UsageError
from redhanded.fleet.once import Once, OnceFailed


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that does not exist yet, two levels down."""
    return tmp_path / "run" / "once"


@pytest.fixture
def once(folder: Path) -> Once:
    """One worker of the run."""
    return Once(folder)


class Counted:
    """A function that counts its calls."""

    def __init__(self, result: object = None, error: BaseException | None = None) -> None:
        self.result = result
        self.error = error
        self.calls = 0

    def __call__(self) -> object:
        self.calls += 1
        if self.error is not None:
            raise self.error
        return self.result


@pytest.mark.parametrize(
    "result",
    [
        pytest.param("token", id="text"),
        pytest.param("", id="empty-text"),
        pytest.param(None, id="none"),
        pytest.param(False, id="false"),
        pytest.param(1.5, id="number"),
        pytest.param({"a": [1, {"b": None}], "ä": "\ud800"}, id="nested"),
    ],
)
def test_the_function_runs_once_and_all_get_its_result(
    once: Once, folder: Path, result: object
) -> None:
    """The first caller, the same worker later, and another worker get the same."""
    fn = Counted(result)

    answers = [once("key", fn), once("key", fn), Once(folder)("key", fn)]

    assert answers == [result] * 3
    assert fn.calls == 1


def test_each_key_has_its_own_result(once: Once) -> None:
    """Keys are told apart, also those that no file system tells apart."""
    keys = ["a", "A", "a/b", "a\\b", "..", "con", "a" * 5000, "\ud800", "ключ", "a:b*?"]

    results = [once(key, Counted(key)) for key in keys]

    assert results == keys


def test_nobody_can_alter_what_another_one_gets(once: Once) -> None:
    """Each caller has a copy of its own."""
    first = once("key", lambda: {"roles": ["reader"]})
    first["roles"].append("admin")

    second = once("key", lambda: {"roles": ["nobody"]})

    assert second == {"roles": ["reader"]}


def test_after_the_first_read_no_file_is_touched(once: Once, folder: Path) -> None:
    """A worker reads a result from the disk once."""
    once("key", lambda: 1)
    for file in folder.iterdir():
        file.unlink()

    assert once("key", lambda: 2) == 1


def test_threads_of_one_process_run_the_function_once(once: Once) -> None:
    """Threads that come at the same moment wait for the first of them."""
    fn = Counted("token")
    together = threading.Barrier(8)

    def ask(_: int) -> object:
        together.wait()
        return once("key", fn)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(8)))

    assert answers == ["token"] * 8
    assert fn.calls == 1


def test_a_thread_does_not_wait_longer_than_it_may(folder: Path) -> None:
    """The limit holds for the threads of one process too."""
    once = Once(folder, seconds=0)
    inside, leave = threading.Event(), threading.Event()

    def slow() -> str:
        inside.set()
        leave.wait()
        return "late"

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(once, "key", slow)
        inside.wait()
        try:
            with pytest.raises(OnceFailed, match=r'once\("key"\) waited 0 s for another worker'):
                once("key", lambda: "mine")
        finally:
            leave.set()

    assert first.result() == "late"


def test_the_first_caller_gets_the_exception_itself(once: Once) -> None:
    """What failed can still be judged by its type, its attempts and its cause."""
    error = ConnectionError("no route to host")

    with pytest.raises(ConnectionError) as caught:
        once("login", Counted(error=error))

    assert caught.value is error


def test_a_failure_is_shared_and_not_repeated(once: Once, folder: Path) -> None:
    """INVARIANT: a dead login is not hammered by every worker and every test."""
    fn = Counted(error=json.JSONDecodeError("not JSON", "<html>", 0))
    with pytest.raises(json.JSONDecodeError):
        once("login", fn)

    failures = []
    for worker in (once, Once(folder)):
        with pytest.raises(OnceFailed) as caught:
            worker("login", fn)
        failures.append(caught.value)

    assert fn.calls == 1
    sentence = (
        'once("login") failed earlier in this run and is not tried again: '
        "json.decoder.JSONDecodeError: not JSON: line 1 column 1 (char 0)"
    )
    assert [str(each) for each in failures] == [sentence] * 2
    assert [each.key for each in failures] == ["login"] * 2
    assert [each.error for each in failures] == ["json.decoder.JSONDecodeError"] * 2


def test_an_interrupt_is_no_failure(once: Once) -> None:
    """Ctrl-C says nothing about the function: the next caller runs it."""
    with pytest.raises(KeyboardInterrupt):
        once("key", Counted(error=KeyboardInterrupt()))

    assert once("key", Counted("fine")) == "fine"


def test_keys_may_be_nested(once: Once) -> None:
    """A function may ask for another key."""
    result = once("session", lambda: {"token": once("token", lambda: "abc")})

    assert result == {"token": "abc"}


def test_a_key_inside_of_itself_is_an_error(once: Once) -> None:
    """It would wait for itself; instead the sentence says what to write."""
    with pytest.raises(UsageError) as caught:
        once("token", lambda: once("token", lambda: "abc"))

    assert str(caught.value) == (
        'once("token") is asked for inside its own function; give the inner one a key of its own.'
    )


class _Odd:
    pass


async def _fetch() -> str:
    return "token"


def _begin() -> object:
    return _fetch()


def _endless() -> list[object]:
    each: list[object] = []
    each.append(each)
    return each


@pytest.mark.parametrize(
    "make, shown",
    [
        pytest.param(_Odd, "_Odd (Object of type _Odd is not JSON serializable)", id="object"),
        pytest.param(
            lambda: {"at": datetime(2026, 1, 1, tzinfo=UTC)},
            "dict (Object of type datetime is not JSON serializable)",
            id="inside",
        ),
        pytest.param(lambda: b"token", "bytes (Object of type bytes is not", id="bytes"),
        pytest.param(lambda: math.nan, "float (Out of range float values", id="nan"),
        pytest.param(_endless, "list (Circular reference detected)", id="endless"),
        pytest.param(lambda: ("a", 1), "tuple (a tuple or a key that is not text", id="tuple"),
        pytest.param(lambda: {1: "a"}, "dict (a tuple or a key that is not text", id="key"),
    ],
)
def test_a_result_that_json_cannot_carry_is_an_error(
    once: Once, make: Callable[[], object], shown: str
) -> None:
    """Every worker must get the same: the key and the type are named."""
    with pytest.raises(UsageError) as caught:
        once("thing", make)

    message = str(caught.value)
    assert message.startswith('once("thing") shares its result as JSON, and its function returned')
    assert f"a value of type {shown}" in message


def test_an_async_function_is_an_error(once: Once) -> None:
    """Nobody would await it; it is closed, so that no warning follows."""
    with pytest.raises(UsageError) as caught:
        once("token", _begin)

    assert str(caught.value) == (
        'once("token") was given an async function; give it one that returns its result.'
    )


@pytest.mark.parametrize(
    "key, fn, sentence",
    [
        pytest.param(
            "",
            len,
            'once() takes a name and a function: write once("token", fetch_token).',
            id="empty",
        ),
        pytest.param(
            7,
            len,
            'once() takes a name and a function: write once("token", fetch_token).',
            id="number",
        ),
        pytest.param(
            "token",
            "abc",
            'once("token", ...) was given a value of type str; give it the function itself, '
            'without calling it: once("token", fetch).',
            id="called",
        ),
    ],
)
def test_a_slip_in_the_arguments_is_told(
    once: Once, key: object, fn: object, sentence: str
) -> None:
    """The name comes first and the function is not called by the author."""
    ask: Callable[[object, object], object] = once  # type: ignore[assignment]

    with pytest.raises(UsageError) as caught:
        ask(key, fn)

    assert str(caught.value) == sentence


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps no permission bits")
def test_only_the_owner_can_read_what_is_stored(once: Once, folder: Path) -> None:
    """INVARIANT: a token on the disk is nobody else's."""
    mask = os.umask(0)
    try:
        once("token", lambda: "abc")
        with pytest.raises(ValueError, match="abc"):
            once("other", Counted(error=ValueError("abc")))
    finally:
        os.umask(mask)

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}


def test_discarding_removes_every_trace(once: Once, folder: Path) -> None:
    """After the run no token stays on the disk."""
    once("token", lambda: "abc")

    once.discard()

    assert not folder.exists()
    assert once("token", lambda: "new") == "new"


def test_discarding_twice_does_no_harm(once: Once) -> None:
    """The end of a run may come twice."""
    once.discard()
    once.discard()

    assert once("key", lambda: 1) == 1


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """A file stands where the folder should be: one sentence, with the place."""
    (tmp_path / "run").write_text("", "utf-8")

    with pytest.raises(OnceFailed) as caught:
        Once(tmp_path / "run" / "once")("key", lambda: 1)

    assert str(caught.value).startswith('once("key") cannot use the folder ')
    assert str(caught.value).endswith("make it writable or set `folder` to another one.")


def test_a_lock_that_cannot_be_taken_is_told(once: Once, folder: Path) -> None:
    """Something stands where the lock should be: one sentence, before the function runs."""
    once("key", lambda: 1)
    lock = next(folder.glob("*.lock"))
    once.discard()
    lock.mkdir(parents=True)
    fn = Counted()

    with pytest.raises(OnceFailed, match=r'once\("key"\) cannot use the folder'):
        once("key", fn)

    assert fn.calls == 0


def test_a_result_that_cannot_be_written_is_told(once: Once, folder: Path) -> None:
    """The function ran, but the others could not know: that is no result."""
    with pytest.raises(OnceFailed, match="cannot use the folder"):
        once("key", lambda: _block(folder))


def test_a_failure_that_cannot_be_written_is_told_all_the_same(once: Once, folder: Path) -> None:
    """The function's own exception says more than the full disk behind it."""

    def fail() -> None:
        _block(folder)
        raise ConnectionError("no route to host")

    with pytest.raises(ConnectionError, match="no route to host"):
        once("key", fail)


def _block(folder: Path) -> None:
    # A folder where the draft of the result should go stands for a disk that takes no more.
    lock = next(folder.glob("*.lock"))
    lock.with_suffix(".draft").mkdir()
