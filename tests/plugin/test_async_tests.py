"""`async_api` works under every runner of coroutines, and is closed in the test's own loop."""

from __future__ import annotations

import pytest

from tests.plugin.conftest import Serve
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


@pytest.mark.parametrize(
    ("mark", "arguments", "backends", "tests"),
    [
        pytest.param(ASYNCIO, ["-p", "no:anyio"], [], 1, id="asyncio-strict-alone"),
        pytest.param("", ["--asyncio-mode=auto", "-p", "no:anyio"], [], 1, id="asyncio-auto-alone"),
        pytest.param("", ["--asyncio-mode=auto"], [], 1, id="asyncio-auto-beside-anyio"),
        pytest.param(ANYIO, ["-p", "no:asyncio"], ["asyncio"], 1, id="anyio-asyncio"),
        pytest.param(ANYIO, ["-p", "no:asyncio"], ["trio"], 1, id="anyio-trio"),
        pytest.param(ANYIO, [], ["asyncio", "trio"], 2, id="anyio-both-beside-asyncio"),
        pytest.param(ASYNCIO, ["-p", "no:timeout", "-p", "no:xdist"], [], 1, id="without-others"),
    ],
)
def test_an_async_test_runs_and_closes_its_client(
    pytester: pytest.Pytester,
    raw_server: Serve,
    mark: str,
    arguments: list[str],
    backends: list[str],
    tests: int,
) -> None:
    """No fixture of ours is a coroutine, so no plugin has to be there for us."""
    pytester.makepyfile(test_suite=TWO_CALLS.format(mark=mark))
    if backends:
        pytester.makeconftest(BACKEND.format(params=backends))
    url = raw_server(raw.answer_json({"id": 1})).url

    result = pytester.runpytest_subprocess(
        "-p", "no:randomly", "-W", "error", "--rh-base-url", url, *arguments
    )

    result.assert_outcomes(passed=tests)
    assert result.ret == 0


def test_a_sync_test_may_open_its_own_loop(pytester: pytest.Pytester, raw_server: Serve) -> None:
    """`async with` closes the client in the loop that the test runs itself."""
    pytester.makepyfile(
        """
        import asyncio

        def test_it(async_api):
            async def main():
                async with async_api as client:
                    return (await client.get("/x")).status_code

            assert asyncio.run(main()) == 200
        """
    )
    url = raw_server(raw.answer(200)).url

    result = pytester.runpytest_subprocess("-W", "error", "--rh-base-url", url)

    assert result.ret == 0
