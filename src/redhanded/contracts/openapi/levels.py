"""Levels: how much each kind of breach weighs, by the preset and the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, get_args

from redhanded.core.contracting import Breach, Level

if TYPE_CHECKING:
    from collections.abc import Mapping

    from redhanded.core.contracting import Contracting, Preset

WEATHER_STATUSES: Final = frozenset({421, 425, 429, 502, 503, 504, *range(520, 525)})
"""Statuses that the way to the API, or its state, may answer with on any operation."""

_STRICT: Final[Mapping[Breach, Level]] = {
    "operation_deprecated": "warning",
    "parameter_deprecated": "warning",
    "parameter_ignored": "warning",
    "request_refused": "warning",
    "header_undeclared": "warning",
}
# What the specification lets pass. Of statuses and media types it says that a document need not
# name all of them (OAS 3.1.1, sections 4.8.16 and 4.8.17): told, but no fault.
_SPEC: Final[Mapping[Breach, Level]] = {
    **_STRICT,
    "operation_undocumented": "off",
    "method_undocumented": "off",
    "operation_deprecated": "off",
    "parameter_undeclared": "off",
    "parameter_deprecated": "off",
    "parameter_ignored": "off",
    "request_body_undocumented": "off",
    "request_body_undeclared": "off",
    "request_read_only": "warning",
    "request_refused": "off",
    "status_undocumented": "warning",
    "media_type_undocumented": "warning",
    "media_type_missing": "warning",
    "body_undocumented": "off",
    "body_undeclared": "off",
    "body_write_only": "warning",
    "header_undeclared": "off",
}
# `drift` weighs as `strict` does; that nothing fails of it is decided where verdicts are.
_PRESETS: Final[Mapping[Preset, Mapping[Breach, Level]]] = {
    "spec": _SPEC,
    "strict": _STRICT,
    "drift": _STRICT,
}


def levels_of(contracting: Contracting) -> dict[Breach, Level]:
    """The level of every kind of breach; those that the settings name win over the preset's."""
    preset = _PRESETS[contracting.preset]
    return {
        breach: contracting.levels.get(breach, preset.get(breach, "error"))
        for breach in get_args(Breach)
    }


def is_closed(contracting: Contracting) -> bool:
    """Whether an object may only have the properties that are declared for it."""
    return contracting.preset != "spec"
