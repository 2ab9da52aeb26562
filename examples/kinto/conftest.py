"""What the tests share: who calls, and a bucket of each test's own."""

from collections.abc import Callable

import pytest
from client import Bucket, Records
from models import NewBucket, NewTask, Root, Task

from redhanded import Cleanup, Client, Factory, expect


@pytest.fixture
def bucket(api: Client, make: Factory, cleanup: Cleanup) -> Bucket:
    """An empty bucket, removed with all that it holds."""
    bucket = Bucket(api, make(NewBucket).id)
    bucket.create()
    cleanup("bucket", bucket.name)
    return bucket


@pytest.fixture
def tasks(bucket: Bucket) -> Records:
    """The records of an empty collection."""
    return bucket.collection("tasks")


@pytest.fixture
def task(tasks: Records, make: Factory) -> Task:
    """A stored task."""
    return tasks.create(make(NewTask))


@pytest.fixture
def stranger(api_as: Callable[[str], Client]) -> Client:
    """The client of somebody who owns nothing here."""
    return api_as("stranger")


@pytest.fixture
def nobody(api_as: Callable[[str], Client]) -> Client:
    """A client without credentials."""
    return api_as("anonymous")


@pytest.fixture
def owner_name(api: Client) -> str:
    """By which name permissions know the owner of the bucket."""
    return name_of(api)


@pytest.fixture
def stranger_name(stranger: Client) -> str:
    """By which name permissions know the stranger."""
    return name_of(stranger)


def name_of(client: Client) -> str:
    user = expect(client.get("/"), 200, Root).user
    assert user is not None
    return user.id
