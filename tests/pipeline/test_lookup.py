"""Look-ups as values: what they ask for a write, and what they read out of an answer."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import httpx2
import pytest

from redhanded.core import settings
from redhanded.core.ids import tag
from redhanded.pipeline.call import LOOKUP
from redhanded.pipeline.lookup import Lookup, Lookups, NotKnown, shows
from tests.pipeline.driving import request, response

BY_TAG = "GET /orders?tag={$.tag}"


def write(path: str = "/orders", **options: Any) -> httpx2.Request:  # noqa: ANN401  httpx2's
    """A write with a tag."""
    return request("POST", path, **({"json": {"tag": "t-1"}} | options))


def lookup(find: str = BY_TAG, **fields: Any) -> Lookup:  # noqa: ANN401  the fields of a look-up
    """A look-up for the writes of these tests."""
    return Lookup(**({"route": "POST /orders", "find": find} | fields))


def target(find: str, asked: httpx2.Request, **fields: Any) -> str:  # noqa: ANN401
    """What the look-up asks for, as it goes on the wire."""
    question = lookup(find, **fields).question(asked)
    return question.asked.url.raw_path.decode("ascii")


@pytest.mark.parametrize(
    "tag, sent",
    [
        pytest.param("t-1", "t-1", id="plain"),
        pytest.param(17, "17", id="a number"),
        pytest.param(1.5, "1.5", id="a fraction"),
        pytest.param("a b&c=d", "a%20b%26c%3Dd", id="with marks"),
        pytest.param("a/b?c#d", "a%2Fb%3Fc%23d", id="like a URL"),
        pytest.param("100%", "100%25", id="a percent sign"),
        pytest.param("größe", "gr%C3%B6%C3%9Fe", id="beyond ASCII"),
        pytest.param("\r\nX: y", "%0D%0AX%3A%20y", id="a line break"),
    ],
)
def test_a_tag_is_escaped_where_it_goes(tag: object, sent: str) -> None:
    """INVARIANT: whatever a tag holds, it stays one value of the URL."""
    asked = write(json={"tag": tag})

    assert target(BY_TAG, asked) == f"/orders?tag={sent}"
    assert target("GET /orders/{$.tag}/state", asked) == f"/orders/{sent}/state"


@pytest.mark.parametrize(
    "find, sent",
    [
        pytest.param("GET /o?a={$.by.name}", "/o?a=ann", id="nested"),
        pytest.param("GET /o?a={$.items[0].sku}", "/o?a=s-7", id="in a list"),
        pytest.param("GET /o?a={header:X-Tag}", "/o?a=h-3", id="a header"),
        pytest.param("GET /o?a={header:x-tag}&b={$.by.name}", "/o?a=h-3&b=ann", id="two"),
        pytest.param("GET /a/{account}/o?a={$.by.name}", "/a/acc%201/o?a=ann", id="of the path"),
    ],
)
def test_a_tag_stands_where_the_look_up_says(find: str, sent: str) -> None:
    """In the JSON body, in a header; and what names the path of the write names the look-up's."""
    body = {"by": {"name": "ann"}, "items": [{"sku": "s-7"}]}
    asked = write("/accounts/acc 1/orders", json=body, headers={"X-Tag": "h-3"})

    assert target(find, asked, route="POST /accounts/{account}/orders") == sent


def test_a_header_that_is_not_there_is_no_tag() -> None:
    """The reason names the header."""
    with pytest.raises(NotKnown, match="the write has no header X-Tag"):
        lookup("GET /orders?tag={header:X-Tag}").question(write())


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'{"tag": true}', id="a switch"),
        pytest.param(b'{"tag": ["t-1"]}', id="a list"),
        pytest.param(b'{"tag": {"a": 1}}', id="an object"),
    ],
)
def test_a_tag_is_a_text_or_a_number(body: bytes) -> None:
    """What could mean many writes is no tag."""
    with pytest.raises(NotKnown, match=r"no text or number at \$\.tag"):
        lookup().question(write(json=None, content=body))


def test_a_body_that_is_too_deep_holds_no_tag() -> None:
    """A body that cannot be read is none that a tag could be taken from."""
    with pytest.raises(NotKnown, match="the write's body is no JSON"):
        lookup().question(write(json=None, content=b"[" * 100_000))


@pytest.mark.parametrize("below", ["/v1", "/v1/"])
def test_look_ups_are_below_the_base_url(below: str) -> None:
    """The base URL's own path precedes those of route and look-up."""
    found = lookup(below=below)

    assert found.is_for(write("/v1/orders"))
    assert not found.is_for(write("/orders"))
    assert target(BY_TAG, write("/v1/orders"), below=below) == "/v1/orders?tag=t-1"


def test_a_base_url_with_a_space_is_escaped() -> None:
    """The path of the base URL is sent as it is written there."""
    assert target(BY_TAG, write("/a%20b/orders"), below="/a b") == "/a%20b/orders?tag=t-1"


