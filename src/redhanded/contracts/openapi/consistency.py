"""What parts of a document say of each other: templates and parameters, names that are unique."""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import chain
from typing import TYPE_CHECKING, Final

from redhanded.contracts.openapi.document import Unresolvable
from redhanded.contracts.openapi.nodes import Flaw, Node
from redhanded.contracts.openapi.operations import METHODS, VARIABLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redhanded.contracts.openapi.document import Document

_STATUS = re.compile(r"default|[1-5](XX|[0-9]{2})|x-.*", re.DOTALL)
_LOCATIONS: Final = ("path", "query", "header", "cookie", "querystring")


def contradictions(document: Document) -> Iterator[Flaw]:
    """Each thing that the document says twice, or in two places in two ways."""
    paths = document.node().find("paths")
    if paths is not None:
        yield from _paths(document, paths)
        yield from _operation_ids(document, paths)


def _paths(document: Document, paths: Node) -> Iterator[Flaw]:
    first: dict[str, str] = {}
    for template, item in paths.items():
        if template.startswith("x-"):
            continue
        if not template.startswith("/"):
            yield Flaw(document.place(item), "is no path: it begins with no `/`")
        shape = VARIABLE.sub("{}", template)
        if shape in first:
            message = f"is the same path as {first[shape]}: write both as one"
            yield Flaw(document.place(item), message)
        first.setdefault(shape, template)
        yield from _path(document, template, item)


def _path(document: Document, template: str, item: Node) -> Iterator[Flaw]:
    try:
        item = document.follow(item)
    except Unresolvable:
        return  # that is told already
    shared = dict(_parameters(document, item))
    for operation in _operations(item):
        own = dict(_parameters(document, operation))
        yield from _locations(document, own)
        yield from _statuses(document, operation)
        yield from _variables(document, template, operation, shared | own)
    yield from _locations(document, shared)


def _operations(item: Node) -> Iterator[Node]:
    for method in METHODS:
        found = item.find(method)
        if found is not None:
            yield found
    more = item.find("additionalOperations")
    yield from (found for _, found in more.items()) if more is not None else ()


def _parameters(document: Document, owner: Node) -> Iterator[tuple[tuple[str, str], Node]]:
    """The parameters that stand there, by where they are sent and their name."""
    found = owner.find("parameters")
    for entry in found.entries() if found is not None else ():
        try:
            node = document.follow(entry)
        except Unresolvable:
            continue
        if isinstance(node.value, dict) and node.value:  # one that is empty was taken out
            yield (str(node.value.get("in", "")), str(node.value.get("name", ""))), node


def _locations(document: Document, parameters: dict[tuple[str, str], Node]) -> Iterator[Flaw]:
    for (where, name), node in parameters.items():
        if not name:
            yield Flaw(document.place(node), "is a parameter without a name")
        if where not in _LOCATIONS:
            message = "says with no `in` where it is sent: path, query, header or cookie"
            yield Flaw(document.place(node), message)


def _statuses(document: Document, operation: Node) -> Iterator[Flaw]:
    responses = operation.find("responses")
    for status, response in responses.items() if responses is not None else ():
        if not _STATUS.fullmatch(status):
            message = "is no status: write such as 200, 4XX or default"
            yield Flaw(document.place(response), message)


def _variables(
    document: Document,
    template: str,
    operation: Node,
    parameters: dict[tuple[str, str], Node],
) -> Iterator[Flaw]:
    variables = set(VARIABLE.findall(template))
    declared = {name for where, name in parameters if where == "path" and name}
    for name in sorted(variables - declared):
        message = f"has {{{name[:40]}}} in its path, which no parameter declares"
        yield Flaw(document.place(operation), message)
    for name in sorted(declared - variables):
        message = f"declares the path parameter {name[:40]!r}, which its path lacks"
        yield Flaw(document.place(operation), message)


def _operation_ids(document: Document, paths: Node) -> Iterator[Flaw]:
    places: dict[str, list[str]] = defaultdict(list)
    for operation in chain.from_iterable(_operations(item) for _, item in paths.items()):
        found = operation.find("operationId")
        if found is not None:
            places[found.value].append(document.place(found))
    for name, (first, *others) in places.items():
        for place in others:
            message = f"is {name[:60]!r}, as {first} is: each operation has a name of its own"
            yield Flaw(place, message)
