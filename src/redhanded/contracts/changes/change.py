"""A change between two OpenAPI documents, as it touches those who use the API."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from redhanded.contracts.changes.rules import RULES

if TYPE_CHECKING:
    from redhanded.contracts.openapi.nodes import Node

Level: TypeAlias = Literal["error", "warning", "info"]
"""Breaking, risky, harmless."""
Side: TypeAlias = Literal["old", "new"]

_GRAVITY = {"error": 0, "warning": 1, "info": 2}


@dataclass(frozen=True, slots=True)
class Change:
    """One change, by the rule (`id`) that it falls under.

    `operation` is the method and `path` the template of the new document, or `webhook:NAME`; both
    are None where the change is of the whole document. `where` is the JSON Pointer of the place in
    the document of that `side`, in the file with the address `uri`. `section` is the part of the
    document: paths, webhooks, security or components.
    """

    id: str
    level: Level
    text: str
    operation: str | None = None
    path: str | None = None
    where: str = ""
    side: Side = "new"
    uri: str = ""
    section: str = "paths"

    @property
    def order(self) -> tuple[str, str, int, str, str, str]:
        """What changes are sorted by: path, method, gravity, rule, text, place."""
        gravity = _GRAVITY[self.level]
        return (self.path or "", self.operation or "", gravity, self.id, self.text, self.where)


@dataclass(frozen=True, slots=True)
class Scene:
    """Which operation is looked at; it turns what was found there into changes.

    `is_draft` means that nobody was promised that the operation stays as it is.
    """

    operation: str | None = None
    path: str | None = None
    section: str = "paths"
    is_draft: bool = field(default=False, kw_only=True)

    def tell(
        self, rule: str, text: str, node: Node, side: Side = "new", *, is_harmless: bool = False
    ) -> Change:
        """A change at this place, of the level that its rule gives it; harmless ones are info."""
        return Change(
            id=rule,
            level="info" if is_harmless or self.is_draft else RULES[rule].level,
            text=text,
            operation=self.operation,
            path=self.path,
            where=node.pointer,
            side=side,
            uri=node.uri,
            section=self.section,
        )
