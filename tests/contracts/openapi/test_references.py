"""References: the files of a document, each read once, and what leads nowhere, with its place."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from redhanded.contracts.openapi.document import Document, DocumentUnusable, Unresolvable
from redhanded.contracts.openapi.loading import read
from redhanded.contracts.openapi.references import Files

HOME = "file:///p/api/openapi.yaml"


class Disk:
    """Files by address; `asked` tells which were read."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.files = files
        self.asked: list[str] = []

    def __call__(self, uri: str) -> bytes:
        """The bytes of a file."""
        self.asked.append(uri)
        if uri not in self.files:
            raise DocumentUnusable(f"there is no file {uri}: correct its name.")
        return self.files[uri].encode()


def document(members: Mapping[str, Any], version: str = "3.1.0", **files: str) -> Document:
    """A document in /p/api, with files beside it: `a__b_yaml` is /p/api/a/b.yaml."""
    return on(Disk({_address(name): text for name, text in files.items()}), members, version)


def on(disk: Disk, members: Mapping[str, Any], version: str = "3.1.0") -> Document:
    """A document whose other files are on that disk."""
    content = json.dumps({"openapi": version, "paths": {}, **members}).encode()
    return read(content, "api/openapi.yaml", uri=HOME, fetch=disk)


def _address(name: str) -> str:
    return f"file:///p/api/{name.replace('__', '/').replace('_yaml', '.yaml')}"


def referring(reference: str, **more: object) -> dict[str, Any]:
    """Members of a document of which one response is a reference."""
    return {"components": {"responses": {"A": {"$ref": reference}}, **more}}


def told(found: Document) -> list[str]:
    """What is wrong with the document."""
    return [str(flaw) for flaw in found.flaws]


@pytest.mark.parametrize(
    "reference, pointer",
    [
        pytest.param("common/a.yaml", "", id="a whole file"),
        pytest.param("./common/a.yaml#/x", "/x", id="a place in it"),
        pytest.param("../api/common/a.yaml#/x", "/x", id="by way of the folder above"),
        pytest.param("file:///p/api/common/a.yaml#/x", "/x", id="by its address"),
        pytest.param("common/a.yaml#/~1a%7Bid%7D~01", "/~1a{id}~01", id="encoded twice"),
    ],
)
def test_a_reference_leads_to_another_file(reference: str, pointer: str) -> None:
    """Relative to the file it stands in (RFC 3986), with a JSON Pointer as its fragment."""
    text = "x: {description: x}\n/a{id}~1: {description: y}\ndescription: all\n"
    found = document(referring(reference), common__a_yaml=text)

    target = found.follow(found.node("/components/responses/A"))

    assert (target.uri, target.pointer) == ("file:///p/api/common/a.yaml", pointer)
    assert found.place(target) == f"api/common/a.yaml#{pointer}"
    assert told(found) == []


def test_a_reference_in_another_file_is_relative_to_that_one() -> None:
    """Not to the document."""
    found = document(
        referring("common/a.yaml"),
        common__a_yaml="$ref: deep/b.yaml#/x",
        common__deep__b_yaml="x: {$ref: '#/y'}\ny: {description: y}",
    )

    assert found.place(found.follow(found.node("/components/responses/A"))) == (
        "api/common/deep/b.yaml#/y"
    )
    assert told(found) == []


def test_files_that_refer_to_each_other_are_read_once() -> None:
    """Also back to the document itself."""
    disk = Disk(
        {
            _address("a_yaml"): "x: {$ref: 'b.yaml#/x'}\ny: {description: y}",
            _address("b_yaml"): "x: {$ref: 'a.yaml#/y'}\nz: {$ref: 'openapi.yaml#/components'}",
        }
    )

    found = on(disk, referring("a.yaml#/x"))

    assert told(found) == []
    assert disk.asked == [_address("a_yaml"), _address("b_yaml")]
    assert found.files == [HOME, *disk.asked]
    assert found.place(found.follow(found.node("/components/responses/A"))) == "api/a.yaml#/y"


def test_a_circle_through_files_is_told_and_ends() -> None:
    """It leads to references only."""
    found = document(referring("a.yaml"), a_yaml="$ref: b.yaml", b_yaml="$ref: a.yaml")

    circle = "leads round in a circle, and to nothing"
    assert told(found) == [
        f"api/openapi.yaml#/components/responses/A: {circle}",
        f"api/a.yaml#: {circle}",
        f"api/b.yaml#: {circle}",
    ]


