"""Routing: which operation a request asks for, below which paths, of which origin."""

from __future__ import annotations

import pytest

from redhanded.contracts.openapi.document import Document
from redhanded.contracts.openapi.operations import (
    callbacks_of,
    operations_of,
    unusable_paths,
    webhooks_of,
)
from redhanded.contracts.openapi.routing import Match, Router
from redhanded.contracts.openapi.servers import Origin, prefixes_of

from .exchanges import OK, document

NOTHING = {"responses": OK}


def router(*templates: str, prefixes: tuple[str, ...] = ("",)) -> Router:
    """A router of these paths, each with a GET."""
    found = operations_of(document({template: {"get": NOTHING} for template in templates}))
    return Router(found, lambda _: prefixes)


def met(found: Match | None) -> tuple[str, dict[str, str]] | None:
    """The template and the values of a match."""
    return (found.template, found.values) if found else None


@pytest.mark.parametrize(
    "path, template, values",
    [
        pytest.param("/a", "/a", {}, id="literal"),
        pytest.param("/a/b", "/a/{x}", {"x": "b"}, id="variable"),
        pytest.param("/a/me", "/a/me", {}, id="literal before variable"),
        pytest.param("/a/b.json", "/a/{x}.json", {"x": "b"}, id="mixed before variable"),
        pytest.param("/a/v1-b.json", "/a/v{n}-{x}.json", {"n": "1", "x": "b"}, id="longer mixed"),
        pytest.param("/a/me/c", "/a/{x}/c", {"x": "me"}, id="back from a dead end"),
        pytest.param("/a/%6De", "/a/me", {}, id="encoded literal"),
        pytest.param("/a/b%2Ejson", "/a/{x}.json", {"x": "b"}, id="encoded mixed"),
        pytest.param("/a/b%2fc", "/a/{x}", {"x": "b%2fc"}, id="encoded slash"),
        pytest.param("/a/b/", "/a/{x}", {"x": "b"}, id="slash more"),
    ],
)
def test_the_most_concrete_path_is_taken(path: str, template: str, values: dict[str, str]) -> None:
    """Literals go before mixed segments and these before variables; values stay as sent."""
    routes = router("/a", "/a/{x}", "/a/me", "/a/{x}.json", "/a/v{n}-{x}.json", "/a/{x}/c")

    assert met(routes.find("GET", path)) == (template, values)


@pytest.mark.parametrize(
    "path", ["/b", "/a//", "/", "", "/a/b/d", "/A"], ids=["else", "empty", "/", "none", "more", "A"]
)
def test_what_no_template_has_is_not_found(path: str) -> None:
    """A path is met whole, with a value for each variable, in its own case."""
    assert router("/a", "/a/{x}").find("GET", path) is None


def test_a_path_without_the_method_tells_the_methods_it_has() -> None:
    """A match without an operation says what the path item knows, HEAD is answered by GET."""
    routes = router("/a")

    found = routes.find("PUT", "/a")

    assert found is not None
    assert (found.operation, found.known) == (None, ("GET",))
    head = routes.find("HEAD", "/a")
    assert head is not None
    assert head.operation is not None


def test_matches_are_remembered_within_bounds() -> None:
    """Paths hold ids without end; what was met is kept for a few thousand of them."""
    routes = router("/a/{x}")

    found = [met(routes.find("GET", f"/a/{number}")) for number in range(5000)]

    assert found[-1] == ("/a/{x}", {"x": "4999"})
    assert met(routes.find("GET", "/a/0")) == ("/a/{x}", {"x": "0"})


def test_a_path_is_told_without_the_prefix_it_lies_below() -> None:
    """The longest prefix is taken away, and no part of a segment."""
    routes = router("/a", prefixes=("", "/v1", "/v1/deep"))

    assert [routes.below_prefix(path) for path in ("/v1/deep/x", "/v1/x", "/v11/x", "/x")] == [
        "/x",
        "/x",
        "/v11/x",
        "/x",
    ]


