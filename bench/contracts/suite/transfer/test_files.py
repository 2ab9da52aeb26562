"""Files sent up, listed and fetched again."""

from __future__ import annotations

import hashlib
import uuid

import httpx2
import pytest

from redhanded import expect


@pytest.fixture
def name() -> str:
    """A file name that nobody else has."""
    return f"rh-{uuid.uuid4().hex[:12]}.bin"


def test_a_file_is_sent_up(api: httpx2.Client, name: str) -> None:
    """The answer tells what came."""
    sent = {"file": (name, b"0123456789", "application/octet-stream")}
    answer = expect(api.post("/files", files=sent), 200).json()
    assert answer["files"][0]["originalname"] == name
    assert answer["files"][0]["size"] == 10


def test_a_file_comes_back_byte_for_byte(api: httpx2.Client, name: str) -> None:
    """What is fetched is what was sent, whatever bytes there are."""
    content = bytes(range(256)) * 64
    api.post("/files", files={"file": (name, content, "application/octet-stream")})
    answer = api.get(f"/files/{name}")
    assert answer.status_code == 200
    assert hashlib.sha256(answer.content).digest() == hashlib.sha256(content).digest()


@pytest.mark.parametrize(
    "suffix, content",
    [("txt", b"text"), ("json", b'{"a": 1}'), ("html", b"<p>hi</p>"), ("png", b"\x89PNG\r\n")],
    ids=["text", "json", "html", "png"],
)
def test_a_file_of_any_kind_comes_back(
    api: httpx2.Client, name: str, suffix: str, content: bytes
) -> None:
    """The name's ending changes nothing about the bytes."""
    file = f"{name}.{suffix}"
    api.post("/files", files={"file": (file, content)})
    assert api.get(f"/files/{file}").content == content


def test_an_empty_file_is_a_file(api: httpx2.Client, name: str) -> None:
    """No bytes are kept as no bytes."""
    answer = expect(api.post("/files", files={"file": (name, b"")}), 200)
    assert answer.json()["files"][0]["size"] == 0
    assert api.get(f"/files/{name}").content == b""


def test_two_files_in_one_form(api: httpx2.Client, name: str) -> None:
    """Both are told."""
    sent = [("file", (f"1-{name}", b"1")), ("file", (f"2-{name}", b"22"))]
    answer = expect(api.post("/files", files=sent), 200)
    assert [one["size"] for one in answer.json()["files"]] == [1, 2]


def test_fields_beside_a_file_come_back(api: httpx2.Client, name: str) -> None:
    """A form's fields are told beside its files."""
    answer = expect(api.post("/files", files={"file": (name, b"1")}, data={"note": "hello"}), 200)
    assert answer.json()["fields"] == {"note": "hello"}


def test_files_are_listed(api: httpx2.Client, name: str) -> None:
    """What was sent up stands in the list."""
    api.post("/files", files={"file": (name, b"1")})
    assert name in expect(api.get("/files"), 200).json()


def test_a_large_file_is_taken(api: httpx2.Client, name: str) -> None:
    """A megabyte goes up and down."""
    content = b"x" * 1_000_000
    expect(api.post("/files", files={"file": (name, content)}), 200)
    assert len(api.get(f"/files/{name}").content) == len(content)


def test_a_form_without_a_file_is_taken(api: httpx2.Client) -> None:
    """Nothing was sent up, and that is what is told."""
    boundary = "frontier"
    body = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="note"\r\n\r\nhello\r\n'
        f"--{boundary}--\r\n"
    )
    headers = {"content-type": f"multipart/form-data; boundary={boundary}"}
    answer = expect(api.post("/files", content=body.encode(), headers=headers), 200).json()
    assert answer == {"files": [], "fields": {"note": "hello"}}


def test_json_is_not_taken(api: httpx2.Client) -> None:
    """Files come as forms."""
    assert api.post("/files", json={"file": "x"}).status_code == 415


def test_no_body_is_refused(api: httpx2.Client) -> None:
    """Nothing cannot be stored."""
    assert 400 <= api.post("/files").status_code < 500


def test_an_unknown_file_is_404(api: httpx2.Client) -> None:
    """What was never sent up is not found."""
    assert api.get(f"/files/never-{uuid.uuid4().hex}").status_code == 404


def test_a_name_that_leads_elsewhere_is_refused(api: httpx2.Client) -> None:
    """Nobody reads outside the folder."""
    assert api.get("/files/..%2F..%2Fpackage.json").status_code in (400, 404)


def test_a_file_cannot_be_removed(api: httpx2.Client, name: str) -> None:
    """The API knows no such operation."""
    assert api.delete(f"/files/{name}").status_code in (404, 405)


def test_part_of_a_file_is_fetched(api: httpx2.Client, name: str) -> None:
    """A range gives the bytes it asks for."""
    api.post("/files", files={"file": (name, b"0123456789")})
    answer = api.get(f"/files/{name}", headers={"range": "bytes=2-4"})
    assert (answer.status_code, answer.content) == (206, b"234")


def test_a_file_that_is_still_the_same_is_not_sent_again(api: httpx2.Client, name: str) -> None:
    """The answer to a file's own tag is 304."""
    api.post("/files", files={"file": (name, b"0123456789")})
    tag = api.get(f"/files/{name}").headers["etag"]
    assert api.get(f"/files/{name}", headers={"if-none-match": tag}).status_code == 304


def test_no_head_of_a_file_is_told(api: httpx2.Client, name: str) -> None:
    """The framework routes HEAD nowhere."""
    api.post("/files", files={"file": (name, b"0123456789")})
    assert api.head(f"/files/{name}").status_code == 404
