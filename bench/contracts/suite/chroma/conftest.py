"""A collection for each test, gone when it is over."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import httpx2
import pytest


@pytest.fixture
def database() -> str:
    """The URL of the database that is always there."""
    return "/api/v2/tenants/default_tenant/databases/default_database"


@pytest.fixture
def collection(api: httpx2.Client, database: str) -> Iterator[str]:
    """The URL of a new collection."""
    name = f"rh-{uuid.uuid4().hex[:12]}"
    made = api.post(f"{database}/collections", json={"name": name, "metadata": {"of": "tests"}})
    assert made.status_code == 200, made.text
    yield f"{database}/collections/{made.json()['id']}"
    api.delete(f"{database}/collections/{name}")  # a test may have renamed it: then 404


@pytest.fixture
def filled(api: httpx2.Client, collection: str) -> str:
    """The URL of a collection of three records."""
    records = {
        "ids": ["a", "b", "c"],
        "embeddings": [[1.0, 0.0], [0.0, 1.0], [0.7, 0.7]],
        "documents": ["first", "second", None],
        "metadatas": [{"kind": "x", "n": 1}, {"kind": "y", "n": 2.5}, None],
        "uris": ["file:///a", None, None],
    }
    assert api.post(f"{collection}/add", json=records).status_code == 201
    return collection
