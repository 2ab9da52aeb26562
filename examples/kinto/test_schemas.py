"""Collections with a JSON Schema: what does not fit stays outside."""

import pytest
from client import Bucket, Records
from models import CheckedTask, NewTask, Refusal, Stored

from redhanded import Client, Factory, expect

SCHEMA = {
    "type": "object",
    "properties": {
        "title": {"type": "string", "minLength": 1},
        "done": {"type": "boolean"},
        "priority": {"type": "integer", "minimum": 0, "maximum": 9},
    },
    "required": ["title"],
    "additionalProperties": False,
}
GOOD = {"title": "a task", "done": False, "priority": 1}
BAD = [
    pytest.param({"title": ""}, "title", id="too short"),
    pytest.param({"title": 1}, "title", id="number for text"),
    pytest.param({"priority": 10}, "priority", id="above maximum"),
    pytest.param({"priority": -1}, "priority", id="below minimum"),
    pytest.param({"priority": "1"}, "priority", id="text for number"),
    pytest.param({"priority": 1.5}, "priority", id="fraction for integer"),
    pytest.param({"done": "yes"}, "done", id="text for boolean"),
    pytest.param({"done": None}, "done", id="null for boolean"),
    pytest.param({"colour": "red"}, "additionalProperties", id="undeclared"),
]


@pytest.fixture
def checked(bucket: Bucket) -> Records:
    """An empty collection that takes tasks only."""
    return bucket.collection("checked", schema=SCHEMA)


def test_a_record_that_fits_is_taken(api: Client, checked: Records, make: Factory) -> None:
    new = make(NewTask)

    created = expect(api.post(checked.path, json={"data": new}), 201, Stored[CheckedTask]).data

    assert (created.title, created.priority) == (new.title, new.priority)


@pytest.mark.parametrize("change, name", BAD)
def test_a_record_that_does_not_fit_is_refused(
    api: Client, checked: Records, change: dict[str, object], name: str
) -> None:
    expect(
        api.post(checked.path, json={"data": GOOD | change}),
        400,
        Refusal,
        where={"$.errno": 107, "$.details[0].location": "body", "$.details[0].name": name},
    )
    assert checked.find() == []


def test_a_missing_field_is_named(api: Client, checked: Records) -> None:
    answer = api.post(checked.path, json={"data": {"done": True}})

    expect(answer, 400, Refusal, where={"$.details[0].name": "title"})


def test_a_patch_may_not_break_a_record(api: Client, checked: Records) -> None:
    path = checked.at("one")
    before = expect(api.put(path, json={"data": GOOD}), 201, Stored[CheckedTask])

    expect(api.patch(path, json={"data": {"priority": 99}}), 400, Refusal)

    assert expect(api.get(path), 200, Stored[CheckedTask]).data == before.data


def test_a_schema_must_be_one(api: Client, bucket: Bucket) -> None:
    answer = api.put(f"{bucket.path}/collections/odd", json={"data": {"schema": {"type": "objec"}}})

    expect(answer, 400, Refusal, where={"$.details[0].name": "data.schema"})


def test_a_new_schema_spares_what_is_stored(api: Client, checked: Records) -> None:
    """Records say by which version of the schema they were judged; the next write counts."""
    path = checked.at("old")
    before = expect(api.put(path, json={"data": GOOD}), 201, Stored[CheckedTask]).data
    stricter = SCHEMA | {"required": ["title", "owner"]}
    collection = checked.path.removesuffix("/records")
    expect(api.put(collection, json={"data": {"schema": stricter}}), 200)

    assert expect(api.get(path), 200, Stored[CheckedTask]).data == before
    expect(api.patch(path, json={"data": {"done": True}}), 400, Refusal)
