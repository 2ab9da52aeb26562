"""`async_api` works under every runner of coroutines, and is closed in the test's own loop."""

from __future__ import annotations

import pytest

from tests.plugin.suites import Serve, Suite
from tests.servers import raw

TWO_CALLS = """
import asyncio, pytest
from redhanded import expect

{mark}
async def test_it(async_api):
    assert expect(await async_api.get("/x"), 200, dict) == {{"id": 1}}
    assert (await async_api.post("/x", json={{}})).status_code == 200
"""
ANYIO = "@pytest.mark.anyio"
ASYNCIO = "@pytest.mark.asyncio"
BACKEND = """
import pytest

@pytest.fixture(params={params})
def anyio_backend(request):
    return request.param
"""
STRICT = '[tool.pytest]\nfilterwarnings = ["error"]\nstrict = true\n'
SCOPE = 'asyncio_default_fixture_loop_scope = "function"\n'


@pytest.mark.parametrize(
    "mark, arguments, backends, tests",
    [
        pytest.param(ASYNCIO, ["-p", "no:anyio"], [], 1, id="asyncio-strict-alone"),
        pytest.param("", ["--asyncio-mode=auto", "-p", "no:anyio"], [], 1, id="asyncio-auto-alone"),
        pytest.param("", ["--asyncio-mode=auto"], [], 1, id="asyncio-auto-beside-anyio"),
        pytest.param(ANYIO, ["-p", "no:asyncio"], ["asyncio"], 1, id="anyio-asyncio"),
        pytest.param(ANYIO, ["-p", "no:asyncio"], ["trio"], 1, id="anyio-trio"),
        pytest.param(ANYIO, [], ["asyncio", "trio"], 2, id="anyio-both-beside-asyncio"),
        pytest.param(
            ASYNCIO, ["-p", "no:timeout", "-p", "no:xdist", "-p", "no:faker"], [], 1, id="alone"
        ),
    ],
)
def test_an_async_test_runs_and_closes_its_client(  # noqa: PLR0917  asked for by name
    suite: Suite,
    pytester: pytest.Pytester,
    raw_server: Serve,
    mark: str,
    arguments: list[str],
    backends: list[str],
    tests: int,
) -> None:
    """No fixture of ours is a coroutine, so no plugin has to be there for us."""
    if backends:
        pytester.makeconftest(BACKEND.format(params=backends))
    url = raw_server(raw.answer_json({"id": 1})).url
    head = STRICT if "no:asyncio" in arguments else STRICT + SCOPE

    ran = suite(TWO_CALLS.format(mark=mark), *arguments, base_url=url, head=head, apart=True)

    ran.result.assert_outcomes(passed=tests)
    assert ran.ret == 0, ran.text
    assert set(ran.verdicts.values()) == {"pass"}


@pytest.mark.parametrize(
    "mark, arguments",
    [
        pytest.param(ASYNCIO, ["-p", "no:anyio"], id="asyncio"),
        pytest.param(ANYIO, ["-p", "no:asyncio"], id="anyio"),
    ],
)
def test_a_failing_async_test_shows_its_own_lines_alone(
    suite: Suite, raw_server: Serve, mark: str, arguments: list[str]
) -> None:
    """Neither our wrapper nor the loop beneath it stands in the traceback."""
    head = STRICT if "no:asyncio" in arguments else STRICT + SCOPE
    source = f"""
        import pytest
        from redhanded import expect

        @pytest.fixture
        def anyio_backend():
            return "asyncio"

        {mark}
        async def test_it(async_api):
            expect(await async_api.get("/x"), 404)
    """

    ran = suite(source, *arguments, base_url=raw_server(raw.answer_json({})).url, head=head)

    assert ran.ret == 1
    assert ran.verdicts == {"test_it": "defect"}
    assert not ran.shows_our_frames, ran.text
    assert "asyncio/" not in ran.text.replace("\\", "/")


