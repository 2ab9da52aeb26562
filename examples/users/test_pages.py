"""Walks through the directory, while people come."""

import pytest
from users.client import Invite, Users
from users.models import User

from redhanded import Client, expect


@pytest.fixture
def team(invite: Invite) -> list[User]:
    """Four viewers who share their tag."""
    first = invite().user
    return [first, *(invite(tag=first.tag).user for _ in range(3))]


def test_a_walk_meets_each_user_once_whatever_the_step(users: Users, team: list[User]) -> None:
    for limit in (1, 2, 3, 4):
        pages = [users.find(tag=team[0].tag, limit=limit, offset=at) for at in range(0, 4, limit)]

        assert [user for page in pages for user in page] == team


def test_who_comes_during_a_walk_is_met_at_its_end(
    users: Users, team: list[User], invite: Invite
) -> None:
    first = users.find(tag=team[0].tag, limit=3)
    team.append(invite(tag=team[0].tag).user)

    assert first + users.find(tag=team[0].tag, limit=3, offset=3) == team


def test_the_total_is_that_of_all_pages(admin: Client, team: list[User]) -> None:
    for limit in (1, 3, 100):
        response = admin.get("/users", params={"tag": team[0].tag, "limit": limit})

        expect(response, 200, list[User], headers={"X-Total-Count": 4})


def test_the_directory_is_there_after_a_moment_of_silence(users: Users, team: list[User]) -> None:
    """The first call of a while is answered like any other."""
    users.find(tag=team[0].tag)
    users.me()

    assert users.find(tag=team[0].tag) == team
