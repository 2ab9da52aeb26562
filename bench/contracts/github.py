"""What one of the largest published documents takes: loading it, compiling all its answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bench.contracts.starting import spawned
from bench.figures import Figure

HOW = (
    "GitHub's document: npm install --prefix DIR @octokit/openapi, then it is"
    " DIR/node_modules/@octokit/openapi/generated/api.github.com.json"
)


def figures(file: Path | None) -> Iterator[Figure]:
    """Seconds, memory, and how many schemas cannot be used; without a file, how to get it."""
    if file is None or not file.is_file():
        yield Figure(name="GitHub's document", measured=f"skipped, name it with --github. {HOW}")
        return
    told = spawned("bench.contracts.compiling", str(file))
    size = file.stat().st_size / 1e6
    document, all_in_all = told["document_megabytes"], told["megabytes"]
    yield Figure(
        name=f"GitHub's document, {size:.0f} MB, {told['operations']:,} operations, loaded",
        measured=f"{told['load_seconds']:.1f} s, {document:.0f} MB of memory",
    )
    unusable = len(told["flaws"])
    yield Figure(
        name="every schema of its answers compiled",
        measured=f"{told['schemas'] - unusable:,} of {told['schemas']:,}",
        goal="all",
        is_met=not unusable,
    )
    yield Figure(
        name="the same: time, memory of the process",
        measured=f"{told['compile_seconds']:.1f} s, {all_in_all:.0f} MB",
    )
