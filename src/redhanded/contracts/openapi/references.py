"""The files that a document refers to, and the references that lead nowhere."""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from redhanded.contracts.openapi import text
from redhanded.contracts.openapi.document import DocumentUnusable
from redhanded.contracts.openapi.nodes import Flaw, at, joined, name_of
from redhanded.contracts.openapi.survey import Survey, TooDeep, survey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from redhanded.contracts.openapi.survey import Reference

MOST_FILES: Final = 5000
"""How many files one document may be made of, so that a chain of them has an end.

Published documents that have a file for each schema are made of some fifteen hundred.
"""

MOST_BYTES: Final = 200 * 2**20
"""How long all files of one document may be together: twice the longest single one."""

_NO_ADDRESS: Final = ""


@dataclass(frozen=True, slots=True)
class File:
    """A file of a document: what it holds, what it refers to, and its bytes."""

    value: Any
    survey: Survey
    content: bytes


@dataclass(slots=True)
class Files:
    """A document's files by address, the first of them its own.

    `aliases` are the addresses that files give themselves (`$self`, OpenAPI 3.2), `resources` and
    `anchors` those of schemas (`$id`, `$anchor`), the former with their places. `refused` are
    addresses that could not be read; `flaws` says why, and what is wrong in files.
    """

    name: str
    uri: str
    has_ids: bool
    most: int = MOST_FILES
    longest: int = MOST_BYTES
    found: dict[str, File] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    resources: dict[str, tuple[str, str]] = field(default_factory=dict)
    anchors: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    flaws: list[Flaw] = field(default_factory=list)

    def gather(self, root: Any, content: bytes, fetch: Callable[[str], bytes] | None) -> None:  # noqa: ANN401
        """Read all files to which the document leads, each once."""
        self._add(self.uri, root, content)
        waiting = deque([self.uri])
        while waiting:
            uri = waiting.popleft()
            for reference in self.found[uri].survey.references:
                address = self._target(reference)[0]
                if not self._knows(address) and self._read(address, uri, reference, fetch):
                    waiting.append(address)

    def place(self, uri: str, pointer: str) -> str:
        """Where that is, for people."""
        return f"{name_of(uri, self.uri, self.name)}#{pointer}"

    def unresolved(self) -> Iterator[Flaw]:
        """A flaw for each reference to nothing, in a file that was read."""
        known: dict[tuple[str, str], bool] = {}
        for uri, file in self.found.items():
            for reference in file.survey.references:
                target = self._target(reference)
                if target not in known:
                    known[target] = self._leads_somewhere(*target)
                if not known[target]:
                    message = f"leads nowhere: there is no {reference.text[:200]}"
                    yield Flaw(self.place(uri, reference.pointer), message)

    def _knows(self, address: str) -> bool:
        if address == _NO_ADDRESS:
            return True
        return address in self.found or address in self.refused or address in self.resources

    def _read(
        self,
        address: str,
        uri: str,
        reference: Reference,
        fetch: Callable[[str], bytes] | None,
    ) -> bool:
        try:
            content = self._fetched(address, fetch)
            parsed = text.parse(content, name_of(address, self.uri, self.name))
            self._add(address, parsed.value, content)
        except DocumentUnusable as error:
            self.refused.add(address)
            message = f"leads nowhere: {str(error).rstrip('.')}"
            self.flaws.append(Flaw(self.place(uri, reference.pointer), message))
            return False
        self.flaws += parsed.flaws
        return True

    def _fetched(self, address: str, fetch: Callable[[str], bytes] | None) -> bytes:
        if fetch is None:
            why = "is another file"
        elif len(self.found) >= self.most:
            why = f"would be file {self.most + 1}"
        elif sum(len(file.content) for file in self.found.values()) >= self.longest:
            why = f"would stand behind {self.longest:,} bytes"
        else:
            return fetch(address)
        raise DocumentUnusable(
            f"{name_of(address, self.uri, self.name)} {why} of the document, and is not read."
        )

    def _add(self, uri: str, value: Any, content: bytes) -> None:  # noqa: ANN401
        try:
            found = survey(value, uri, has_ids=self.has_ids)
        except TooDeep:
            name = name_of(uri, self.uri, self.name)
            raise DocumentUnusable(text.too_deep(name)) from None
        self.found[uri] = File(value, found, content)
        self.anchors |= found.anchors
        for resource, pointer in found.resources.items():
            self.resources.setdefault(resource, (uri, pointer))
        own = value.get("$self") if isinstance(value, dict) else None
        if isinstance(own, str):
            with suppress(LookupError):
                self.aliases.setdefault(joined(uri, own)[0], uri)

    def _leads_somewhere(self, address: str, fragment: str) -> bool:
        if address in self.refused:
            return True  # that is told already, once for the file
        if fragment and not fragment.startswith("/"):
            return f"{address}#{fragment}" in self.anchors
        try:
            at(self._resource(address), fragment)
        except LookupError:
            return False
        return True

    def _resource(self, address: str) -> object:
        if address in self.found:
            return self.found[address].value
        uri, pointer = self.resources[address]
        return at(self.found[uri].value, pointer)

    def _target(self, reference: Reference) -> tuple[str, str]:
        """The address and the decoded fragment that a reference leads to."""
        try:
            address, fragment = joined(reference.base, reference.text)
        except LookupError:
            return _NO_ADDRESS, ""
        return self.aliases.get(address, address), fragment
