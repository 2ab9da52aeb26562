"""Where Kinto breaks its word. Each test is strict: when the defect is mended, it says so."""

import pytest
from client import Bucket, Records
from models import Deleted, Refusal, Task

from redhanded import Client, ExpectationFailed, expect


@pytest.mark.xfail(
    raises=ExpectationFailed, strict=True, reason="the history plugin cannot cope: KeyError, 500"
)
@pytest.mark.parametrize("behaviour", ["light", "diff"])
def test_a_patch_may_ask_for_the_changes_only(
    api: Client, tasks: Records, task: Task, behaviour: str
) -> None:
    headers = {"Response-Behavior": behaviour}

    expect(api.patch(tasks.at(task), json={"data": {"priority": 5}}, headers=headers), 200)


@pytest.mark.xfail(
    raises=ExpectationFailed, strict=True, reason="412, which RFC 9110 keeps for writes"
)
def test_a_list_that_is_there_is_not_sent_to_who_wants_none(api: Client, tasks: Records) -> None:
    expect(api.get(tasks.path, headers={"If-None-Match": "*"}), 304)


@pytest.mark.xfail(raises=AssertionError, strict=True, reason="read as a float, without a word")
def test_a_large_number_is_kept_or_refused(api: Client, tasks: Records) -> None:
    number = 10**20 + 1

    answer = api.post(tasks.path, json={"data": {"number": number}})

    assert answer.status_code == 400 or answer.json()["data"]["number"] == number


@pytest.mark.xfail(
    raises=ExpectationFailed, strict=True, reason="who was a member once keeps the name for ever"
)
def test_a_group_dies_with_its_bucket(
    stranger: Client, stranger_name: str, bucket: Bucket, api: Client
) -> None:
    """In a new bucket of the same name a former member would have the rights of a new group."""
    bucket.group("editors", stranger_name)
    expect(api.delete(bucket.path), 200, Deleted)

    bucket.create()
    bucket.allow(write=[f"{bucket.path}/groups/editors"])

    expect(stranger.get(bucket.path), 403, Refusal)
