"""Versions: nobody overwrites what somebody else has changed meanwhile."""

import pytest
from client import Bucket, Records
from models import Listed, NewTask, Refusal, Stored, Task

from redhanded import Client, Factory, expect

OUTDATED = {"If-Match": '"1500000000001"'}


def version(task: Task) -> str:
    """The ETag of a record is its time of change."""
    return f'"{task.last_modified}"'


def test_a_record_names_its_version(api: Client, tasks: Records, task: Task) -> None:
    expect(api.get(tasks.at(task)), 200, Stored[Task], headers={"ETag": version(task)})


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_an_outdated_write_is_refused(api: Client, tasks: Records, task: Task, method: str) -> None:
    body = None if method == "DELETE" else {"data": {"title": "lost"}}

    answer = api.request(method, tasks.at(task), json=body, headers=OUTDATED)

    expect(answer, 412, Refusal, where={"$.errno": 114, "$.details.existing.id": task.id})
    assert tasks.get(task) == task


def test_a_current_write_passes_once(
    api: Client, tasks: Records, task: Task, make: Factory
) -> None:
    """Of two writers who saw the same version the second one is stopped."""
    path, headers = tasks.at(task), {"If-Match": version(task)}

    first = expect(api.put(path, json={"data": make(NewTask)}, headers=headers), 200, Stored[Task])
    expect(api.put(path, json={"data": make(NewTask)}, headers=headers), 412, Refusal)

    assert tasks.get(task) == first.data


def test_an_unchanged_record_is_not_sent_again(api: Client, tasks: Records, task: Task) -> None:
    answer = api.get(tasks.at(task), headers={"If-None-Match": version(task)})

    assert expect(answer, 304, headers={"ETag": version(task)}).content == b""


def test_a_changed_record_is_sent_again(api: Client, tasks: Records, task: Task) -> None:
    changed = tasks.patch(task, done=not task.done)

    answer = api.get(tasks.at(task), headers={"If-None-Match": version(task)})

    assert expect(answer, 200, Stored[Task]).data == changed


def test_a_list_has_a_version_too(api: Client, tasks: Records, task: Task) -> None:
    known = {"If-None-Match": version(task)}
    expect(api.get(tasks.path, headers=known), 304)

    tasks.delete(task)

    assert expect(api.get(tasks.path, headers=known), 200, Listed[Task]).data == []


def test_creation_may_be_once_only(api: Client, tasks: Records, make: Factory) -> None:
    path, headers = tasks.at("only"), {"If-None-Match": "*"}

    first = expect(api.put(path, json={"data": make(NewTask)}, headers=headers), 201, Stored[Task])
    expect(api.put(path, json={"data": make(NewTask)}, headers=headers), 412, Refusal)

    assert tasks.get("only") == first.data


def test_a_list_is_deleted_only_as_it_was_seen(api: Client, tasks: Records, task: Task) -> None:
    expect(api.delete(tasks.path, headers=OUTDATED), 412, Refusal)

    assert tasks.find() == [task]


def test_a_bucket_has_versions_like_a_record(api: Client, bucket: Bucket) -> None:
    expect(api.delete(bucket.path, headers=OUTDATED), 412, Refusal)

    expect(api.get(bucket.path), 200)


@pytest.mark.parametrize("header", ["If-Match", "If-None-Match"])
@pytest.mark.parametrize("value", ["abc", '"abc"', "12"])
def test_a_version_is_a_quoted_number(
    api: Client, tasks: Records, task: Task, header: str, value: str
) -> None:
    refusal = expect(api.get(tasks.at(task), headers={header: value}), 400, Refusal)

    assert isinstance(refusal.details, list)
    assert [(detail.location, detail.name) for detail in refusal.details] == [("header", header)]
