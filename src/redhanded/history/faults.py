"""What goes wrong with a database, as one sentence that says what to do, without secrets."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from redhanded.history.store import HistoryUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

_DAMAGED = "move the file away, and the next run begins a new one"
_LATER = "try again when it is done"
_ACCESS = "mend history.url or history.password"
_RIGHTS = "give this user the right to write it"
_ROOM = "make room on its disk"

# What the message of SQLite, or of PostgreSQL in any language that has these words, contains.
_BY_WORDS = {
    "locked": f"another process holds it: {_LATER}",
    "not a database": _DAMAGED,
    "malformed": _DAMAGED,
    "readonly": f"{_RIGHTS} and its folder",
    "unable to open": f"{_RIGHTS} and its folder",
    "Permission denied": f"{_RIGHTS} and its folder",
    "disk is full": _ROOM,
    "No space left": _ROOM,
    "disk I/O": "look after the disk, or name another file in history.url",
    "authentication failed": _ACCESS,
    "no password supplied": _ACCESS,
    "does not exist": "create it, or mend history.url",
}
# Source: PostgreSQL, appendix A, "PostgreSQL Error Codes"; the first two or all characters.
_BY_STATE = {
    "28": _ACCESS,
    "3D": "create it, or mend history.url",
    "42501": "grant this user the right to create and write tables in it",
    "53": "make room on the server",
    "55P03": f"another process holds it: {_LATER}",
    "57014": "it took too long: try again when the server has less to do",
    "57": "wait until the server is up again",
    "22": "take what it does not like out of the record",
}
_AWAY = "see that the server runs and that history.url names it"
_DRIVER = "pip install 'redhanded[postgres]'"


@contextmanager
def translated(place: str, doing: str, *, secret: object = None) -> Iterator[None]:
    """Lets every fault of a database out as HistoryUnavailable; `doing` is what was wanted."""
    try:
        yield
    except ImportError as error:
        raise HistoryUnavailable(
            f"history.url is a PostgreSQL address, and psycopg is not installed: {_DRIVER}"
        ) from error
    except (SQLAlchemyError, OSError, OverflowError) as error:
        reason = _reason(error, str(secret) if secret else "")
        raise HistoryUnavailable(
            f"The history in {place} cannot be {doing} ({reason}): {_remedy(error, reason)}."
        ) from error


def _reason(error: Exception, secret: str) -> str:
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    if isinstance(cause, OSError) and cause.strerror:
        return cause.strerror
    lines = [line.strip() for line in str(cause).splitlines() if line.strip()]
    # A driver that tried several addresses heads its list with a line that says nothing.
    told = next((line for line in lines if not line.endswith(":")), type(cause).__name__)
    return (told.replace(secret, "***") if secret else told).rstrip(".")


def _remedy(error: Exception, reason: str) -> str:
    state = str(getattr(getattr(error, "orig", None), "sqlstate", None) or "")
    known = _BY_STATE.get(state) or _BY_STATE.get(state[:2])
    return known or next((it for words, it in _BY_WORDS.items() if words in reason), _AWAY)
