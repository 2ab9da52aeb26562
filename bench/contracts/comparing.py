"""What a comparison of documents finds of what another tool reports, and how long it takes."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.figures import Figure
from redhanded.contracts.changes import Change, changes
from redhanded.contracts.openapi.document import Document
from redhanded.contracts.openapi.loading import read

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "tests" / "corpus" / "openapi-diff"
DOCUMENTS = Path(__file__).with_name("documents")
_LONGEST = 10.0  # seconds for two documents of 1.7 MB
_RECALL = 0.95


def figures(*, short: bool) -> Iterator[Figure]:
    """How many breaking changes of the corpus are found, and the time for two large documents."""
    yield from _corpus()
    yield from _box(short=short)


def _corpus() -> Iterator[Figure]:
    expected = json.loads((CORPUS / "expected.json").read_text("utf-8"))
    wanted = {(name, *_key(one)) for name, all_of in expected.items() for one in _errors(all_of)}
    pairs = {name: _pair(name) for name in expected}
    began = time.perf_counter()
    found = {name: _told(changes(*pair)) for name, pair in pairs.items()}
    seconds = time.perf_counter() - began
    ours = {(name, *_key(one)) for name, all_of in found.items() for one in all_of}
    grave = {(name, *_key(one)) for name, all_of in found.items() for one in _errors(all_of)}
    alone = [one for pair in pairs.values() for one in _told(changes(pair[0], pair[0]))]
    recall = len(wanted & ours) / len(wanted)
    yield Figure(
        name=f"breaking changes that oasdiff finds in {len(pairs)} pairs, found",
        measured=f"{len(wanted & ours)} of {len(wanted)}, {recall:.1%}, in {seconds:.1f} s",
        goal=f">= {_RECALL:.0%}",
        is_met=recall >= _RECALL,
    )
    yield Figure(
        name="the same, as breaking too; others that we call breaking",
        measured=f"{len(wanted & grave)}; {len(grave - wanted)}",
    )
    yield Figure(
        name="changes between documents and themselves",
        measured=str(len(alone)),
        goal="0",
        is_met=not alone,
    )


def _box(*, short: bool) -> Iterator[Figure]:
    old, new = box("2024-07"), box("2026-06")
    began = time.perf_counter()
    found = changes(old, new)
    seconds = time.perf_counter() - began
    most = 2 * _LONGEST if short else _LONGEST  # a gate's machine is held up by others
    errors = len(_errors(_told(found)))
    yield Figure(
        name="two documents of 1.7 MB, two years apart, compared",
        measured=f"{seconds:.1f} s: {len(found):,} changes, {errors:,} breaking",
        goal=f"<= {most:.0f} s",
        is_met=seconds <= most,
    )


def box(month: str) -> Document:
    """The document of the Box API as it stood in a month."""
    return read(packed(month), f"box-{month}.json")


def packed(month: str) -> bytes:
    """The content of that document, out of its archive."""
    return gzip.decompress((DOCUMENTS / f"box-{month}.json.gz").read_bytes())


def _pair(name: str) -> tuple[Document, Document]:
    old, new = (CORPUS / f"{name}.{side}.yaml" for side in ("base", "revision"))
    return read(old.read_bytes(), old.name), read(new.read_bytes(), new.name)


def _told(found: Sequence[Change]) -> list[dict[str, Any]]:
    return [
        {"id": one.id, "level": one.level, "operation": one.operation, "path": one.path}
        for one in found
    ]


def _errors(found: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [one for one in found if one["level"] == "error"]


def _key(one: Mapping[str, Any]) -> tuple[str, str, str]:
    return one["id"], one["operation"] or "", one["path"] or ""
