"""Where a reader goes on from a test that did not hold: its replay, and its trace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redhanded.reports.dossier.ids import id_of
from redhanded.reports.links import replay, trace
from redhanded.reports.terminal import Lead

if TYPE_CHECKING:
    from redhanded.core.settings import Settings


def lead_of(test_id: str, trace_id: str, settings: Settings) -> Lead:
    """The lead of a test, with a link to its trace where the settings have a template for it."""
    known = id_of(settings.shard or "", test_id)
    return Lead(replay(known), trace(settings.trace_url or "", trace_id))
