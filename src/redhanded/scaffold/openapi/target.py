"""Where the API of a document answers, and how one sees that it is well."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from redhanded.contracts.openapi.operations import VARIABLE, followed
from redhanded.scaffold.openapi import names, paths

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from redhanded.contracts.openapi.document import Document
    from redhanded.contracts.openapi.nodes import Node
    from redhanded.scaffold.openapi.methods import Method

_WELL = frozenset(
    {"alive", "health", "healthcheck", "healthz", "heartbeat", "live", "livez", "ping", "ready"}
    | {"readyz", "status", "up"}
)

_LOGIN = re.compile(r"//[^/@]*@")  # settings have no place for one in a URL


def base_url(document: Document) -> str | None:
    """The first server of the document where it is a whole address; None where it is none."""
    servers = document.node().find("servers")
    first = next(iter(servers.entries()), None) if servers is not None else None
    node = followed(document, first)
    url = node.value.get("url") if node is not None else None
    if node is None or not isinstance(url, str):
        return None
    filled = VARIABLE.sub(lambda found: _default(node, found[1]), url)
    filled = without_secrets(filled).rstrip("/")
    return filled if _is_address(filled) else None


def without_secrets(url: str) -> str:
    """A server's address without a login, query or fragment: they may hold what nobody commits."""
    return _LOGIN.sub("//", re.split(r"[?#]", url, maxsplit=1)[0], count=1)


def server_path(document: Document) -> str:
    """The path of a first server that is a path only: what follows the host under test."""
    servers = document.node().find("servers")
    first = next(iter(servers.entries()), None) if servers is not None else None
    url = first.value.get("url") if first is not None and isinstance(first.value, dict) else None
    if not isinstance(url, str) or not url.startswith("/") or url.startswith("//"):
        return ""
    return paths.fixed(VARIABLE.sub("", without_secrets(url))).rstrip("/")


def health(methods: Sequence[Method]) -> Method | None:
    """The operation that tells whether the API is well, if any says so by its path."""
    found = [one for one in methods if one.operation.method == "GET" and not one.required]
    words = [(one, set(names.words(one.operation.template.lower()))) for one in found]
    well = [one for one, said in words if said & _WELL and "{" not in one.operation.template]
    return min(well, key=_weight, default=None)


def simplest(methods: Iterable[Method]) -> Method | None:
    """The read that asks least of whoever makes it."""
    return min((one for one in methods if one.operation.method == "GET"), key=_weight, default=None)


def _weight(method: Method) -> tuple[bool, int, int]:
    operation = method.operation
    return method.need.identity is not None, operation.template.count("/"), len(method.parameters)


def _default(server: Node, name: str) -> str:
    default = server.find("variables", name, "default")
    return str(default.value) if default is not None else ""


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        is_whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    is_plain = url.isprintable() and url.isascii() and set(url).isdisjoint(" \"'<>\\^`{|}?#@")
    return is_whole and is_plain
