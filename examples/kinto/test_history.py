"""History: who did what, when."""

import pytest
from client import Bucket, Records
from models import Deleted, NewTask, Refusal, Task

from redhanded import Client, Factory, expect


def test_every_write_has_its_entry(bucket: Bucket, tasks: Records, task: Task) -> None:
    """The latest first, from the bucket's own creation on."""
    tasks.patch(task, priority=3)
    tasks.delete(task)

    assert [(entry.action, entry.resource_name) for entry in bucket.history()] == [
        ("delete", "record"),
        ("update", "record"),
        ("create", "record"),
        ("create", "collection"),
        ("create", "bucket"),
    ]


def test_an_entry_names_its_author(owner_name: str, bucket: Bucket) -> None:
    assert {entry.user_id for entry in bucket.history()} == {owner_name}


def test_a_guests_writes_are_the_guests(
    stranger: Client,
    stranger_name: str,
    bucket: Bucket,
    tasks: Records,
    make: Factory,
) -> None:
    bucket.allow(write=[stranger_name])
    Records(stranger, tasks.path).create(make(NewTask))

    latest = bucket.history()[0]

    assert (latest.action, latest.user_id) == ("create", stranger_name)


def test_an_entry_holds_the_object_as_it_was(bucket: Bucket, tasks: Records, task: Task) -> None:
    changed = tasks.patch(task, title="changed")

    entries = bucket.history(uri=tasks.at(task), _sort="last_modified")

    assert [Task(**entry.target.data) for entry in entries] == [task, changed]


@pytest.mark.parametrize(
    "query, count",
    [
        pytest.param({"action": "create"}, 3, id="action"),
        pytest.param({"resource_name": "record"}, 2, id="kind"),
        pytest.param({"resource_name": "record", "action": "update"}, 1, id="both"),
        pytest.param({"user_id": "account:somebody-else"}, 0, id="nobody's"),
        pytest.param({"_limit": 2}, 2, id="a page"),
    ],
)
def test_history_is_searched_like_a_list(
    bucket: Bucket, tasks: Records, task: Task, query: dict[str, object], count: int
) -> None:
    tasks.patch(task, done=True)

    assert len(bucket.history(**query)) == count


def test_reading_leaves_no_trace(bucket: Bucket, tasks: Records, task: Task) -> None:
    before = bucket.history()

    tasks.get(task)
    tasks.find()

    assert bucket.history() == before


def test_a_refused_write_leaves_no_trace(
    stranger: Client, bucket: Bucket, tasks: Records, task: Task
) -> None:
    before = bucket.history()

    expect(stranger.delete(tasks.at(task)), 403, Refusal)

    assert bucket.history() == before


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_history_is_not_written_by_hand(api: Client, bucket: Bucket, method: str) -> None:
    answer = api.request(method, f"{bucket.path}/history", json={"data": {}})

    expect(answer, 405, Refusal, headers={"Allow": ...})


@pytest.mark.usefixtures("task")
def test_history_dies_with_its_bucket(api: Client, bucket: Bucket) -> None:
    expect(api.delete(bucket.path), 200, Deleted)
    bucket.create()

    assert [entry.action for entry in bucket.history()] == ["create"]


def test_a_stranger_sees_nothing_of_it(stranger: Client, bucket: Bucket) -> None:
    expect(stranger.get(f"{bucket.path}/history"), 403, Refusal)


def test_a_reader_of_one_record_sees_what_became_of_it(
    stranger: Client, stranger_name: str, bucket: Bucket, tasks: Records, task: Task
) -> None:
    """The rest of the bucket stays closed to them, and so does its history."""
    tasks.allow(task, read=[stranger_name])

    seen = bucket.seen_by(stranger).history()

    assert {entry.record_id for entry in seen} == {task.id}
