"""The cache of documents: read once until a file of them changes, and never in the way."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from redhanded.contracts.openapi.document import Document, DocumentUnusable
from redhanded.session.document_cache import KEPT, DocumentCache, key_of

CONTENT = b"""
openapi: 3.1.0
paths:
  /x: {$ref: common.yaml}
"""
HOME = "file:///p/api.yaml"


class Disk(dict[str, bytes]):
    """Files by address."""

    def __call__(self, uri: str) -> bytes:
        """The bytes of a file."""
        if uri not in self:
            raise DocumentUnusable(f"there is no file {uri}: correct its name.")
        return self[uri]


@pytest.fixture
def disk() -> Disk:
    """What the document refers to."""
    return Disk({"file:///p/common.yaml": b"get: {responses: {200: {description: x}}}"})


def read(folder: Path, disk: Disk, content: bytes = CONTENT) -> Document:
    """The document by way of the cache in a folder."""
    return DocumentCache(folder).read(content, "api.yaml", uri=HOME, fetch=disk)


def entry_in(folder: Path) -> Path:
    """The one entry in a folder."""
    [entry] = folder.glob("*.json")
    return entry


def mark(folder: Path) -> None:
    """Make the entry one that can be told from the document that is read anew."""
    packed: dict[str, Any] = json.loads(entry_in(folder).read_text("ascii"))
    packed["flaws"] = [["from", "the cache"]]
    entry_in(folder).write_text(json.dumps(packed), "ascii")


def is_from_cache(document: Document) -> bool:
    """Whether the document is the entry that was marked."""
    return [flaw.message for flaw in document.flaws] == ["the cache"]


def test_what_was_read_is_not_read_again(tmp_path: Path, disk: Disk) -> None:
    """Another process finds the same document, from JSON and without a look for flaws."""
    first = read(tmp_path, disk)
    assert read(tmp_path, disk) == first

    mark(tmp_path)

    assert is_from_cache(read(tmp_path, disk))


def test_another_content_is_another_document(tmp_path: Path, disk: Disk) -> None:
    """One sign is enough."""
    read(tmp_path, disk)
    mark(tmp_path)

    assert not is_from_cache(read(tmp_path, disk, CONTENT + b"\n"))


@pytest.mark.parametrize("common", [b"get: {}", None], ids=["another content", "no longer there"])
def test_a_change_of_another_file_is_seen(tmp_path: Path, disk: Disk, common: bytes | None) -> None:
    """INVARIANT: nothing is judged by a file that is no more."""
    read(tmp_path, disk)
    mark(tmp_path)
    del disk["file:///p/common.yaml"]
    if common is not None:
        disk["file:///p/common.yaml"] = common

    assert not is_from_cache(read(tmp_path, disk))


def test_a_file_that_was_missing_and_is_there_is_seen(tmp_path: Path) -> None:
    """Somebody has mended the document."""
    disk = Disk()
    assert read(tmp_path, disk).flaws
    mark(tmp_path)
    assert is_from_cache(read(tmp_path, disk))

    disk["file:///p/common.yaml"] = b"get: {}"

    assert read(tmp_path, disk).flaws == ()


@pytest.mark.parametrize(
    "damaged",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b'{"form": 1, "root"', id="cut"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"\xff\xfe", id="no text"),
        pytest.param(b"[" * 100_000, id="nested for ever"),
        pytest.param(b'{"form": 0}', id="of another release"),
    ],
)
def test_a_damaged_entry_is_made_anew(tmp_path: Path, disk: Disk, damaged: bytes) -> None:
    """Nobody is told: nothing is lost but time."""
    first = read(tmp_path, disk)
    whole = entry_in(tmp_path).read_bytes()
    entry_in(tmp_path).write_bytes(damaged)

    assert read(tmp_path, disk) == first
    assert entry_in(tmp_path).read_bytes() == whole


def test_entries_that_were_not_used_for_long_go(tmp_path: Path, disk: Disk) -> None:
    """What was used last is kept; its lock goes with an entry."""
    for day in range(KEPT + 1):
        read(tmp_path, disk, CONTENT + b"#" * day)
        for file in tmp_path.glob(f"{key_of(CONTENT + b'#' * day, 'api.yaml', HOME)}.*"):
            os.utime(file, (day, day))
    DocumentCache(tmp_path).known(key_of(CONTENT + b"#", "api.yaml", HOME))

    read(tmp_path, disk, CONTENT + b"# one more")

    gone = [key_of(CONTENT + b"#" * day, "api.yaml", HOME) for day in (0, 2)]
    left = {file.stem for file in tmp_path.iterdir()}
    assert len(list(tmp_path.glob("*.json"))) == KEPT
    assert left.isdisjoint(gone)


def test_a_folder_that_cannot_be_used_hinders_nobody(tmp_path: Path, disk: Disk) -> None:
    """The document is read, each time anew."""
    folder = tmp_path / "file"
    folder.write_text("in the way", "ascii")

    assert read(folder, disk) == read(folder, disk)


def test_nobody_waits_for_ever_for_another_process(
    tmp_path: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that hangs with its turn costs the others no more than their own reading."""
    monkeypatch.setattr("redhanded.session.document_cache.PATIENCE", 0.01)
    key = key_of(CONTENT, "api.yaml", HOME)

    with FileLock(tmp_path / f"{key}.lock"):
        document = read(tmp_path, disk)

    assert document.flaws == ()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes of files")
def test_only_the_owner_can_read_entries(tmp_path: Path, disk: Disk) -> None:
    """A document may be one that not everybody gets to see."""
    read(tmp_path / "cache", disk)

    modes = {
        file.stat().st_mode & 0o077 for file in (tmp_path / "cache", entry_in(tmp_path / "cache"))
    }
    assert modes == {0}


def test_no_draft_is_left(tmp_path: Path, disk: Disk) -> None:
    """An entry is put in place as a whole."""
    read(tmp_path, disk)

    assert sorted(file.suffix for file in tmp_path.iterdir()) == [".json", ".lock"]
