"""Who a client of the API can be, as the document's security schemes say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from redhanded.contracts.openapi.operations import followed
from redhanded.scaffold.answers import Auth
from redhanded.scaffold.openapi import names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from redhanded.contracts.openapi.document import Document
    from redhanded.contracts.openapi.nodes import Node
    from redhanded.contracts.openapi.operations import Operation

_PLACES = frozenset({"header", "query", "cookie"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """One security scheme as settings say it; `name` is that of its table, and of its variables."""

    scheme: str
    name: str
    kind: Auth
    key_name: str = ""
    key_place: str = "header"
    token_url: str = ""


@dataclass(frozen=True, slots=True)
class Need:
    """What an operation asks of whoever calls it: an identity, none, or one nobody here can be."""

    identity: Identity | None = None
    is_met: bool = True


class Identities:
    """The identities of a document, of which one is the tests' own where nothing else is said."""

    def __init__(self, document: Document, operations: Sequence[Operation]) -> None:
        self._document = document
        self._known = _known(document)
        self._needs = {operation.name: self._need(operation) for operation in operations}
        used = [need.identity for need in self._needs.values() if need.identity is not None]
        order = list(dict.fromkeys(used))
        self.main: Identity | None = max(order, key=used.count) if order else None
        self.others: tuple[Identity, ...] = tuple(one for one in order if one is not self.main)

    def of(self, operation: Operation) -> Need:
        """What this operation asks for."""
        return self._needs[operation.name]

    def _need(self, operation: Operation) -> Need:
        asked = operation.node.find("security") or self._document.node().find("security")
        listed = asked.value if asked else []
        choices = [each for each in listed if isinstance(each, dict)] if listed else []
        if not choices or {} in choices:
            return Need()
        for choice in choices:
            if len(choice) == 1 and (identity := self._known.get(next(iter(choice)))):
                return Need(identity)
        return Need(is_met=False)


def _known(document: Document) -> dict[str, Identity]:
    """The schemes that settings can say, by their names."""
    declared = document.node().find("components", "securitySchemes")
    taken = names.Taken(["none"])
    found: dict[str, Identity] = {}
    for scheme, node in declared.items() if declared else ():
        told = followed(document, node)
        said = _said(told) if told is not None else None
        if said is not None:
            name = taken.give(names.snake(scheme, "identity").rstrip("_"))
            found[scheme] = Identity(scheme=scheme, name=name, **said)
    return found


def _said(node: Node) -> Mapping[str, Any] | None:
    kind = node.value.get("type")
    if kind == "http":
        schemes = {"basic": Auth.BASIC, "bearer": Auth.BEARER}
        found = schemes.get(str(node.value.get("scheme")).lower())
        return {"kind": found} if found else None
    if kind == "apiKey":
        name, place = node.value.get("name"), node.value.get("in")
        is_usable = isinstance(name, str) and name.isascii() and name.isprintable() and name
        if not is_usable or place not in _PLACES or not set(name).isdisjoint(' "\\,;='):
            return None
        return {"kind": Auth.API_KEY, "key_name": name, "key_place": place}
    if kind == "oauth2":
        address = _address(node.find("flows", "clientCredentials", "tokenUrl"))
        return {"kind": Auth.OAUTH2, "token_url": address} if address else {"kind": Auth.BEARER}
    return {"kind": Auth.BEARER} if kind == "openIdConnect" else None


def _address(node: Node | None) -> str | None:
    """The token's address: a path below the API, or a whole URL; None where it is neither."""
    text = node.value if node is not None else None
    if not isinstance(text, str) or not text.isprintable() or not text.isascii() or " " in text:
        return None
    try:
        parts = urlsplit(text)
        has_port = parts.port != 0
    except ValueError:
        return None
    if not parts.scheme and not parts.netloc:
        return f"/{text.lstrip('/')}"
    is_whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and has_port
    return text if is_whole and "@" not in parts.netloc else None
