"""From a run to its replay: what a failure names is found, sent with today's secrets, compared."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from redhanded.cli import group
from tests.plugin.suites import Ran, Serve, Suite
from tests.servers import raw

if TYPE_CHECKING:
    from click.testing import Result

PASSWORD = "correct-horse-battery"
LOGIN = """
[tool.redhanded.auth]
kind = "login"
path = "/login"
body = { user = "ann", password = "env:ANN_PASSWORD" }
"""
SOURCE = """
    from redhanded import expect

    def test_it(api):
        made = expect(api.post("/orders", json={"sku": "a"}), 201, dict[str, object])
        expect(api.get(f"/orders/{made['id']}"), 200, where={"total": 90})
"""


@dataclass
class Shop:
    """An API that hands out tokens and numbers its orders, and reckons their totals."""

    total: int = 91
    tokens: list[str] = field(default_factory=list)
    passwords: list[str] = field(default_factory=list)
    strangers: int = 0

    def script(self) -> raw.Script:
        """The API."""
        numbers = count(100)

        def answer(received: raw.Received) -> bytes:
            number = next(numbers)
            if received.path == "/login":
                self.passwords.append(json.loads(received.body).get("password", ""))
                self.tokens.append(f"token-of-{number}-{'x' * 20}")
                return _json({"token": self.tokens[-1]})
            if received.header("authorization") != f"Bearer {self.tokens[-1]}":
                self.strangers += received.path.startswith("/orders")
                return _json({"error": "who are you?"}, 401)
            made = received.method == "POST"
            known = number if made else int(received.path.rpartition("/")[2])
            return _json({"id": known, "total": self.total}, 201 if made else 200)

        return raw.reply(answer)


def _json(value: object, status: int = 200) -> bytes:
    return raw.message(status, json.dumps(value).encode())


@pytest.fixture
def shop() -> Shop:
    """A shop whose totals are wrong."""
    return Shop()


def replay(ran: Ran, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Result:
    """What the command comes to, as the run's own words name it."""
    monkeypatch.chdir(ran.folder)
    found = re.search(r"redhanded (replay \w+)", "\n".join(ran.section))
    assert found is not None
    return CliRunner(catch_exceptions=False).invoke(group, [*found[1].split(), *arguments])


@pytest.mark.parametrize("options", [[], ["-n1"]], ids=["plain", "xdist"])
def test_what_a_run_names_is_sent_again_with_the_secrets_of_today(
    suite: Suite,
    raw_server: Serve,
    monkeypatch: pytest.MonkeyPatch,
    shop: Shop,
    options: list[str],
) -> None:
    """The token of the run is kept nowhere, and neither it nor the new one is shown."""
    monkeypatch.setenv("ANN_PASSWORD", PASSWORD)
    ran = suite(SOURCE, *options, base_url=raw_server(shop.script()).url, toml=LOGIN)
    of_the_run = len(shop.tokens)

    result = replay(ran, monkeypatch, "--yes")

    assert result.exit_code == 0, result.output
    assert "Same: every answer is as it was recorded. (2 same)" in result.stdout
    assert (len(shop.tokens), shop.strangers) == (of_the_run + 1, 0)
    assert set(shop.passwords) == {PASSWORD}
    assert not any(secret in result.output for secret in (PASSWORD, *shop.tokens))


def test_a_bug_that_was_mended_is_told(
    suite: Suite, raw_server: Serve, monkeypatch: pytest.MonkeyPatch, shop: Shop
) -> None:
    """The place of the breach, as it was and as it is."""
    monkeypatch.setenv("ANN_PASSWORD", PASSWORD)
    ran = suite(SOURCE, base_url=raw_server(shop.script()).url, toml=LOGIN)
    shop.total = 90

    result = replay(ran, monkeypatch, "--yes", "--json")

    told: dict[str, Any] = json.loads(result.stdout)
    assert (result.exit_code, told["result"]) == (1, "different")
    assert told["requests"][1]["differences"] == [
        {"where": "$.total", "recorded": "91", "replayed": "90"}
    ]


def test_a_secret_that_is_gone_is_asked_for(
    suite: Suite, raw_server: Serve, monkeypatch: pytest.MonkeyPatch, shop: Shop
) -> None:
    """One sentence says which variable is not set, and nothing is sent."""
    monkeypatch.setenv("ANN_PASSWORD", PASSWORD)
    ran = suite(SOURCE, base_url=raw_server(shop.script()).url, toml=LOGIN)
    monkeypatch.delenv("ANN_PASSWORD")
    logins = len(shop.passwords)

    result = replay(ran, monkeypatch, "--yes")

    assert result.exit_code == 2
    assert "the variable ANN_PASSWORD is not set" in result.stderr
    assert len(shop.passwords) == logins


def test_a_token_that_the_test_got_itself_is_got_again(
    suite: Suite, raw_server: Serve, monkeypatch: pytest.MonkeyPatch, shop: Shop
) -> None:
    """It comes with the answer to the test's own login, and goes where the old one went."""
    source = """
        from redhanded import expect

        def test_it(api):
            login = expect(api.post("/login", json={"user": "ann"}), 200, dict[str, str])
            known = {"Authorization": f"Bearer {login['token']}"}
            expect(api.get("/orders/7", headers=known), 200, where={"total": 90})
    """
    ran = suite(source, base_url=raw_server(shop.script()).url)

    result = replay(ran, monkeypatch, "--yes")

    assert result.exit_code == 0, result.output
    assert (len(shop.tokens), shop.strangers) == (2, 0)
    assert not any(token in result.output for token in shop.tokens)


def test_a_password_of_the_tests_own_cannot_be_sent(
    suite: Suite, raw_server: Serve, monkeypatch: pytest.MonkeyPatch, shop: Shop
) -> None:
    """No setting has it; what needs the answer is not sent either."""
    source = """
        from redhanded import expect

        def test_it(api):
            login = expect(api.post("/login", json={"password": "of-mine"}), 200, dict[str, str])
            known = {"Authorization": f"Bearer {login['token']}"}
            expect(api.get("/orders/7", headers=known), 200, where={"total": 90})
    """
    ran = suite(source, base_url=raw_server(shop.script()).url)

    result = replay(ran, monkeypatch, "--yes")

    assert result.exit_code == 75
    assert "the value of password in its body is not kept" in result.stdout
    assert "which POST /login brought in the run, and did not bring now" in result.stdout
    assert len(shop.tokens) == 1
