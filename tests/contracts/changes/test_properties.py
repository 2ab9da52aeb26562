"""Properties that hold of all documents, tried on a real one that was changed at random."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from redhanded.contracts.changes import RULES
from redhanded.contracts.openapi.document import Document
from redhanded.contracts.openapi.loading import read
from tests.contracts.changes.documents import compared

_REAL = Path(__file__).parents[2] / "corpus" / "specs" / "realworld.yml"
_ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1.5, "", "x", "object", "#/components/schemas/Nowhere"),
    *([], ["a", 1, None], {}, {"type": "string"}, {"$ref": "#/paths"}, {"$ref": "#"}),
    *(
        {"oneOf": [{"$ref": "#/components/schemas/Article"}, {"type": "null"}]},
        [[]],
        {"a": {"b": 1}},
    ),
)
_KEYS = (
    *("type", "enum", "required", "properties", "items", "allOf", "oneOf", "not", "if", "then"),
    *("minimum", "exclusiveMinimum", "pattern", "default", "const", "discriminator", "deprecated"),
    *("x-sunset", "x-stability-level", "security", "parameters", "content", "headers", "schema"),
    *("dependentRequired", "prefixItems", "additionalProperties", "nullable", "$ref", "multipleOf"),
    *("requestBody", "responses", "tags", "in", "name", "flows", "scopes", "x-extensible-enum"),
)


@cache
def real() -> dict[str, Any]:
    """The document of the RealWorld API."""
    found: dict[str, Any] = yaml.safe_load(_REAL.read_text(encoding="utf-8"))
    return found


def document(root: dict[str, Any]) -> Document:
    """The document with this content."""
    return read(json.dumps(root).encode(), "api.json")


def holders(value: object) -> Iterator[dict[str, Any] | list[Any]]:
    """All objects and lists of a document."""
    if isinstance(value, dict):
        yield value
        for below in value.values():
            yield from holders(below)
    elif isinstance(value, list):
        yield value
        for below in value:
            yield from holders(below)


def changed(root: dict[str, Any], chance: random.Random, *, times: int) -> dict[str, Any]:
    """The document with members taken out, put in or exchanged at random."""
    root = copy.deepcopy(root)
    for _ in range(times):
        holder = chance.choice(list(holders(root["paths"])) + list(holders(root["components"])))
        value = copy.deepcopy(chance.choice(_ODD))
        if isinstance(holder, list):
            holder.insert(chance.randrange(len(holder) + 1), value)
        elif not holder or chance.random() < 0.4:
            holder[chance.choice(_KEYS)] = value
        elif chance.random() < 0.5:
            holder[chance.choice(list(holder))] = value
        else:
            del holder[chance.choice(list(holder))]
    return root


def shuffled(value: Any, chance: random.Random) -> Any:  # noqa: ANN401 - a document is any JSON
    """The same document with the members of its objects in another order."""
    if isinstance(value, list):
        return [shuffled(below, chance) for below in value]
    if not isinstance(value, dict):
        return value
    names = list(value)
    chance.shuffle(names)
    return {name: shuffled(value[name], chance) for name in names}


def broken(seed: int) -> dict[str, Any]:
    """One of many documents that are broken in some ways, always the same for a seed."""
    chance = random.Random(seed)
    return changed(real(), chance, times=chance.randrange(1, 12))


@pytest.mark.parametrize("first", [pytest.param(n, id=f"seeds from {n}") for n in (0, 15, 30)])
def test_no_document_is_too_broken_to_compare(first: int) -> None:
    """INVARIANT: whatever stands in a document, its changes fall under rules."""
    for seed in range(first, first + 15):
        old, new = document(real()), document(broken(seed))
        found = compared(old, new) + compared(new, old)

        assert {change.id for change in found} <= RULES.keys()
        assert all(change.text and change.side in {"old", "new"} for change in found)


@pytest.mark.parametrize("first", [pytest.param(n, id=f"seeds from {n}") for n in (200, 210)])
def test_a_document_has_no_change_against_itself(first: int) -> None:
    """INVARIANT: the same document gives nothing, in whatever order its members stand."""
    for seed in range(first, first + 10):
        root = broken(seed)
        again = shuffled(root, random.Random(seed))

        assert compared(document(root), document(again)) == []


@pytest.mark.parametrize("first", [pytest.param(n, id=f"seeds from {n}") for n in (300, 306)])
def test_what_was_added_one_way_was_removed_the_other(first: int) -> None:
    """INVARIANT: of two documents each has what the other lacks."""
    pairs = {
        "endpoint-added": {
            "api-removed-without-deprecation",
            "api-path-removed-without-deprecation",
            "api-removed-with-deprecation",
            "api-path-removed-with-deprecation",
            "api-path-sunset-parse",
        },
        "response-media-type-added": {"response-media-type-removed"},
        "request-body-media-type-added": {"request-body-media-type-removed"},
        "api-tag-added": {"api-tag-removed"},
        "request-property-enum-value-added": {"request-property-enum-value-removed"},
        "request-body-became-required": {"request-body-became-optional"},
    }
    for seed in range(first, first + 6):
        chance = random.Random(seed)
        old = document(real())
        new = document(changed(real(), chance, times=40))
        there, back = compared(old, new), compared(new, old)
        for added, removed in pairs.items():
            assert _operations(there, {added}) <= _operations(back, removed)
            assert _operations(back, {added}) <= _operations(there, removed)


def rewritten(value: Any, write: Callable[[dict[str, Any]], Any]) -> Any:  # noqa: ANN401
    """The document with every reference to a schema written in another way."""
    if isinstance(value, list):
        return [rewritten(below, write) for below in value]
    if not isinstance(value, dict):
        return value
    if str(value.get("$ref", "")).startswith("#/components/schemas/"):
        return write(value)
    return {name: rewritten(below, write) for name, below in value.items()}


def _inline(reference: dict[str, Any]) -> Any:  # noqa: ANN401
    return real()["components"]["schemas"][reference["$ref"].rpartition("/")[2]]


@pytest.mark.parametrize(
    "write",
    [
        pytest.param(_inline, id="in its place"),
        pytest.param(lambda reference: {"allOf": [reference]}, id="in allOf"),
        pytest.param(lambda reference: {"anyOf": [reference]}, id="in anyOf"),
        pytest.param(lambda reference: {"description": "d", **reference}, id="beside words"),
    ],
)
def test_it_makes_no_difference_how_a_schema_is_referred_to(
    write: Callable[[dict[str, Any]], Any],
) -> None:
    """INVARIANT: a schema may stand in its place, behind a reference, in `allOf` or in a choice."""
    old, new = document(real()), document(rewritten(real(), write))

    assert compared(old, new) == []
    assert compared(new, old) == []


def _operations(found: list[Any], rules: set[str]) -> set[tuple[str, str]]:
    return {(change.path, change.operation) for change in found if change.id in rules}


def test_every_change_names_a_place_that_exists() -> None:
    """The pointer of a change leads to something in the document of its side."""
    for seed in range(400, 415):
        old, new = document(real()), document(broken(seed))
        for change in compared(old, new):
            there = old if change.side == "old" else new
            assert there.node(change.where, change.uri).pointer == change.where
