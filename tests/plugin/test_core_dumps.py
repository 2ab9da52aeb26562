"""A crash leaves no image of a memory that holds secrets."""

from __future__ import annotations

import sys

import pytest

from redhanded.plugin.core_dumps import CoreDumps

resource = pytest.importorskip("resource")


def limits() -> tuple[int, int]:
    """The soft and the hard limit of this process."""
    found: tuple[int, int] = resource.getrlimit(resource.RLIMIT_CORE)
    return found


def test_none_is_written_until_it_is_allowed_again() -> None:
    """The hard limit stays, so that what was allowed can be given back."""
    before, dumps = limits(), CoreDumps()

    dumps.forbid()
    meanwhile = limits()
    dumps.allow()
    dumps.allow()

    assert meanwhile == (0, before[1])
    assert limits() == before


def test_a_system_without_limits_has_none_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows."""
    before, dumps = limits(), CoreDumps()
    monkeypatch.setitem(sys.modules, "resource", None)

    dumps.forbid()
    meanwhile = limits()
    dumps.allow()

    assert meanwhile == before
