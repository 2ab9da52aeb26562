"""Kinto as its users speak of it: buckets, collections and records."""

from collections.abc import Iterator
from typing import Any

from models import (
    Collection,
    Deleted,
    Entry,
    Group,
    Listed,
    NewTask,
    Object,
    Stored,
    Task,
    Tombstone,
)

from redhanded import Client, expect


class Records:
    """The tasks of one collection, as one account sees them."""

    def __init__(self, api: Client, path: str) -> None:
        self.api = api
        self.path = path

    def at(self, task: Task | str) -> str:
        """The path of one task."""
        return f"{self.path}/{task if isinstance(task, str) else task.id}"

    def create(self, new: NewTask) -> Task:
        return expect(self.api.post(self.path, json={"data": new}), 201, Stored[Task]).data

    def get(self, task: Task | str) -> Task:
        return expect(self.api.get(self.at(task)), 200, Stored[Task]).data

    def patch(self, task: Task | str, **changes: object) -> Task:
        answer = self.api.patch(self.at(task), json={"data": changes})
        return expect(answer, 200, Stored[Task]).data

    def delete(self, task: Task | str) -> Tombstone:
        return expect(self.api.delete(self.at(task)), 200, Deleted).data

    def allow(self, task: Task | str, **permissions: list[str]) -> None:
        """Opens one task to others: `tasks.allow(task, read=["account:ada"])`."""
        answer = self.api.patch(self.at(task), json={"permissions": permissions})
        expect(answer, 200, Stored[Task])

    def find(self, **query: Any) -> list[Task]:
        return expect(self.api.get(self.path, params=query), 200, Listed[Task]).data

    def pages(self, **query: Any) -> Iterator[list[Task]]:
        """Page after page, as the server links them."""
        answer = self.api.get(self.path, params=query)
        yield expect(answer, 200, Listed[Task]).data
        while following := answer.headers.get("Next-Page"):
            answer = self.api.get(following)
            yield expect(answer, 200, Listed[Task]).data


class Bucket:
    """A bucket and what lies in it, as one account sees it."""

    def __init__(self, api: Client, name: str) -> None:
        self.api = api
        self.name = name
        self.path = f"/buckets/{name}"

    def seen_by(self, api: Client) -> "Bucket":
        """The same bucket through the eyes of another account."""
        return Bucket(api, self.name)

    def create(self) -> Object:
        return expect(self.api.put(self.path), 201, Stored[Object]).data

    def allow(self, **permissions: list[str]) -> None:
        """Lets others do what only the owner might: `bucket.allow(read=["account:ada"])`."""
        expect(self.api.patch(self.path, json={"permissions": permissions}), 200, Stored[Object])

    def collection(self, name: str, *, schema: object = None, **permissions: list[str]) -> Records:
        """The records of a new collection."""
        data = {"schema": schema} if schema else {}
        body = {"data": data, "permissions": permissions}
        expect(self.api.put(f"{self.path}/collections/{name}", json=body), 201, Stored[Collection])
        return self.records(name)

    def records(self, name: str) -> Records:
        """The records of a collection that is there."""
        return Records(self.api, f"{self.path}/collections/{name}/records")

    def group(self, name: str, *members: str) -> Group:
        answer = self.api.put(f"{self.path}/groups/{name}", json={"data": {"members": members}})
        return expect(answer, 201, Stored[Group]).data

    def history(self, **query: Any) -> list[Entry]:
        """What was done in the bucket, the latest first."""
        return expect(self.api.get(f"{self.path}/history", params=query), 200, Listed[Entry]).data