@pytest.mark.parametrize(
    "reference, why",
    [
        pytest.param("#/components/responses/B", "#/components/responses/B", id="no such place"),
        pytest.param("#B", "#B", id="no such anchor"),
        pytest.param("http://[/", "http://[/", id="no address"),
        pytest.param("#/%zz", "#/%zz", id="no escape"),
        pytest.param("a.yaml#/y", "a.yaml#/y", id="no such place in another file"),
    ],
)
def test_a_reference_to_nothing_is_a_flaw(reference: str, why: str) -> None:
    """The place is that of the reference; following it says so too."""
    found = document(referring(reference), a_yaml="x: 1")

    assert told(found) == [
        f"api/openapi.yaml#/components/responses/A: leads nowhere: there is no {why}"
    ]
    with pytest.raises(Unresolvable):
        found.follow(found.node("/components/responses/A"))


def test_a_file_that_cannot_be_read_is_told_once() -> None:
    """However many references lead to it; the rest of the document is usable."""
    found = document(
        {
            "components": {
                "responses": {"A": {"$ref": "no.yaml#/A"}, "B": {"$ref": "no.yaml#/B"}},
                "schemas": {"C": {"type": "string"}},
            }
        }
    )

    [flaw] = told(found)
    assert flaw == (
        "api/openapi.yaml#/components/responses/A: leads nowhere: there is no file"
        " file:///p/api/no.yaml: correct its name"
    )
    assert found.missing == ("file:///p/api/no.yaml",)
    assert found.node("/components/schemas/C").value == {"type": "string"}


@pytest.mark.parametrize(
    "text, why",
    [
        pytest.param("TOKEN=s3cret: 'x", "is no YAML", id="no YAML"),
        pytest.param("", "is empty", id="empty"),
        pytest.param("-----BEGIN KEY-----\ns3cret\n%", "there is no a.yaml#/x", id="a key"),
        pytest.param("s3cret", "there is no a.yaml#/x", id="YAML, but only text"),
    ],
)
def test_a_file_that_is_no_document_is_not_quoted(text: str, why: str) -> None:
    """INVARIANT: a reference may lead to secrets by mistake."""
    [flaw] = told(document(referring("a.yaml#/x"), a_yaml=text))

    assert why in flaw
    assert "s3cret" not in flaw


def test_a_document_that_stands_alone_says_that_others_are_not_read() -> None:
    """Where nobody can fetch files."""
    content = json.dumps({"openapi": "3.0.0", "paths": {}, **referring("a.yaml")}).encode()

    [flaw] = told(read(content, "openapi.yaml"))
    assert flaw == (
        "openapi.yaml#/components/responses/A: leads nowhere: a.yaml is another file of the"
        " document, and is not read"
    )


@pytest.mark.parametrize(
    "limits, why",
    [
        pytest.param({"most": 10}, "10.yaml would be file 11", id="files"),
        pytest.param({"longest": 100}, "10.yaml would stand behind 100 bytes", id="bytes"),
    ],
)
def test_a_chain_of_files_ends(limits: dict[str, int], why: str) -> None:
    """A server that makes up files as they are asked for is not followed for ever."""

    def endless(uri: str) -> bytes:
        number = int(uri.removesuffix(".yaml").rpartition("/")[2])
        return f"$ref: {number + 1}.yaml".encode()

    files = Files("openapi.yaml", HOME, has_ids=True)
    for name, limit in limits.items():
        setattr(files, name, limit)
    files.gather(referring("1.yaml"), b"", endless)

    assert len(files.found) == 10
    assert [str(flaw) for flaw in files.flaws] == [
        f"9.yaml#: leads nowhere: {why} of the document, and is not read"
    ]


@pytest.mark.parametrize(
    "members",
    [
        pytest.param({"example": {"$ref": "#/no"}}, id="an example"),
        pytest.param({"default": [{"$ref": "#/no"}]}, id="a default"),
        pytest.param({"enum": [{"$ref": "#/no"}]}, id="values"),
        pytest.param({"const": {"$ref": "#/no"}}, id="a constant"),
        pytest.param({"examples": [{"$ref": "#/no"}]}, id="examples of a schema"),
        pytest.param({"x-more": {"$ref": "#/no"}}, id="an extension"),
        pytest.param({"properties": {"$ref": {"type": "string"}}}, id="a property of that name"),
    ],
)
def test_what_looks_like_a_reference_in_data_is_none(members: dict[str, Any]) -> None:
    """Data may have any members."""
    assert told(document({"components": {"schemas": {"A": members}}})) == []


