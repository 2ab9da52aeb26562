"""Collections and their records."""

from __future__ import annotations

import uuid

import httpx2

from redhanded import expect


def test_a_new_collection_is_empty(api: httpx2.Client, collection: str) -> None:
    """Nothing is in what was just made."""
    assert expect(api.get(f"{collection}/count"), 200).json() == 0


def test_collections_are_listed_and_counted(
    api: httpx2.Client, database: str, collection: str
) -> None:
    """A collection stands in the list and in the count."""
    listed = expect(api.get(f"{database}/collections", params={"limit": 1000}), 200).json()
    assert collection.rpartition("/")[2] in [each["id"] for each in listed]
    assert expect(api.get(f"{database}/collections_count"), 200).json() >= len(listed)


def test_a_collection_is_read_by_its_name(
    api: httpx2.Client, database: str, collection: str
) -> None:
    """A collection is addressed by its name."""
    listed = api.get(f"{database}/collections", params={"limit": 1000}).json()
    name = next(each["name"] for each in listed if each["id"] in collection)
    assert expect(api.get(f"{database}/collections/{name}"), 200).json()["name"] == name


def test_a_collection_is_renamed(api: httpx2.Client, database: str, collection: str) -> None:
    """A new name holds at once."""
    name = f"rh-{uuid.uuid4().hex[:12]}"
    expect(api.put(collection, json={"new_name": name}), 200)
    expect(api.get(f"{database}/collections/{name}"), 200)
    expect(api.delete(f"{database}/collections/{name}"), 200)


def test_a_collection_of_that_name_is_there_already(
    api: httpx2.Client, database: str, collection: str
) -> None:
    """A name is taken once, unless the caller wants the one that is there."""
    listed = api.get(f"{database}/collections", params={"limit": 1000}).json()
    name = next(each["name"] for each in listed if each["id"] in collection)
    assert api.post(f"{database}/collections", json={"name": name}).status_code == 409
    wanted = {"name": name, "get_or_create": True}
    assert expect(api.post(f"{database}/collections", json=wanted), 200).json()["name"] == name


def test_an_unknown_collection_is_404(api: httpx2.Client, database: str) -> None:
    """What was never made is not found."""
    expect(api.get(f"{database}/collections/{uuid.uuid4()}"), 404)
    expect(api.get(f"{database}/collections/{uuid.uuid4()}/count"), 404)


def test_records_are_counted(api: httpx2.Client, filled: str) -> None:
    """Three records were added."""
    assert expect(api.get(f"{filled}/count"), 200).json() == 3


def test_records_are_read(api: httpx2.Client, filled: str) -> None:
    """A record comes back as it was added."""
    wanted = {"ids": ["a", "c"], "include": ["documents", "metadatas", "embeddings", "uris"]}
    found = expect(api.post(f"{filled}/get", json=wanted), 200).json()
    assert found["ids"] == ["a", "c"]
    assert found["documents"] == ["first", None]
    assert found["metadatas"] == [{"kind": "x", "n": 1}, None]


def test_records_are_found_by_their_metadata(api: httpx2.Client, filled: str) -> None:
    """A filter leaves the records that hold it."""
    found = expect(api.post(f"{filled}/get", json={"where": {"kind": "y"}}), 200).json()
    assert found["ids"] == ["b"]


def test_the_nearest_record_comes_first(api: httpx2.Client, filled: str) -> None:
    """A query orders by distance."""
    query = {"query_embeddings": [[1.0, 0.1]], "n_results": 2, "include": ["distances"]}
    found = expect(api.post(f"{filled}/query", json=query), 200).json()
    assert found["ids"][0][0] == "a"
    assert found["distances"][0][0] <= found["distances"][0][1]


def test_a_vector_of_another_length_is_refused(api: httpx2.Client, filled: str) -> None:
    """All vectors of a collection are equally long."""
    query = {"query_embeddings": [[1.0, 0.1, 0.5]], "n_results": 2}
    assert api.post(f"{filled}/query", json=query).status_code == 400


def test_records_of_unequal_length_are_refused(api: httpx2.Client, collection: str) -> None:
    """Each record has a vector."""
    records = {"ids": ["a", "b"], "embeddings": [[1.0]]}
    assert api.post(f"{collection}/add", json=records).status_code == 400


def test_records_without_vectors_are_refused(api: httpx2.Client, collection: str) -> None:
    """A record without a vector is none."""
    assert api.post(f"{collection}/add", json={"ids": ["a"]}).status_code == 422


def test_what_is_no_json_is_refused(api: httpx2.Client, collection: str) -> None:
    """A body that cannot be read is a fault of who sent it."""
    answer = api.post(
        f"{collection}/add", content=b"{broken", headers={"content-type": "application/json"}
    )
    assert answer.status_code == 400


def test_a_body_without_a_media_type_is_refused(api: httpx2.Client, collection: str) -> None:
    """The server wants to be told what it is sent."""
    assert api.post(f"{collection}/add", content=b"{}").status_code in (415, 422)


def test_records_are_changed(api: httpx2.Client, filled: str) -> None:
    """An update changes what it names; an upsert adds what is not there."""
    expect(api.post(f"{filled}/update", json={"ids": ["a"], "documents": ["changed"]}), 200)
    more = {"ids": ["d"], "embeddings": [[0.5, 0.5]]}
    expect(api.post(f"{filled}/upsert", json=more), 200)
    assert expect(api.get(f"{filled}/count"), 200).json() == 4


def test_records_are_removed(api: httpx2.Client, filled: str) -> None:
    """What was removed is not counted any more."""
    expect(api.post(f"{filled}/delete", json={"ids": ["a"]}), 200)
    assert expect(api.get(f"{filled}/count"), 200).json() == 2


def test_the_index_tells_how_far_it_is(api: httpx2.Client, filled: str) -> None:
    """The state of indexing is told, or refused by a server that keeps everything in one place."""
    assert api.get(f"{filled}/indexing_status").status_code in (200, 400, 404, 500, 501)


def test_a_collection_is_not_forked_here(api: httpx2.Client, filled: str) -> None:
    """A fork is for the distributed server."""
    answer = api.post(f"{filled}/fork", json={"new_name": "other"})
    assert answer.status_code in (200, 400, 500, 501)


def test_a_search_is_answered(api: httpx2.Client, filled: str) -> None:
    """A search is for the distributed server too."""
    search = {"filter": {}, "limit": {"offset": 0, "limit": 1}, "select": {"keys": []}}
    answer = api.post(f"{filled}/search", json={"searches": [search]})
    assert answer.status_code in (200, 400, 500, 501)
