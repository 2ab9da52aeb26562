"""What was found between two schemas, before it is known who sends and who receives them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from redhanded.contracts.glimpse import glimpse

if TYPE_CHECKING:
    from redhanded.contracts.changes.change import Side
    from redhanded.contracts.changes.view import Schema
    from redhanded.contracts.openapi.nodes import Node

Relation: TypeAlias = Literal["widened", "narrowed", "changed"]
Mode: TypeAlias = Literal["read-only", "write-only"]
Presence: TypeAlias = Literal["added", "removed", "became-required", "became-optional"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that differs, by its facet; `detail` says what, `node` where.

    `relation` tells of types how the new ones relate to the old, `types` what both were. Not
    `is_provable` is what the algebra of schemas does not see.
    """

    facet: str
    detail: str
    node: Node
    side: Side = "new"
    is_harmless: bool = False
    is_provable: bool = True
    relation: Relation | None = None
    types: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Property:
    """A property that came, went, or is needed otherwise than before."""

    presence: Presence
    name: str
    node: Node
    side: Side = "new"
    is_required: bool = False
    is_read_only: bool = False
    is_write_only: bool = False
    has_default: bool = False


@dataclass(frozen=True, slots=True)
class Access:
    """A property that is for requests only, or for answers only, or no longer is."""

    name: str
    mode: Mode
    is_now: bool
    is_required: bool
    node: Node


@dataclass(frozen=True, slots=True)
class Edge:
    """The way to two schemas below, to be compared in their turn."""

    step: str
    old: Schema
    new: Schema
    is_read_only: bool = False
    is_write_only: bool = False


@dataclass(slots=True)
class Local:
    """All that differs between two schemas themselves, and the ways to those below."""

    findings: list[Finding] = field(default_factory=list)
    properties: list[Property] = field(default_factory=list)
    access: list[Access] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)


def went(keyword: str, before: object, after: object) -> str:
    """That a keyword went from one value to another, in words."""
    return f"{keyword} went from {_value(before)} to {_value(after)}"


def _value(value: object) -> str:
    return "none" if value is None else glimpse(value)
