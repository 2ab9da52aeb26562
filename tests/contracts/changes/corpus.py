"""The pairs of documents that oasdiff judged, and where our judgement differs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple, TypeAlias

from redhanded.contracts.changes import Change
from redhanded.contracts.openapi.document import Document
from redhanded.contracts.openapi.loading import read
from tests.contracts.changes.documents import compared

CORPUS = Path(__file__).parents[2] / "corpus" / "openapi-diff"
NOTHING = "nothing"
_LEVELS = {"error": "error", "warn": "warning", "info": "info"}

Place: TypeAlias = tuple[str, str | None, str | None]
"""A rule, a method and a path: by these a report is held against another."""


class Disagreement(NamedTuple):
    """A rule that one told of a pair and the other did not, or as graver."""

    pair: str
    rule: str
    theirs: str
    ours: str


@cache
def expected() -> dict[str, dict[Place, str]]:
    """What oasdiff says of each pair; the levels are called as we call them."""
    told = json.loads((CORPUS / "expected.json").read_text(encoding="utf-8"))
    return {
        pair: {(one["id"], one["operation"], one["path"]): _LEVELS[one["level"]] for one in entries}
        for pair, entries in told.items()
    }


def document(pair: str, side: str) -> Document:
    """One document of a pair: its `base` or its `revision`."""
    path = CORPUS / f"{pair}.{side}.yaml"
    return read(path.read_bytes(), path.name)


@cache
def found(pair: str) -> tuple[Change, ...]:
    """What we say of a pair."""
    return tuple(compared(document(pair, "base"), document(pair, "revision")))


def ours(pair: str) -> dict[Place, str]:
    """What we say of a pair, so that it can be held against theirs; the gravest counts."""
    graver_last = sorted(found(pair), key=lambda change: change.order[2])[::-1]
    return {(one.id, one.operation, one.path): one.level for one in graver_last}


def disagreements() -> Iterator[Disagreement]:
    """All of them, by pair and rule."""
    for pair, theirs in expected().items():
        mine = ours(pair)
        for place in sorted(theirs.keys() | mine.keys(), key=str):
            levels = theirs.get(place, NOTHING), mine.get(place, NOTHING)
            if levels[0] != levels[1]:
                yield Disagreement(pair, place[0], *levels)
