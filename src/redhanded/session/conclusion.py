"""What a whole run found, beside what each of its tests did."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from redhanded.core.verdicts import Finding


class Conclusion(NamedTuple):
    """A finding that no single test made; `name` tells its report, `operation` what it is about."""

    name: str
    finding: Finding
    operation: str
