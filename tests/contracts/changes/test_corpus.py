"""Pairs that oasdiff judged: what it calls an error is found, and what we see otherwise is told."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.contracts.changes.corpus import (
    CORPUS,
    Disagreement,
    Place,
    disagreements,
    document,
    expected,
    ours,
)
from tests.contracts.changes.documents import compared

_LISTED = Path(__file__).with_name("disagreements.toml")
_PAIRS = sorted(path.name.removesuffix(".base.yaml") for path in CORPUS.glob("*.base.yaml"))


def listed() -> dict[Disagreement, str]:
    """The disagreements that have a reason."""
    entries = tomllib.loads(_LISTED.read_text(encoding="utf-8"))["disagreement"]
    return {
        Disagreement(one["pair"], one["rule"], one["theirs"], one["ours"]): one["reason"]
        for one in entries
    }


def test_every_pair_is_judged() -> None:
    """The corpus is whole: each expectation has its two documents, and the reverse."""
    assert sorted(expected()) == _PAIRS
    assert len(_PAIRS) == 76


def errors() -> list[tuple[str, Place]]:
    """What oasdiff calls an error, with the pair that has it."""
    return [
        (pair, place)
        for pair, places in expected().items()
        for place, level in places.items()
        if level == "error"
    ]


def test_nearly_every_error_is_found() -> None:
    """Of what oasdiff calls an error, 95 % is told by the same rule at the same operation."""
    hits = [place for pair, place in errors() if place in ours(pair)]

    assert len(errors()) == 73
    assert len(hits) / len(errors()) >= 0.95


def test_the_guide_says_how_many_errors_are_found() -> None:
    """The figures of the guide are those of the corpus."""
    levels = [ours(pair).get(place) for pair, place in errors()]
    found, graver = sum(level is not None for level in levels), levels.count("error")
    guide = (CORPUS.parents[2] / "docs" / "how-to" / "diff.md").read_text(encoding="utf-8")

    assert f"{found} of the {len(levels)} places where it reports an error" in guide
    assert f"{graver} of them as an error too" in guide


def test_every_disagreement_has_a_reason() -> None:
    """What we judge otherwise than oasdiff is listed, and what is listed we still judge so."""
    assert set(listed()) == set(disagreements())
    assert all(len(reason) > 20 for reason in listed().values())


@pytest.mark.parametrize("pair", [pytest.param(pair, id=pair) for pair in _PAIRS])
def test_identical_documents_have_no_change(pair: str) -> None:
    """INVARIANT: a document held against itself gives nothing."""
    for side in ("base", "revision"):
        assert compared(document(pair, side), document(pair, side)) == []
