"""What of one file refers elsewhere, and what in it can be referred to."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from redhanded.contracts.openapi.nodes import DEEPEST, escaped, joined

_NAMING: Final = frozenset(
    {
        *("properties", "patternProperties", "dependentSchemas", "$defs", "definitions"),
        *("paths", "webhooks", "responses", "callbacks", "content", "encoding", "variables"),
        *("schemas", "parameters", "examples", "requestBodies", "headers", "securitySchemes"),
        *("links", "pathItems", "mediaTypes", "additionalOperations"),
    }
)
"""Members of these names hold members which the author names, and which may have any name."""

_DATA: Final = frozenset(
    {"const", "dataValue", "default", "enum", "example", "serializedValue", "value"}
)
"""Members of these names hold data: what looks like a reference in there is none."""

_CONTAINERS: Final = (dict, list)
_FILES: Final = (".json", ".yaml", ".yml")

Path: TypeAlias = tuple["Path", str | int, int] | None
"""The way to a value: that to the object around it, the key there, how deep it is."""


class TooDeep(ValueError):
    """The file is nested deeper than is read."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference as it is written, where it stands, and the address that it is relative to."""

    text: str
    pointer: str
    base: str


@dataclass(slots=True)
class Survey:
    """What was found in a file.

    `resources` maps each `$id` to the pointer of its schema; `anchors` holds the addresses of
    schemas that have a name of their own.
    """

    references: list[Reference] = field(default_factory=list)
    resources: dict[str, str] = field(default_factory=dict)
    anchors: set[str] = field(default_factory=set)


def survey(value: object, uri: str, *, has_ids: bool) -> Survey:
    """What refers elsewhere in the file with that address; raises TooDeep.

    `has_ids` says that `$id`, `$anchor` and `$dynamicAnchor` are keywords, as from OpenAPI 3.1 on.
    """
    found = Survey()
    todo: list[tuple[Any, Path, str, bool]] = []
    if value.__class__ in _CONTAINERS:
        todo.append((value, None, uri, False))
    while todo:
        here, path, base, is_named = todo.pop()
        if path is not None and path[2] > DEEPEST:
            raise TooDeep
        if here.__class__ is dict:
            if has_ids and not is_named:
                base = _identified(here, path, base, found)
            _note(here, path, base, found, is_named=is_named)
            below = [
                (inner, _below(path, key), base, not is_named and key in _NAMING)
                for key, inner in here.items()
                if inner.__class__ in _CONTAINERS and (is_named or not _is_data(key, inner))
            ]
        else:
            below = [
                (inner, _below(path, index), base, False)
                for index, inner in enumerate(here)
                if inner.__class__ in _CONTAINERS
            ]
        todo += reversed(below)
    return found


def _below(path: Path, key: str | int) -> Path:
    return (path, key, 1 if path is None else path[2] + 1)


def _is_data(key: str, value: object) -> bool:
    if key == "examples":
        return isinstance(value, list)  # of a schema; elsewhere it is a map of named examples
    return key in _DATA or key.startswith("x-")


def _note(here: dict[str, Any], path: Path, base: str, found: Survey, *, is_named: bool) -> None:
    reference = here.get("$ref")
    if reference.__class__ is str:
        found.references.append(Reference(reference, _pointer(path), base))
    if "discriminator" in here and not is_named and isinstance(here["discriminator"], dict):
        _note_mapping(here["discriminator"], path, base, found)


def _note_mapping(discriminator: dict[str, Any], path: Path, base: str, found: Survey) -> None:
    mapping = discriminator.get("mapping")
    texts = list(mapping.values()) if isinstance(mapping, dict) else []
    for text in [*texts, discriminator.get("defaultMapping")]:
        if isinstance(text, str) and ("/" in text or "#" in text or text.endswith(_FILES)):
            pointer = f"{_pointer(path)}/discriminator"
            found.references.append(Reference(text, pointer, base))


def _identified(here: dict[str, Any], path: Path, base: str, found: Survey) -> str:
    """The address that holds from here on; what can be referred to is noted."""
    own = here.get("$id")
    if own.__class__ is str and path is not None:
        with suppress(LookupError):
            base = joined(base, own)[0]
            found.resources.setdefault(base, _pointer(path))
    for keyword in ("$anchor", "$dynamicAnchor"):
        if here.get(keyword).__class__ is str:
            found.anchors.add(f"{base}#{here[keyword]}")
    return base


def _pointer(path: Path) -> str:
    keys: list[str] = []
    while path is not None:
        keys.append(escaped(path[1]))
        path = path[0]
    return "".join(f"/{key}" for key in reversed(keys))
