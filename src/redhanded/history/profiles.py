"""How many attempts of which class tests made: the same profile is kept once for all of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TypeAlias

from sqlalchemy import select

from redhanded.history.bulk import insert_all
from redhanded.history.schema import digest, profile_classes, profiles
from redhanded.history.texts import chunks, next_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection

    Classes: TypeAlias = Mapping[str, int]


def profile_ids(
    connection: Connection, made: Sequence[Classes], numbers: Mapping[str, int]
) -> list[int]:
    """The number of each of these profiles; a new one is kept."""
    digests = [digest(json.dumps(sorted(one.items()))) for one in made]
    distinct = dict(zip(digests, made, strict=True))
    known = _known(connection, distinct)
    fresh = [key for key in distinct if key not in known]
    ids = dict(zip(fresh, range(next_id(connection, profiles.c.id), 2**31), strict=False))
    rows = [{"id": number, "digest": key} for key, number in ids.items()]
    insert_all(connection, profiles, rows)
    classes = [
        {"profile_id": ids[key], "class_id": numbers[name], "attempts": attempts}
        for key in fresh
        for name, attempts in distinct[key].items()
    ]
    insert_all(connection, profile_classes, classes)
    known |= ids
    return [known[key] for key in digests]


def profiles_by_id(connection: Connection, words: Mapping[int, str]) -> dict[int, dict[str, int]]:
    """All profiles by their numbers."""
    found: dict[int, dict[str, int]] = {}
    for row in connection.execute(select(profile_classes)):
        found.setdefault(row.profile_id, {})[words[row.class_id]] = row.attempts
    return found


def _known(connection: Connection, digests: Iterable[bytes]) -> dict[bytes, int]:
    found: dict[bytes, int] = {}
    for chunk in chunks(digests):
        query = select(profiles.c.digest, profiles.c.id).where(profiles.c.digest.in_(chunk))
        found |= {bytes(row.digest): row.id for row in connection.execute(query)}
    return found