@pytest.mark.parametrize(
    "schema, pointer",
    [
        pytest.param({"properties": {"example": {"$ref": "#/no"}}}, "properties/example", id="e"),
        pytest.param({"properties": {"x-y": {"$ref": "#/no"}}}, "properties/x-y", id="x-y"),
        pytest.param(
            {"properties": {"properties": {"properties": {"default": {"$ref": "#/no"}}}}},
            "properties/properties/properties/default",
            id="properties of properties",
        ),
        pytest.param({"allOf": [{"$ref": "#/no"}]}, "allOf/0", id="in a list"),
        pytest.param(
            {"discriminator": {"propertyName": "kind", "mapping": {"a": "#/no"}}},
            "discriminator",
            id="in a mapping",
        ),
    ],
)
def test_properties_may_have_the_names_of_keywords(schema: dict[str, Any], pointer: str) -> None:
    """A property that is called `example` holds a schema, whose references count."""
    assert told(document({"components": {"schemas": {"A": schema}}})) == [
        f"api/openapi.yaml#/components/schemas/A/{pointer}: leads nowhere: there is no #/no"
    ]


def test_named_examples_may_be_references() -> None:
    """`examples` of a media type is a map of Example Objects; what they hold is data."""
    media = {"examples": {"a": {"$ref": "#/components/no"}, "b": {"value": {"$ref": "#/no"}}}}
    response = {"description": "", "content": {"application/json": media}}

    [flaw] = told(document({"components": {"responses": {"A": response}}}))

    assert flaw.endswith("examples/a: leads nowhere: there is no #/components/no")


def test_a_mapping_may_name_a_schema_or_refer_to_one() -> None:
    """OpenAPI 3.1, Discriminator Object: a name of a component, or a URI."""
    mapping = {"a": "Dog", "b": "com.example.Cat", "c": "cat.yaml"}
    schema = {"discriminator": {"propertyName": "kind", "mapping": mapping}}

    found = document({"components": {"schemas": {"A": schema}}}, cat_yaml="type: object")

    assert told(found) == []
    assert list(found.others) == ["file:///p/api/cat.yaml"]


SCHEMAS = {
    "A": {
        "$id": "https://example.com/schemas/a",
        "$anchor": "top",
        "$defs": {"x": {"type": "string"}, "y": {"$ref": "#/$defs/x"}, "z": {"$ref": "#top"}},
    },
    "B": {"$ref": "https://example.com/schemas/a#/$defs/x"},
    "C": {"$ref": "https://example.com/schemas/a#top"},
    "D": {"$id": "https://example.com/schemas/d", "items": {"$ref": "a"}},
}


def test_schemas_that_have_an_address_are_found_by_it() -> None:
    """From 3.1 on, `$id` and `$anchor` name schemas (JSON Schema 2020-12, section 8.2)."""
    found = document({"components": {"schemas": SCHEMAS}})

    assert (told(found), found.missing) == ([], ())


def test_in_3_0_an_id_means_nothing() -> None:
    """It is no keyword there: its addresses are those of other files."""
    found = document({"components": {"schemas": SCHEMAS}}, "3.0.3")

    assert found.missing == ("file:///p/api/a", "https://example.com/schemas/a")


def test_a_document_may_say_its_own_address() -> None:
    """OpenAPI 3.2: `$self`; relative references still lead to the files beside it."""
    found = document(
        {
            "$self": "https://example.com/api.yaml",
            "components": {
                "responses": {
                    "A": {"$ref": "https://example.com/api.yaml#/components/responses/B"},
                    "B": {"$ref": "b.yaml"},
                }
            },
        },
        "3.2.0",
        b_yaml="description: b",
    )

    assert told(found) == []
    assert found.files == [HOME, "file:///p/api/b.yaml"]
    assert found.place(found.follow(found.node("/components/responses/A"))) == "api/b.yaml#"


def test_a_file_that_is_nested_too_deep_is_a_flaw_of_its_own() -> None:
    """The document that refers to it is used without it."""
    text = json.dumps({"a": 1}).replace("1", "[" * 300 + "]" * 300)

    [flaw] = told(document(referring("a.yaml"), a_yaml=text))
    assert flaw == (
        "api/openapi.yaml#/components/responses/A: leads nowhere: api/a.yaml is nested deeper than"
        " 200 levels: no OpenAPI document is; correct it"
    )


def test_flaws_in_the_text_of_other_files_have_their_place() -> None:
    """Such as a name that stands twice."""
    found = document(referring("a.yaml"), a_yaml="x: 1\nx: 2\n")

    assert told(found) == ["api/a.yaml#: has the name 'x' twice; the last one counts (line 2)"]
