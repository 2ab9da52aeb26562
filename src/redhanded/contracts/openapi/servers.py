"""Where an API stands: the paths below which a document's servers put its operations."""

from __future__ import annotations

from itertools import islice, product
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from redhanded.contracts.openapi.operations import VARIABLE, followed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redhanded.contracts.openapi.document import Document
    from redhanded.contracts.openapi.nodes import Node
    from redhanded.contracts.openapi.operations import Operation

_REMEMBERED = 64  # origins; a test speaks with few
_READINGS = 64  # of one server's variables; more would only slow the start down


def prefixes_of(document: Document, operation: Operation | None, base_url: str) -> tuple[str, ...]:
    """The paths below which an operation may stand, without a slash at their end.

    Without an operation, those of the document.

    A server of the document says under which path its API is served, rarely the host under test.
    So hosts are left alone, and the path of `base_url` is one more reading: an API is often tested
    behind less, or more, than the gateway that the document describes. The servers of an operation
    replace those of its path, and these the document's (OAS 3.1.1, section 4.8.5).
    """
    own = _path_of(base_url)
    told = list(_servers(document, operation, base_url))
    return tuple(dict.fromkeys([*told, own, *(own + path for path in told)]))


class Origin:
    """Scheme, host and port of the API under test; of none, any is the API's."""

    def __init__(self, base_url: str) -> None:
        self._wanted = _origin_of(base_url) if base_url else None
        self._known: dict[str, bool] = {}

    def target_of(self, url: str) -> tuple[str, str] | None:
        """The path and the query of a URL, percent-encoded; None where it leads elsewhere."""
        begin = url.find("/", url.find("://") + 3)
        if begin < 0:
            return ("/", "") if self._is_own(url) else None
        if not self._is_own(url[:begin]):
            return None
        path, _, query = url[begin:].partition("?")
        if "#" in url:
            path, query = path.partition("#")[0], query.partition("#")[0]
        return path, query

    def _is_own(self, start: str) -> bool:
        try:
            return self._known[start]
        except KeyError:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            is_own = self._wanted is None or _origin_of(start) == self._wanted
            self._known[start] = is_own
            return is_own


def _origin_of(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port of a URL, as RFC 6454 compares them; empty where there are none."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "", "", None
    scheme = parts.scheme.lower()
    return scheme, parts.hostname or "", port or {"http": 80, "https": 443}.get(scheme)


def _servers(document: Document, operation: Operation | None, base_url: str) -> Iterator[str]:
    owners = (operation.node, operation.path_node) if operation else ()
    for owner in (*owners, document.node()):
        found = owner.find("servers")
        entries = list(found.entries()) if found else []
        if entries:
            for server in entries:
                yield from _paths_of(document, server, base_url)
            return


def _paths_of(document: Document, server: Node, base_url: str) -> Iterator[str]:
    node = followed(document, server)
    url = node.value.get("url") if node else None
    if node is None or not isinstance(url, str):
        return
    names = list(dict.fromkeys(VARIABLE.findall(url)))
    choices = [_values(node.find("variables", name)) for name in names]
    for values in islice(product(*choices), _READINGS):
        chosen = dict(zip(names, values, strict=True))
        filled = VARIABLE.sub(lambda match, chosen=chosen: chosen[match[1]], url)  # type: ignore[misc]
        yield _path_of(_absolute(document, filled, base_url))


def _values(variable: Node | None) -> list[str]:
    value = variable.value if variable else None
    if not isinstance(value, dict):
        return [""]
    listed = value.get("enum")
    found = [value.get("default"), *(listed if isinstance(listed, list) else ())]
    return list(dict.fromkeys(str(one) for one in found if one is not None)) or [""]


def _absolute(document: Document, url: str, base_url: str) -> str:
    """A relative server is meant from where the document stands (OAS 3.1.1, section 4.8.5.1)."""
    try:
        is_fetched = urlsplit(document.uri).scheme in {"http", "https"}
        return urljoin(document.uri if is_fetched else base_url, url)
    except ValueError:
        return url


def _path_of(url: str) -> str:
    try:
        return urlsplit(url).path.rstrip("/")
    except ValueError:
        return ""
