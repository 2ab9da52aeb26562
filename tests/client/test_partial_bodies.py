"""What came of a body that broke off: half a document, or a whole one that was counted wrong."""

from __future__ import annotations

import httpx2
import pytest

from redhanded.client.client import open_async_client, open_client
from redhanded.core.settings import Settings
from redhanded.pipeline.call import Scope
from redhanded.pipeline.observe import WHOLE_DOCUMENT
from tests.servers import raw
from tests.servers.fixtures import StartRaw

JSON = ("Content-Type", "application/json")


def promising(body: bytes, *, more: int, headers: tuple[tuple[str, str], ...] = ()) -> raw.Script:
    """A server that promises so many bytes more than it sends, and closes."""
    length = ("Content-Length", str(len(body) + more))
    return raw.exactly(raw.head(headers=[JSON, length, *headers]) + body)


@pytest.mark.parametrize(
    "script, is_whole",
    [
        pytest.param(promising(b'{"id": 7}', more=10), True, id="a whole object"),
        pytest.param(promising(b"[1, 2]\n", more=1), True, id="a whole array"),
        pytest.param(promising(b'{"id": 7', more=1), False, id="half an object"),
        pytest.param(promising(b"12", more=3), False, id="half a number, perhaps"),
        pytest.param(promising(b"", more=3), False, id="nothing"),
        pytest.param(
            promising(b"[1]", more=3, headers=(("Content-Encoding", "gzip"),)), False, id="coded"
        ),
    ],
)
def test_a_whole_document_that_was_counted_wrong_is_noted(
    raw_server: StartRaw, script: raw.Script, is_whole: bool
) -> None:
    """INVARIANT: only what is whole is called so; the bytes themselves are not kept."""
    scope = Scope()

    with (
        open_client(Settings(base_url=raw_server(script).url), scope=scope) as client,
        pytest.raises(httpx2.HTTPError),
    ):
        client.get("/x")

    assert {WHOLE_DOCUMENT in attempt.notes for attempt in scope.attempts} == {is_whole}
    assert {attempt.response_body for attempt in scope.attempts} == {None}


@pytest.mark.anyio
async def test_it_is_noted_in_the_awaiting_world_as_well(raw_server: StartRaw) -> None:
    """The same fact."""
    scope, server = Scope(), raw_server(promising(b'{"id": 7}', more=10))

    async with open_async_client(Settings(base_url=server.url), scope=scope) as client:
        with pytest.raises(httpx2.HTTPError):
            await client.get("/x")

    assert all(WHOLE_DOCUMENT in attempt.notes for attempt in scope.attempts)
