"""Which frames of a traceback a reader sees: the project's own, and none of the machinery's.

A failed call goes through forty frames of clients, pools and sockets before it comes to the one
line that its author wrote. They are taken out while pytest makes its report, and put back: a
debugger finds them, and `--full-trace` leaves them in.
"""

from __future__ import annotations

import os
import sysconfig
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from redhanded.plugin.blocked import Blocked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_HOOKS = f"{Path(__file__).parent}{os.sep}"  # pytest runs all tests inside our hooks
_OURS = f"{Path(__file__).parents[1]}{os.sep}"
_LIBRARY = f"{sysconfig.get_path('stdlib')}{os.sep}"
_INSTALLED = frozenset({"site-packages", "dist-packages"})


class Hidden(NamedTuple):
    """For each error of a chain, the last one first: whether its whole traceback was taken out."""

    errors: tuple[bool, ...] = ()

    def shorten(self, report: pytest.TestReport) -> None:
        """Leave out of a failure whatever nothing is left of but its name."""
        longrepr: Any = report.longrepr
        chain: list[Any] = getattr(longrepr, "chain", [])
        if not self.errors or len(chain) != len(self.errors):
            return
        if all(self.errors):
            report.longrepr = None
        else:
            kept = zip(chain, reversed(self.errors), strict=True)
            longrepr.chain = [part for part, is_gone in kept if not is_gone]


@contextmanager
def machinery_hidden(
    excinfo: pytest.ExceptionInfo[BaseException] | None, item: pytest.Item
) -> Iterator[Hidden]:
    """While the block runs, the tracebacks of an error and its causes are as a reader sees them."""
    if excinfo is None or _is_wanted_whole(excinfo, item):
        yield Hidden()
        return
    whole, chains = excinfo.traceback, list(_chains(excinfo.value))
    tracebacks = [(error, error.__traceback__) for chain in chains for error in chain]
    try:
        hidden, *_ = [Hidden(tuple(_hide(chain, f"{item.path}"))) for chain in chains]
        excinfo.traceback = type(whole)(excinfo.value.__traceback__ or [])
        yield hidden
    finally:
        excinfo.traceback = whole
        for error, traceback in tracebacks:
            error.__traceback__ = traceback


def _is_wanted_whole(excinfo: pytest.ExceptionInfo[BaseException], item: pytest.Item) -> bool:
    is_skip = isinstance(excinfo.value, pytest.skip.Exception)
    return is_skip or bool(item.config.getoption("fulltrace", default=False))


def _chains(error: BaseException) -> Iterator[Sequence[BaseException]]:
    """The chain of the error, then those of the members of each group in it."""
    chain = list(_chain(error))
    yield chain
    for link in chain:
        if isinstance(link, BaseExceptionGroup):
            for member in link.exceptions:
                yield from _chains(member)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and its causes, in the order and to the extent in which they are shown."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _hide(chain: Iterable[BaseException], test_file: str) -> Iterator[bool]:
    """For each error whether all of it went; what lies beneath a call of ours goes with it."""
    is_beneath = False
    for error in chain:
        entries = list(_entries(error.__traceback__))
        is_nowhere = isinstance(error, Blocked)  # its traceback leads to no test
        shown = [] if is_nowhere else list(_shown(entries, test_file, is_beneath=is_beneath))
        if len(shown) < len(entries):
            is_beneath = shown[-1:] != entries[-1:]
            error.__traceback__ = _linked(shown)
        yield bool(entries) and not shown


def _entries(traceback: TracebackType | None) -> Iterator[TracebackType]:
    while traceback is not None:
        yield traceback
        traceback = traceback.tb_next


def _shown(
    entries: Sequence[TracebackType], test_file: str, *, is_beneath: bool
) -> Iterator[TracebackType]:
    """The project's frames, and stretches of other libraries that did not lead through us."""
    for is_machinery, group in groupby(entries, lambda entry: _is_machinery(entry, test_file)):
        stretch = list(group)
        if not is_machinery:
            yield from stretch
        elif not (is_beneath or any(map(_is_ours, stretch))):
            yield from (entry for entry in stretch if not _is_hook(entry))


def _file(entry: TracebackType) -> str:
    return entry.tb_frame.f_code.co_filename


def _is_machinery(entry: TracebackType, test_file: str) -> bool:
    file = _file(entry)
    if file == test_file:
        return False  # also where the suite itself is an installed package
    is_installed = not _INSTALLED.isdisjoint(Path(file).parts)
    return is_installed or file.startswith((_OURS, _LIBRARY, "<frozen"))


def _is_hook(entry: TracebackType) -> bool:
    return _file(entry).startswith(_HOOKS)


def _is_ours(entry: TracebackType) -> bool:
    return _file(entry).startswith(_OURS) and not _is_hook(entry)


def _linked(entries: Sequence[TracebackType]) -> TracebackType | None:
    linked = None
    for entry in reversed(entries):
        linked = TracebackType(linked, entry.tb_frame, entry.tb_lasti, entry.tb_lineno)
    return linked
