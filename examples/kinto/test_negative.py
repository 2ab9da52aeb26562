"""Requests that cannot be meant: each is refused with what is wrong about it."""

import pytest
from client import Bucket, Records
from models import Refusal, Task

from redhanded import Client, expect


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"{nope", id="no JSON"),
        pytest.param(b'{"data": {}', id="cut JSON"),
        pytest.param(b"[1]", id="a list"),
        pytest.param(b"null", id="null"),
        pytest.param(b'{"data": 1}', id="data is a number"),
        pytest.param(b'{"data": null}', id="data is null"),
        pytest.param(b'{"date": {}}', id="unknown key"),
        pytest.param(b'{"data": {"n": NaN}}', id="not a number"),
        pytest.param(b'{"data": {"id": "other"}}', id="another id"),
        pytest.param(b'{"permissions": {"read": "me"}}', id="a right for no list"),
        pytest.param(b'{"permissions": {"read": [5]}}', id="a right for a number"),
        pytest.param(b'{"data": {"title": "\xff"}}', id="not UTF-8"),
    ],
)
def test_a_body_that_makes_no_sense(
    api: Client, tasks: Records, task: Task, content: bytes
) -> None:
    headers = {"Content-Type": "application/json"}

    answer = api.put(tasks.at(task), content=content, headers=headers)

    expect(answer, 400, Refusal, where={"$.errno": 107})
    assert tasks.get(task) == task


@pytest.mark.parametrize("media_type", ["text/plain", "application/xml", "text/html"])
def test_a_body_of_another_kind(api: Client, tasks: Records, media_type: str) -> None:
    answer = api.post(tasks.path, content=b"<x/>", headers={"Content-Type": media_type})

    expect(answer, 415, Refusal, where={"$.details[0].name": "Content-Type"})


def test_an_answer_of_another_kind(api: Client, tasks: Records) -> None:
    answer = api.get(tasks.path, headers={"Accept": "text/html"})

    expect(answer, 406, Refusal, where={"$.details[0].name": "Accept"})


@pytest.mark.parametrize(
    "method, path",
    [
        pytest.param("PUT", "/buckets", id="no list is put"),
        pytest.param("PATCH", "/buckets", id="no list is patched"),
        pytest.param("POST", "/", id="the root is read"),
        pytest.param("DELETE", "/batch", id="a batch is posted"),
    ],
)
def test_a_method_that_is_not_there(api: Client, method: str, path: str) -> None:
    expect(api.request(method, path, json={}), 405, Refusal, headers={"Allow": ...})


@pytest.mark.parametrize("name", ["a b", "a.b", "-a", "a/../b", "é"])
def test_an_id_that_is_none(api: Client, tasks: Records, name: str) -> None:
    answer = api.post(tasks.path, json={"data": {"id": name}})

    expect(answer, 400, Refusal, where={"$.details[0].location": "path"})


def test_a_patch_of_nothing(api: Client, tasks: Records, task: Task) -> None:
    expect(api.patch(tasks.at(task), json={}), 400, Refusal)


def test_a_patch_of_what_is_not_there(api: Client, tasks: Records) -> None:
    answer = api.patch(tasks.at("missing"), json={"data": {"done": True}})

    expect(answer, 404, Refusal, where={"$.errno": 110})


def test_a_path_that_leads_nowhere(api: Client) -> None:
    expect(api.get("/nowhere"), 404, Refusal, where={"$.errno": 111})


def test_a_collection_that_is_not_there(api: Client, bucket: Bucket) -> None:
    expect(api.get(f"{bucket.path}/collections/none"), 404, Refusal, where={"$.errno": 110})
    expect(api.get(bucket.records("none").path), 404, Refusal, where={"$.errno": 111})


def test_a_slash_too_many_is_redirected(api: Client, bucket: Bucket) -> None:
    answer = api.get(f"{bucket.path}/")

    assert expect(answer, 307).headers["Location"].endswith(bucket.path)
