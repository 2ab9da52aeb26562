"""A run that lost its own credential: it says which call cost it, and goes on where it can."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.hard_cases.stage import PATIENT, Stage
from tests.plugin.suites import Serve, Suite
from tests.servers import raw

LOGIN = """
[tool.redhanded.auth]
kind = "login"
path = "/users/login"
body = { email = "admin@lab.example", password = "env:PASSWORD" }
token = "$.access_token"
"""
LEAVING = """
    import pytest
    from redhanded import expect

    @pytest.mark.parametrize("number", range(3))
    def test_before(api, number):
        expect(api.get("/users/me"), 200, dict)

    def test_logout(api):
        expect(api.post("/users/logout"), 204)

    @pytest.mark.parametrize("number", range(3))
    def test_after(api, number):
        expect(api.get("/users/me"), 200, dict)
"""


def test_a_test_that_logs_everybody_out_is_named_and_costs_nobody_a_verdict(
    suite: Suite, stage: Stage
) -> None:
    """INVARIANT: the run logs in again once, goes on green, and says which call it was."""
    ran = suite(LEAVING, base_url=stage.url, toml=PATIENT + LOGIN)

    assert ran.ret == 0, ran.text
    assert {"defect", "inconclusive", "test_bug"}.isdisjoint(ran.verdicts.values())
    assert len(stage.arrived("POST", "/users/login")) == 2
    told = "the run lost its own credential and logged in again: POST /users/logout in"
    assert f"{told} test_suite.py::test_logout" in ran.text


@dataclass
class Desk:
    """Lets the key in until somebody resets it; health is open to all."""

    is_reset: bool = False

    def play(self, line: raw.Line) -> None:
        request = line.read_request()
        if request.path == "/health":
            line.send(raw.message(200, b"{}"))
        elif self.is_reset or request.header("X-Key") != "k-1234567":
            line.send(raw.message(401, b"{}"))
        else:
            self.is_reset = request.path == "/keys/reset"
            line.send(raw.message(204 if self.is_reset else 200, b"" if self.is_reset else b"{}"))


def test_a_key_that_a_test_has_reset_is_no_fault_of_the_api(
    suite: Suite, raw_server: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """INVARIANT: it cannot be renewed, so that what follows is not judged; the call is named."""
    monkeypatch.setenv("KEY", "k-1234567")
    source = LEAVING.replace("/users/logout", "/keys/reset")
    toml = PATIENT.replace("seconds = 4", "seconds = 1")
    key = 'auth = { kind = "api_key", name = "X-Key", value = "env:KEY" }\n'

    ran = suite(source, base_url=raw_server((Desk(),)).url, toml=toml + key)

    assert ran.ret == 75, ran.text
    assert [ran.verdicts[f"test_before[{number}]"] for number in range(3)] == ["pass"] * 3
    assert [ran.codes[f"test_after[{number}]"] for number in range(3)] == [["auth.revoked"]] * 3
    assert "POST /keys/reset in test_suite.py::test_logout" in ran.text


def test_a_wrong_path_of_the_base_url_is_said_first(suite: Suite, stage: Stage) -> None:
    """INVARIANT: a run that met nothing of the API blames no route of it."""
    ran = suite(LEAVING, base_url=f"{stage.url}/v2", toml=PATIENT)

    assert ran.ret == 75, ran.text
    assert ran.section[0].startswith("This was no test run: every one of")
    assert "run.address" in {code for codes in ran.codes.values() for code in codes}


def test_a_wrong_password_is_no_defect(
    suite: Suite, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """INVARIANT: nothing was judged, the run ends with 75, and the login is what it names."""
    monkeypatch.setenv("PASSWORD", "no-such-password")
    toml = PATIENT.replace("seconds = 4", "seconds = 1")

    ran = suite(LEAVING, base_url=stage.url, toml=toml + LOGIN)

    assert ran.ret == 75, ran.text
    assert set(ran.verdicts.values()) == {"inconclusive"}
    assert "/users/login" in ran.section[1]
