"""The operations of an OpenAPI document: each method of each path that it describes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from redhanded.contracts.openapi.document import Document, Unresolvable
from redhanded.contracts.openapi.nodes import Flaw, escaped, unescaped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redhanded.contracts.openapi.nodes import Node

Origin: TypeAlias = Literal["path", "webhook", "callback"]

METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
"""The keys of a path item below which its operations stand; `query` as from OpenAPI 3.2 on."""

IGNORED_HEADERS: Final = frozenset({"accept", "content-type", "authorization"})
"""Header parameters of these names shall be ignored (OAS 3.1.1, section 4.8.12.2.1)."""

VARIABLE: Final = re.compile(r"\{([^{}]*)\}")
"""A variable in the template of a path or in the address of a server, with its name."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path template; `node` is its object, `path_node` the path item's.

    Only those of origin `path` are what a client asks of the API; a webhook or a callback is what
    the API asks of others.
    """

    method: str
    template: str
    node: Node
    path_node: Node
    origin: Origin = "path"

    @property
    def name(self) -> str:
        """The operation as people write it: `GET /booking/{id}`."""
        return f"{self.method} {self.template}"

    @property
    def is_deprecated(self) -> bool:
        """Whether the document says that it should not be used any more."""
        return self.node.value.get("deprecated") is True


def operations_of(document: Document) -> tuple[Operation, ...]:
    """What the document's `paths` describe, in its order; what cannot be read is left out."""
    found = document.node().find("paths")
    return tuple(_of_paths(document, found, "path")) if found else ()


def webhooks_of(document: Document) -> tuple[Operation, ...]:
    """The requests that the API sends of itself, by the name of the webhook."""
    found = document.node().find("webhooks")
    return tuple(_of_paths(document, found, "webhook")) if found else ()


def callbacks_of(document: Document, operation: Operation) -> tuple[Operation, ...]:
    """The requests that an operation makes the API send, by the expression of their address."""
    return tuple(
        found
        for _, callback in members(document, operation.node.find("callbacks"))
        for found in _of_paths(document, callback, "callback")
    )


def members(document: Document, node: Node | None) -> Iterator[tuple[str, Node]]:
    """The members of an object that are objects themselves, references followed."""
    for name, member in node.items() if node else ():
        found = followed(document, member)
        if found is not None:
            yield name, found


def followed(document: Document, node: Node | None) -> Node | None:
    """The object that stands there or that its `$ref` leads to; None where there is none."""
    try:
        found = document.follow(node) if node else None
    except Unresolvable:
        return None
    return found if found is not None and isinstance(found.value, dict) else None


def unusable(document: Document, node: Node | None) -> Flaw | None:
    """Why the object that stands there cannot be used; None where it can, or nothing stands."""
    if node is None:
        return None
    try:
        found = document.follow(node)
    except Unresolvable as error:
        return Flaw(document.place(node), str(error))
    is_object = isinstance(found.value, dict)
    return None if is_object else Flaw(document.place(node), "no object stands there")


def unusable_members(document: Document, node: Node | None) -> dict[str, Flaw]:
    """The members of an object that cannot be used, by name, with the reasons."""
    flaws = ((name, unusable(document, member)) for name, member in (node.items() if node else ()))
    return {name: flaw for name, flaw in flaws if flaw is not None and not name.startswith("x-")}


def unusable_paths(document: Document) -> tuple[tuple[Operation, Flaw], ...]:
    """The paths whose items cannot be used, each as an operation without a method."""
    paths = document.node().find("paths")
    if paths is None:
        return ()
    broken = {
        template: flaw for template, item in paths.items() if (flaw := unusable(document, item))
    }
    below = f"{document.place(paths)}/"
    for flaw in document.flaws:  # what is no path item at all was taken out
        template = unescaped(flaw.place.removeprefix(below))
        if flaw.place == below + escaped(template) and paths.find(template) is None:
            broken[template] = flaw
    return tuple(
        (Operation("", template, paths, paths), flaw)
        for template, flaw in broken.items()
        if template.startswith("/")
    )


def _of_paths(document: Document, paths: Node, origin: Origin) -> Iterator[Operation]:
    for template, item in paths.items():
        if template.startswith("x-") or (origin == "path" and not template.startswith("/")):
            continue
        taken: set[str] = set()
        # A path item may have operations beside its `$ref` (OAS 3.1.1, section 4.8.9).
        for node in (item, followed(document, item)):
            for method, operation in _of_item(document, node):
                if node is not None and method not in taken:
                    taken.add(method)
                    yield Operation(method, template, operation, node, origin)


def _of_item(document: Document, item: Node | None) -> Iterator[tuple[str, Node]]:
    if item is None:
        return
    for method in METHODS:
        operation = item.find(method)
        is_known = method != "query" or document.version >= (3, 2)
        if operation is not None and is_known and isinstance(operation.value, dict):
            yield method.upper(), operation
    more = item.find("additionalOperations") if document.version >= (3, 2) else None
    for method, operation in more.items() if more else ():
        if isinstance(operation.value, dict):
            yield method, operation
