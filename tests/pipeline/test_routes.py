from __future__ import annotations

import pytest

from redhanded.pipeline.routes import Routes, declared, matches


@pytest.mark.parametrize(
    "route, method, path",
    [
        pytest.param("POST /payments", "POST", "/payments", id="as written"),
        pytest.param("post /payments", "POST", "/payments", id="a method in small letters"),
        pytest.param("  POST   /payments ", "POST", "/payments", id="spaces around"),
        pytest.param("POST /payments", "POST", "/payments/", id="a slash at the end of the path"),
        pytest.param("GET /booking/{id}", "GET", "/booking/7", id="a segment of any name"),
        pytest.param("GET /a/{b}/c/{d}", "GET", "/a/1/c/x-y", id="two of them"),
        pytest.param("GET /files/{name}.json", "GET", "/files/a.b.json", id="part of a segment"),
        pytest.param("GET /", "GET", "/", id="the root"),
        pytest.param("*", "PATCH", "/anything/at/all", id="every route"),
    ],
)
def test_a_request_goes_by_its_route(route: str, method: str, path: str) -> None:
    """Braces stand for what one segment holds; capitals of the method do not matter."""
    assert matches(route, method, path)


@pytest.mark.parametrize(
    "route, method, path",
    [
        pytest.param("POST /payments", "PUT", "/payments", id="another method"),
        pytest.param("POST /payments", "POST", "/payment", id="a shorter path"),
        pytest.param("POST /payments", "POST", "/payments/7", id="a longer path"),
        pytest.param("POST /payments", "POST", "/v1/payments", id="a path before"),
        pytest.param("POST /payments", "POST", "/Payments", id="capitals of the path"),
        pytest.param("GET /booking/{id}", "GET", "/booking/7/items", id="two segments"),
        pytest.param("GET /booking/{id}", "GET", "/booking/", id="an empty segment"),
        pytest.param("GET /a.b", "GET", "/axb", id="a dot is a dot"),
        pytest.param("GET /a+", "GET", "/aa", id="a plus is a plus"),
        pytest.param("/payments", "POST", "/payments", id="no method"),
        pytest.param("", "GET", "/", id="nothing"),
        pytest.param("POST *", "POST", "/payments", id="a star that is not alone"),
    ],
)
def test_a_request_does_not_go_by_another_route(route: str, method: str, path: str) -> None:
    """INVARIANT: a write is never taken for one that was declared."""
    assert not matches(route, method, path)


@pytest.mark.parametrize(
    "below, path, is_there",
    [
        pytest.param("/v1", "/v1/payments", True, id="below the base"),
        pytest.param("/v1/", "/v1/payments", True, id="a slash at the base's end"),
        pytest.param("/v1", "/payments", False, id="beside the base"),
        pytest.param("/v1", "/v2/payments", False, id="below another base"),
        pytest.param("/a.b", "/axb/payments", False, id="a dot of the base is a dot"),
        pytest.param("/", "/payments", True, id="the base is the root"),
    ],
)
def test_routes_begin_below_the_base(below: str, path: str, is_there: bool) -> None:
    """A route is written as the test writes it, without the path of the base URL."""
    assert matches("POST /payments", "POST", path, below=below) is is_there


def test_a_set_of_routes_holds_what_goes_by_one_of_them() -> None:
    """Routes are given as a setting's list."""
    routes = Routes.of(["POST /payments", "PATCH /orders/{id}"], below="/v1")

    assert ("PATCH", "/v1/orders/7") in routes
    assert ("POST", "/v1/payments") in routes
    assert ("POST", "/v1/orders") not in routes


def test_an_empty_set_holds_nothing() -> None:
    """What nobody declared is not granted."""
    assert ("POST", "/payments") not in Routes()


def test_every_route_is_in_a_set_with_the_star() -> None:
    """The star needs neither method nor base."""
    assert ("POST", "/else/where") in Routes.of(["*"], below="/v1")


@pytest.mark.parametrize(
    "path, found",
    [
        pytest.param("/v1/orders/7", 2, id="by the first of its own routes"),
        pytest.param("/v1/payments", 1, id="by the star, wherever that stands"),
    ],
)
def test_an_own_route_comes_before_every(path: str, found: int) -> None:
    """What is declared for every request holds where nothing closer is."""
    values = {"*": 1, "GET /orders/{id}": 2, "GET /orders/{number}": 3}

    assert declared(values, "GET", path, below="/v1") == found


def test_nothing_is_declared_for_a_request_of_no_route() -> None:
    """Without the star, requests that nobody names are held to nothing."""
    assert declared({"GET /orders": 1}, "POST", "/orders") is None
