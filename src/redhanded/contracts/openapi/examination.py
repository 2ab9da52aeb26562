"""An examination: which parts of a document an exchange has met, and what it broke of them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from redhanded.contracts.openapi.nodes import Node
    from redhanded.contracts.openapi.operations import Operation
    from redhanded.core.violation import Violation


class _Absent(Enum):
    ABSENT = "absent"


ABSENT: Final = _Absent.ABSENT
"""Where there is no value at all, not even null."""

Values: TypeAlias = Mapping[tuple[str, str], Any]
"""Decoded values by where they stood (`path`, `query`, `header`, `cookie`) and their name."""

_NO_VALUES: Final[Values] = MappingProxyType({})


class Parts(NamedTuple):
    """What of a request or a response stands in the document.

    `status` and `media_type` are the document's keys (`2XX`, `application/*`), empty where there
    is none. `value` is the body as its schema sees it, or ABSENT where no schema was asked; of a
    stream it is a list, each item of which `item_schema` describes. `parameters` are those that
    were sent and are declared; of a response they are its headers.
    """

    # Named tuples, as an attempt is: both are made for every exchange.

    status: str = ""
    media_type: str = ""
    schema: Node | None = None
    item_schema: Node | None = None
    value: Any = ABSENT
    parameters: Values = _NO_VALUES


NOTHING: Final = Parts()


class Examination(NamedTuple):
    """One exchange beside its operation, which is None where the document has none for it.

    `template` is the path template that was met, also where it lacks the method; else empty.
    """

    operation: Operation | None
    violations: tuple[Violation, ...] = ()
    request: Parts = NOTHING
    response: Parts = NOTHING
    template: str = ""
