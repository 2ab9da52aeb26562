"""The supplement: what the page tells of a run that no dossier holds, from documents and history.

Rooms beside this one know it; the session brings it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from redhanded.reports.html.payload import Objective, Pairs, Share, Trends


@dataclass(frozen=True, slots=True, kw_only=True)
class Documented:
    """An operation as a document has it, and how far tests came with it.

    `statuses` are those that the document knows: `201`, `4XX`, `default`.
    """

    operation: str
    state: Literal["never", "called", "checked"]
    statuses: Sequence[str]
    is_deprecated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What documents promise, and what of it tests saw; `undocumented` are calls beyond that."""

    documents: Sequence[str]
    operations: Sequence[Documented]
    shares: Sequence[Share]
    undocumented: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplement:
    """All of it; what nobody knows is left out.

    `objectives` are by operation. `past` are earlier outcomes of a test by its key, as letters, the
    oldest first.
    `links` are other files of the run: what they are, and where, seen from the page's folder.
    """

    coverage: Coverage | None = None
    objectives: Mapping[str, Sequence[Objective]] = field(default_factory=dict)
    trends: Trends | None = None
    past: Mapping[str, str] = field(default_factory=dict)
    links: Pairs = field(default_factory=list)


NOTHING = Supplement()
