"""What may be asked of a live directory before anything else: who the callers are."""

import pytest
from clients import ClientOf
from users.client import Users

pytestmark = pytest.mark.canary


@pytest.mark.parametrize("role", ["admin", "agent", "viewer"])
def test_each_key_opens_its_own_door(api_as: ClientOf, role: str) -> None:
    assert Users(api_as(role)).me().email == f"{role}@lab.example"