@pytest.mark.parametrize("scope", ["function", "module", "session"])
def test_a_loop_may_outlive_its_tests(suite: Suite, raw_server: Serve, scope: str) -> None:
    """Each test has a client of its own, closed when it ends, in whatever loop it ran."""
    source = f"""
        import pytest
        from redhanded import expect

        pytestmark = pytest.mark.asyncio(loop_scope="{scope}")

        @pytest.mark.parametrize("number", range(2))
        async def test_it(async_api, number):
            expect(await async_api.get("/x"), 200)

        class TestIt:
            async def test_in_a_class(self, async_api):
                expect(await async_api.get("/x"), 200)
    """

    ran = suite(source, base_url=raw_server(raw.answer_json({})).url, apart=True)

    assert ran.ret == 0, ran.text
    ran.result.assert_outcomes(passed=3)


def test_a_cancelled_test_lets_go_of_its_connections(suite: Suite, raw_server: Serve) -> None:
    """The client is closed behind a shield; under trio nothing else could close it."""
    source = """
        import anyio, pytest

        pytestmark = pytest.mark.anyio

        @pytest.fixture
        def anyio_backend():
            return "trio"

        async def test_it(async_api):
            response = await async_api.get("/x")
            with anyio.CancelScope() as scope:
                scope.cancel()
                await async_api.get("/x")
            assert scope.cancelled_caught
            assert response.status_code == 200
    """

    ran = suite(source, base_url=raw_server(raw.answer_json({})).url, apart=True)

    assert ran.ret == 0, ran.text
    assert ran.paths == ["/x", "/x"]


def test_a_sync_test_may_open_its_own_loop(suite: Suite, raw_server: Serve) -> None:
    """`async with` closes the client in the loop that the test runs itself."""
    source = """
        import asyncio

        def test_it(async_api):
            async def main():
                async with async_api as client:
                    return (await client.get("/x")).status_code

            assert asyncio.run(main()) == 200
    """

    ran = suite(source, base_url=raw_server(raw.answer(200)).url, apart=True)

    assert ran.ret == 0, ran.text


def test_what_an_async_test_made_is_removed(suite: Suite, raw_server: Serve) -> None:
    """A function of the async client may be registered: its loop is gone, the client is not."""
    source = """
        import pytest
        from redhanded import expect

        @pytest.mark.asyncio
        async def test_it(async_api, cleanup):
            expect(await async_api.post("/things", json={}), 200)
            cleanup(async_api.delete, "/things/7")
            cleanup("thing", 8)
    """
    server = raw_server(raw.answer_json({}))
    toml = '[tool.redhanded.resources.thing]\ndelete = "DELETE /things/{id}"\n'

    ran = suite(source, base_url=server.url, toml=toml, apart=True)

    assert ran.ret == 0, ran.text
    assert "left behind" not in ran.text
    assert [(r.method, r.path) for r in server.requests][1:] == [
        ("DELETE", "/things/8"),
        ("DELETE", "/things/7"),
    ]


def test_an_async_client_of_an_identity_is_the_same_each_time(
    suite: Suite, raw_server: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`async_api_as` gives the client of a declared identity, as `api_as` does."""
    monkeypatch.setenv("VIEWER_TOKEN", "tok-7f3c1e2d9a8b4c5d6e7f")
    source = """
        import pytest
        from redhanded import expect

        @pytest.mark.asyncio
        async def test_it(async_api_as):
            assert async_api_as("viewer") is async_api_as("viewer")
            expect(await async_api_as("viewer").get("/x"), 200)

        def test_sync(api_as):
            assert api_as("viewer") is api_as("viewer")
            expect(api_as("viewer").get("/x"), 200)
    """
    toml = "[tool.redhanded.identities.viewer]\nkind = 'bearer'\ntoken = 'env:VIEWER_TOKEN'\n"
    server = raw_server(raw.answer_json({}))

    ran = suite(source, base_url=server.url, toml=toml)

    assert ran.ret == 0, ran.text
    headers = {request.header("authorization") for request in server.requests}
    assert headers == {"Bearer tok-7f3c1e2d9a8b4c5d6e7f"}
