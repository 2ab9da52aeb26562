"""Nodes: values that know where they stand, and names for the files they stand in."""

from __future__ import annotations

import pytest

from redhanded.contracts.openapi.nodes import Flaw, Node, at, escaped, name_of, steps

VALUE = {"paths": {"/a~b/{id}": [10, {"x": 1}]}, "": 5}


def test_a_node_below_has_the_pointer_of_its_place() -> None:
    """RFC 6901, section 3: `~` and `/` in names are escaped."""
    found = Node(VALUE, "file:///api.json").find("paths", "/a~b/{id}", 1, "x")

    assert found == Node(1, "file:///api.json", "/paths/~1a~0b~1{id}/1/x")


@pytest.mark.parametrize(
    "keys",
    [("servers",), ("paths", "/a~b/{id}", 7), ("paths", "/a~b/{id}", "x"), ("", "x")],
    ids=["no such name", "no such item", "a name in a list", "a name in a number"],
)
def test_where_nothing_stands_nothing_is_found(keys: tuple[str | int, ...]) -> None:
    """A document may lack whatever is asked for: that is no error."""
    assert Node(VALUE, "u").find(*keys) is None


def test_members_and_items_are_nodes() -> None:
    """Objects have members, lists have items, all else has neither."""
    node = Node({"a": 1, "b/c": [2]}, "u", "/x")

    assert list(node.items()) == [("a", Node(1, "u", "/x/a")), ("b/c", Node([2], "u", "/x/b~1c"))]
    assert list(Node([7, 8], "u").entries()) == [Node(7, "u", "/0"), Node(8, "u", "/1")]
    assert not [*node.entries(), *Node([7], "u").items(), *Node(7, "u").items()]


@pytest.mark.parametrize(
    "value, reference",
    [({"$ref": "#/a"}, "#/a"), ({"$ref": {}}, None), ({}, None), ("$ref", None)],
    ids=["a reference", "a member of that name", "none", "text"],
)
def test_a_reference_is_text_in_an_object(value: object, reference: str | None) -> None:
    """A schema may have a property that is called `$ref`."""
    assert Node(value, "u").reference == reference


def test_a_pointer_in_a_reference_is_percent_encoded() -> None:
    """RFC 6901, section 6: braces are no characters of a fragment."""
    assert Node(1, "u", "/paths/~1a~1{id} ü").fragment == "/paths/~1a~1%7Bid%7D%20%C3%BC"


@pytest.mark.parametrize(
    "pointer, value",
    [("", VALUE), ("/paths/~1a~0b~1{id}/0", 10), ("/", 5)],
    ids=["all of it", "an item", "the member without a name"],
)
def test_a_pointer_leads_to_its_value(pointer: str, value: object) -> None:
    """RFC 6901, section 5."""
    assert at(VALUE, pointer) == value


@pytest.mark.parametrize(
    "pointer",
    [
        "paths",
        "/nope",
        "/paths/~1a~0b~1{id}/2",
        "/paths/~1a~0b~1{id}/-",
        "/paths/~1a~0b~1{id}/\u0660",
    ],
    ids=["no slash", "no member", "no item", "behind the last item", "digits that are not ASCII"],
)
def test_a_pointer_to_nothing_is_told(pointer: str) -> None:
    """LookupError, whatever the reason."""
    with pytest.raises(LookupError):
        at(VALUE, pointer)


def test_steps_and_names_are_each_others_inverse() -> None:
    """`~01` is `~1`, and not a slash."""
    assert steps("/" + escaped("~1") + "/" + escaped("/")) == ["~1", "/"]


@pytest.mark.parametrize(
    "uri, name",
    [
        pytest.param("file:///p/api/openapi.yaml", "api/openapi.yaml", id="itself"),
        pytest.param("file:///p/api/common/a.yaml", "api/common/a.yaml", id="below"),
        pytest.param("file:///p/common/a%20b.yaml", "common/a b.yaml", id="beside"),
        pytest.param("file:///x.yaml", "../x.yaml", id="far above"),
        pytest.param("https://me:pw@h.example/a.yaml?key=1", "https://h.example/a.yaml", id="URL"),
    ],
)
def test_files_are_named_as_seen_from_the_document(uri: str, name: str) -> None:
    """INVARIANT: no user, password or query of an address is in a name."""
    assert name_of(uri, "file:///p/api/openapi.yaml", "api/openapi.yaml") == name


def test_a_flaw_reads_as_its_place_and_what_is_wrong_there() -> None:
    """As compilers have it: place first."""
    assert str(Flaw("api.yaml#/paths", "is text")) == "api.yaml#/paths: is text"
