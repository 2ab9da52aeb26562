"""A body that is not whole, or not what it says, never passes for an answer."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json

import httpx2
import pytest

from redhanded.core.attempt import Phase
from redhanded.pipeline.call import Call, Timeline
from redhanded.pipeline.errors import BodyCorrupt, BodyTooLarge, ProtocolViolated
from redhanded.pipeline.flow import Fill, Read
from redhanded.pipeline.integrity import Integrity, Raw
from tests.pipeline.driving import Driven, at_wire, drive, open_call, request, unread

LIMIT = 1_000
DOCUMENT = json.dumps({"id": 7, "name": "Ada"}).encode()
JSON = ("Content-Type", "application/json")
PACKED = gzip.compress(DOCUMENT, mtime=0)


def judged(
    content: bytes,
    *headers: tuple[str, str],
    trailing: bytes = b"",
    streams: bool = False,
    **extensions: object,
) -> tuple[Driven, Call]:
    """What the policy makes of an answer with this body and these headers, as they came."""
    asked = request()
    call = open_call(asked)
    call.streams, call.timeline = streams, Timeline(lambda: 0.0, 0.0)
    answer = unread(200, content, headers, **extensions)
    answers = [answer] if streams else [answer, Raw(content, trailing)]
    return drive(Integrity(LIMIT)(asked, at_wire), answers), call


def sized(content: bytes) -> tuple[str, str]:
    """A true Content-Length."""
    return ("Content-Length", str(len(content)))


def test_a_sound_body_is_read_and_left_alone() -> None:
    """A body with a true length and no coding costs one read and nothing else."""
    driven, call = judged(DOCUMENT, JSON, sized(DOCUMENT))
    assert [effect for effect in driven.effects if not hasattr(effect, "request")] == [
        Read(driven.result, LIMIT)
    ]
    assert (call.notes, call.answer is driven.result) == ((), True)
    assert [phase for phase, _ in call.timeline.marks] == [Phase.READ, Phase.DONE]


def test_a_streamed_body_is_left_to_the_test() -> None:
    """INVARIANT: the pipeline does not touch the body of a call that streams."""
    driven, call = judged(PACKED, ("Content-Encoding", "gzip"), streams=True)
    assert (len(driven.effects), len(driven.sends)) == (1, 1)
    assert [phase for phase, _ in call.timeline.marks] == [Phase.READ]


def test_a_coded_body_is_filled_in_decoded() -> None:
    """What the test reads is the decoded content, whole."""
    driven, _ = judged(PACKED, JSON, ("Content-Encoding", "gzip"), sized(PACKED))
    assert driven.effects[-1] == Fill(driven.result, DOCUMENT)


def test_an_unknown_coding_is_noted() -> None:
    """A coding that nobody here knows leaves the body as it came, and the ledger says so."""
    driven, call = judged(DOCUMENT, ("Content-Encoding", "x-odd"), sized(DOCUMENT))
    assert driven.effects[-1] == Fill(driven.result, DOCUMENT)
    assert call.notes == ("content coding 'x-odd' is unknown here: the body is as it came",)


def test_a_cut_coding_under_a_true_length_is_corrupt() -> None:
    """INVARIANT: half of a gzip stream whose Content-Length is consistent is no answer."""
    half = PACKED[: len(PACKED) // 2]
    driven, _ = judged(half, ("Content-Encoding", "gzip"), sized(half))
    with pytest.raises(BodyCorrupt, match="stops short"):
        _ = driven.result


def test_the_limit_holds_for_the_decoded_body() -> None:
    """The cap is of decoded bytes, however small they came."""
    bomb = gzip.compress(bytes(LIMIT + 1))
    driven, _ = judged(bomb, ("Content-Encoding", "gzip"), sized(bomb))
    with pytest.raises(BodyTooLarge):
        _ = driven.result


@pytest.mark.parametrize(
    "headers, trailing, words",
    [
        pytest.param(
            [sized(DOCUMENT), ("Transfer-Encoding", "chunked")],
            b"",
            "Content-Length and Transfer-Encoding at once",
            id="two-lengths",
        ),
        pytest.param([sized(DOCUMENT)], b"more", "4 bytes after the end", id="after-length"),
        pytest.param(
            [("Transfer-Encoding", "chunked")], b"more", "4 bytes after the end", id="after-chunks"
        ),
    ],
)
def test_a_frame_that_contradicts_itself_is_a_violation(
    headers: list[tuple[str, str]], trailing: bytes, words: str
) -> None:
    """INVARIANT: an answer whose end is in doubt breaks HTTP, whatever its body says."""
    driven, _ = judged(DOCUMENT, JSON, *headers, trailing=trailing)
    with pytest.raises(ProtocolViolated, match=words):
        _ = driven.result


def test_chunks_alone_are_a_frame() -> None:
    """A chunked body names its own end, so nothing is noted."""
    driven, call = judged(DOCUMENT, JSON, ("Transfer-Encoding", "chunked"))
    assert (driven.result.status_code, call.notes) == (200, ())


def test_the_headers_as_they_came_decide_about_the_frame() -> None:
    """Two lengths are found in what the wire had, although the response lost one on its way."""
    asked = request()
    call = open_call(asked)
    call.timeline = Timeline(lambda: 0.0, 0.0)
    call.timeline.received = [(b"Content-Length", b"3"), (b"Transfer-Encoding", b"chunked")]
    answer = unread(200, b"abc", [("Transfer-Encoding", "chunked")])
    driven = drive(Integrity(LIMIT)(asked, at_wire), [answer])
    assert isinstance(driven.error, ProtocolViolated)


WEAK = ("weak frame: only the end of the connection marks the end of the body",)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(DOCUMENT, id="object"),
        pytest.param(b" 12 ", id="number"),
        pytest.param(b'{"a": 1} {"b": 2}', id="two-values"),
        pytest.param(b"{'a': 1}", id="single-quotes"),
        pytest.param(b'{"a": 1,}', id="comma-too-many"),
        pytest.param(b"<html></html>", id="html"),
        pytest.param(b'{"a": nil}', id="unknown-word"),
        pytest.param(b'{"a": "\xff"}', id="not-utf-8"),
        pytest.param(b"[" * 100_000 + b"]" * 100_000, id="deep"),
        pytest.param(b'{"a": "\\x"}', id="bad-escape"),
    ],
)
def test_close_delimited_json_that_ends_by_itself_passes_with_a_note(content: bytes) -> None:
    """JSON that is wrong in itself is for the test to judge: more bytes would not mend it."""
    driven, call = judged(content, JSON)
    assert (driven.result.status_code, call.notes) == (200, WEAK)


@pytest.mark.parametrize("media", ["application/json", "application/problem+json; charset=utf-8"])
@pytest.mark.parametrize(
    "whole",
    [
        pytest.param('{"id": 7, "tags": ["a", "ß\\n\\u00e9"], "ok": true}', id="object"),
        pytest.param('[null, false, -1.5e+3, {"a": {}}]', id="array"),
        pytest.param('"text"', id="text"),
    ],
)
def test_close_delimited_json_is_refused_at_every_cut(whole: str, media: str) -> None:
    """INVARIANT: where only the connection's end marks the body's, JSON cut anywhere is corrupt."""
    content = whole.encode()
    passed = []
    for length in range(1, len(content)):
        driven, _ = judged(content[:length], ("Content-Type", media))
        if not isinstance(driven.error, BodyCorrupt):
            passed.append(content[:length])
    assert passed == []


@pytest.mark.parametrize(
    "headers, content, version",
    [
        pytest.param([("Content-Type", "text/plain")], b"{", b"HTTP/1.1", id="not-json"),
        pytest.param([], b"{", b"HTTP/1.1", id="no-type"),
    ],
)
def test_other_close_delimited_bodies_pass_with_a_note(
    headers: list[tuple[str, str]], content: bytes, version: bytes
) -> None:
    """Nothing shows that such a body was cut, and the ledger says how little is known."""
    driven, call = judged(content, *headers, http_version=version)
    assert (driven.result.status_code, call.notes) == (200, WEAK)


@pytest.mark.parametrize(
    "content, version",
    [
        pytest.param(b"", b"HTTP/1.1", id="empty"),
        pytest.param(b'{"a"', b"HTTP/2", id="http2"),
    ],
)
def test_a_frame_below_or_no_body_needs_no_length(content: bytes, version: bytes) -> None:
    """HTTP/2 marks the end of each body, and no bytes cannot be cut."""
    driven, call = judged(content, JSON, http_version=version)
    assert (driven.result.status_code, call.notes) == (200, ())


def digest(name: str, data: bytes) -> str:
    """A field of RFC 9530 about these bytes."""
    value = base64.b64encode(hashlib.new(name.replace("-", ""), data).digest()).decode()
    return f"{name}=:{value}:"


@pytest.mark.parametrize(
    "field",
    [
        pytest.param(digest("sha-256", DOCUMENT), id="sha-256"),
        pytest.param(digest("sha-512", DOCUMENT), id="sha-512"),
        pytest.param(f"md5=:AAAA:, {digest('sha-256', DOCUMENT)}", id="beside-an-unknown-one"),
        pytest.param("md5=:AAAA:", id="unknown"),
        pytest.param("garbage", id="garbage"),
        pytest.param("", id="empty"),
    ],
)
def test_a_digest_that_fits_or_says_nothing_passes(field: str) -> None:
    """Content-Digest is held against the content by the algorithms that are known here."""
    driven, _ = judged(DOCUMENT, sized(DOCUMENT), ("Content-Digest", field))
    assert driven.result.status_code == 200


@pytest.mark.parametrize(
    "field",
    [
        pytest.param(digest("sha-256", b"other"), id="sha-256"),
        pytest.param(digest("sha-256", DOCUMENT) + ", " + digest("sha-512", b"x"), id="second"),
        pytest.param(digest("sha-256", b"other").upper().replace("SHA", "Sha"), id="other-case"),
        pytest.param("sha-256=:abc:", id="not-base64"),
    ],
)
def test_a_digest_that_contradicts_the_content_is_corruption(field: str) -> None:
    """INVARIANT: content that is not what its own digest says never passes."""
    driven, _ = judged(DOCUMENT, sized(DOCUMENT), ("Content-Digest", field))
    with pytest.raises(BodyCorrupt, match="Content-Digest"):
        _ = driven.result


def test_the_digest_is_of_the_coded_content() -> None:
    """RFC 9530, section 2: Content-Digest is about the bytes before the coding is undone."""
    field = digest("sha-256", PACKED)
    driven, _ = judged(
        PACKED, ("Content-Encoding", "gzip"), ("Content-Digest", field), sized(PACKED)
    )
    assert driven.effects[-1] == Fill(driven.result, DOCUMENT)


def test_the_digest_of_a_bodiless_answer_is_left_alone() -> None:
    """The answer to a HEAD tells the digest of a body that it does not have."""
    driven, _ = judged(b"", ("Content-Digest", digest("sha-256", DOCUMENT)))
    assert isinstance(driven.result, httpx2.Response)
