"""What is said when a database fails, and how one is made to fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy
from sqlalchemy import event

from redhanded.history.database import Patience
from redhanded.history.store import HistoryUnavailable
from tests.history.samples import outcome, record

SECRET = "correct-horse"
IMPATIENT = Patience(lock=0.1)
BIG = record("r2", [outcome(f"t{number:04}" * 20) for number in range(5000)])


def sentence(attempt: Callable[[], object]) -> str:
    """What is said of an attempt that fails, which is one line and one sentence."""
    with pytest.raises(HistoryUnavailable) as raised:
        attempt()
    said = str(raised.value)
    assert "\n" not in said
    assert said.endswith(".")
    return said


@contextmanager
def listening(name: str, then: Callable[..., None]) -> Iterator[None]:
    """Calls a function at an event of every engine."""
    event.listen(sqlalchemy.Engine, name, then)
    try:
        yield
    finally:
        event.remove(sqlalchemy.Engine, name, then)