def test_a_look_up_goes_to_the_origin_of_its_write() -> None:
    """The request keeps scheme, host and port."""
    asked = lookup().question(write("https://api.test:8443/orders?dry=1")).asked

    assert str(asked.url) == "https://api.test:8443/orders?tag=t-1"
    assert asked.method == "GET"


def test_a_look_up_carries_the_credentials_of_its_write() -> None:
    """What proves who asks goes along; what belongs to the write itself does not."""
    ours = {"Authorization": "Bearer s3cret", "Cookie": "sid=1", "X-Api-Key": "k", "X-Tenant": "a"}
    its_own = {
        "Idempotency-Key": "k-1", "If-Match": '"1"', "Expect": "100-continue",
        "Content-Digest": "sha-256=:AA==:", "traceparent": "00-1-2-01",
    }  # fmt: skip

    asked = lookup().question(write(headers=ours | its_own)).asked

    assert {name: asked.headers[name] for name in ours} == ours
    assert not {*map(str.lower, its_own), "content-type", "content-length"} & set(asked.headers)


@pytest.mark.parametrize(
    "find, sent",
    [
        pytest.param(BY_TAG, "/orders?tag=t-1&key=s%263", id="beside a query"),
        pytest.param("GET /orders/{$.tag}", "/orders/t-1?key=s%263", id="alone"),
    ],
)
def test_a_credential_in_the_query_goes_along(find: str, sent: str) -> None:
    """Of the write's own query only the credential does."""
    asked = write("/orders?dry=1&key=s%263")

    assert target(find, asked, credentials=frozenset({"key"})) == sent


@pytest.mark.parametrize(
    "tag", ["t-1", "017", "Sally", str(UUID(int=0x4BF92F3577B34DA6A3CE929D0E0E4736))]
)
def test_the_control_asks_for_another_tag_of_the_kind(tag: str) -> None:
    """An API that checks the form of a tag accepts the control's as well."""
    question = lookup().question(write(json={"tag": tag}))
    other = question.control.url.params["tag"]

    assert question.tags == {tag}
    assert other.lower() != tag.lower()
    assert [each.isdigit() for each in other] == [each.isdigit() for each in tag]
    if len(tag) == 36:
        assert str(UUID(other)) == other


def test_the_control_differs_in_nothing_else() -> None:
    """Variables of the path stay, for they say where to look and not what for."""
    route, find = "POST /accounts/{account}/orders", "GET /accounts/{account}/orders?tag={$.tag}"

    question = lookup(find, route=route).question(write("/accounts/7/orders"))

    assert question.control.url.path == question.asked.url.path == "/accounts/7/orders"
    assert question.control.headers == question.asked.headers
    assert question.tags == {"t-1"}


@pytest.mark.parametrize(
    "at, body, found",
    [
        pytest.param("$", [{"id": 1}, {"id": 2}], [{"id": 1}, {"id": 2}], id="a list"),
        pytest.param("$", [], [], id="an empty list"),
        pytest.param("$", {"id": 1}, [{"id": 1}], id="one object"),
        pytest.param("$.items", {"items": [1]}, [1], id="a list in a page"),
        pytest.param("$.items", {"items": None}, [], id="null for an empty list"),
        pytest.param("$[0].found", [{"found": [5]}], [5], id="deeper"),
    ],
)
def test_the_finds_stand_where_the_setting_says(at: str, body: object, found: list[object]) -> None:
    """A list counts by its items, an object as one."""
    assert lookup(at=at).found(response(200, json=body)) == found


@pytest.mark.parametrize(
    "find, headers, is_known",
    [
        pytest.param("GET /orders/{$.tag}", {}, True, id="one object"),
        pytest.param("GET /orders/{header:X-T}?full=1", {}, True, id="by a header"),
        pytest.param("GET /orders/{$.tag}", {"Content-Type": "text/html"}, False, id="a page"),
        pytest.param(BY_TAG, {}, False, id="a list"),
        pytest.param("GET /a/{account}?tag={$.tag}", {}, False, id="a list below an object"),
    ],
)
def test_a_404_says_that_one_object_is_not_there(
    find: str, headers: dict[str, str], *, is_known: bool
) -> None:
    """INVARIANT: a list that is not there is a wrong address, and no licence to write again."""
    gone = response(404, headers=headers)

    if is_known:
        assert lookup(find).found(gone) == []
    else:
        with pytest.raises(NotKnown, match="the look-up was answered 404"):
            lookup(find).found(gone)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(response(204), id="empty"),
        pytest.param(response(200, content=b"\xff\xfe"), id="no text"),
        pytest.param(response(200, content=b"[" * 100_000), id="too deep"),
        pytest.param(response(200, content=b"[" + b"9" * 5000 + b"]"), id="an endless number"),
    ],
)
def test_an_answer_that_cannot_be_read_tells_nothing(answer: httpx2.Response) -> None:
    """Nothing of it counts as a find, or as the want of one."""
    with pytest.raises(NotKnown, match="answer is no JSON"):
        lookup().found(answer)


