"""Steps of tests in real runs: which attempt was made in which, and what is told of them."""

from __future__ import annotations

import pytest

from tests.plugin.suites import Ran, Serve, Suite
from tests.servers import raw

RESOURCE = """
[tool.redhanded.resources.booking]
delete = "DELETE /booking/{id}"
"""


def steps_of(ran: Ran) -> dict[str, str]:
    """The name of the step of each attempt, by its path."""
    known = {(told["test_id"], told["id"]): told["name"] for told in ran.of("stepped")}
    return {
        made["exchange"]["url"].rpartition("/")[2]: known.get((made["test_id"], made["step"]), "")
        for made in ran.of("attempt_ended")
    }


def test_each_attempt_is_told_with_its_step(suite: Suite, raw_server: Serve) -> None:
    """Setup, call and teardown are steps by themselves, and those of the author lie within."""
    server = raw_server(*[raw.answer_json({})] * 6)
    source = """
    import pytest
    from redhanded import expect, step

    @pytest.fixture
    def prepared(api):
        with step("prepare"):
            api.get("/first")
        yield
        api.get("/last")

    def test_it(api, prepared, cleanup):
        cleanup("booking", 17)
        expect(api.get("/plain"), 200)
        with step("order"), step("pay"):
            expect(api.get("/pay"), 200)
    """
    ran = suite(source, base_url=server.url, toml=RESOURCE)

    assert ran.ret == 0, ran.text
    assert steps_of(ran) == {
        "first": "prepare",
        "plain": "call",
        "pay": "pay",
        "last": "teardown",
        "17": "teardown",
    }
    parents = {told["name"]: told["parent"] for told in ran.of("stepped")}
    assert {name: parents[name] for name in ("prepare", "order", "setup", "call")} == {
        "prepare": "setup",
        "order": "call",
        "setup": "",
        "call": "",
    }


def test_an_attempt_of_a_diagnosis_belongs_to_no_step(suite: Suite, raw_server: Serve) -> None:
    """What we ask by ourselves is none of the author's steps."""
    server = raw_server(*[raw.answer_json({}, status=404)] * 6)
    source = """
    from redhanded import expect

    def test_it(api):
        expect(api.get("/missing"), 200)
    """
    ran = suite(source, base_url=server.url)

    told = {event["exchange"]["purpose"]: event["step"] for event in ran.of("attempt_ended")}
    assert told == {"test": "call", "canary": ""}


def test_a_failure_is_told_by_the_steps_that_it_passed(suite: Suite, raw_server: Serve) -> None:
    """Where a test broke shows in its tree, down to the innermost step."""
    source = """
    from redhanded import step

    def test_it(api):
        with step("order"):
            with step("pay"):
                api.get("/x")
            with step("check"):
                assert 1 == 2, "no money"

    def test_skipped():
        import pytest
        with step("look"):
            pytest.skip("not today")
    """
    ran = suite(source, base_url=raw_server(raw.answer_json({})).url)

    errors = {told["name"]: told["error"].partition(":")[0] for told in ran.of("stepped")}
    assert {name: errors[name] for name in ("pay", "check", "order", "look")} == {
        "pay": "",
        "check": "AssertionError",
        "order": "AssertionError",
        "look": "Skipped",
    }


@pytest.mark.parametrize("scope", ["function", "session"])
def test_a_loop_that_outlives_its_test_keeps_no_step(
    suite: Suite, raw_server: Serve, scope: str
) -> None:
    """INVARIANT: a loop's context is as old as the loop; steps are those of the test all the same.

    Tasks of one test at once have each their own.
    """
    server = raw_server(*[raw.answer_json({})] * 5)
    source = """
    import asyncio
    from redhanded import expect, step

    @step("fetch")
    async def fetch(async_api, path):
        async with step(f"of {path}"):
            expect(await async_api.get(path), 200)

    async def test_one(async_api):
        await asyncio.gather(*[fetch(async_api, f"/{name}") for name in "ab"])

    async def test_two(async_api):
        expect(await async_api.get("/c"), 200)
        await fetch(async_api, "/d")
    """
    head = (
        '[tool.pytest]\nfilterwarnings = ["error"]\nstrict = true\nasyncio_mode = "auto"\n'
        f'asyncio_default_fixture_loop_scope = "{scope}"\n'
        f'asyncio_default_test_loop_scope = "{scope}"\n'
    )
    ran = suite(source, base_url=server.url, head=head)

    assert ran.ret == 0, ran.text
    assert steps_of(ran) == {"a": "of /a", "b": "of /b", "c": "call", "d": "of /d"}
