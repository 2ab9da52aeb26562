"""Any record at all, for Hypothesis: each field with what its type allows."""

from __future__ import annotations

from dataclasses import fields
from typing import TypeVar

from hypothesis import strategies as st

from redhanded.history.records import (
    Evidence,
    Latency,
    Operation,
    Outcome,
    Record,
    Run,
    State,
)

T = TypeVar("T")

_finite = st.floats(allow_nan=False, allow_infinity=False)
_whole = st.integers(-(2**31) + 1, 2**31 - 1)
# No database keeps a zero byte.
_text = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
_BY_TYPE: dict[str, st.SearchStrategy[object]] = {
    "str": _text,
    "float": _finite,
    "float | None": st.none() | _finite,
    "int": _whole,
    "int | None": st.none() | _whole,
    "State": st.sampled_from(State),
    "Sequence[str]": st.lists(_text, max_size=3).map(tuple),
    "Mapping[str, str]": st.dictionaries(_text, _text, max_size=3),
    "Mapping[str, int]": st.dictionaries(_text, _whole, max_size=3),
}


def any_of(kind: type[T]) -> st.SearchStrategy[T]:
    """Any value of a dataclass of history."""
    return st.builds(kind, **{it.name: _BY_TYPE[str(it.type)] for it in fields(kind)})  # type: ignore[arg-type]


def records() -> st.SearchStrategy[Record]:
    """Any record in which nothing is told twice."""
    return st.builds(
        Record,
        run=any_of(Run),
        outcomes=st.lists(any_of(Outcome), max_size=3, unique_by=lambda it: it.test).map(tuple),
        latencies=st.lists(
            any_of(Latency), max_size=3, unique_by=lambda it: (it.test, it.operation, it.size)
        ).map(tuple),
        operations=st.lists(any_of(Operation), max_size=3, unique_by=lambda it: it.operation).map(
            tuple
        ),
        evidence=st.lists(any_of(Evidence), max_size=3).map(tuple),
    )
