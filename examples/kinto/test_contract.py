"""The contract: the shape of each answer and the headers that clients count on, nothing else."""

import re

import pytest
from client import Bucket, Records
from models import (
    Account,
    Answers,
    Collection,
    Deleted,
    Entry,
    Group,
    Heartbeat,
    Listed,
    Object,
    Refusal,
    Root,
    Stored,
    Task,
)

from redhanded import Client, expect

pytestmark = pytest.mark.contract

ANY_OF_OURS = {
    "Content-Type": "application/json",
    "X-Content-Type-Options": "nosniff",
    "Access-Control-Expose-Headers": re.compile("Content-Type"),
}
VERSIONED = {**ANY_OF_OURS, "ETag": re.compile(r'"\d{13}"'), "Last-Modified": re.compile(" GMT$")}
REFUSED = {"Content-Type": "application/json", "ETag": None}


@pytest.mark.parametrize(
    "path, shape",
    [
        pytest.param("/", Root, id="root"),
        pytest.param("/__heartbeat__", Heartbeat, id="heartbeat"),
    ],
)
def test_what_the_server_says_of_itself(nobody: Client, path: str, shape: type) -> None:
    expect(nobody.get(path), 200, shape, headers={"Content-Type": "application/json"})


@pytest.mark.usefixtures("task")
@pytest.mark.parametrize(
    "below, shape",
    [
        pytest.param("", Stored[Object], id="bucket"),
        pytest.param("/collections", Listed[Collection], id="collections"),
        pytest.param("/collections/tasks", Stored[Collection], id="collection"),
        pytest.param("/collections/tasks/records", Listed[Task], id="records"),
        pytest.param("/groups", Listed[Group], id="groups"),
        pytest.param("/groups/testers", Stored[Group], id="group"),
        pytest.param("/history", Listed[Entry], id="history"),
    ],
)
def test_what_lies_in_a_bucket(api: Client, bucket: Bucket, below: str, shape: type) -> None:
    bucket.group("testers", "account:somebody")

    expect(api.get(f"{bucket.path}{below}"), 200, shape, headers=VERSIONED)


def test_a_record(api: Client, tasks: Records, task: Task) -> None:
    expect(api.get(tasks.at(task)), 200, Stored[Task], headers=VERSIONED)


def test_a_deletion(api: Client, tasks: Records, task: Task) -> None:
    expect(api.delete(tasks.at(task)), 200, Deleted, headers=VERSIONED)


def test_an_account(api: Client, owner_name: str) -> None:
    path = f"/accounts/{owner_name.removeprefix('account:')}"

    expect(api.get(path), 200, Stored[Account], headers=VERSIONED)


def test_a_batch(api: Client, tasks: Records, task: Task) -> None:
    requests = [{"method": "GET", "path": path} for path in (tasks.at(task), "/nowhere")]

    expect(api.post("/batch", json={"requests": requests}), 200, Answers, headers=ANY_OF_OURS)


@pytest.mark.parametrize(
    "method, path, status",
    [
        pytest.param("GET", "/buckets?_limit=x", 400, id="bad query"),
        pytest.param("GET", "/buckets/somebody-elses", 403, id="forbidden"),
        pytest.param("GET", "/nowhere", 404, id="not found"),
        pytest.param("PUT", "/buckets", 405, id="method not allowed"),
    ],
)
def test_a_refusal(api: Client, method: str, path: str, status: int) -> None:
    expect(api.request(method, path), status, Refusal, headers=REFUSED, where={"$.code": status})


def test_a_refusal_of_nobody(nobody: Client) -> None:
    expect(nobody.get("/buckets"), 401, Refusal, headers={**REFUSED, "WWW-Authenticate": ...})


def test_a_stale_write(api: Client, tasks: Records, task: Task) -> None:
    answer = api.delete(tasks.at(task), headers={"If-Match": '"1500000000001"'})

    expect(answer, 412, Refusal, headers=VERSIONED)
