"""The summary of a job, in GitHub-flavoured Markdown.

GitHub drops the whole summary of a step where it is above 1 MiB; this one stays well below. Source:
"Workflow commands for GitHub Actions", section "Step isolation and limits".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from redhanded.reports.files import write_text
from redhanded.reports.overview import Extent, overview

if TYPE_CHECKING:
    from pathlib import Path

    from redhanded.reports.dossier.dossier import Dossier

LIMIT: Final = 900_000  # bytes
_EXTENT: Final = Extent(LIMIT, tests=10, story=4_000, operations=10)


def write(dossier: Dossier, path: Path) -> None:
    """Write the summary; raises OSError where that cannot be."""
    write_text(path, overview(dossier, _EXTENT))
