"""Places in an OpenAPI document and the files that it refers to."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, unquote, urldefrag, urljoin, urlsplit, urlunsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

DEEPEST: Final = 200
"""Levels of nesting in one file; the deepest documents that are published have some forty."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with a document at one place; all else of it stays usable.

    `place` is the name of the file and a JSON Pointer: `openapi.yaml#/paths/~1booking/get`.
    """

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


@dataclass(frozen=True, slots=True)
class Node:
    """A value in a document: of which file (`uri`), and where in it (`pointer`, RFC 6901)."""

    value: Any
    uri: str
    pointer: str = ""

    def find(self, *keys: str | int) -> Node | None:
        """What stands below, by its keys; None where nothing does. No `$ref` is followed."""
        value, pointer = self.value, self.pointer
        for key in keys:
            try:
                value = value[key]
            except (LookupError, TypeError):
                return None
            pointer = f"{pointer}/{escaped(key)}"
        return Node(value, self.uri, pointer)

    def items(self) -> Iterator[tuple[str, Node]]:
        """The members of an object with their names; of all else, nothing."""
        if isinstance(self.value, dict):
            for name, value in self.value.items():
                yield name, Node(value, self.uri, f"{self.pointer}/{escaped(name)}")

    def entries(self) -> Iterator[Node]:
        """The items of a list; of all else, nothing."""
        if isinstance(self.value, list):
            for index, value in enumerate(self.value):
                yield Node(value, self.uri, f"{self.pointer}/{index}")

    @property
    def reference(self) -> str | None:
        """The text of its `$ref`, where it is an object that has one."""
        found = self.value.get("$ref") if isinstance(self.value, dict) else None
        return found if isinstance(found, str) else None

    @property
    def fragment(self) -> str:
        """The pointer as the fragment of a URI: percent-encoded, as RFC 6901, section 6, wants."""
        return quote(self.pointer, safe="/~!$&'()*+,;=:@")


def escaped(key: str | int) -> str:
    """A key as one step of a JSON Pointer."""
    return str(key).replace("~", "~0").replace("/", "~1")


def unescaped(step: str) -> str:
    """The key that one step of a JSON Pointer names."""
    return step.replace("~1", "/").replace("~0", "~")


def steps(pointer: str) -> list[str]:
    """The keys that a JSON Pointer names, from the root on."""
    return [unescaped(step) for step in pointer.split("/")[1:]]


def at(value: object, pointer: str) -> object:
    """What stands at a JSON Pointer; LookupError where nothing does."""
    if pointer and not pointer.startswith("/"):
        raise LookupError(pointer)
    for step in steps(pointer):
        if isinstance(value, dict):
            value = value[step]
        elif isinstance(value, list) and step.isdecimal() and step.isascii():
            value = value[int(step)]
        else:
            raise LookupError(pointer)
    return value


def joined(base: str, reference: str) -> tuple[str, str]:
    """The address and the decoded fragment that a reference means at a base (RFC 3986, section 5).

    LookupError where it is no reference at all.
    """
    if reference.startswith("#"):
        return base, unquote(reference[1:])
    try:
        address, fragment = urldefrag(urljoin(base, reference))
        urlsplit(address)
    except ValueError:
        raise LookupError(reference) from None
    return address, unquote(fragment)


def name_of(uri: str, home: str, name: str) -> str:
    """What people call the file with an address, where they call the one at `home` by that name.

    No name holds what may be secret in an address: its user, its password, its query.
    """
    there, here = urlsplit(uri), urlsplit(home)
    if uri == home:
        return name
    if (there.scheme, there.netloc) != (here.scheme, here.netloc):
        return urlunsplit((there.scheme, there.netloc.rpartition("@")[2], there.path, "", ""))
    way = posixpath.relpath(there.path or "/", posixpath.dirname(here.path) or "/")
    return unquote(posixpath.normpath(posixpath.join(posixpath.dirname(name), way)))
