"""Buckets: made, found, emptied, removed."""

import pytest
from client import Bucket
from dirty_equals import IsPartialDict
from models import Deleted, Listed, NewBucket, Object, Refusal, Stored

from redhanded import Cleanup, Client, Factory, expect


def test_a_created_bucket_can_be_read(api: Client, bucket: Bucket) -> None:
    assert expect(api.get(bucket.path), 200, Stored[Object]).data.id == bucket.name


def test_a_bucket_is_its_makers(api: Client, bucket: Bucket) -> None:
    stored = expect(api.get(bucket.path), 200, Stored[Object])

    assert list(stored.permissions) == ["write"]
    assert len(stored.permissions["write"]) == 1


def test_a_bucket_gets_an_id_where_none_is_given(api: Client, cleanup: Cleanup) -> None:
    created = expect(api.post("/buckets"), 201, Stored[Object]).data
    cleanup("bucket", created.id)

    assert expect(api.get(f"/buckets/{created.id}"), 200, Stored[Object]).data == created


def test_creating_a_bucket_twice_gives_the_first_one(api: Client, bucket: Bucket) -> None:
    """POST under a known id changes nothing, and says so by 200 in place of 201."""
    before = expect(api.get(bucket.path), 200, Stored[Object])

    again = expect(api.post("/buckets", json={"data": {"id": bucket.name}}), 200, Stored[Object])

    assert again == before


def test_a_bucket_keeps_attributes_of_the_owners_choice(api: Client, bucket: Bucket) -> None:
    attributes = {"colour": "green", "nested": {"levels": [1, 2, {"deep": None}]}}

    expect(api.patch(bucket.path, json={"data": attributes}), 200)

    expect(api.get(bucket.path), 200, IsPartialDict(data=IsPartialDict(attributes)))


def test_replacing_a_bucket_drops_what_is_not_named(api: Client, bucket: Bucket) -> None:
    expect(api.patch(bucket.path, json={"data": {"colour": "green"}}), 200)

    expect(api.put(bucket.path, json={"data": {"size": 1}}), 200, where={"$.data.size": 1})

    assert "colour" not in api.get(bucket.path).json()["data"]


def test_the_list_holds_what_the_caller_may_read(
    api: Client, stranger: Client, bucket: Bucket
) -> None:
    # The buckets of other tests are in the list, with fields of theirs.
    mine = expect(api.get("/buckets"), 200, Listed[Object], extra="ignore").data
    theirs = expect(stranger.get("/buckets"), 200, Listed[Object], extra="ignore").data

    assert bucket.name in {found.id for found in mine}
    assert bucket.name not in {found.id for found in theirs}


def test_a_deleted_bucket_leaves_a_tombstone(api: Client, bucket: Bucket, cleanup: Cleanup) -> None:
    """To its former owner it is as foreign as one that never was: 403, not 404."""
    cleanup.forget("bucket", bucket.name)

    assert expect(api.delete(bucket.path), 200, Deleted).data.id == bucket.name
    expect(api.get(bucket.path), 403, Refusal, where={"$.errno": 121})


def test_a_bucket_takes_its_contents_along(api: Client, bucket: Bucket) -> None:
    bucket.collection("tasks")
    expect(api.delete(bucket.path), 200, Deleted)

    bucket.create()

    assert expect(api.get(f"{bucket.path}/collections"), 200, Listed[Object]).data == []


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("with%20space", id="space"),
        pytest.param("with.dot", id="dot"),
        pytest.param("%E2%82%AC", id="beyond ASCII"),
        pytest.param("-leading", id="leading dash"),
        pytest.param("a%00b", id="null byte"),
    ],
)
def test_a_bucket_needs_a_plain_id(api: Client, name: str) -> None:
    where = {"$.details[0].location": "path", "$.details[0].description": "Invalid object id"}

    expect(api.put(f"/buckets/{name}"), 400, Refusal, where=where)


def test_a_new_bucket_is_not_there_yet(api: Client, make: Factory) -> None:
    expect(api.get(f"/buckets/{make(NewBucket).id}"), 403, Refusal)
