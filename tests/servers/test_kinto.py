"""Kinto does what the tests count on."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator

import httpx2
import pytest

from tests.servers.kinto import Credentials, Kinto

Open = Callable[[Credentials | None], httpx2.Client]


@pytest.fixture
def opened(kinto: Kinto) -> Iterator[Open]:
    """Opens clients with an account's credentials, or without any."""
    clients: list[httpx2.Client] = []

    def opened(account: Credentials | None) -> httpx2.Client:
        auth = account.basic if account else None
        clients.append(httpx2.Client(base_url=kinto.base_url, auth=auth, timeout=10))
        return clients[-1]

    yield opened
    for client in clients:
        client.close()


@pytest.fixture(scope="session")
def owner(kinto: Kinto) -> Credentials:
    """One account for the whole file: each password check costs a quarter of a second."""
    return kinto.new_account()


@pytest.fixture
def client(opened: Open, owner: Credentials) -> httpx2.Client:
    """A client that owns what it creates."""
    return opened(owner)


@pytest.fixture
def bucket(client: httpx2.Client) -> Iterator[str]:
    """A bucket of the test's own."""
    path = f"/buckets/bucket-{secrets.token_hex(6)}"
    client.put(path).raise_for_status()
    yield path
    client.delete(path)


@pytest.fixture
def records(client: httpx2.Client, bucket: str) -> str:
    """The path of a collection's records."""
    client.put(f"{bucket}/collections/tasks").raise_for_status()
    return f"{bucket}/collections/tasks/records"


def test_the_plugins_are_there(opened: Open) -> None:
    """The root names the capabilities, to anybody."""
    root = opened(None).get("/").json()

    assert {"accounts", "history", "schema"} <= set(root["capabilities"])
    assert root["settings"]["batch_max_requests"] == 25


def test_its_heart_beats(opened: Open) -> None:
    """Each back end reports on itself."""
    beat = opened(None).get("/__heartbeat__")

    assert (beat.status_code, beat.json()["storage"]) == (200, True)


def test_anybody_may_open_an_account(kinto: Kinto, opened: Open) -> None:
    """The account is who its credentials say; a wrong password is refused."""
    ada = kinto.new_account(f"ada-{secrets.token_hex(4)}")
    wrong = Credentials(ada.name, "not it")

    assert opened(ada).get("/").json()["user"]["id"] == f"account:{ada.name}"
    assert opened(wrong).get("/buckets").status_code == 401


def test_nobody_may_create_a_bucket_without_an_account(opened: Open) -> None:
    """Creation needs credentials."""
    refused = opened(None).post("/buckets")

    assert (refused.status_code, refused.json()["errno"]) == (401, 104)


def test_the_admin_may_write_every_account(
    kinto: Kinto, opened: Open, client: httpx2.Client
) -> None:
    """Others may not even know that it is there."""
    bob = kinto.new_account()

    assert client.delete(f"/accounts/{bob.name}").status_code == 403
    assert opened(kinto.admin).delete(f"/accounts/{bob.name}").status_code == 200


def test_a_bucket_is_its_owners(kinto: Kinto, opened: Open, bucket: str) -> None:
    """Another account may not read it until it is told to."""
    stranger = opened(kinto.new_account())

    assert stranger.get(bucket).status_code == 403


def test_a_record_lives_and_dies(client: httpx2.Client, records: str) -> None:
    """What was created is read, changed in part, and gone after its deletion."""
    created = client.post(records, json={"data": {"title": "a", "done": False}})
    path = f"{records}/{created.json()['data']['id']}"
    patched = client.patch(path, json={"data": {"done": True}})
    deleted = client.delete(path)

    assert (created.status_code, patched.status_code, deleted.status_code) == (201, 200, 200)
    assert (patched.json()["data"]["title"], patched.json()["data"]["done"]) == ("a", True)
    assert deleted.json()["data"]["deleted"] is True
    assert client.get(path).status_code == 404


