"""The heading of the page: what the run came to, and what it was made with."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from redhanded.reports.html import payload
from redhanded.reports.html.units import ticks

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterable

    from redhanded.reports.dossier.head import Head, Part
    from redhanded.reports.html.payload import Pairs


def heading(head: Head) -> payload.Head:
    """What the banner says; of several parts, what the first tells of itself."""
    parts = head.parts
    first = parts[0] if parts else None
    return payload.Head(
        name=first.name or first.run_id if first else "",
        sentences=[*head.sentences],
        exit_code=head.exit_code,
        began=head.began,
        took=ticks(head.ended - head.began),
        target=_joined(part.target for part in parts),
        env=_joined(part.env for part in parts),
        builds=[*head.builds],
        command=shlex.join(first.command) if first else "",
        seeds=[*dict.fromkeys(part.seed for part in parts)],
        source=dict(first.source) if first else {},
        counts=dict(head.counts),
        masked=head.masked,
        missing=[*head.missing],
        trace_url=head.trace_url,
    )


def _joined(told: Iterable[str]) -> str:
    """The different values, as one text: parts of one run have one, and others may not."""
    return ", ".join(dict.fromkeys(filter(None, told)))


def provenance(head: Head, links: Pairs) -> payload.Provenance:
    """What each part was made with, and the other files of the run."""
    return payload.Provenance(parts=[_part(part) for part in head.parts], masked=[], links=[*links])


def masks(shown: Counter[str], masked: int) -> list[tuple[str, int]]:
    """The masks that the page shows, by name, the most first; where it shows none, how many made.

    What passed is told without headers and bodies, and so without their masks.
    """
    if masked and not shown:
        return [("in what this page does not show", masked)]
    return shown.most_common()


def _part(part: Part) -> payload.Part:
    return payload.Part(
        name=part.name,
        shard=part.shard,
        seed=part.seed,
        platform=part.platform,
        command=[*part.command],
        versions=dict(part.versions),
        plugins=dict(part.plugins),
        settings=[*part.settings],
        source=dict(part.source),
        notes=[*part.notes],
    )
