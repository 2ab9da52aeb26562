"""Bodies: compressed, chunked, in pieces, too long; each arrives whole or not at all."""

from __future__ import annotations

import pytest
from pydantic import BaseModel

from redhanded import BodyTooLarge
from tests.real.driving import Drive, call


class Sent(BaseModel):
    """A document to send."""

    name: str
    count: int


@pytest.mark.parametrize(
    "path, coding, mark",
    [
        pytest.param("/gzip", "gzip", "gzipped", id="gzip"),
        pytest.param("/deflate", "deflate", "deflated", id="deflate"),
        pytest.param("/brotli", "br", "brotli", id="brotli"),
    ],
)
def test_a_compressed_body_is_whole(drive: Drive, path: str, coding: str, mark: str) -> None:
    """It is decoded for the test, and recorded decoded in the ledger."""
    ended = drive(call("GET", path))

    assert ended.response.headers["Content-Encoding"] == coding
    assert ended.response.json()[mark] is True
    assert ended.attempts[0].response_body == ended.response.content
    assert ended.rows == [""]


@pytest.mark.parametrize("path", ["/bytes/3000?seed=7", "/stream-bytes/3000?seed=7"])
def test_bytes_come_as_they_were_sent(drive: Drive, path: str) -> None:
    """With a length and in chunks; the same seed gives the same bytes."""
    one, two = drive(call("GET", path), call("GET", path)).responses

    assert len(one.content) == 3000
    assert one.content == two.content


@pytest.mark.parametrize("path", ["/bytes/3000", "/stream-bytes/3000", "/gzip", "/brotli"])
def test_a_body_over_the_cap_is_refused(drive: Drive, path: str) -> None:
    """The cap counts decoded bytes; the error names the setting, and nothing is retried."""
    ended = drive(call("GET", path), body_limit=100)

    assert isinstance(ended.error, BodyTooLarge)
    assert "body_limit" in str(ended.error)
    assert len(ended.attempts) == 1


def test_a_body_of_exactly_the_cap_is_taken(drive: Drive) -> None:
    """The limit itself is allowed."""
    assert len(drive(call("GET", "/bytes/3000"), body_limit=3000).response.content) == 3000


def test_lines_in_chunks_are_all_there(drive: Drive) -> None:
    """Twenty documents, one a line."""
    response = drive(call("GET", "/stream/20")).response

    assert response.headers["Transfer-Encoding"] == "chunked"
    assert len(response.text.splitlines()) == 20


def test_part_of_a_resource(drive: Drive) -> None:
    """206 is a complete answer to a request for a range."""
    ended = drive(call("GET", "/range/100", headers={"Range": "bytes=10-19"}))

    assert (ended.response.content, ended.statuses) == (b"klmnopqrst", [206])


@pytest.mark.parametrize(
    "method, path, status",
    [
        pytest.param("HEAD", "/bytes/3000", 200, id="HEAD"),
        pytest.param("GET", "/status/204", 204, id="204"),
        pytest.param("GET", "/status/304", 304, id="304"),
        pytest.param("GET", "/bytes/0", 200, id="empty"),
    ],
)
def test_no_body_is_no_cut_body(drive: Drive, method: str, path: str, status: int) -> None:
    """An answer that has no body is whole without one, whatever length it names."""
    ended = drive(call(method, path))

    assert (ended.statuses, ended.response.content) == ([status], b"")
    assert ended.attempts[0].failure is None


MODEL, DOCUMENT = Sent(name="a", count=1), {"name": "a", "count": 1}


@pytest.mark.parametrize(
    "body, document",
    [
        pytest.param(MODEL, DOCUMENT, id="model"),
        pytest.param([MODEL], [DOCUMENT], id="list of models"),
        pytest.param({"inner": {"model": MODEL}}, {"inner": {"model": DOCUMENT}}, id="inside"),
    ],
)
def test_models_are_sent_as_json(drive: Drive, body: object, document: object) -> None:
    """`json=` takes them alone, in lists and in dictionaries."""
    echo = drive(call("POST", "/anything", json=body)).response.json()

    assert echo["headers"]["Content-Type"] == "application/json"
    assert echo["json"] == document


def test_a_form_is_sent_with_its_files(drive: Drive) -> None:
    """Fields and files are told apart on the other side."""
    sent = call("POST", "/post", files={"f": ("n.txt", b"text")}, data={"a": "1"})

    echo = drive(sent).response.json()

    assert (echo["files"], echo["form"]) == ({"f": "text"}, {"a": "1"})
