"""Lists: page by page, filtered, sorted, reduced to some fields."""

import pytest
from client import Bucket, Records
from dirty_equals import IsPartialDict
from models import Listed, NewTask, Refusal, Task

from redhanded import Client, Factory, expect


@pytest.fixture
def five(tasks: Records, make: Factory) -> list[Task]:
    """Five tasks of priority 0 to 4, made in that order; those of even priority are done."""
    return [
        tasks.create(make(NewTask, title=f"task {number}", priority=number, done=number % 2 == 0))
        for number in range(5)
    ]


@pytest.mark.parametrize(
    "size, lengths",
    [
        pytest.param(1, [1, 1, 1, 1, 1], id="one each"),
        pytest.param(2, [2, 2, 1], id="a rest"),
        pytest.param(5, [5], id="exactly all"),
        pytest.param(6, [5], id="room to spare"),
    ],
)
def test_a_walk_over_the_pages_meets_everything_once(
    tasks: Records, five: list[Task], size: int, lengths: list[int]
) -> None:
    pages = list(tasks.pages(_limit=size, _sort="priority"))

    assert [len(page) for page in pages] == lengths
    assert [task for page in pages for task in page] == five


@pytest.mark.usefixtures("five")
def test_a_walk_keeps_its_filter_and_its_order(tasks: Records) -> None:
    pages = list(tasks.pages(_limit=1, _sort="-priority", done="true"))

    assert [task.priority for page in pages for task in page] == [4, 2, 0]


def test_what_is_added_behind_a_walker_does_not_disturb(
    tasks: Records, five: list[Task], make: Factory
) -> None:
    """Nothing is met twice and nothing is left out although the list grows in front."""
    walk = tasks.pages(_limit=2, _sort="-priority")
    met = next(walk)
    tasks.create(make(NewTask, priority=9))

    met += [task for page in walk for task in page]

    assert met == five[::-1]


@pytest.mark.usefixtures("five")
def test_the_next_page_stays_on_the_server(api: Client, tasks: Records) -> None:
    answer = expect(api.get(tasks.path, params={"_limit": 2}), 200, headers={"Next-Page": ...})

    assert answer.headers["Next-Page"].startswith(str(answer.url))


@pytest.mark.usefixtures("five")
def test_the_last_page_leads_nowhere(api: Client, tasks: Records) -> None:
    expect(api.get(tasks.path, params={"_limit": 5}), 200, headers={"Next-Page": None})


@pytest.mark.usefixtures("five")
def test_the_total_is_told_without_the_list(api: Client, tasks: Records) -> None:
    total = expect(api.head(tasks.path), 200, headers={"Total-Objects": "5"})

    assert total.content == b""


@pytest.mark.parametrize(
    "query, expected",
    [
        pytest.param({"priority": 2}, [2], id="equal"),
        pytest.param({"not_priority": 2}, [0, 1, 3, 4], id="not equal"),
        pytest.param({"min_priority": 3}, [3, 4], id="at least"),
        pytest.param({"max_priority": 1}, [0, 1], id="at most"),
        pytest.param({"gt_priority": 3}, [4], id="greater"),
        pytest.param({"lt_priority": 1}, [0], id="less"),
        pytest.param({"in_priority": "1,3"}, [1, 3], id="one of"),
        pytest.param({"exclude_priority": "0,1,2"}, [3, 4], id="none of"),
        pytest.param({"like_title": "task*"}, [0, 1, 2, 3, 4], id="like"),
        pytest.param({"done": "true"}, [0, 2, 4], id="boolean"),
        pytest.param({"title": '"task 3"'}, [3], id="quoted text"),
        pytest.param({"has_title": "true", "min_priority": 1, "done": "false"}, [1, 3], id="all"),
        pytest.param({"has_colour": "true"}, [], id="has none"),
        pytest.param({"priority": '"2"'}, [], id="a text is no number"),
    ],
)
@pytest.mark.usefixtures("five")
def test_a_filter_finds_what_it_says(
    tasks: Records, query: dict[str, object], expected: list[int]
) -> None:
    found = tasks.find(_sort="priority", **query)

    assert [task.priority for task in found] == expected


@pytest.mark.parametrize(
    "sort, expected",
    [
        pytest.param("priority", [0, 1, 2, 3, 4], id="up"),
        pytest.param("-priority", [4, 3, 2, 1, 0], id="down"),
        pytest.param("done,priority", [1, 3, 0, 2, 4], id="by two fields"),
        pytest.param("-done,-priority", [4, 2, 0, 3, 1], id="by two fields down"),
        pytest.param("last_modified", [0, 1, 2, 3, 4], id="oldest first"),
    ],
)
@pytest.mark.usefixtures("five")
def test_a_list_is_sorted(tasks: Records, sort: str, expected: list[int]) -> None:
    assert [task.priority for task in tasks.find(_sort=sort)] == expected


def test_a_list_begins_with_the_latest(tasks: Records, five: list[Task]) -> None:
    assert tasks.find() == five[::-1]


def test_only_the_fields_asked_for_are_sent(api: Client, tasks: Records, five: list[Task]) -> None:
    """Identity and version come along."""
    answer = api.get(tasks.path, params={"_fields": "title", "_sort": "priority", "_limit": 1})

    first = {"id": five[0].id, "last_modified": five[0].last_modified, "title": "task 0"}
    expect(answer, 200, {"data": [first]})


def test_a_nested_field_is_reached_by_a_dot(api: Client, bucket: Bucket) -> None:
    records = bucket.collection("nested")
    for number in range(2):
        expect(api.post(records.path, json={"data": {"a": {"b": number, "c": 0}}}), 201)

    answer = api.get(records.path, params={"a.b": 1, "_fields": "a.b"})

    expect(answer, 200, {"data": [IsPartialDict(a={"b": 1})]})


@pytest.mark.parametrize(
    "query, name",
    [
        pytest.param({"_limit": "many"}, "_limit", id="limit no number"),
        pytest.param({"_limit": -1}, "_limit", id="limit negative"),
        pytest.param({"_since": "yesterday"}, "_since", id="since no number"),
        pytest.param({"gt_last_modified": "x"}, "gt_last_modified", id="time no number"),
        pytest.param({"like_title": 3}, "like_title", id="like no text"),
    ],
)
def test_a_bad_query_is_named(
    api: Client, tasks: Records, query: dict[str, str | int], name: str
) -> None:
    expect(
        api.get(tasks.path, params=query),
        400,
        Refusal,
        where={"$.details[0].location": "querystring", "$.details[0].name": name},
    )


def test_a_forged_page_is_refused(api: Client, tasks: Records) -> None:
    expect(api.get(tasks.path, params={"_limit": 1, "_token": "forged"}), 400, Refusal)


@pytest.mark.usefixtures("five")
def test_a_list_of_one_collection_is_its_own(bucket: Bucket) -> None:
    assert bucket.collection("other").find() == []


@pytest.mark.usefixtures("five")
def test_a_page_is_a_list_of_its_shape(api: Client, tasks: Records) -> None:
    assert len(expect(api.get(tasks.path), 200, Listed[Task]).data) == 5
