"""The formats of a real run: each holds to its schema, and none says what must not be said."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from redhanded.reports.formats import FORMATS
from tests.plugin.suites import Ran, Serve, Suite
from tests.reports.rendered import Rendered
from tests.reports.schemas import breaches
from tests.servers import raw

TOKEN = "tok-7f3c1e2d9a8b4c5d6e7f"
SAID = "@octocat </script><b>\n::stop-commands::x\n\x1b[31m\u202e``` | #12 https://evil.test"
TOML = """\
[tool.redhanded.auth]
kind = "bearer"
token = "env:API_TOKEN"
[tool.redhanded.objectives]
"GET /orders/{id}" = {p95 = 5.0}
"""
SOURCE = """
    import pytest
    from redhanded import expect

    def test_pass(api):
        expect(api.get("/orders/1"), 200)

    @pytest.mark.parametrize("number", [2, 3])
    def test_defect(api, number):
        assert api.get(f"/orders/{number}").json()["said"] == "nothing"

    def test_status(api):
        expect(api.get("/orders/4", params={"q": "a|b"}), 404)

    def test_bug(api):
        api.get("/orders/5")
        raise KeyError(api.get("/orders/5").json()["said"])

    @pytest.mark.skip(reason="later")
    def test_skip(api):
        pass
"""
COUNTS = {"defect": 3, "test_bug": 1, "pytest.skip": 1, "pass": 1}
PATHS = {name: f"out/{name}" for name in FORMATS if name != "html"}


@pytest.fixture(params=[pytest.param([], id="alone"), pytest.param(["-n2"], id="workers")])
def ran(
    request: pytest.FixtureRequest,
    suite: Suite,
    raw_server: Serve,
    monkeypatch: pytest.MonkeyPatch,
) -> Ran:
    """A run against a server that says hostile things, with every format asked for."""
    monkeypatch.setenv("API_TOKEN", TOKEN)
    cookie = ("Set-Cookie", f"session={TOKEN}; Path=/; HttpOnly")
    headers = (("Content-Type", "application/json"), cookie)
    server = raw_server(raw.answer_json({"said": SAID, "token": TOKEN}, headers=headers))
    options = [f"--rh-report={name}={path}" for name, path in PATHS.items()]
    return suite(SOURCE, *request.param, *options, base_url=server.url, toml=TOML)


def read(path: Path) -> Any:  # noqa: ANN401
    """A file of JSON."""
    return json.loads(path.read_text("utf-8"))


def lines(path: Path) -> list[Any]:
    """A file of lines of JSON."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def everything(ran: Ran) -> Iterator[tuple[str, Any]]:
    """Each value that has a schema, with the name of that."""
    out = ran.folder / "out"
    yield "ctrf", read(out / "ctrf")
    yield "har", read(out / "har")
    yield from (("ndjson", line) for line in lines(out / "ndjson"))
    yield from (("findings", line) for line in lines(out / "brief" / "findings.jsonl"))
    for path in (out / "allure").glob("*-result.json"):
        yield "allure", read(path)


def test_every_format_of_a_run_holds(ran: Ran) -> None:
    """Schemas, counts, secrets, and what foreign text may become: of one run, as it is dear."""
    out = ran.folder / "out"
    assert ran.ret == 1
    told = [*everything(ran)]
    assert [(name, breaches(name, value)) for name, value in told if breaches(name, value)] == []
    assert {name for name, _ in told} == {"ctrf", "har", "ndjson", "findings", "allure"}

    assert told[0][1]["results"]["summary"]["extra"]["verdicts"] == COUNTS
    assert lines(out / "ndjson")[-1]["verdicts"] == COUNTS
    assert len([*(out / "allure").glob("*-result.json")]) == sum(COUNTS.values())

    files = [path for path in out.rglob("*") if path.is_file()]
    assert len(files) > len(PATHS)
    assert [path for path in files if TOKEN in path.read_text("utf-8")] == []

    for name in ("summary", "comment"):
        page = Rendered((out / name).read_text("utf-8"))
        assert (page.links, page.calls, page.tags["b"], page.tags["script"]) == ([], [], 0, 0)
        assert page.tags["details"] == 3

    (archive,) = (value for name, value in told if name == "har")
    entries = archive["log"]["entries"]
    assert all(entry["timings"]["wait"] >= 0 and entry["time"] > 0 for entry in entries)
    assert {entry["response"]["cookies"][0]["name"] for entry in entries} == {"session"}
    assert {entry["serverIPAddress"] for entry in entries} == {"127.0.0.1"}
