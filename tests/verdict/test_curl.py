"""The replay line: a shell that runs it sends the same request."""

from __future__ import annotations

import json
import os
import subprocess
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from redhanded.core.redaction import Redactor
from redhanded.verdict.curl import curl
from tests.verdict.answers import answered

TOKEN = "tok-abcdef-123456"
NASTY = """it's "quoted" $HOME `id` \\ !x"""

needs_shell = pytest.mark.skipif(
    not Path("/bin/sh").exists(), reason="there is no POSIX shell here"
)


@pytest.fixture
def run(tmp_path: Path) -> Any:  # noqa: ANN401  a function
    """Runs a line in a shell whose curl tells its arguments and its input."""
    fake = tmp_path / "curl"
    fake.write_text(
        '#!/bin/sh\nfor argument in "$@"; do printf \'%s\\0\' "$argument"; done\n',
        encoding="utf-8",
    )
    fake.chmod(0o755)

    def run(line: str, **variables: str) -> list[str]:
        done = subprocess.run(
            ["/bin/sh", "-c", line],
            env={"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}", **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
        )
        assert done.stderr == b""
        return done.stdout.decode().split("\0")[:-1]

    return run


def sent(**facts: Any) -> Any:  # noqa: ANN401  facts of any type
    """An attempt with exactly these headers."""
    headers = facts.pop("headers", {})
    raw = tuple((name.encode(), value.encode()) for name, value in headers.items())
    return answered(**{"raw_request_headers": raw, "url": "http://h:8000/x", **facts})


@needs_shell
class TestInAShell:
    """What is printed runs as printed."""

    def test_every_part_of_the_request_arrives_unchanged(self, run: Any) -> None:  # noqa: ANN401
        """INVARIANT: quotes, dollars and backslashes reach the server as they are."""
        attempt = sent(
            method="PATCH",
            url="http://h:8000/a%20b?q=%24x&n=1",
            headers={"X-Note-Id": NASTY, "Content-Type": "text/plain"},
            request_body=f"{NASTY}\nsecond line äöü".encode(),
        )

        assert run(curl(attempt)) == [
            "--max-time", "30", "-X", "PATCH", "http://h:8000/a%20b?q=%24x&n=1",
            "-H", f"X-Note-Id: {NASTY}", "-H", "Content-Type: text/plain",
            "--data-raw", f"{NASTY}\nsecond line äöü",
        ]  # fmt: skip

    def test_secrets_come_from_variables(self, run: Any) -> None:  # noqa: ANN401
        """INVARIANT: with the variables set, the request is the same; without, it shows none."""
        attempt = sent(
            method="POST",
            url=f"http://h/x?api_key={TOKEN}&page=2",
            headers={
                "Authorization": f"Bearer {TOKEN}",
                "X-Api-Key": TOKEN,
                "Cookie": "sid=abcdefgh",
            },
            request_body=json.dumps({"user": "ann", "password": "pass word"}).encode(),
        )

        line = curl(attempt)

        assert TOKEN not in line
        assert "pass word" not in line
        assert run(
            line, API_TOKEN=TOKEN, X_API_KEY=TOKEN, API_KEY=TOKEN, SID="abcdefgh",
            PASSWORD="pass word",
        )[2:] == [
            f"http://h/x?api_key={TOKEN}&page=2",
            "-H", f"Authorization: Bearer {TOKEN}",
            "-H", f"X-Api-Key: {TOKEN}",
            "-H", "Cookie: sid=abcdefgh",
            "-H", "Content-Type:",
            "--data-raw", '{"user": "ann", "password": "pass word"}',
        ]  # fmt: skip

    def test_a_declared_secret_keeps_its_own_name(self, run: Any) -> None:  # noqa: ANN401
        """The variable is the one that the settings refer to, also in the middle of a text."""
        redactor = Redactor()
        redactor.register(TOKEN, name="ORDERS_TOKEN")
        attempt = sent(
            url=f"http://h/by/{TOKEN}.json",
            headers={"Authorization": f"Bearer {TOKEN}", "X-Trace": f"{TOKEN}x!"},
        )

        line = curl(attempt, name_of=redactor.name_of, mask=redactor.text)

        assert '"Authorization: Bearer $ORDERS_TOKEN"' in line
        assert run(line, ORDERS_TOKEN=TOKEN)[2:] == [
            f"http://h/by/{TOKEN}.json",
            "-H", f"Authorization: Bearer {TOKEN}",
            "-H", f"X-Trace: {TOKEN}x!",
        ]  # fmt: skip

    @pytest.mark.parametrize(
        "name, option",
        [
            pytest.param("Authorization", "-u", id="server"),
            pytest.param("Proxy-Authorization", "--proxy-user", id="proxy"),
        ],
    )
    def test_basic_credentials_are_a_user_and_a_variable(
        self,
        run: Any,  # noqa: ANN401
        name: str,
        option: str,
    ) -> None:
        """A password in base64 could not be replaced inside it."""
        attempt = sent(headers={name: "Basic " + b64encode(b"ann:s3cret!").decode()})

        line = curl(attempt, name_of=lambda value: "ANNS" if value == "s3cret!" else None)

        assert run(line, ANNS="s3cret!")[3:] == [option, "ann:s3cret!"]
        assert '"ann:$API_PASSWORD"' in curl(attempt)

    def test_a_body_that_no_argument_carries_comes_from_outside(self, run: Any) -> None:  # noqa: ANN401
        """The note is a comment, so that the line still runs."""
        line = curl(sent(method="PUT", request_body=b"\0\1\2"))

        assert line.endswith("--data-binary @-  # pipe the request's body into it: 3 bytes")
        assert run(line)[-2:] == ["--data-binary", "@-"]


class TestTheLine:
    """What is left out, and what curl must be told."""

    def test_a_plain_request_is_a_short_line(self) -> None:
        """Nothing is said that curl would do anyway."""
        assert curl(sent(), max_time=2.5) == "curl --max-time 2.5 http://h:8000/x"

    @pytest.mark.parametrize(
        "facts, part",
        [
            pytest.param({"method": "HEAD"}, "--head", id="no body is waited for"),
            pytest.param({"method": "DELETE"}, "-X DELETE", id="another method"),
            pytest.param({"url": "http://h/?a[]=1"}, "--globoff", id="brackets are no pattern"),
            pytest.param({"url": "http://h/a/../b"}, "--path-as-is", id="dots stay"),
            pytest.param({"headers": {"Accept-Encoding": "gzip"}}, "--compressed", id="gzip"),
            pytest.param({"headers": {"X-Empty": ""}}, "-H 'X-Empty;'", id="empty header"),
            pytest.param(
                {"method": "POST", "request_body": b"x"},
                "-H Content-Type: --data-raw x",
                id="no form unless it is one",
            ),
            pytest.param(
                {"headers": {"Authorization": "Token"}},
                '"Authorization: $API_TOKEN"',
                id="credential without a scheme",
            ),
            pytest.param(
                {"headers": {"Authorization": "Basic ???"}},
                '"Authorization: Basic $API_TOKEN"',
                id="broken Basic credentials",
            ),
            pytest.param(
                {"url": "http://ann:pw123456@h/"}, '-u "$USERINFO" http://h/', id="login in the URL"
            ),
            pytest.param(
                {
                    "method": "POST",
                    "headers": {"Content-Type": "application/x-www-form-urlencoded"},
                    "request_body": b"user=ann&password=abcdefgh",
                },
                '--data-raw "user=ann&password=$PASSWORD"',
                id="form",
            ),
            pytest.param(
                {"method": "POST", "request_body": b"x" * 4_097},
                "--data-binary @-",
                id="long body",
            ),
            pytest.param({"method": "POST", "request_body": b"\xff"}, "@-", id="body of bytes"),
        ],
    )
    def test_what_curl_would_do_differently_is_said(self, facts: dict[str, Any], part: str) -> None:
        """Each default of curl that would change the request is overruled."""
        assert part in curl(sent(**facts))

    @pytest.mark.parametrize(
        "name", ["Host", "Content-Length", "Connection", "traceparent", "tracestate"]
    )
    def test_what_belongs_to_the_first_sending_is_left_out(self, name: str) -> None:
        """A replay is a request of its own."""
        assert name not in curl(sent(headers={name: "1"}))

    def test_an_alias_of_the_trace_is_left_out(self) -> None:
        """Under whatever name the service knows it."""
        attempt = sent(headers={"X-Correlation-ID": answered().trace_id})

        assert curl(attempt) == "curl --max-time 30 http://h:8000/x"

    def test_identity_is_no_compression(self) -> None:
        """The client asked for the bytes as they are."""
        assert "--compressed" not in curl(sent(headers={"Accept-Encoding": "identity"}))