def test_an_outdated_write_is_refused(client: httpx2.Client, records: str) -> None:
    """If-Match lets the first writer pass and stops the second with 412."""
    path = f"{records}/one"
    etag = client.put(path, json={"data": {"n": 0}}).headers["ETag"]

    first = client.put(path, json={"data": {"n": 1}}, headers={"If-Match": etag})
    second = client.put(path, json={"data": {"n": 2}}, headers={"If-Match": etag})

    assert (first.status_code, second.status_code) == (200, 412)
    assert client.get(path).json()["data"]["n"] == 1


def test_an_unchanged_record_is_not_sent_again(client: httpx2.Client, records: str) -> None:
    """If-None-Match with the known version gets 304."""
    etag = client.put(f"{records}/one", json={"data": {}}).headers["ETag"]

    assert client.get(f"{records}/one", headers={"If-None-Match": etag}).status_code == 304


def test_creation_may_be_conditional(client: httpx2.Client, records: str) -> None:
    """If-None-Match: * creates once and is refused after that."""
    only_new = {"If-None-Match": "*"}
    statuses = [
        client.put(f"{records}/one", json={"data": {}}, headers=only_new).status_code
        for _ in range(2)
    ]

    assert statuses == [201, 412]


def test_pages_are_linked_by_a_header(client: httpx2.Client, records: str) -> None:
    """Next-Page leads through all records once, and the last page has none."""
    for number in range(5):
        client.put(f"{records}/r{number}", json={"data": {"n": number}}).raise_for_status()
    url: str | None = f"{records}?_limit=2&_sort=n"
    pages: list[list[int]] = []

    while url:
        page = client.get(url)
        pages.append([record["n"] for record in page.json()["data"]])
        url = page.headers.get("Next-Page")

    assert pages == [[0, 1], [2, 3], [4]]
    assert client.head(records).headers["Total-Objects"] == "5"


def test_lists_are_filtered(client: httpx2.Client, records: str) -> None:
    """Comparisons stand in the query."""
    for number in range(4):
        client.put(f"{records}/r{number}", json={"data": {"n": number}}).raise_for_status()

    found = client.get(f"{records}?min_n=2&_sort=-n").json()["data"]

    assert [record["n"] for record in found] == [3, 2]


def test_a_batch_is_many_requests(client: httpx2.Client, records: str) -> None:
    """Each gets its own answer, also where one of them is wrong."""
    batch = {
        "defaults": {"method": "PUT"},
        "requests": [
            {"path": f"{records}/a", "body": {"data": {"n": 1}}},
            {"path": f"{records}/b", "body": {"data": {"n": 2}}},
            {"method": "GET", "path": f"{records}/missing"},
        ],
    }

    answers = client.post("/batch", json=batch).json()["responses"]

    assert [answer["status"] for answer in answers] == [201, 201, 404]
    assert answers[1]["body"]["data"]["n"] == 2


def test_history_tells_who_did_what(
    client: httpx2.Client, owner: Credentials, bucket: str, records: str
) -> None:
    """Every write has its entry, newest first, with its author."""
    client.put(f"{records}/one", json={"data": {}}).raise_for_status()
    client.delete(f"{records}/one").raise_for_status()

    entries = client.get(f"{bucket}/history?resource_name=record").json()["data"]

    assert [entry["action"] for entry in entries] == ["delete", "create"]
    assert {entry["user_id"] for entry in entries} == {f"account:{owner.name}"}


def test_a_collections_schema_is_enforced(client: httpx2.Client, bucket: str) -> None:
    """A record that breaks it is refused with the field's name."""
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    client.put(f"{bucket}/collections/strict", json={"data": {"schema": schema}})

    refused = client.post(f"{bucket}/collections/strict/records", json={"data": {"n": "one"}})

    assert refused.status_code == 400
    assert refused.json()["details"][0]["name"] == "n"


def test_an_error_has_a_body(client: httpx2.Client) -> None:
    """Code, number and sentence, as JSON."""
    missing = client.get("/nowhere")

    assert missing.json()["code"] == 404
    assert missing.json()["errno"] == 111
