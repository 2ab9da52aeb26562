"""The request that is being answered, as a defect sees it wherever in the API it sits."""

from __future__ import annotations

import re
from contextvars import ContextVar
from dataclasses import dataclass, field

from starlette.datastructures import Headers
from starlette.types import Scope

_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True, weakref_slot=True)
class Asked:
    """One request; `served` holds the codes of the defects that it has met."""

    method: str
    path: str
    query: str
    headers: Headers
    served: set[str] = field(default_factory=set)

    @property
    def episode(self) -> str | None:
        """What the caller says the request belongs to."""
        return self.headers.get("x-episode")

    @property
    def trace_id(self) -> str | None:
        """The trace that the request is part of."""
        found = _TRACEPARENT.match(self.headers.get("traceparent", ""))
        return found[1] if found else None


# Worker threads are given a copy of the context, so services find their request as well.
ASKED: ContextVar[Asked] = ContextVar("asked")


def of_scope(scope: Scope) -> Asked:
    """The request of an ASGI scope."""
    return Asked(
        method=scope["method"],
        path=scope["path"],
        query=scope["query_string"].decode("latin-1"),
        headers=Headers(scope=scope),
    )
