"""Records: written in whole and in part, read, removed, remembered."""

from client import Records
from models import Listed, NewTask, Refusal, Stored, Task, Tombstone

from redhanded import Client, Factory, expect


def test_a_created_record_can_be_read(tasks: Records, make: Factory) -> None:
    new = make(NewTask)

    created = tasks.create(new)

    assert NewTask(**created.model_dump(include=set(NewTask.model_fields))) == new
    assert tasks.get(created) == created


def test_a_record_takes_the_id_that_it_is_given(api: Client, tasks: Records, make: Factory) -> None:
    path = tasks.at("my-own_id-1")

    created = expect(api.put(path, json={"data": make(NewTask)}), 201, Stored[Task])
    replaced = expect(api.put(path, json={"data": make(NewTask)}), 200, Stored[Task])

    assert created.data.id == replaced.data.id == "my-own_id-1"
    assert replaced.data.last_modified > created.data.last_modified


def test_a_patch_changes_what_it_names(tasks: Records, task: Task) -> None:
    patched = tasks.patch(task, done=not task.done)

    assert patched == task.model_copy(
        update={"done": not task.done, "last_modified": patched.last_modified}
    )


def test_a_merge_patch_removes_what_it_sets_to_null(
    api: Client, tasks: Records, task: Task
) -> None:
    """As RFC 7396 has it; a plain patch keeps the null."""
    answer = api.patch(
        tasks.at(task),
        json={"data": {"priority": None}},
        headers={"Content-Type": "application/merge-patch+json"},
    )

    data = expect(answer, 200).json()["data"]
    assert "priority" not in data
    assert data["title"] == task.title


def test_a_json_patch_is_applied_in_its_order(api: Client, tasks: Records, task: Task) -> None:
    """As RFC 6902 has it."""
    operations = [
        {"op": "test", "path": "/data/title", "value": task.title},
        {"op": "replace", "path": "/data/title", "value": "first"},
        {"op": "replace", "path": "/data/title", "value": "second"},
    ]
    headers = {"Content-Type": "application/json-patch+json"}

    patched = expect(api.patch(tasks.at(task), json=operations, headers=headers), 200, Stored[Task])

    assert patched.data.title == "second"


def test_a_json_patch_whose_test_fails_changes_nothing(
    api: Client, tasks: Records, task: Task
) -> None:
    operations = [
        {"op": "replace", "path": "/data/title", "value": "changed"},
        {"op": "test", "path": "/data/priority", "value": -1},
    ]
    headers = {"Content-Type": "application/json-patch+json"}

    expect(api.patch(tasks.at(task), json=operations, headers=headers), 400, Refusal)

    assert tasks.get(task) == task


def test_every_write_moves_the_clock_of_the_record(tasks: Records, task: Task) -> None:
    times = [task.last_modified]
    times += [tasks.patch(task, priority=number).last_modified for number in range(5)]

    assert times == sorted(set(times))


def test_a_deleted_record_is_gone(api: Client, tasks: Records, task: Task) -> None:
    tombstone = tasks.delete(task)

    assert (tombstone.id, tombstone.last_modified > task.last_modified) == (task.id, True)
    for answer in (api.get(tasks.at(task)), api.delete(tasks.at(task))):
        expect(answer, 404, Refusal, where={"$.details.id": task.id})


def test_who_was_away_learns_what_was_deleted(api: Client, tasks: Records, make: Factory) -> None:
    """A list since some time holds what changed after it, tombstones included."""
    old, doomed = tasks.create(make(NewTask)), tasks.create(make(NewTask))
    changed = tasks.patch(tasks.create(make(NewTask)), done=True)
    tombstone = tasks.delete(doomed)

    since = api.get(tasks.path, params={"_since": doomed.last_modified})

    assert expect(since, 200, Listed[Task | Tombstone]).data == [tombstone, changed]
    assert tasks.find() == [changed, old]


def test_many_records_are_deleted_at_once(api: Client, tasks: Records, make: Factory) -> None:
    """A filter says which."""
    kept = tasks.create(make(NewTask, done=False))
    doomed = [tasks.create(make(NewTask, done=True)) for _ in range(3)]

    deleted = expect(api.delete(tasks.path, params={"done": "true"}), 200, Listed[Tombstone]).data

    assert {gone.id for gone in deleted} == {task.id for task in doomed}
    assert tasks.find() == [kept]


def test_text_comes_back_as_it_was_sent(tasks: Records, make: Factory) -> None:
    title = 'Ünïcode, 漢字, 🦊, "quotes", \\ and \u0000'

    assert tasks.get(tasks.create(make(NewTask, title=title))).title == title


def test_a_list_without_records_is_empty(api: Client, tasks: Records) -> None:
    assert tasks.find() == []
    expect(api.head(tasks.path), 200, headers={"Total-Objects": "0"})
