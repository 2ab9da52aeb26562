"""httpbin does what the tests count on."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
import pytest


@pytest.fixture
def client(httpbin_url: str) -> Iterator[httpx2.Client]:
    """A client of the running httpbin."""
    with httpx2.Client(base_url=httpbin_url, timeout=10) as client:
        yield client


@pytest.mark.parametrize("status", [200, 201, 204, 400, 401, 404, 418, 429, 500, 503])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_any_status_to_any_method(client: httpx2.Client, method: str, status: int) -> None:
    """The status is the one in the path."""
    assert client.request(method, f"/status/{status}").status_code == status


def test_what_was_sent_comes_back(client: httpx2.Client) -> None:
    """Query, headers and JSON are echoed."""
    echo = client.post("/anything?a=1&a=2", json={"x": [1]}, headers={"X-Tag": "t"}).json()

    assert (echo["method"], echo["args"], echo["json"]) == ("POST", {"a": ["1", "2"]}, {"x": [1]})
    assert echo["headers"]["X-Tag"] == "t"


def test_a_chunked_request_is_read(client: httpx2.Client) -> None:
    """A body without a length arrives whole."""
    assert client.post("/post", content=iter([b"a", b"bc"])).json()["data"] == "abc"


def test_a_form_is_read(client: httpx2.Client) -> None:
    """Fields and files are told apart."""
    echo = client.post("/post", data={"a": "1"}, files={"f": ("n.txt", b"text")}).json()

    assert (echo["form"], echo["files"]) == ({"a": "1"}, {"f": "text"})


@pytest.mark.parametrize(
    "path, coding, mark",
    [
        pytest.param("/gzip", "gzip", "gzipped", id="gzip"),
        pytest.param("/deflate", "deflate", "deflated", id="deflate"),
        pytest.param("/brotli", "br", "brotli", id="brotli"),
    ],
)
def test_content_codings(client: httpx2.Client, path: str, coding: str, mark: str) -> None:
    """Each body is coded as its header says, and decodes to its document."""
    response = client.get(path)

    assert response.headers["Content-Encoding"] == coding
    assert response.json()[mark] is True


def test_a_delay_is_a_delay(client: httpx2.Client) -> None:
    """A client whose patience is shorter runs into its timeout."""
    with pytest.raises(httpx2.ReadTimeout):
        client.get("/delay/5", timeout=httpx2.Timeout(5, read=0.1))


def test_a_slow_answer_does_not_block_the_others(client: httpx2.Client) -> None:
    """The server has threads: others are answered while one waits."""
    with pytest.raises(httpx2.ReadTimeout):
        client.get("/delay/5", timeout=httpx2.Timeout(5, read=0.1))

    assert client.get("/status/200", timeout=3).status_code == 200


def test_a_drip_comes_drop_by_drop(client: httpx2.Client) -> None:
    """The server does not hold the drops back to send them at once."""
    with client.stream("GET", "/drip", params={"numbytes": 100, "duration": 20}) as response:
        first = next(response.iter_raw())

    assert response.headers["Content-Length"] == "100"
    assert len(first) < 100


def test_a_stream_is_chunked(client: httpx2.Client) -> None:
    """Lines of JSON come without a length."""
    response = client.get("/stream/3")

    assert response.headers["Transfer-Encoding"] == "chunked"
    assert len(response.text.splitlines()) == 3


@pytest.mark.parametrize("path", ["/redirect/3", "/relative-redirect/3", "/absolute-redirect/3"])
def test_redirects_are_followed(client: httpx2.Client, path: str) -> None:
    """Each of the hops is a redirect, the last answer is not."""
    response = client.get(path, follow_redirects=True)

    assert [hop.status_code for hop in response.history] == [302] * 3
    assert response.json()["url"].endswith("/get")


def test_a_redirect_may_lead_anywhere(client: httpx2.Client) -> None:
    """Target and status are the caller's."""
    response = client.get("/redirect-to", params={"url": "/get", "status_code": 307})

    assert (response.status_code, response.headers["Location"]) == (307, "/get")


@pytest.mark.parametrize(
    "path, auth",
    [
        pytest.param("/basic-auth/ada/secret", httpx2.BasicAuth("ada", "secret"), id="basic"),
        pytest.param(
            "/digest-auth/auth/ada/secret", httpx2.DigestAuth("ada", "secret"), id="digest"
        ),
    ],
)
def test_credentials_are_asked_for(client: httpx2.Client, path: str, auth: httpx2.Auth) -> None:
    """The right ones open, none at all gets 401 with a challenge."""
    refused = client.get(path)

    assert (refused.status_code, "WWW-Authenticate" in refused.headers) == (401, True)
    assert client.get(path, auth=auth).json()["authenticated"] is True


def test_a_bearer_token_is_asked_for(client: httpx2.Client) -> None:
    """Any token opens, none gets 401."""
    opened = client.get("/bearer", headers={"Authorization": "Bearer t0k3n"})

    assert client.get("/bearer").status_code == 401
    assert opened.json() == {"authenticated": True, "token": "t0k3n"}


def test_cookies_are_set_and_seen(client: httpx2.Client) -> None:
    """A cookie that was set comes back with the next request."""
    client.get("/cookies/set?flavour=oat")

    assert client.get("/cookies").json() == {"cookies": {"flavour": "oat"}}


def test_bytes_follow_their_seed(client: httpx2.Client) -> None:
    """The same seed gives the same bytes, in the length asked for."""
    one, two = (client.get("/bytes/1000?seed=7").content for _ in range(2))

    assert one == two
    assert len(one) == 1000


def test_a_range_is_served(client: httpx2.Client) -> None:
    """Part of a resource comes with 206 and says which part it is."""
    response = client.get("/range/100", headers={"Range": "bytes=10-19"})

    assert (response.status_code, len(response.content)) == (206, 10)
    assert response.headers["Content-Range"] == "bytes 10-19/100"


def test_an_etag_is_honoured(client: httpx2.Client) -> None:
    """A known version is 304, a wrong precondition 412."""
    unchanged = client.get("/etag/v1", headers={"If-None-Match": "v1"})
    outdated = client.get("/etag/v1", headers={"If-Match": "v2"})

    assert (unchanged.status_code, outdated.status_code) == (304, 412)


@pytest.mark.parametrize(
    "path, media_type",
    [
        pytest.param("/html", "text/html; charset=utf-8", id="html"),
        pytest.param("/xml", "application/xml", id="xml"),
        pytest.param("/json", "application/json", id="json"),
        pytest.param("/encoding/utf8", "text/html; charset=utf-8", id="utf-8"),
        pytest.param("/image/png", "image/png", id="png"),
    ],
)
def test_media_types(client: httpx2.Client, path: str, media_type: str) -> None:
    """Each document comes under its own type."""
    assert client.get(path).headers["Content-Type"] == media_type