@pytest.mark.parametrize(
    "servers, base_url, prefixes",
    [
        pytest.param([], "http://t", ("",), id="none"),
        pytest.param([{"url": "https://p.test/v1/"}], "http://t", ("/v1", ""), id="absolute"),
        pytest.param(
            [{"url": "/v1"}], "http://t/mount/", ("/v1", "/mount", "/mount/v1"), id="mounted"
        ),
        pytest.param(
            [{"url": "v1"}], "http://t/api/", ("/api/v1", "/api", "/api/api/v1"), id="rel"
        ),
        pytest.param(
            [{"url": "/{a}", "variables": {"a": {"enum": ["x", "y"]}}}],
            "http://t",
            ("/x", "/y", ""),
            id="enum",
        ),
        pytest.param([{"url": "/{a}"}], "http://t", ("",), id="unknown variable"),
        pytest.param(["x", {"url": 5}, {"url": "http://[b"}], "http://t", ("",), id="broken"),
    ],
)
def test_an_operation_stands_below_the_paths_of_its_servers(
    servers: list[object], base_url: str, prefixes: tuple[str, ...]
) -> None:
    """The servers' paths, that of the base URL, and the one below the other."""
    spec = document({"/a": {"get": NOTHING}}, servers=servers)

    [operation] = operations_of(spec)

    assert prefixes_of(spec, operation, base_url) == prefixes


def test_a_relative_server_is_meant_from_where_the_document_was_fetched() -> None:
    """A document behind a URL says where the API stands beside it (OAS 3.1.1, 4.8.5.1)."""
    spec = document({"/a": {"get": NOTHING}}, servers=[{"url": "../v1"}])
    fetched = Document(spec.name, spec.version, spec.root, "http://d.test/docs/api/openapi.json")

    [operation] = operations_of(fetched)

    assert prefixes_of(fetched, operation, "http://t")[0] == "/docs/v1"


@pytest.mark.parametrize(
    "url, target",
    [
        pytest.param("http://api.test/a?b=1#c", ("/a", "b=1"), id="all parts"),
        pytest.param("HTTP://API.test:80/a", ("/a", ""), id="same origin in other words"),
        pytest.param("http://api.test", ("/", ""), id="no path"),
        pytest.param("http://u:p@api.test/a", ("/a", ""), id="with a user"),
        pytest.param("https://api.test/a", None, id="other scheme"),
        pytest.param("http://api.test:81/a", None, id="other port"),
        pytest.param("http://[b/a", None, id="broken"),
    ],
)
def test_a_target_is_what_lies_at_the_origin(url: str, target: tuple[str, str] | None) -> None:
    """Scheme, host and port tell origins apart (RFC 6454)."""
    assert Origin("http://api.test/v1").target_of(url) == target


def test_without_an_origin_any_is_the_apis() -> None:
    """A document alone is held against whatever is asked."""
    assert Origin("").target_of("https://any.test/a") == ("/a", "")


def test_many_origins_are_forgotten_again() -> None:
    """What is remembered of origins is bounded, and the answer stays the same."""
    origin = Origin("http://api.test")

    found = [origin.target_of(f"http://h{number}.test/") for number in range(200)]

    assert set(found) == {None}
    assert origin.target_of("http://api.test/") == ("/", "")


def test_what_the_api_asks_of_others_is_listed_apart() -> None:
    """Webhooks and callbacks are operations, and none of the paths."""
    spec = document(
        {"/a": {"post": {**NOTHING, "callbacks": {"done": {"{$url}": {"post": NOTHING}}}}}},
        webhooks={"new": {"post": NOTHING}},
    )

    [operation] = operations_of(spec)

    assert (operation.name, operation.origin) == ("POST /a", "path")
    assert [(one.name, one.origin) for one in webhooks_of(spec)] == [("POST new", "webhook")]
    assert [(one.name, one.origin) for one in callbacks_of(spec, operation)] == [
        ("POST {$url}", "callback")
    ]


def test_a_path_item_may_have_operations_beside_its_reference() -> None:
    """Both are taken, its own before those that it refers to (OAS 3.1.1, 4.8.9)."""
    spec = document(
        {"/a": {"$ref": "#/components/pathItems/A", "get": {**NOTHING, "deprecated": True}}},
        components={"pathItems": {"A": {"get": NOTHING, "put": NOTHING}}},
    )

    found = operations_of(spec)

    assert [(one.name, one.is_deprecated) for one in found] == [("GET /a", True), ("PUT /a", False)]


def test_a_path_that_cannot_be_read_is_known_as_such() -> None:
    """It is an operation without a method, with the reason; the rest is listed."""
    spec = document({"/a": {"$ref": "#/nowhere"}, "/b": {"get": NOTHING}})

    [(broken, flaw)] = unusable_paths(spec)

    assert [one.name for one in operations_of(spec)] == ["GET /b"]
    assert (broken.template, flaw.place) == ("/a", "api.json#/paths/~1a")
