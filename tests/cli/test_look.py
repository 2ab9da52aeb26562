"""One look at the API."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from redhanded.cli.look import look, media_type, seen
from redhanded.core.attempt import Attempt
from redhanded.core.credentials import BearerAuth
from redhanded.core.settings import TLS, Settings, health_url
from tests.core.attempts import attempt
from tests.servers import raw
from tests.servers.fixtures import StartRaw

BANNER = b"SSH-2.0-OpenSSH_9.9\r\n\r\n"


def glance(server: raw.RawServer, settings: Settings | None = None, seconds: float = 5) -> Attempt:
    """A look at a raw server."""
    return look(settings or Settings(), f"{server.url}/health", seconds=seconds)


@pytest.mark.parametrize(
    "script, words",
    [
        pytest.param(raw.answer_json({"status": "ok"}), "200", id="json"),
        pytest.param(raw.html_where_json(), "200 with HTML", id="page"),
        pytest.param(raw.gateway_page(503), "503 with HTML", id="gateway"),
        pytest.param(raw.redirect("/elsewhere"), "302", id="redirect"),
        pytest.param(raw.exactly(BANNER), "something that is not HTTP", id="not-http"),
        pytest.param(
            raw.close_on_accept(), "the connection was closed without an answer", id="closed"
        ),
        pytest.param(raw.short_body(), "an answer that broke off", id="cut"),
        pytest.param(
            raw.truncated_gzip(), "an answer whose content is cut or altered", id="corrupt"
        ),
    ],
)
def test_a_look_tells_what_it_saw(raw_server: StartRaw, script: raw.Script, words: str) -> None:
    """Whatever answers, a few words say what it was, and nothing is raised."""
    assert seen(glance(raw_server(script))) == words


def test_a_refused_connection_is_seen(closed_port: int) -> None:
    """Nobody listens: that is what is said."""
    seen_there = look(Settings(), f"http://127.0.0.1:{closed_port}/health", seconds=5)

    assert seen(seen_there) == "connection refused"


def test_a_server_without_tls_is_seen(raw_server: StartRaw) -> None:
    """TLS where none is spoken is told from a refused connection."""
    server = raw_server(raw.answer())

    assert seen(look(Settings(), f"https://127.0.0.1:{server.port}/", seconds=5)) == "no TLS"


def test_an_untrusted_certificate_is_seen(
    raw_server: StartRaw, tls_context: object, ca_bundle: Path
) -> None:
    """Without the project's bundle the certificate is the reason, with it there is none."""
    server = raw_server(raw.answer(), tls=tls_context)  # type: ignore[arg-type]

    assert seen(glance(server)) == "a certificate that is not trusted"
    assert seen(glance(server, Settings(tls=TLS(ca=ca_bundle)))) == "200"


def test_a_server_that_says_nothing_is_left_in_time(raw_server: StartRaw) -> None:
    """A look is over when its seconds are, whatever the project's own timeouts allow."""
    seen_there = glance(raw_server(raw.silent()), seconds=0.2)

    assert seen(seen_there) == "no answer in time"
    assert seen_there.elapsed < 5


def test_a_look_is_never_repeated(raw_server: StartRaw) -> None:
    """INVARIANT: whoever waits sees each failure, for none is retried away."""
    server = raw_server(raw.gateway_page(503), raw.answer())

    assert glance(server).status == 503
    assert len(server.requests) == 1


def test_a_look_carries_headers_and_no_credentials(raw_server: StartRaw) -> None:
    """A gateway may ask for a header; a token has no business with a health endpoint."""
    server = raw_server(raw.answer())
    settings = Settings(
        base_url=server.url,
        auth=BearerAuth(kind="bearer", token=SecretStr("a-long-token")),
        headers={"X-Gateway": "orders"},
    )

    assert glance(server, settings).purpose == "canary"
    headers = {name.lower(): value for name, value in server.requests[0].headers}
    assert headers["x-gateway"] == "orders"
    assert "authorization" not in headers


def test_an_attempt_of_no_known_kind_is_no_answer() -> None:
    """A row that is new to these words still gives some."""
    assert seen(attempt(status=None, row="unheard_of")) == "no answer"


@pytest.mark.parametrize(
    "declared, media",
    [("text/HTML; charset=utf-8", "text/html"), ("application/json", "application/json")],
    ids=["parameters", "bare"],
)
def test_a_media_type_is_read_without_its_parameters(declared: str, media: str) -> None:
    """Case and charset do not matter."""
    assert media_type(attempt(received=(("Content-Type", declared),))) == media


@pytest.mark.parametrize(
    "base_url, health, url",
    [
        pytest.param("http://a.test", "/health", "http://a.test/health", id="origin"),
        pytest.param("http://a.test/v1/", "/up", "http://a.test/v1/up", id="path"),
        pytest.param(None, "/health", None, id="none"),
    ],
)
def test_health_is_a_path_below_the_base_url(
    base_url: str | None, health: str, url: str | None
) -> None:
    """The endpoint is found where the client's own calls go."""
    assert health_url(Settings(base_url=base_url, health=health)) == url
