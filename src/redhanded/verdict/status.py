"""The statuses that a test allows, as it writes them: 200, "2xx", {200, 204}, range(200, 300)."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, TypeAlias

from redhanded.core.errors import UsageError

if TYPE_CHECKING:
    from typing import NoReturn

Status: TypeAlias = int | str | Collection[int | str]

_CLASSES = {f"{digit}xx": range(digit * 100, digit * 100 + 100) for digit in range(1, 6)}


def allowed(status: Status) -> frozenset[int]:
    """Every status that is meant; UsageError where none can be."""
    if isinstance(status, str):
        return frozenset(_CLASSES.get(status.lower()) or _refuse(status))
    if isinstance(status, int) and not isinstance(status, bool):
        return frozenset({status}) if 100 <= status <= 599 else _refuse(status)
    if not isinstance(status, Collection) or not status:
        _refuse(status)
    return frozenset(code for part in status for code in allowed(part))


def named(status: Status) -> str:
    """The allowed statuses in words."""
    if isinstance(status, range):
        return f"{status.start} to {status[-1]}"
    if isinstance(status, int | str):
        return str(status).lower() if isinstance(status, str) else str(int(status))
    return " or ".join(sorted(map(named, status)))


def _refuse(status: object) -> NoReturn:
    raise UsageError(f'{status!r} is no status: write 200, {{200, 204}}, range(200, 300) or "2xx".')
