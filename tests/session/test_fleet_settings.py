"""What cannot be meant in the settings of workers and machines is told before the first test."""

from __future__ import annotations

import pytest

from tests.session.projects import TABLE, Project


@pytest.mark.parametrize(
    "table, sentence",
    [
        pytest.param(
            "leases = { users = [] }",
            'leases.users has no names: write such as ["ann", "bob"].',
            id="empty pool",
        ),
        pytest.param(
            'leases = { users = "ann" }',
            'leases.users ("ann") is not a list: write ["..."].',
            id="no pool",
        ),
        pytest.param(
            'run_id = "Nightly Run"',
            'run_id ("Nightly Run") is no name for a run: write 4 to 32 small letters, digits and'
            " hyphens.",
            id="no id",
        ),
        pytest.param(
            'run_id = "../up"',
            'run_id ("../up") is no name for a run: write 4 to 32 small letters, digits and'
            " hyphens.",
            id="a way out of the folder",
        ),
        pytest.param(
            'run_id = "nightly"\nshard = "5/4"',
            'shard ("5/4") is no part of a run: write such as "1/4", the first of four.',
            id="no part",
        ),
        pytest.param(
            'shard = "1/4"',
            "shard is a part of no run: set run_id, the same on all machines.",
            id="part of nothing",
        ),
        pytest.param(
            'redis_url = "localhost"',
            'redis_url ("localhost") is no address of a Redis: write such as'
            ' "redis://127.0.0.1:6379/0".',
            id="no address",
        ),
        pytest.param(
            "redis_password = 'env:SECRET'",
            "redis_password stands without a Redis: set redis_url too.",
            id="password of nothing",
        ),
        pytest.param(
            "[tool.redhanded.fleet]\nquorum = 0",
            "fleet.quorum (0) is below 1: write 1 or more.",
            id="quorum of nobody",
        ),
    ],
)
def test_a_slip_in_the_fleets_settings_is_told(project: Project, table: str, sentence: str) -> None:
    """One sentence says where, what, and what to write."""
    project.set(SECRET="a-long-secret").table(table)

    assert project.problems() == [f"{TABLE}: {sentence}"]


def test_a_password_in_the_address_of_a_redis_is_never_shown(project: Project) -> None:
    """INVARIANT: an address is printed, so it must not hold the password."""
    project.local('redis_url = "redis://ci:hidden-word@redis:6379/0"')

    (said,) = project.problems()

    assert said.startswith("redhanded.local.toml: redis_url")
    assert "hidden-word" not in said