@pytest.mark.parametrize(
    "item, is_shown",
    [
        pytest.param({"tag": "t-1", "n": 7}, True, id="beside others"),
        pytest.param({"a": {"b": [{"c": "t-1"}, 7]}}, True, id="within"),
        pytest.param({"tag": "t-1", "n": "7"}, True, id="a number as text"),
        pytest.param({"tag": "t-1"}, False, id="one of two"),
        pytest.param({"tag": "t-12", "n": 7}, False, id="a part"),
        pytest.param({"t-1": 7}, False, id="as a name"),
        pytest.param("t-1", False, id="bare"),
    ],
)
def test_a_find_shows_all_tags_as_whole_values(item: object, *, is_shown: bool) -> None:
    """A value that merely holds the tag is another one."""
    assert shows(item, frozenset({"t-1", "7"})) is is_shown


def test_a_deep_find_is_read_to_its_end() -> None:
    """The depth that JSON was read with is no limit here."""
    deep = json.loads("[" * 900 + '"t-1"' + "]" * 900)

    assert shows(deep, frozenset({"t-1"}))


def test_the_first_look_up_that_matches_is_taken() -> None:
    """In the order of the settings; a write that none names has none."""
    lookups = Lookups.of(
        {
            "POST /orders/special": settings.Lookup(find="GET /special?tag={$.tag}", seconds=9),
            "POST /orders/{kind}": settings.Lookup(find="GET /orders?tag={$.tag}", at="$.items"),
        },
        below="/v1",
        credentials=frozenset({"key"}),
    )
    found = [
        lookups.of_write(write(f"/v1/orders{path}")) for path in ("/special", "/plain", "/a/b")
    ]

    assert [one and (one.find, one.at, one.seconds) for one in found] == [
        ("GET /special?tag={$.tag}", "$", 9.0),
        ("GET /orders?tag={$.tag}", "$.items", 5.0),
        None,
    ]
    assert {(one.below, one.credentials) for one in lookups.declared} == {
        ("/v1", frozenset({"key"}))
    }
    assert lookups.of_write(request("PATCH", "/v1/orders/special")) is None


MARK = tag("3f2a9c1e", lambda size: b"\x11" * size, at=1_700_000_000)
MARKED = settings.Resource(
    create="POST /rooms/{parent}/seats",
    delete="DELETE /seats/{id}",
    tag="$.label.note",
    list_by_tag="GET /rooms/{parent}/seats?note={tag}",
    at="$.items",
)


def of_resource(**fields: object) -> Lookup:
    """What the declaration of a resource tells of finding its creations."""
    made = Lookup.of_resource(MARKED.model_copy(update=fields), prefix="rh", below="/v1")
    assert made is not None
    return made


def seat(note: object) -> httpx2.Request:
    """The creation of a seat."""
    return write("/v1/rooms/7/seats", json={"label": {"note": note}})


def test_a_declared_resource_tells_how_its_creation_is_found() -> None:
    """What finds it for cleanup finds it for a lost answer."""
    found = of_resource()

    question = found.question(seat(MARK))

    assert found.is_for(seat(MARK))
    assert question.asked.url.raw_path.decode() == f"/v1/rooms/7/seats?note={MARK}"
    assert question.tags == {MARK}
    assert found.at == "$.items"


@pytest.mark.parametrize(
    "note",
    [
        pytest.param("window", id="a word"),
        pytest.param(MARK[:-1], id="cut"),
        pytest.param(MARK.replace("rh-", "qa-"), id="of others"),
    ],
)
def test_what_a_resource_tells_holds_for_our_marks_alone(note: str) -> None:
    """INVARIANT: of any other value nobody knows whether one write alone carries it."""
    with pytest.raises(NotKnown, match=r"at \$\.label\.note is no mark of ours"):
        of_resource().question(seat(note))


def test_a_listing_of_everything_is_searched_for_the_mark() -> None:
    """Where the API cannot filter, the entries themselves show the mark."""
    found = of_resource(list_by_tag="GET /rooms/{parent}/seats")

    question = found.question(seat(MARK))

    assert question.asked.url.raw_path == question.control.url.raw_path == b"/v1/rooms/7/seats"
    assert question.tags == {MARK}


def test_a_mark_in_a_header_is_looked_for_as_well() -> None:
    """The blank of the listing takes the header's value."""
    asked = write("/v1/rooms/7/seats", json={}, headers={"X-Note": MARK})

    assert of_resource(tag="header:X-Note").question(asked).tags == {MARK}


@pytest.mark.parametrize("missing", ["create", "tag", "list_by_tag"])
def test_a_resource_that_cannot_be_found_tells_no_look_up(missing: str) -> None:
    """Each of the three is needed."""
    resource = MARKED.model_copy(update={missing: None})

    assert Lookup.of_resource(resource, prefix="rh") is None


def test_what_the_call_brings_comes_before_what_is_declared() -> None:
    """A fixture's resource need not stand in the settings."""
    own, declared = of_resource(), lookup(route="POST /rooms/{parent}/seats", below="/v1")
    asked = seat(MARK)
    known = Lookups((declared,))

    assert known.of_write(asked) is declared
    asked.extensions[LOOKUP] = own
    assert known.of_write(asked) is own
