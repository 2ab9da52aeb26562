"""A secret is given to a client like any text, and its value goes on the wire and nowhere else."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2
import pytest
from pydantic import BaseModel

from redhanded.client.client import AsyncClient, Client
from redhanded.core.errors import UsageError
from redhanded.core.secret import Secret

VALUE = "z3Vn8Wq1Rt6Yp0Lk"
TOKEN = Secret("API_TOKEN", VALUE)


class Login(BaseModel):
    user: str
    password: Secret


def echo(request: httpx2.Request) -> httpx2.Response:
    """What was sent, as text."""
    sent = {name: value for name, value in request.headers.items() if name != "host"}
    return httpx2.Response(200, json=[str(request.url), sent, request.content.decode()])


def sent(**options: Any) -> str:  # noqa: ANN401  what httpx2 takes
    """What a call with these options puts on the wire."""
    path = options.pop("path", "/x")
    with Client(transport=httpx2.MockTransport(echo), base_url="http://a.test") as client:
        return client.post(path, **options).text


@pytest.mark.parametrize(
    "options, told",
    [
        pytest.param({"headers": {"X-Key": TOKEN}}, f'"x-key":"{VALUE}"', id="header"),
        pytest.param({"headers": [("X-Key", TOKEN)]}, f'"x-key":"{VALUE}"', id="header-pairs"),
        pytest.param(
            {"headers": {"Authorization": "Bearer " + TOKEN}}, f"Bearer {VALUE}", id="scheme"
        ),
        pytest.param({"params": {"key": TOKEN}}, f"?key={VALUE}", id="parameter"),
        pytest.param({"params": {"key": ["a", TOKEN]}}, f"key=a&key={VALUE}", id="parameters"),
        pytest.param({"json": {"deep": [{"key": TOKEN}]}}, VALUE, id="json"),
        pytest.param({"json": Login(user="a", password=TOKEN)}, VALUE, id="model"),
        pytest.param({"json": [Login(user="a", password=TOKEN)]}, VALUE, id="list-of-models"),
        pytest.param({"json": TOKEN}, VALUE, id="json-alone"),
        pytest.param({"data": {"key": TOKEN}}, f"key={VALUE}", id="form"),
        pytest.param({"content": TOKEN}, VALUE, id="content"),
        pytest.param({"auth": ("user", TOKEN)}, "Basic dXNlcjp6M1Zu", id="basic"),
        pytest.param({"path": "/reset/" + TOKEN}, f"/reset/{VALUE}", id="path"),
    ],
)
def test_the_value_of_a_secret_is_sent(options: dict[str, Any], told: str) -> None:
    """Wherever httpx2 takes a text, a client of ours takes a secret."""
    assert told in sent(**options)


def test_an_async_client_sends_it_too() -> None:
    """The two clients differ in nothing but `await`."""

    async def call() -> str:
        async with AsyncClient(transport=httpx2.MockTransport(echo)) as client:
            auth = ("user", TOKEN)
            answer = await client.post("http://a.test", json={"key": TOKEN}, auth=auth)  # type: ignore[arg-type]
            return answer.text

    text = asyncio.run(call())

    assert VALUE in text
    assert "Basic dXNlcjp6M1Zu" in text


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"headers": {"Authorization": f"Bearer {TOKEN}"}}, id="header"),
        pytest.param({"params": {"key": f"{TOKEN}"}}, id="parameter"),
        pytest.param({"json": {"key": [str(TOKEN)]}}, id="json"),
        pytest.param({"path": f"/reset/{TOKEN}"}, id="path"),
    ],
)
def test_a_secret_that_was_formatted_is_refused(options: dict[str, Any]) -> None:
    """The name would be sent in the value's place, and the API would say 401."""
    with pytest.raises(UsageError, match=r'API_TOKEN was formatted .* "Bearer " \+ api_token'):
        sent(**options)


def test_a_text_that_only_looks_like_a_secret_is_sent() -> None:
    """What no secret of the process is called is somebody's text."""
    assert "Secret(NOBODYS)" in sent(json={"note": "write Secret(NOBODYS)"})
