"""Coverage of documents that are wrong in any way: it counts what can be read, and never fails."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from redhanded.contracts.openapi.document import Document
from redhanded.contracts.openapi.examination import Examination, Parts
from redhanded.contracts.openapi.loading import read
from redhanded.contracts.openapi.marks import measure_of
from redhanded.contracts.openapi.nodes import Node
from redhanded.contracts.openapi.operations import Operation, members, operations_of
from redhanded.contracts.openapi.schemas import Schemas
from redhanded.contracts.openapi.sightings import Sightings
from redhanded.contracts.openapi.universe import contents_of, universe_of

_FILE = Path(__file__).parents[2] / "corpus/specs/realworld.yml"
_JUNK: st.SearchStrategy[Any] = st.sampled_from(
    [
        *(None, True, 0, 1.5, "", "text", [], {}, [1], ["a", {}], {"a": 1}),
        {"$ref": "#/components/schemas/Article"},
        {"$ref": "#nowhere"},
        {"$ref": 5},
        {"$dynamicRef": "#x"},
        {"enum": [{}, [], None, 1.5]},
        {"oneOf": [{"$ref": "#/components/schemas/Comment"}, 5, {"pattern": "("}]},
        {"if": {"type": "object"}, "then": {"properties": {"a": {"enum": ["\u00e9"]}}}},
        {"allOf": [{"$ref": "#/components/schemas/User"}] * 2, "unevaluatedProperties": {}},
    ]
)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda below: (
        st.lists(below, max_size=3)
        | st.dictionaries(st.sampled_from(["article", "author", "tagList", "a", "user"]), below)
    ),
    max_leaves=8,
)


_PERSON = {"username": "a", "bio": None, "image": 1, "following": True, "a": 1}
_TEXT = {"slug": "a", "body": "b", "tagList": ["x", None], "author": _PERSON, "id": 1.0}
_FULL = {
    "article": _TEXT,
    "articles": [_TEXT, {}],
    "articlesCount": 1,
    "comment": _TEXT,
    "comments": [_TEXT],
    "user": _PERSON,
    "profile": _PERSON,
    "tags": ["a"],
    "errors": {},
}


@cache
def _root() -> dict[str, Any]:
    return dict(read(_FILE.read_bytes(), "realworld.yml").root)


def _places(value: object, way: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    found = [way] if len(way) > 1 else []
    pairs: Any = value.items() if isinstance(value, dict) else ()
    pairs = enumerate(value) if isinstance(value, list) else pairs
    for key, below in pairs:
        found += _places(below, (*way, key))
    return found


@cache
def _all_places() -> list[tuple[str | int, ...]]:
    return _places({"components": _root()["components"]})


def _broken(junk: list[tuple[int, Any]]) -> dict[str, Any]:
    """The document with junk in some of its places."""
    root: dict[str, Any] = copy.deepcopy(_root())
    for number, value in junk:
        *way, last = _all_places()[number % len(_all_places())]
        owner: Any = root
        for key in way:
            is_there = isinstance(owner, dict) and key in owner
            is_there |= isinstance(owner, list) and isinstance(key, int) and key < len(owner)
            owner = owner[key] if is_there else None
        is_item = isinstance(owner, list) and isinstance(last, int) and last < len(owner)
        if isinstance(owner, dict) or is_item:
            owner[last] = value
    return root


def _answers(document: Document, operation: Operation) -> Iterator[Node]:
    """The schema of each documented answer."""
    for _, response in members(document, operation.node.find("responses")):
        for content in contents_of(document, response).values():
            found = content.find("schema")
            if found is not None:
                yield found


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.lists(st.tuples(st.integers(0, 10_000), _JUNK), min_size=1, max_size=12),
    st.lists(_VALUES, min_size=1, max_size=3),
)
def test_coverage_never_fails_and_sees_no_more_than_there_is(
    junk: list[tuple[int, Any]], values: list[object]
) -> None:
    """INVARIANT: of every document that can be read at all, what is seen is part of the whole."""
    document = read(json.dumps(_broken(junk)).encode(), "broken.json")
    schemas = Schemas(document)
    sightings = Sightings(
        document, lambda schema, way: schemas.check(schema, way, closed=False).accepts
    )
    universe = universe_of(document)
    every = universe.marks_of(universe.operations)

    for operation in operations_of(document):
        for schema, value in product(_answers(document, operation), [_FULL, *values]):
            exchange = Examination(operation, response=Parts(schema=schema, value=value))
            seen = sightings.see(exchange, is_checked=True)
            assert {mark for mark in seen if measure_of(mark) is not None} <= every
            json.dumps(seen).encode()
