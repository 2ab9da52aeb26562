"""The lines of a journal: what was declared, meant to be made, made, and removed again.

A line is one JSON object that begins with the CRC-32 of all its other bytes, so that one which a
kill tore or a disk damaged is told from a whole one, and any reader of JSON can read it.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, fields
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias
from zlib import crc32

from redhanded.cleanup.owner import Owner

if TYPE_CHECKING:
    from pydantic import TypeAdapter

    from redhanded.core.settings import Resource

_LINE: Final = re.compile(rb'\{"crc":"([0-9a-f]{8})",(.*)\}', re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """How objects of a kind are removed and found, so that whoever sweeps needs nothing else.

    The fields are those of the setting `resources`; `identity` is a name, never a credential.
    `untracked` says why no object is found by its mark, such as that the API cuts it.
    """

    kind: str
    delete: str
    gone: tuple[int, ...] = (404, 410)
    identity: str | None = None
    tag: str | None = None
    list_by_tag: str | None = None
    at: str = "$"
    id: str = "$.id"
    parent: str | None = None
    untracked: str = ""
    op: Literal["declared"] = "declared"

    @classmethod
    def of(cls, kind: str, resource: Resource, *, untracked: str = "") -> Declared:
        """The declaration that stands in the settings."""
        names = {one.name for one in fields(cls)} - {"kind", "untracked", "op"}
        held: dict[str, Any] = {name: getattr(resource, name) for name in names}
        return cls(kind=kind, untracked=untracked, **held)


@dataclass(frozen=True, slots=True, kw_only=True)
class Intended:
    """An object is about to be made; `parent` is the id of what it belongs to."""

    kind: str
    tag: str
    at: float
    parent: str = ""
    op: Literal["intended"] = "intended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Created:
    """An object is there; `tag` says of which intent it came, if of any."""

    kind: str
    id: str
    at: float
    tag: str = ""
    parent: str = ""
    op: Literal["created"] = "created"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """An object is there no more."""

    kind: str
    id: str
    at: float
    parent: str = ""
    op: Literal["deleted"] = "deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotApplied:
    """Nothing came of an intent."""

    kind: str
    tag: str
    at: float
    op: Literal["not_applied"] = "not_applied"


@dataclass(frozen=True, slots=True, kw_only=True)
class GaveUp:
    """An object could not be removed, or an intent not be followed up; `id` or `tag` is empty.

    `swept` says that it was a sweep which gave up, and not the cleanup of a test: that cannot wait.
    """

    kind: str
    reason: str
    at: float
    id: str = ""
    tag: str = ""
    parent: str = ""
    swept: bool = False
    op: Literal["gave_up"] = "gave_up"


Outcome: TypeAlias = Created | Deleted | NotApplied | GaveUp
Entry: TypeAlias = Intended | Outcome
Line: TypeAlias = Owner | Declared | Entry


def encode(line: Line) -> bytes:
    """The line, with its end; fields that are None are left out."""
    held = {name: value for name, value in asdict(line).items() if value is not None}
    rest = json.dumps(held, separators=(",", ":"))[1:-1].encode()
    return b'{"crc":"%08x",%s}\n' % (crc32(rest), rest)


def decode(text: bytes) -> Line | None:
    """What a line says; None where it is torn, damaged or none of ours."""
    found = _LINE.fullmatch(text)
    if found is None or crc32(found[2]) != int(found[1], 16):
        return None
    try:
        return _adapter().validate_json(b"{" + found[2] + b"}")
    except ValueError:
        return None


@cache
def _adapter() -> TypeAdapter[Line]:
    from typing import Annotated

    from pydantic import Field, TypeAdapter

    return TypeAdapter(Annotated[Line, Field(discriminator="op")])
