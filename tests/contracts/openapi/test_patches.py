"""Patches: many suggestions as one JSON Patch, held against another library."""

from __future__ import annotations

import itertools
import json
from typing import Any

import jsonpatch
import pytest

from redhanded.contracts.openapi.patches import merged, patched
from redhanded.core.errors import UsageError

_LISTS, _NO_LISTS = (3, 1), (3, 0)


def _text(op: str, path: str, value: object = None) -> str:
    return json.dumps({"op": op, "path": path, "value": value})


def _merged(*suggestions: str, version: tuple[int, int] = _LISTS) -> list[dict[str, Any]]:
    """The patch of these suggestions, which is the same in every order of them."""
    found = [merged(each, version=version) for each in itertools.permutations(suggestions)]

    assert all(each == found[0] for each in found)
    return found[0]


@pytest.mark.parametrize(
    "one, other, value",
    [
        pytest.param(
            _text("add", "/paths/~1x", {"get": {"responses": {"200": {}}}}),
            _text("add", "/paths/~1x", {"put": {"responses": {"204": {}}}}),
            {"get": {"responses": {"200": {}}}, "put": {"responses": {"204": {}}}},
            id="two-methods",
        ),
        pytest.param(
            _text("add", "/p/get", {"responses": {"200": {"description": "a"}}}),
            _text("add", "/p/get", {"responses": {"404": {"description": "b"}}}),
            {"responses": {"200": {"description": "a"}, "404": {"description": "b"}}},
            id="two-statuses",
        ),
        pytest.param(
            _text("add", "/p/parameters", [{"name": "a", "in": "query", "schema": {}}]),
            _text("add", "/p/parameters", [{"name": "b", "in": "query", "schema": {}}]),
            [
                {"name": "a", "in": "query", "schema": {}},
                {"name": "b", "in": "query", "schema": {}},
            ],
            id="two-parameters",
        ),
        pytest.param(
            _text("add", "/s/properties/a", {"type": "string", "format": "uuid"}),
            _text("add", "/s/properties/a", {"type": "integer"}),
            {"type": ["integer", "string"]},
            id="two-types-of-a-property",
        ),
        pytest.param(
            _text("add", "/s/properties/a", {"type": "integer", "enum": [1]}),
            _text("add", "/s/properties/a", {"type": "number", "enum": [2.5]}),
            {"type": "number", "enum": [1, 2.5]},
            id="an-integer-is-a-number",
        ),
        pytest.param(
            _text(
                "add",
                "/s/properties/a",
                {"type": "object", "properties": {"x": {"type": "string"}}, "required": ["x"]},
            ),
            _text(
                "add",
                "/s/properties/a",
                {"type": "object", "properties": {"y": {"type": "null"}}, "required": ["y"]},
            ),
            {
                "type": "object",
                "properties": {"x": {"type": "string"}, "y": {"type": "null"}},
                "required": [],
            },
            id="what-both-require",
        ),
        pytest.param(
            _text("add", "/s/properties/a", {}),
            _text("add", "/s/properties/a", {"type": "string"}),
            {},
            id="anything-and-text",
        ),
        pytest.param(
            _text("add", "/s/properties/type", {"type": "string"}),
            _text("add", "/s/properties/type", {"type": "null"}),
            {"type": ["null", "string"]},
            id="a-property-with-the-name-of-a-keyword",
        ),
        pytest.param(
            _text("replace", "/s/type", ["string", "null"]),
            _text("replace", "/s/type", ["string", "integer"]),
            ["integer", "null", "string"],
            id="two-wider-types",
        ),
        pytest.param(
            _text("replace", "/s/maximum", 10),
            _text("replace", "/s/maximum", 30),
            30,
            id="two-upper-bounds",
        ),
        pytest.param(
            _text("replace", "/s/minLength", 3),
            _text("replace", "/s/minLength", 1),
            1,
            id="two-lower-bounds",
        ),
        pytest.param(
            _text("replace", "/s/required", ["a", "b"]),
            _text("replace", "/s/required", ["b", "c"]),
            ["b"],
            id="two-lists-of-what-is-required",
        ),
        pytest.param(
            _text("replace", "/p/requestBody/required", value=True),
            _text("replace", "/p/requestBody/required", value=False),
            False,
            id="required-and-not",
        ),
    ],
)
def test_two_suggestions_for_one_place_become_one_that_allows_both(
    one: str, other: str, value: object
) -> None:
    """Each comes of another exchange, and the document has to allow both of these."""
    (told,) = _merged(one, other)

    assert _unordered(told["value"]) == _unordered(value)


def _unordered(value: object) -> object:
    """The value with its lists sorted: which suggestion came first is nobody's concern."""
    if isinstance(value, list):
        return sorted((_unordered(each) for each in value), key=repr)
    if isinstance(value, dict):
        return {name: _unordered(each) for name, each in value.items()}
    return value


def test_two_types_let_the_keyword_go_where_it_holds_one() -> None:
    """OpenAPI 3.0 has no lists of types, so only no type at all allows both."""
    types = [_text("replace", "/s/type", name) for name in ("string", "boolean")]

    assert _merged(*types, version=_NO_LISTS) == [{"op": "remove", "path": "/s/type"}]


