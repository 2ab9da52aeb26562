"""Servers that cannot be reached, and servers whose clock is wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from tests.plugin.suites import Serve, Suite
from tests.servers import raw

SOURCE = """
    from redhanded import expect

    def test_it(api):
        expect(api.get("/x"), 200)
"""
ASYNC = """
    import pytest
    from redhanded import expect

    @pytest.mark.asyncio
    async def test_it(async_api):
        expect(await async_api.get("/x"), 200)
"""
HOUR = timedelta(hours=1)


@pytest.mark.parametrize("source", [SOURCE, ASYNC], ids=["sync", "async"])
@pytest.mark.parametrize("style", ["long", "line"])
def test_a_refused_connection(suite: Suite, closed_port: int, source: str, style: str) -> None:
    """The fact stands in the verdict's line, and every attempt in the evidence."""
    ran = suite(source, f"--tb={style}", "-vv", base_url=f"http://127.0.0.1:{closed_port}")

    line = "INCONCLUSIVE net.refused: GET /x: connection refused, 3 of 3 attempts"
    assert f"ERROR test_suite.py::test_it - {line}" in ran.result.stdout.lines
    assert ran.ret == 75
    assert ran.verdicts == {"test_it": "inconclusive"}
    assert ran.paths == ["/x"] * 3
    assert not ran.shows_our_frames, ran.text


def test_a_name_that_does_not_exist(suite: Suite) -> None:
    """`.invalid` never resolves (RFC 6761, section 6.4); nothing is tried again."""
    ran = suite(SOURCE, "-vv", base_url="http://shop.invalid")

    assert ran.ret == 75
    assert ran.verdicts == {"test_it": "inconclusive"}
    assert " - INCONCLUSIVE net.dns" in ran.text
    assert not ran.shows_our_frames, ran.text


def test_a_certificate_that_nobody_trusts(
    suite: Suite, raw_server: Serve, tls_context: object
) -> None:
    """The sentence names the certificate; verification stays on."""
    ran = suite(SOURCE, "-vv", base_url=raw_server(raw.answer(200), tls=tls_context).url)  # type: ignore[arg-type]

    assert ran.ret == 75
    assert "INCONCLUSIVE tls.certificate: GET /x: certificate rejected" in ran.text
    assert not ran.shows_our_frames, ran.text


def test_plain_http_where_tls_is_spoken(suite: Suite, raw_server: Serve) -> None:
    """A handshake that gets HTTP for an answer is weather, told as such."""
    url = raw_server(raw.garbage(b"HTTP/1.1 400 Bad Request\r\n\r\n")).url

    ran = suite(SOURCE, "-vv", base_url=url.replace("http:", "https:"))

    assert ran.ret == 75
    assert "INCONCLUSIVE tls.handshake: GET /x: TLS handshake" in ran.text
    assert not ran.shows_our_frames, ran.text


@pytest.mark.parametrize("shift", [HOUR, -HOUR], ids=["ahead", "behind"])
def test_a_pause_is_read_against_the_servers_own_clock(
    suite: Suite, raw_server: Serve, shift: timedelta
) -> None:
    """Retry-After as a date is no hour of waiting, nor none, where the server's clock is wrong."""
    moment = (datetime.now(UTC) + shift).replace(microsecond=0)
    date = format_datetime(moment, usegmt=True)
    busy = raw.answer(503, b"{}", headers=[raw_json(), ("Date", date), ("Retry-After", date)])
    server = raw_server(busy, raw.dated(moment))
    toml = "[tool.redhanded.recovered]\nlimit = 1.0\nstatuses_5xx = false\n"

    ran = suite(SOURCE, base_url=server.url, toml=toml)

    assert ran.ret == 0, ran.text
    assert ran.verdicts == {"test_it": "recovered"}
    (_, again) = ran.of("attempt_ended")
    assert again["exchange"]["wait"]["seconds"] < 1


def raw_json() -> tuple[str, str]:
    """The header that declares JSON."""
    return ("Content-Type", "application/json")


@pytest.mark.parametrize("shift", [HOUR, -HOUR], ids=["ahead", "behind"])
def test_a_token_lives_as_long_as_promised_whatever_the_clock_says(
    suite: Suite, raw_server: Serve, monkeypatch: pytest.MonkeyPatch, shift: timedelta
) -> None:
    """One token is fetched for two tests, though by the server's clock it is long out of date."""
    monkeypatch.setenv("SHOP_SECRET", "sec-7f3c1e2d9a8b4c5d6e7f")
    moment = datetime.now(UTC) + shift
    grant = (
        b'{"access_token": "tok-7f3c1e2d9a8b4c5d6e7f", "token_type": "Bearer", "expires_in": 600}'
    )
    server = raw_server(raw.dated(moment, body=grant), raw.dated(moment))
    toml = """
[tool.redhanded.auth]
kind = "oauth2"
token_url = "/token"
client_id = "shop"
client_secret = "env:SHOP_SECRET"
"""
    source = f"{SOURCE}\n    def test_again(api):\n        expect(api.get('/x'), 200)\n"

    ran = suite(source, base_url=server.url, toml=toml)

    assert ran.ret == 0, ran.text
    assert [request.path for request in server.requests] == ["/token", "/x", "/x"]
    assert "tok-7f3c1e2d9a8b4c5d6e7f" not in ran.text + str(ran.events)
