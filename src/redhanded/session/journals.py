"""Whether there are journals to sweep: all that a run asks which leaves nothing behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redhanded.cleanup.file import ENDING
from redhanded.cleanup.journal import FOLDER

if TYPE_CHECKING:
    from redhanded.core.settings import Settings


def has_journals(settings: Settings, beginning: str = "") -> bool:
    """Whether a run may sweep, and finds a journal whose name begins so."""
    if not settings.cleanup.sweep or settings.base_url is None:
        return False
    try:
        names = [one.name for one in (settings.folder / FOLDER).iterdir()]
    except OSError:  # it is not there, or whoever must write in it will tell
        return False
    return any(one.startswith(beginning) and one.endswith(ENDING) for one in names)
