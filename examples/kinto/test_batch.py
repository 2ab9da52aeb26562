"""Batches: many requests in one, each with an answer of its own."""

from client import Bucket, Records
from models import Answers, NewTask, Refusal, Stored, Task

from redhanded import Client, Factory, expect


def test_each_request_has_its_answer_in_order(api: Client, tasks: Records, task: Task) -> None:
    requests = [
        {"method": "GET", "path": tasks.at(task)},
        {"method": "GET", "path": tasks.at("missing")},
        {"method": "DELETE", "path": tasks.at(task)},
    ]

    answers = expect(api.post("/batch", json={"requests": requests}), 200, Answers).responses

    assert [answer.status for answer in answers] == [200, 404, 200]
    assert [answer.path for answer in answers] == [f"/v1{request['path']}" for request in requests]


def test_the_body_is_what_the_request_alone_would_get(
    api: Client, tasks: Records, task: Task
) -> None:
    batch = {"defaults": {"method": "GET"}, "requests": [{"path": tasks.at(task)}]}

    answer = expect(api.post("/batch", json=batch), 200, Answers).responses[0]

    assert Stored[Task].model_validate(answer.body).data == task
    assert answer.headers["ETag"] == f'"{task.last_modified}"'


def test_defaults_are_for_requests_that_say_nothing(
    api: Client, tasks: Records, make: Factory
) -> None:
    new = make.many(NewTask, 5)
    batch = {
        "defaults": {"method": "POST", "path": tasks.path},
        "requests": [{"body": {"data": task}} for task in new],
    }

    answers = expect(api.post("/batch", json=batch), 200, Answers).responses

    assert {answer.status for answer in answers} == {201}
    assert {task.title for task in tasks.find()} == {task.title for task in new}


def test_one_failure_does_not_undo_the_rest(api: Client, tasks: Records, make: Factory) -> None:
    """A batch is not a transaction."""
    body = {"data": make(NewTask)}
    requests = [
        {"method": "PUT", "path": tasks.at("one"), "body": body},
        {"method": "PUT", "path": tasks.at("not valid"), "body": body},
        {"method": "PUT", "path": tasks.at("two"), "body": body},
    ]

    answers = expect(api.post("/batch", json={"requests": requests}), 200, Answers).responses

    assert [answer.status for answer in answers] == [201, 400, 201]
    assert {task.id for task in tasks.find()} == {"one", "two"}


def test_a_request_may_have_preconditions(
    api: Client, tasks: Records, task: Task, make: Factory
) -> None:
    request = {
        "method": "PUT",
        "path": tasks.at(task),
        "body": {"data": make(NewTask)},
        "headers": {"If-None-Match": "*"},
    }

    answers = expect(api.post("/batch", json={"requests": [request]}), 200, Answers).responses

    assert answers[0].status == 412
    assert tasks.get(task) == task


def test_permissions_hold_within_a_batch(stranger: Client, bucket: Bucket) -> None:
    batch = {"requests": [{"method": "GET", "path": bucket.path}]}

    answers = expect(stranger.post("/batch", json=batch), 200, Answers).responses

    assert Refusal.model_validate(answers[0].body).code == answers[0].status == 403


def test_a_batch_has_a_limit(api: Client, bucket: Bucket) -> None:
    requests = [{"method": "GET", "path": bucket.path}] * 25

    full = expect(api.post("/batch", json={"requests": requests}), 200, Answers)
    expect(api.post("/batch", json={"requests": [*requests, requests[0]]}), 400, Refusal)

    assert {answer.status for answer in full.responses} == {200}


def test_a_batch_within_a_batch_is_refused(api: Client) -> None:
    nested = {"method": "POST", "path": "/batch", "body": {"requests": []}}

    expect(api.post("/batch", json={"requests": [nested]}), 400, Refusal)