def test_equal_suggestions_are_one() -> None:
    """What a hundred exchanges suggest is suggested once."""
    same = _text("add", "/s/enum/-", "new")

    assert _merged(same, same, same) == [{"op": "add", "path": "/s/enum/-", "value": "new"}]


def test_what_is_put_at_the_end_of_a_list_is_put_there_once() -> None:
    """Of parameters it is the place and the name that count."""
    patch = _merged(
        _text("add", "/p/parameters/-", {"name": "a", "in": "query", "schema": {}}),
        _text("add", "/p/parameters/-", {"name": "a", "in": "query", "schema": {"type": "null"}}),
        _text("add", "/s/enum/-", "b"),
        _text("add", "/s/enum/-", "c"),
    )

    assert [told["value"] for told in patch[1:]] == ["b", "c"]
    assert len(patch) == 3


def test_a_list_that_is_written_anew_takes_in_what_was_to_be_put_at_its_end() -> None:
    """Two ways of adding to one list do not undo each other."""
    (told,) = _merged(_text("replace", "/s/enum", ["a"]), _text("add", "/s/enum/-", "b"))

    assert told == {"op": "replace", "path": "/s/enum", "value": ["a", "b"]}


def test_what_lies_within_something_new_becomes_part_of_it() -> None:
    """A patch has one operation for a new path, whatever is suggested below it."""
    (told,) = _merged(
        _text("add", "/paths/~1x", {"get": {"responses": {}}}),
        _text("add", "/paths/~1x/get/responses/404", {"description": "none"}),
    )

    assert told["value"] == {"get": {"responses": {"404": {"description": "none"}}}}


def test_nothing_is_changed_within_what_goes() -> None:
    """Whatever binds nobody any more need not be loosened."""
    patch = _merged(
        _text("remove", "/s/enum"), _text("add", "/s/enum/-", "a"), _text("replace", "/s/enum", [])
    )

    assert patch == [{"op": "remove", "path": "/s/enum"}]


def test_items_of_a_list_go_from_its_end() -> None:
    """The place of an item holds only until one before it has gone."""
    root = {"s": {"required": [*"abcdefghijkl"], "x": 1}}
    gone = [_text("remove", f"/s/required/{index}") for index in (0, 10, 2)]

    patch = _merged(*gone, _text("add", "/s/y", 2))

    assert patched(root, patch)["s"] == {"required": [*"bdefghijl"], "x": 1, "y": 2}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("{", id="no-json"),
        pytest.param("[]", id="no-object"),
        pytest.param('{"op": "add"}', id="no-path"),
        pytest.param('{"op": "test", "path": "/a", "value": 1}', id="no-change"),
        pytest.param('{"op": "add", "path": "", "value": 1}', id="the-whole-document"),
        pytest.param('{"op": "add", "path": 5, "value": 1}', id="no-pointer"),
    ],
)
def test_what_is_no_operation_is_left_out(text: str) -> None:
    """A suggestion comes of a spool, and those come from anywhere."""
    assert _merged(text, _text("add", "/a", 1)) == [{"op": "add", "path": "/a", "value": 1}]


_ROOT = {"a": {"b/c": 1, "~": [1, 2, 3]}, "l": [{"x": 1}]}


@pytest.mark.parametrize(
    "patch",
    [
        pytest.param([{"op": "add", "path": "/a/new", "value": {"k": 1}}], id="add"),
        pytest.param([{"op": "add", "path": "/a/b~1c", "value": 2}], id="add-over"),
        pytest.param([{"op": "add", "path": "/a/~0/1", "value": 9}], id="insert"),
        pytest.param([{"op": "add", "path": "/a/~0/-", "value": 9}], id="append"),
        pytest.param([{"op": "add", "path": "/a/~0/3", "value": 9}], id="insert-at-the-end"),
        pytest.param([{"op": "replace", "path": "/l/0/x", "value": None}], id="replace"),
        pytest.param([{"op": "replace", "path": "/a/~0/2", "value": 9}], id="replace-item"),
        pytest.param([{"op": "remove", "path": "/l/0"}], id="remove-item"),
        pytest.param([{"op": "remove", "path": "/a"}], id="remove"),
    ],
)
def test_a_patch_is_applied_as_another_library_does(patch: list[dict[str, Any]]) -> None:
    """The operations mean what RFC 6902 says, and the document that was given stays."""
    before = json.dumps(_ROOT)

    assert patched(_ROOT, patch) == jsonpatch.apply_patch(_ROOT, patch)
    assert json.dumps(_ROOT) == before


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"op": "add", "path": "/no/where", "value": 1}, id="no-owner"),
        pytest.param({"op": "replace", "path": "/a/none", "value": 1}, id="no-member"),
        pytest.param({"op": "remove", "path": "/a/none"}, id="nothing-to-remove"),
        pytest.param({"op": "add", "path": "/a/~0/4", "value": 1}, id="beyond-the-end"),
        pytest.param({"op": "remove", "path": "/l/1"}, id="no-item"),
        pytest.param({"op": "replace", "path": "/l/x", "value": 1}, id="no-index"),
    ],
)
def test_a_patch_that_does_not_fit_is_refused(change: dict[str, Any]) -> None:
    """A document that has changed since the run is not changed at random."""
    with pytest.raises(UsageError, match="does not fit this document"):
        patched(_ROOT, [change])
