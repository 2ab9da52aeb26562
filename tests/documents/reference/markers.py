"""The markers, as the plugin registers them."""

from __future__ import annotations

from redhanded.plugin import MARKERS
from tests.documents.reference.markdown import table


def markdown() -> str:
    """A table of markers with their arguments and meaning."""
    rows = (marker.split(": ", 1) for marker in MARKERS)
    cells = ((f"`@pytest.mark.{name}`", f"{text[0].upper()}{text[1:]}.") for name, text in rows)
    return "\n".join(["", *table(("marker", "meaning"), cells)])
