"""Whether a journal can be read wherever the writing of it was cut off."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.figures import Figure
from bench.history.figures import at_most
from redhanded.cleanup.contents import read
from redhanded.cleanup.entries import Created, Declared, Deleted, Entry, Intended, decode
from redhanded.cleanup.journal import Journal
from redhanded.cleanup.owner import this_process

RECORDS = 200
ONE_IN = 41


def figures(*, short: bool, seed: int) -> Iterator[Figure]:
    """Each prefix of a journal of so many records, byte by byte; in short, one in so many."""
    del seed
    with tempfile.TemporaryDirectory() as name:
        wrong, count = unread(Path(name), records=RECORDS, step=ONE_IN if short else 1)
    label = f"prefixes of a journal of {RECORDS} records that are not read"
    yield at_most(label, wrong, count, 0.0)


def unread(folder: Path, *, records: int, step: int = 1) -> tuple[int, int]:
    """How many prefixes of a journal tell other than what they hold, and how many there are."""
    whole, cut = written(folder, records=records).read_bytes(), folder / "cut.ndjson"
    entries = read_entries(whole)
    assert len(entries) == records, len(entries)
    wrong, sizes = 0, range(0, len(whole) + 1, step)
    cut.write_bytes(whole)
    for size in reversed(sizes):
        os.truncate(cut, size)
        found = read(cut)
        expected = entries[: len(read_entries(whole[:size]))]
        wrong += bool(found.problem or found.damaged or list(found.entries) != expected)
    return wrong, len(sizes)


def written(folder: Path, *, records: int) -> Path:
    """A journal of objects that are meant to be made, made and, half of them, removed."""
    journal = Journal(
        folder,
        lambda: this_process(run="3f2a9c1e", worker="main", base_url="http://127.0.0.1:8000"),
        complain=print,
    )
    journal.declare(Declared(kind="room", delete="DELETE /rooms/{id}"))
    for number in range(0, records, 5):
        tags = [f"rh-3f2a9c1e-{number}-{letter}" for letter in "ab"]
        for tag in tags:
            journal.intend("room", tag)
        journal.created("room", f"{number}-ä", tag=tags[0])
        journal.created("room", f"{number}-b", tag=tags[1])
        journal.deleted("room", f"{number}-b")
    assert journal.path is not None
    return journal.path


def read_entries(text: bytes) -> list[Entry]:
    """The entries that are whole in a text."""
    lines = map(decode, text.split(b"\n"))
    return [line for line in lines if isinstance(line, Intended | Created | Deleted)]
