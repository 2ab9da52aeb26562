"""The body of a comment on a pull request, which a workflow posts and finds again by its mark.

GitHub takes 65,536 characters of a comment, and refuses more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from redhanded.reports.files import write_text
from redhanded.reports.overview import Extent, overview

if TYPE_CHECKING:
    from pathlib import Path

    from redhanded.reports.dossier.dossier import Dossier

LIMIT: Final = 60_000  # bytes
MARK: Final = "<!-- redhanded-report -->\n"
_EXTENT: Final = Extent(LIMIT - len(MARK), tests=3, story=1_500, operations=0)


def write(dossier: Dossier, path: Path) -> None:
    """Write the comment; raises OSError where that cannot be."""
    write_text(path, MARK + overview(dossier, _EXTENT))
