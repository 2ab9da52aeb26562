"""The texts of a database and their numbers; a text stays when the last run with it is gone."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import func, select

from redhanded.history.bulk import insert_all
from redhanded.history.schema import RESERVED, digest, texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import Column, Connection

T = TypeVar("T")

_CHUNK = 500
# Neither half a surrogate pair nor a zero byte can be stored everywhere.
_UNSTORABLE = {0: "\N{REPLACEMENT CHARACTER}"}


def storable(text: str) -> str:
    """The text as every database can keep it."""
    return text.translate(_UNSTORABLE).encode(errors="replace").decode()


def chunks(values: Iterable[T]) -> Iterator[Sequence[T]]:
    """The values in lists short enough for one statement."""
    rest = iter(values)
    while chunk := list(islice(rest, _CHUNK)):
        yield chunk


def next_id(connection: Connection, column: Column[int]) -> int:
    """A number that no row has; whoever writes is alone."""
    return int(connection.execute(select(func.coalesce(func.max(column), 0))).scalar_one()) + 1


def numbered(connection: Connection, words: Iterable[str]) -> dict[str, int]:
    """The numbers of these texts; a new text is given one."""
    wanted = {word: digest(storable(word)) for word in words if word not in RESERVED}
    known = _known(connection, wanted.values())
    fresh = {key: word for word, key in wanted.items() if key not in known}
    first = next_id(connection, texts.c.id)
    rows: list[dict[str, Any]] = [
        {"id": number, "digest": key, "value": storable(word)}
        for number, (key, word) in enumerate(fresh.items(), first)
    ]
    insert_all(connection, texts, rows)
    known |= {row["digest"]: row["id"] for row in rows}
    return RESERVED | {word: known[key] for word, key in wanted.items()}


def values(connection: Connection) -> dict[int, str]:
    """All texts by their numbers."""
    return {row.id: row.value for row in connection.execute(select(texts.c.id, texts.c.value))}


def _known(connection: Connection, digests: Iterable[bytes]) -> dict[bytes, int]:
    found: dict[bytes, int] = {}
    for chunk in chunks(digests):
        query = select(texts.c.digest, texts.c.id).where(texts.c.digest.in_(chunk))
        found |= {bytes(row.digest): row.id for row in connection.execute(query)}
    return found
