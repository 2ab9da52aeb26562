"""Reading a document: which ones can be used, and the sentences for those that cannot."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from redhanded.contracts.openapi.document import (
    LONGEST_CHAIN,
    Circular,
    Document,
    DocumentUnusable,
    Unresolvable,
)
from redhanded.contracts.openapi.loading import MOST_FLAWS, read
from redhanded.contracts.openapi.nodes import Flaw, Node

REALWORLD = Path(__file__).parents[2] / "corpus" / "specs" / "realworld.yml"


def document(version: str = "3.1.0", **members: object) -> Document:
    """A document with these members."""
    content = json.dumps({"openapi": version, "paths": {}, **members})
    return read(content.encode(), "api.json", uri="file:///p/api.json")


def refusal(content: str) -> str:
    """The sentence with which a content is refused."""
    with pytest.raises(DocumentUnusable) as refused:
        read(content.encode(), "api.yaml")
    return str(refused.value)


@pytest.mark.parametrize(
    "written, version",
    [
        pytest.param("3.0.0", (3, 0), id="3.0.0"),
        pytest.param("3.0.4", (3, 0), id="3.0.4"),
        pytest.param("3.1.1", (3, 1), id="3.1.1"),
        pytest.param("3.2.0", (3, 2), id="3.2.0"),
        pytest.param("3.1.0-rc1", (3, 1), id="before its release"),
        pytest.param("'3.1'", (3, 1), id="without a third number"),
        pytest.param("3.1", (3, 1), id="which YAML takes for a number"),
    ],
)
def test_openapi_3_is_read(written: str, version: tuple[int, int]) -> None:
    """Versions 3.0 to 3.2; the third number changes nothing."""
    assert read(f"openapi: {written}\npaths: {{}}".encode(), "api.yaml").version == version


@pytest.mark.parametrize(
    "content, message",
    [
        pytest.param(
            "swagger: '2.0'\npaths: {}",
            "api.yaml is Swagger 2.0 and not OpenAPI 3: convert it, for example with"
            " `npx swagger2openapi`, and name the result.",
            id="Swagger 2.0",
        ),
        pytest.param(
            "openapi: 4.0.0\npaths: {}",
            "api.yaml is OpenAPI 4.0; 3.0 to 3.2 can be read: name a document of such a version.",
            id="version 4",
        ),
        pytest.param(
            "openapi: 3.9.0\npaths: {}",
            "api.yaml is OpenAPI 3.9; 3.0 to 3.2 can be read: name a document of such a version.",
            id="version 3.9",
        ),
        pytest.param(
            "openapi: three\npaths: {}",
            'api.yaml has a key `openapi` that is no version: write such as openapi: "3.1.0".',
            id="no version",
        ),
        pytest.param(
            "paths: {}",
            "api.yaml is no OpenAPI document: it has no key `openapi`; name the document itself, or"
            ' begin it with such as openapi: "3.1.0".',
            id="no key openapi",
        ),
        pytest.param(
            "just text",
            "api.yaml is no OpenAPI document: it has no key `openapi`; name the document itself, or"
            ' begin it with such as openapi: "3.1.0".',
            id="text",
        ),
        pytest.param(
            "openapi: 3.0.0\ncomponents: {}",
            "api.yaml describes nothing: it has no `paths`; complete it.",
            id="3.0 without paths",
        ),
        pytest.param(
            "openapi: 3.1.0\ninfo: {}",
            "api.yaml describes nothing: it has no `paths`; complete it.",
            id="3.1 with nothing at all",
        ),
        pytest.param(
            "openapi: 3.0.0\npaths: [/x]",
            "api.yaml describes nothing: it has no `paths`; complete it.",
            id="paths that are none",
        ),
    ],
)
def test_a_document_of_which_nothing_can_be_used_is_refused(content: str, message: str) -> None:
    """One sentence: what it is, and what to do."""
    assert refusal(content) == message


@pytest.mark.parametrize("key", ["webhooks", "components"])
def test_from_3_1_on_a_document_may_have_no_paths(key: str) -> None:
    """OpenAPI 3.1, section 4.8.1: paths, components or webhooks must be there."""
    content = json.dumps({"openapi": "3.1.0", key: {}}).encode()

    assert read(content, "api.json").flaws == ()


def test_a_document_that_others_wrote_has_no_flaws() -> None:
    """INVARIANT: nothing is found wrong with what is right."""
    found = read(REALWORLD.read_bytes(), "realworld.yml")

    assert (found.version, found.flaws, len(found.root["paths"])) == ((3, 1), (), 12)


def test_the_way_to_a_node_leads_through_references() -> None:
    """Each step may be a reference; what is found is named by where it stands itself."""
    found = read(REALWORLD.read_bytes(), "realworld.yml")

    schema = found.child(
        found.node("/paths"),
        *("/users/login", "post", "requestBody", "content", "application/json", "schema"),
    )

    assert found.place(schema) == (
        "realworld.yml#/components/requestBodies/LoginUserRequest/content/application~1json/schema"
    )


def test_a_way_that_ends_is_told_by_its_place() -> None:
    """Unresolvable: a document may lack whatever is asked for."""
    found = document(paths={"/x": {}})

    with pytest.raises(Unresolvable, match=r"^api\.json#/paths/~1x has no 'get'\.$"):
        found.child(found.node(), "paths", "/x", "get")


def test_a_reference_may_lead_to_a_reference() -> None:
    """As long as there is something at the end."""
    found = document(
        components={
            "responses": {
                "A": {"$ref": "#/components/responses/B"},
                "B": {"$ref": "#/components/responses/C"},
                "C": {"description": "c"},
            }
        }
    )

    target = found.follow(found.node("/components/responses/A"))

    assert target == Node({"description": "c"}, "file:///p/api.json", "/components/responses/C")
    assert found.flaws == ()


def test_references_that_go_round_are_flaws_and_never_followed_for_ever() -> None:
    """Each reference of the circle is told, and whoever follows it is told too."""
    found = document(
        components={
            "responses": {
                "A": {"$ref": "#/components/responses/B"},
                "B": {"$ref": "#/components/responses/A"},
            }
        }
    )

    assert [str(flaw) for flaw in found.flaws] == [
        "api.json#/components/responses/A: leads round in a circle, and to nothing",
        "api.json#/components/responses/B: leads round in a circle, and to nothing",
    ]
    with pytest.raises(Circular):
        found.follow(found.node("/components/responses/A"))


def test_a_chain_of_a_hundred_references_counts_as_a_circle() -> None:
    """Nobody means it, and each reader would walk it again and again."""
    chain = {str(n): {"$ref": f"#/components/responses/{n + 1}"} for n in range(150)}

    found = document(components={"responses": {**chain, "150": {}}})

    assert len(found.flaws) == 150 - LONGEST_CHAIN - 2
    with pytest.raises(Circular):
        found.follow(found.node("/components/responses/0"))


@pytest.mark.parametrize(
    "uri, said",
    [
        ("file:///p/api.json", r"json has nothing at '/x'"),
        ("file:///p/nope.json", r"nope\.json was not read"),
    ],
    ids=["its own", "another"],
)
def test_a_node_that_is_not_there_is_told(uri: str, said: str) -> None:
    """Neither in the document nor in files that it does not have."""
    with pytest.raises(Unresolvable, match=said):
        document().node("/x", uri)


def test_what_a_file_lacks_that_was_not_read_is_why_it_was_not() -> None:
    """Whoever meets the gap wants to know what to set, not that nothing stands there."""
    why = "leads nowhere: https://b.example/p.yaml is on another host"
    found = replace(document(), flaws=(Flaw("api.json#/paths/~1a", why),))

    with pytest.raises(Unresolvable, match=why):
        found.node("/x", "https://b.example/p.yaml")


def test_the_digest_tells_whether_the_content_is_the_same() -> None:
    """Where the file is, and what it is called, does not matter."""
    content = b"openapi: 3.1.0\npaths: {}\n"

    assert read(content, "a").digest == read(content, "b", uri="file:///b").digest
    assert read(content, "a").digest != read(content + b"\n", "a").digest


def test_flaws_are_told_up_to_a_thousand() -> None:
    """A document that is wrong all over says so, and no more."""
    flaws = document(paths={f"/{number}/{{x}}": {"get": {}} for number in range(1_200)}).flaws

    assert len(flaws) == MOST_FLAWS + 1
    assert str(flaws[-1]) == "api.json#: has 200 flaws more: mend these first"


def test_recursive_schemas_are_no_circle() -> None:
    """A tree refers to itself below a property: that ends where the data ends."""
    tree = {"type": "object", "properties": {"left": {"$ref": "#/components/schemas/Tree"}}}

    assert document(components={"schemas": {"Tree": tree}}).flaws == ()
