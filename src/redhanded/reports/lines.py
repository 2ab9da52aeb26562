"""A file to which whole lines are appended, each handed to the system at once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Protocol

from pydantic_core import to_json

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_patient = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str).encode


def encoded(value: dict[str, Any]) -> str:
    """The value as JSON without a line end; what JSON does not know stands there as its text."""
    try:
        # A third of what json takes, for some ten lines a test.
        return to_json(value).decode()
    except ValueError:  # half of a surrogate pair, which has no UTF-8; or a value of no JSON type
        return _patient(value)


class Bytes(Protocol):
    """An unbuffered file: a write may take fewer bytes than it was given."""

    def write(self, data: bytes, /) -> int | None:
        """How many bytes were taken."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...


def opened(path: Path) -> Bytes:
    """The file at the path, open for appending."""
    return path.open("ab", buffering=0)


class Lines:
    """Appends lines to a file; a disk that is full stops it with one word, never the run.

    What stood in the file stays. `lost` counts the lines that are not there; `what` names the file
    in the complaint.
    """

    def __init__(
        self,
        path: Path,
        complain: Callable[[str], None],
        *,
        what: str,
        open_: Callable[[Path], Bytes] = opened,
    ) -> None:
        self.path = path
        self.lost: int = 0
        self._complain = complain
        self._what = what
        self._is_torn = False
        self._file: Bytes | None = None
        try:
            self._file = open_(path)
        except OSError as error:
            self._stop(error)

    def append(self, line: str) -> None:
        """Write one line down, which holds no line end; characters that are none are escaped."""
        if self._file is None:
            self.lost += 1
            return
        data = (b"\n" if self._is_torn else b"") + line.encode("utf-8", "backslashreplace") + b"\n"
        self._is_torn = True  # until all of it is out: Ctrl-C may come in between
        try:
            while data:
                data = data[self._file.write(data) or 0 :]
        except OSError as error:
            self.lost += 1
            self._stop(error)
        else:
            self._is_torn = False

    def _stop(self, error: OSError) -> None:
        self.close()
        self._complain(
            f"{self._what} is no longer written to {self.path}: {error.strerror or error}; "
            "make room and run again (verdicts are not affected)"
        )

    def close(self) -> None:
        """Close the file; what is appended afterwards is lost."""
        if self._file is not None:
            self._file.close()
            self._file = None
