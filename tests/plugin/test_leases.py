"""Test users on lease, in real runs: alone, over workers, and where a worker dies."""

from __future__ import annotations

import pytest

from tests.plugin.suites import Serve, Suite
from tests.servers import raw

TOML = """
    [tool.redhanded.leases]
    users = ["ann", "bob"]
    [tool.redhanded.identities.ann]
    kind = "basic"
    username = "ann"
    password = ""
    [tool.redhanded.identities.bob]
    kind = "basic"
    username = "bob"
    password = ""
"""


def test_a_test_calls_the_api_as_the_user_that_it_leased(suite: Suite, raw_server: Serve) -> None:
    """`api_as(lease("users"))`, and two leases are two users; a lone process has the first ones."""
    source = """
        from redhanded import expect

        def test_it(api_as, lease):
            expect(api_as(lease("users")).get("/first"), 200)
            expect(api_as(lease("users")).get("/second"), 200)

        def test_next(api_as, lease):
            expect(api_as(lease("users")).get("/third"), 200)
    """
    server = raw_server(raw.answer_json({}))

    ran = suite(source, base_url=server.url, toml=TOML)

    assert ran.ret == 0, ran.text
    shown = [request.header("authorization") for request in server.requests]
    assert len(set(shown[:2])) == 2
    assert shown[2] == shown[0]


def test_a_user_is_one_tests_at_a_time_over_workers(suite: Suite, raw_server: Serve) -> None:
    """INVARIANT: four workers with two users never use one of them twice at the same time."""
    source = """
        import os
        import pytest
        from redhanded import expect

        @pytest.mark.parametrize("number", range(12))
        def test_it(api_as, lease, cleanup, number, request):
            name = lease("users")
            place = request.config.rootpath / f"{name}.in_use"
            os.close(os.open(place, os.O_CREAT | os.O_EXCL))  # fails where somebody has it
            cleanup(place.unlink)
            expect(api_as(name).get("/x"), 200)
    """

    ran = suite(source, "-n4", base_url=raw_server(raw.answer_json({})).url, toml=TOML)

    assert ran.ret == 0, ran.text
    assert list(ran.verdicts.values()) == ["pass"] * 12


def test_a_user_is_given_back_after_the_cleanup_of_its_test(
    suite: Suite, raw_server: Serve
) -> None:
    """What a test made is removed before anybody else may come upon it."""
    source = """
        import pytest
        from redhanded import UsageError, expect
        from redhanded.session.active import active

        def take():
            return active().membership.leases.take("users", patience=0).name

        def still_ours():
            with pytest.raises(UsageError):
                take()

        def test_it(cleanup, lease, api):
            cleanup(still_ours)
            lease("users"), lease("users")
            expect(api.get("/x"), 200)

        def test_next(api):
            assert take() == "ann"
            expect(api.get("/x"), 200)
    """

    ran = suite(source, base_url=raw_server(raw.answer_json({})).url, toml=TOML)

    assert ran.ret == 0, ran.text
    assert "left behind" not in ran.text


@pytest.mark.parametrize(
    "asked, sentence",
    [
        pytest.param(
            'lease("user")', 'lease() knows no pool "user"; did you mean "users"?', id="unknown"
        ),
        pytest.param(
            '[lease("users") for _ in range(3)]',
            'lease("users") is asked for more names than the pool has, which is 2',
            id="too-many",
        ),
    ],
)
def test_a_slip_is_the_tests_own(
    suite: Suite, raw_server: Serve, asked: str, sentence: str
) -> None:
    """What can never be had is no matter of waiting."""
    source = f"def test_it(api, lease):\n    {asked}\n"

    ran = suite(source, base_url=raw_server(raw.answer_json({})).url, toml=TOML)

    assert ran.ret == 1
    assert ran.codes == {"test_it": ["test.usage"]}
    assert sentence in ran.text
    assert not ran.shows_our_frames


def test_a_test_for_which_no_user_came_free_says_nothing(suite: Suite, raw_server: Serve) -> None:
    """INVARIANT: it is inconclusive, neither red nor green, and who holds what is cited."""
    source = """
        from redhanded.fleet.leases import Taken, key_of
        from redhanded.session.active import active

        def test_it(api, lease, settings):
            here = active().membership
            for name in ("ann", "bob"):
                key = key_of(settings.base_url, Taken("users", name))
                here.store.claim(key, "gw7@ci-9/nightly/1", 60)
            here.leases.take("users", patience=0)
    """

    ran = suite(source, base_url=raw_server(raw.answer_json({})).url, toml=TOML)

    assert ran.ret == 75, ran.text
    assert ran.codes == {"test_it": ["lease.none_free"]}
    assert "ann is held by gw7 of run nightly on ci-9" in ran.text


def test_the_user_of_a_dead_worker_comes_back(suite: Suite, raw_server: Serve) -> None:
    """A worker that is killed with all users on its hands keeps them from nobody."""
    source = """
        import os
        from redhanded import expect

        def test_dies(api, lease):
            lease("users"), lease("users")
            os._exit(1)

        def test_lives(api, lease):
            lease("users"), lease("users")
            expect(api.get("/x"), 200)
    """

    ran = suite(source, "-n1", base_url=raw_server(raw.answer_json({})).url, toml=TOML)

    assert ran.ret == 75, ran.text
    assert ran.verdicts == {"test_dies": "inconclusive", "test_lives": "pass"}
    assert ran.codes["test_dies"] == ["run.worker_crashed"]


@pytest.mark.parametrize(
    "marker, arguments, limit",
    [
        pytest.param("", [], "inf", id="none"),
        pytest.param("@pytest.mark.timeout(40)", ["--timeout=50"], "40.0", id="marker"),
        pytest.param("@pytest.mark.timeout(timeout=40)", [], "40.0", id="keyword"),
        pytest.param("@pytest.mark.timeout(0)", ["--timeout=50"], "inf", id="without-limit"),
        pytest.param("", ["--timeout=50", "-o", "timeout=60"], "50.0", id="option"),
        pytest.param("", ["-o", "timeout=60"], "60.0", id="ini"),
        pytest.param("", ["-p", "no:timeout"], "inf", id="no-plugin"),
    ],
)
def test_nobody_waits_longer_than_its_test_may_take(
    suite: Suite, raw_server: Serve, marker: str, arguments: list[str], limit: str
) -> None:
    """A test that is stopped from outside could not tell what it was waiting for."""
    source = f"""
        import pytest
        from redhanded import expect

        {marker}
        def test_it(api, lease):
            assert str(lease.limit) == {limit!r}
            expect(api.get("/x"), 200)
    """

    ran = suite(source, *arguments, base_url=raw_server(raw.answer_json({})).url, toml=TOML)

    assert ran.ret == 0, ran.text
