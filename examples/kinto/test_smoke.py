"""Is it up at all, and is it the server we mean?"""

from collections.abc import Callable

import pytest
from models import Heartbeat, Root

from redhanded import Client, expect

pytestmark = pytest.mark.smoke


def test_every_back_end_is_well(nobody: Client) -> None:
    expect(nobody.get("/__heartbeat__"), 200, Heartbeat(storage=True, cache=True, permission=True))


@pytest.mark.slo(ceiling=3.0)
def test_the_load_balancer_is_answered_at_once(nobody: Client) -> None:
    expect(nobody.get("/__lbheartbeat__"), 200, {})


@pytest.mark.parametrize("plugin", ["accounts", "history", "schema"])
def test_the_plugins_that_we_use_are_there(nobody: Client, plugin: str) -> None:
    assert plugin in expect(nobody.get("/"), 200, Root).capabilities


def test_the_server_is_writable(nobody: Client) -> None:
    assert expect(nobody.get("/"), 200, Root).settings.readonly is False


@pytest.mark.parametrize("who", ["stranger", "admin"])
def test_the_server_knows_who_calls(api_as: Callable[[str], Client], who: str) -> None:
    user = expect(api_as(who).get("/"), 200, Root).user

    assert user is not None
    assert {user.id, "system.Authenticated", "system.Everyone"} <= set(user.principals)


def test_a_caller_without_credentials_is_nobody(nobody: Client) -> None:
    assert expect(nobody.get("/"), 200, Root).user is None
