"""What history knows a test by: its stable id, where it declares one, and its quarantine."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from redhanded.plugin.markers import refused
from redhanded.plugin.quarantine import quarantine_of
from redhanded.session.test_run import Label

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pytest

MARKER = "stable_id"

_FORM = re.compile(r"\w[\w./-]{0,99}")
_WRITE = (
    'write @pytest.mark.stable_id("booking-create"), with letters, digits and any of - _ . / in '
    "at most 100 characters"
)


def check(items: Sequence[pytest.Item], now: float) -> None:
    """Refuse labels that cannot be meant, and a stable id that two tests claim."""
    known: dict[str, pytest.Item] = {}
    for item in items:
        key = label_of(item, now).key
        other = known.setdefault(key, item)
        if key and other.nodeid != item.nodeid:
            both = f"{other.nodeid} and {item.nodeid}"
            problem = f"{both} claim the same stable id {key!r}: give each an id of its own"
            raise refused(problem, other, item)


def label_of(item: pytest.Item, now: float) -> Label:
    """What the test's markers say of it; `now` is in seconds since 1970.

    Raises pytest.UsageError, naming file and line, where one cannot be meant.
    """
    key, entry = _key_of(item), quarantine_of(item, now)
    if entry is None:
        return Label(key)
    return Label(key, entry.owner, entry.until.isoformat())


def _problems(item: pytest.Item, claims: Sequence[tuple[object, pytest.Mark]]) -> Iterator[str]:
    if any(node is not item for node, _ in claims):
        yield "belongs to one test, not to a class or a module, whose tests would share it"
    if len(claims) > 1:
        yield "can be given to a test once"
    for _, marker in claims:
        if marker.kwargs or len(marker.args) != 1:
            yield "takes one id"
        elif not (isinstance(marker.args[0], str) and _FORM.fullmatch(marker.args[0])):
            yield f"cannot have the id {marker.args[0]!r:.60}"


def _key_of(item: pytest.Item) -> str:
    """The test's stable id, with its parameters as pytest adds them to its name; else empty."""
    claims = list(item.iter_markers_with_node(MARKER))
    if not claims:
        return ""
    for problem in _problems(item, claims):
        raise refused(f"the marker stable_id {problem}: {_WRITE}", item)
    ((_, marker),) = claims
    parameters = item.name.removeprefix(getattr(item, "originalname", None) or item.name)
    return f"{marker.args[0]}{parameters}"
