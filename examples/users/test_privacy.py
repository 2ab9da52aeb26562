"""What is somebody's own is shown to nobody else: not to browsers, caches or the next caller."""

import pytest
from users.client import Users
from users.models import User

from redhanded import Client, expect

OFTEN = 99  # a mix-up of one in fifty is met for sure


def test_who_i_am_is_the_same_each_time(viewer: Client) -> None:
    me = Users(viewer).me()

    for _ in range(OFTEN):
        assert Users(viewer).me() == me


@pytest.mark.parametrize("path", ["/users/me", "/users"])
@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null"])
def test_no_other_site_reads_along_with_a_users_credentials(
    viewer: Client, path: str, origin: str
) -> None:
    refused = {"Access-Control-Allow-Credentials": None, "Access-Control-Allow-Origin": None}

    expect(viewer.get(path, headers={"Origin": origin}), 200, headers=refused)


def test_personal_data_is_kept_by_no_shared_cache(viewer: Client) -> None:
    response = viewer.get("/users/me")

    expect(response, 200, User, headers={"Cache-Control": ...})
    assert "public" not in response.headers["Cache-Control"]
