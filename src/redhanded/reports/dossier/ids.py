"""The ids of tests in reports: made of the test alone, so each report of a run has the same."""

from __future__ import annotations

from hashlib import sha256
from typing import Final

SHORTEST: Final = 8  # characters of an id


def digest_of(shard: str, test_id: str, again: int = 0) -> str:
    """The whole digest of which an id is the beginning.

    `again` numbers those of one name: it is 0 for the first.
    """
    parts = (shard, test_id, *([f"{again}"] if again else []))
    return sha256("\0".join(parts).encode("utf-8", "backslashreplace")).hexdigest()


def id_of(shard: str, test_id: str) -> str:
    """The id of a test, unless another test of the run has the same: then it is longer."""
    return digest_of(shard, test_id)[:SHORTEST]
