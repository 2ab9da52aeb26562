"""Permissions between two accounts, and for those who have none."""

import pytest
from client import Bucket, Records
from models import Deleted, NewTask, Object, Refusal, Stored, Task

from redhanded import Client, Factory, expect

FORBIDDEN, UNKNOWN = 121, 104


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_a_strangers_hands_are_tied(
    stranger: Client, tasks: Records, task: Task, method: str
) -> None:
    body = None if method in {"GET", "DELETE"} else {"data": {"title": "mine now"}}

    answer = stranger.request(method, tasks.at(task), json=body)

    expect(answer, 403, Refusal, where={"$.errno": FORBIDDEN})
    assert tasks.get(task) == task


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_nobody_must_say_who_they_are(nobody: Client, bucket: Bucket, method: str) -> None:
    expect(
        nobody.request(method, bucket.path),
        401,
        Refusal,
        headers={"WWW-Authenticate": 'Basic realm="Realm"'},
        where={"$.errno": UNKNOWN},
    )


def test_a_wrong_password_is_no_password(api: Client, bucket: Bucket) -> None:
    expect(api.get(bucket.path, auth=("nobody-we-know", "wrong")), 401, Refusal)


def test_a_refusal_does_not_tell_what_exists(stranger: Client, bucket: Bucket) -> None:
    """A foreign bucket and a missing one look the same."""
    foreign = expect(stranger.get(bucket.path), 403, Refusal)
    missing = expect(stranger.get(f"{bucket.path}x"), 403, Refusal)

    assert foreign == missing


def test_a_reader_reads_and_does_no_more(
    stranger: Client, stranger_name: str, bucket: Bucket, task: Task
) -> None:
    """Read access to a bucket reaches down to its records."""
    bucket.allow(read=[stranger_name])
    theirs = bucket.seen_by(stranger).records("tasks")

    assert theirs.get(task) == task
    expect(stranger.post(theirs.path, json={"data": {}}), 403, Refusal)
    expect(stranger.delete(theirs.at(task)), 403, Refusal)


def test_a_reader_is_not_told_who_else_may(
    stranger: Client, stranger_name: str, bucket: Bucket
) -> None:
    bucket.allow(read=[stranger_name])

    assert expect(stranger.get(bucket.path), 200, Stored[Object]).permissions == {}


def test_a_writer_may_all(stranger: Client, stranger_name: str, bucket: Bucket, task: Task) -> None:
    bucket.allow(write=[stranger_name])
    theirs = bucket.seen_by(stranger).records("tasks")

    assert theirs.patch(task, priority=7).priority == 7
    assert theirs.delete(task).id == task.id


def test_a_right_is_taken_back(stranger: Client, stranger_name: str, bucket: Bucket) -> None:
    bucket.allow(read=[stranger_name])
    expect(stranger.get(bucket.path), 200)

    bucket.allow(read=[])

    expect(stranger.get(bucket.path), 403, Refusal)


def test_a_member_has_the_rights_of_the_group(
    api: Client, stranger: Client, stranger_name: str, bucket: Bucket
) -> None:
    bucket.group("readers", stranger_name)
    bucket.allow(read=[f"{bucket.path}/groups/readers"])
    expect(stranger.get(bucket.path), 200, Stored[Object])

    expect(api.delete(f"{bucket.path}/groups/readers"), 200, Deleted)

    expect(stranger.get(bucket.path), 403, Refusal)


def test_who_may_only_create_sees_only_their_own(
    stranger: Client, stranger_name: str, bucket: Bucket, make: Factory
) -> None:
    """A letter box: anything may be put in, nothing of others' taken out."""
    letters = bucket.collection("letters", **{"record:create": [stranger_name]})
    foreign = letters.create(make(NewTask))
    theirs = Records(stranger, letters.path)

    mine = theirs.create(make(NewTask))

    assert theirs.find() == [mine]
    expect(stranger.get(theirs.at(foreign)), 403, Refusal)


def test_one_record_may_be_public(
    api: Client, nobody: Client, tasks: Records, make: Factory
) -> None:
    everyone = {"data": make(NewTask), "permissions": {"read": ["system.Everyone"]}}
    public = expect(api.post(tasks.path, json=everyone), 201, Stored[Task]).data
    tasks.create(make(NewTask))

    assert Records(nobody, tasks.path).find() == [public]


def test_an_unknown_right_is_refused(api: Client, bucket: Bucket) -> None:
    body = {"permissions": {"fly": ["system.Everyone"]}}

    expect(
        api.patch(bucket.path, json=body), 400, Refusal, where={"$.details[0].name": "permissions"}
    )
