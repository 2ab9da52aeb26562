"""What goes wrong with a database, as one sentence that says what to do, without secrets."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from redhanded.history.store import HistoryUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

_DAMAGED = "move the file away, and the next run begins a new one"
_LATER = "another process holds it: try again when that one is done"
_ACCESS = "mend history.url or history.password"
_RIGHTS = "give this user the right to write it and its folder, or name another in history.url"
_ROOM = "make room on its disk"
_ABSENT = "create it, or mend history.url"
_TABLES = "redhanded's tables in it were changed: name another database in history.url"
_SERVER = "see that the server runs and that history.url names it"

# What messages contain; those of a server may be in any language, and then the state tells.
_BY_WORDS = {
    "locked": _LATER,
    "not a database": _DAMAGED,
    "malformed": _DAMAGED,
    "decode": _DAMAGED,
    "does not fit": _DAMAGED,
    "disk is full": _ROOM,
    "No space left": _ROOM,
    "no such table": _TABLES,
    "no such column": _TABLES,
    "already exists": _TABLES,
    "authentication failed": _ACCESS,
    "no password supplied": _ACCESS,
    "does not exist": _ABSENT,
}
# Source: PostgreSQL, appendix A, "PostgreSQL Error Codes": a class, or one of its codes.
_BY_STATE = {
    "22": "take out of the record what it does not like",
    "28": _ACCESS,
    "3D": _ABSENT,
    "42": _TABLES,
    "42501": "grant this user the right to create and write tables in it",
    "53": "make room on the server",
    "55P03": _LATER,
    "57": "wait until the server is up again",
    "57014": "it took too long: try again when the server has less to do",
}


@contextmanager
def translated(place: str, doing: str, *, is_file: bool, secret: object) -> Iterator[None]:
    """Lets every fault of a database out as HistoryUnavailable; `doing` is what was wanted."""
    try:
        yield
    except ImportError as error:
        raise HistoryUnavailable(
            "history.url names a PostgreSQL server, and psycopg is not installed:"
            " pip install 'redhanded[postgres]'."
        ) from error
    except (SQLAlchemyError, sqlite3.Error, OSError, OverflowError, LookupError) as error:
        reason = _reason(error, str(secret) if secret else "")
        remedy = _remedy(error, reason) or (_RIGHTS if is_file else _SERVER)
        raise HistoryUnavailable(
            f"The history in {place} cannot be {doing} ({reason}): {remedy}."
        ) from error


def _reason(error: Exception, secret: str) -> str:
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    if isinstance(cause, OSError) and cause.strerror:
        return cause.strerror
    if isinstance(cause, LookupError):  # a row refers to one that is not there
        return "what it holds does not fit together"
    lines = [line.strip() for line in str(cause).splitlines() if line.strip()]
    # A driver that tried several addresses heads its list with a line that says nothing.
    told = next((line for line in lines if not line.endswith(":")), type(cause).__name__)
    return (told.replace(secret, "***") if secret else told).rstrip(".")


def _remedy(error: Exception, reason: str) -> str | None:
    state = str(getattr(getattr(error, "orig", None), "sqlstate", None) or "")
    known = _BY_STATE.get(state) or _BY_STATE.get(state[:2])
    return known or next((it for words, it in _BY_WORDS.items() if words in reason), None)
