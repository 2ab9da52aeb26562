"""The contents of a journal, as far as a kill or a disk left them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from redhanded.cleanup.entries import Declared, decode
from redhanded.cleanup.owner import Owner

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from redhanded.cleanup.entries import Entry, Line

_LONGEST: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Contents:
    """What a journal tells. `problem` says in a sentence why it tells less than it should.

    `damaged` counts lines that stand before others and cannot be read. `owner` is None where the
    first line is lost: nothing is known then of whose the rest is.
    """

    owner: Owner | None = None
    declared: Mapping[str, Declared] = field(default_factory=dict)
    entries: tuple[Entry, ...] = ()
    damaged: int = 0
    problem: str = ""


def read(path: Path) -> Contents:
    """What stands in a journal, whatever a kill or a disk made of it; never raises."""
    try:
        if not path.is_file():
            return Contents(problem=f"{path} is no file; move it away")
        lines, damaged = _decoded(path)
    except OSError as error:
        reason = error.strerror or error
        return Contents(problem=f"{path} cannot be read: {reason}; make it readable")
    return Contents(
        owner=next((line for line in lines if isinstance(line, Owner)), None),
        declared={line.kind: line for line in lines if isinstance(line, Declared)},
        entries=tuple(line for line in lines if not isinstance(line, Owner | Declared)),
        damaged=damaged,
    )


def _decoded(path: Path) -> tuple[list[Line], int]:
    lines: list[Line] = []
    damaged = torn = 0
    with path.open("rb") as file:
        while text := file.readline(_LONGEST):
            line = decode(text.rstrip(b"\n"))
            if line is not None:
                lines.append(line)
                damaged, torn = damaged + torn, 0
            elif text.strip():
                torn += 1
    # What stands at the end was cut by a kill: nothing was sent before it was whole.
    return lines, damaged + max(0, torn - 1)
