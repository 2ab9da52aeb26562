"""What is dear to make and only looked at: once for all workers of a test run."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from filelock import FileLock

T = TypeVar("T")


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], T]) -> T:
    """What `make` gave for a folder of its own, for whichever worker asked first.

    The others wait for it. It outlives that worker, so it must not speak of the worker's servers.
    Where `make` fails, whoever asks next tries again.
    """
    common = common_folder(factory)
    kept = common / f"{name}.pickle"
    with FileLock(common / f"{name}.lock"):
        if not kept.exists():
            made = make(factory.mktemp(name))
            kept.write_bytes(pickle.dumps(made))
        found: T = pickle.loads(kept.read_bytes())  # noqa: S301  written above
    return found


def common_folder(factory: pytest.TempPathFactory) -> Path:
    """The temporary folder that all workers of a test run know."""
    base = factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
