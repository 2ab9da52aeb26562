"""Where a credential stands in a request, and paths to a token."""

from __future__ import annotations

import httpx2
import pytest

from redhanded.client.places import Cookie, Header, Place, Query, place_called
from redhanded.core.errors import UsageError
from redhanded.core.jsonpath import JsonPath

PLACES = [
    pytest.param(Header(), id="bearer"),
    pytest.param(Header("X-Key", scheme=""), id="header"),
    pytest.param(Query("key"), id="query"),
    pytest.param(Cookie("token"), id="cookie"),
]


def request(query: str = "", **headers: str) -> httpx2.Request:
    """A request with that query and those headers."""
    return httpx2.Request("GET", f"http://api.test/x{query}", headers=headers)


@pytest.mark.parametrize("place", PLACES)
def test_a_request_carries_what_was_put_last(place: Place) -> None:
    """A credential that is put replaces the one before, and can be read back."""
    call = request()

    assert place.carried(call) is None
    place.put(call, "first")
    place.put(call, "second")
    assert place.carried(call) == "second"
    assert "first" not in f"{call.url} {call.headers}"


@pytest.mark.parametrize(
    "place, expected",
    [
        pytest.param(Header(), ("Authorization", "Bearer abc"), id="bearer"),
        pytest.param(Header("X-Key", ""), ("X-Key", "abc"), id="bare"),
        pytest.param(Header("X-Auth", "Token"), ("X-Auth", "Token abc"), id="other-scheme"),
        pytest.param(Cookie("token"), ("Cookie", "token=abc"), id="cookie"),
    ],
)
def test_a_credential_goes_into_its_header(place: Place, expected: tuple[str, str]) -> None:
    """A header's scheme stands before the value; a cookie has its name."""
    call = request()

    place.put(call, "abc")

    assert call.headers[expected[0]] == expected[1]


@pytest.mark.parametrize(
    "before, after",
    [
        pytest.param("", "?key=a%26b+c", id="no-query"),
        pytest.param("?q=%C3%BC&flag", "?q=%C3%BC&flag&key=a%26b+c", id="bytes-kept"),
        pytest.param("?q=%ZZ&&x=1", "?q=%ZZ&&x=1&key=a%26b+c", id="odd-query-kept"),
        pytest.param("?key=old&k%65y=older&x=1", "?x=1&key=a%26b+c", id="old-ones-dropped"),
    ],
)
def test_a_query_keeps_what_its_author_wrote(before: str, after: str) -> None:
    """Only the credential's own parameter changes, byte for byte."""
    call = request(before)

    Query("key").put(call, "a&b c")

    assert str(call.url) == f"http://api.test/x{after}"


def test_other_cookies_stay() -> None:
    """A credential joins the cookies of the call, also where HTTP/2 split the field."""
    call = httpx2.Request(
        "GET", "http://api.test/", headers=[("Cookie", "a=1; token=x"), ("Cookie", "b=2=2")]
    )

    Cookie("token").put(call, "abc")

    assert call.headers.get_list("Cookie") == ["a=1; b=2=2; token=abc"]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "value, admitted",
    [
        pytest.param("abc.DEF-123_~+/=", {"header", "query", "cookie"}, id="token"),
        pytest.param("two words", {"header", "query"}, id="space"),
        pytest.param("a;b", {"header", "query"}, id="semicolon"),
        pytest.param("abc\n", {"query"}, id="line-break"),
        pytest.param(" abc", {"query"}, id="leading-space"),
        pytest.param("\u00fcber", {"query"}, id="not-ascii"),
        pytest.param("a\x00b", {"query"}, id="control"),
        pytest.param("", set(), id="empty"),
    ],
)
def test_a_place_admits_what_can_be_sent_there(
    place: Place, value: str, admitted: set[str]
) -> None:
    """What would break a header or be cut from a cookie is known before it is sent."""
    assert place.admits(value) is (type(place).__name__.lower() in admitted)


@pytest.mark.parametrize("kind", ["header", "cookie"], ids=str)
@pytest.mark.parametrize("name", ["", "X Key", "k\u00e9y", "a:b", "a\r\n"], ids=repr)
def test_a_name_that_no_header_can_have_is_refused(kind: str, name: str) -> None:
    """A wrong name is told in one sentence when the auth is made, not by a broken request."""
    with pytest.raises(UsageError, match=f"cannot name a {kind}"):
        place_called(kind, name)  # type: ignore[arg-type]


def test_a_place_that_does_not_exist_is_refused() -> None:
    """Only three places hold a key."""
    with pytest.raises(UsageError, match=r"^'body' is no place for a key: write header, query"):
        place_called("body", "key")  # type: ignore[arg-type]


DOCUMENT = {"token": "a", "data": [{"access-token": "b"}, [["c"]]], "none": None}


@pytest.mark.parametrize(
    "path, found",
    [
        pytest.param("$.token", "a", id="field"),
        pytest.param("$.data[0].access-token", "b", id="item-and-field"),
        pytest.param("$.data[1][0][0]", "c", id="items"),
        pytest.param("$.data", DOCUMENT["data"], id="array"),
        pytest.param("$.none", None, id="null"),
        pytest.param("$.missing", None, id="no-such-field"),
        pytest.param("$.data[2]", None, id="no-such-item"),
        pytest.param("$.token.deeper", None, id="field-of-a-string"),
        pytest.param("$.token[0]", None, id="item-of-a-string"),
        pytest.param("$[0]", None, id="item-of-an-object"),
    ],
)
def test_a_path_finds_what_stands_there(path: str, found: object) -> None:
    """A path leads through fields and items, and finds nothing rather than failing."""
    assert JsonPath(path).find(DOCUMENT) == found


@pytest.mark.parametrize("path", ["$.", "$..a", "$.a b", "$[x]"], ids=repr)
def test_what_is_no_path_is_refused(path: str) -> None:
    """A path in another dialect is told at once, with one that can be written."""
    with pytest.raises(UsageError, match="is not a path into JSON: write it as"):
        JsonPath(path)
