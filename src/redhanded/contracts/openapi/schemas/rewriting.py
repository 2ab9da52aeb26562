"""Rewriting: the keywords of one schema in the words of JSON Schema 2020-12."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from redhanded.contracts.openapi.schemas import patterns
from redhanded.contracts.openapi.schemas.dialects import Dialect

if TYPE_CHECKING:
    from collections.abc import Mapping

_BITS = {"int8": 8, "int16": 16, "int32": 32, "int64": 64}
_UNSIGNED_BITS = {"uint8": 8, "uint16": 16, "uint32": 32, "uint64": 64}
_LARGEST_FLOAT = (2 - 2**-23) * 2.0**127
_LARGEST_EXACT = 2**53 - 1
RANGES: Final[Mapping[str, tuple[float, float]]] = {
    **{name: (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) for name, bits in _BITS.items()},
    **{name: (0, 2**bits - 1) for name, bits in _UNSIGNED_BITS.items()},
    "double-int": (-_LARGEST_EXACT, _LARGEST_EXACT),
    "float": (-_LARGEST_FLOAT, _LARGEST_FLOAT),
}
"""The numbers that a format lets pass, both ends included (OpenAPI's format registry)."""

BASE64: Final = "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
"""RFC 4648, section 4, which OpenAPI 3.0.4 (section 4.4) names for `format: byte`."""


@dataclass(slots=True)
class Rewritten:
    """The keywords as they are called now, with what they were called: `origins`.

    `extra` are schemas that hold besides, each with the keyword that it comes from.
    """

    keywords: dict[str, Any]
    origins: dict[str, str] = field(default_factory=dict)
    extra: list[tuple[dict[str, Any], str]] = field(default_factory=list)

    def rename(self, old: str, new: str) -> None:
        """Calls a keyword otherwise."""
        self.keywords[new] = self.keywords.pop(old)
        self.origins[new] = old

    def demand(self, keyword: str, value: object, *, of: str) -> None:
        """Adds a keyword that follows from another one, beside its own if it has it."""
        if keyword in self.keywords:
            self.extra.append(({keyword: value}, of))
        else:
            self.keywords[keyword] = value
            self.origins[keyword] = of


def rewritten(value: Mapping[str, Any], dialect: Dialect) -> Rewritten:
    """The schema without remarks, with its bounds, tuples and formats as 2020-12 writes them."""
    found = Rewritten({k: v for k, v in value.items() if k in dialect.keywords})
    if dialect is Dialect.OPENAPI_30:
        _allow_null(found, value)
    if dialect in (Dialect.OPENAPI_30, Dialect.DRAFT_4):
        _exclude_bounds(found)
    if dialect.has_tuples_in_items:
        _unfold_items(found, value)
    if isinstance(value.get("dependencies"), dict) and dialect is not Dialect.OPENAPI_30:
        _split_dependencies(found, value["dependencies"])
    _spell_out_format(found)
    pattern = found.keywords.get("pattern")
    if isinstance(pattern, str):
        found.keywords["pattern"] = patterns.spelled_out(pattern)
    return found


def _allow_null(found: Rewritten, value: Mapping[str, Any]) -> None:
    # 3.0.4, section 4.7.24.1: it counts only where the type stands in the same schema.
    types = found.keywords.get("type")
    if types == "file":  # of OpenAPI 2.0: any content
        del found.keywords["type"]
    elif value.get("nullable") is True and isinstance(types, str):
        found.keywords["type"] = [types, "null"]


def _exclude_bounds(found: Rewritten) -> None:
    for bound in ("Minimum", "Maximum"):
        exclusive, inclusive = f"exclusive{bound}", bound.lower()
        written = found.keywords.get(exclusive)
        if not isinstance(written, bool):
            continue
        del found.keywords[exclusive]
        if written and inclusive in found.keywords:
            found.rename(inclusive, exclusive)


def _unfold_items(found: Rewritten, value: Mapping[str, Any]) -> None:
    if isinstance(value.get("items"), list):
        found.rename("items", "prefixItems")
        if "additionalItems" in value:
            found.keywords["items"] = value["additionalItems"]
            found.origins["items"] = "additionalItems"


def _split_dependencies(found: Rewritten, dependencies: Mapping[str, Any]) -> None:
    names = {name: wanted for name, wanted in dependencies.items() if isinstance(wanted, list)}
    schemas = {name: wanted for name, wanted in dependencies.items() if name not in names}
    for keyword, part in (("dependentRequired", names), ("dependentSchemas", schemas)):
        if part and keyword not in found.keywords:
            found.keywords[keyword] = part
            found.origins[keyword] = "dependencies"


def _spell_out_format(found: Rewritten) -> None:
    name = found.keywords.get("format")
    if not isinstance(name, str):
        return
    if name in RANGES:
        low, high = RANGES[name]
        found.demand("minimum", low, of="format")
        found.demand("maximum", high, of="format")
    elif name == "byte":
        found.demand("pattern", BASE64, of="format")
