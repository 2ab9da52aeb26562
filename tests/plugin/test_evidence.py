"""What a run leaves behind, and what it keeps to itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.plugin.conftest import Ran, Serve
from tests.servers import raw

Suite = Callable[..., Ran]
TOKEN = "tok-7f3c1e2d9a8b4c5d6e7f"


@pytest.mark.parametrize("options", [[], ["-l"], ["-vv", "-rA"], ["-n1"]], ids=str)
def test_a_declared_secret_is_nowhere(
    suite: Suite,
    raw_server: Serve,
    monkeypatch: pytest.MonkeyPatch,
    options: list[str],
) -> None:
    """Terminal, spool and log are masked, also where the test itself prints or compares it."""
    monkeypatch.setenv("API_TOKEN", TOKEN)
    source = f"""
        import logging
        from redhanded import expect

        def test_it(api):
            token = "{TOKEN[:10]}" + "{TOKEN[10:]}"
            print("printed", token)
            logging.getLogger("mine").warning("logged %s", token)
            response = api.get("/x", params={{"q": token}}, headers={{"X-Other": token}})
            assert response.json()["token"] == "other"
    """
    toml = "[tool.redhanded.auth]\nkind = 'bearer'\ntoken = 'env:API_TOKEN'\n"

    ran = suite(
        source, *options, base_url=raw_server(raw.answer_json({"token": TOKEN})).url, toml=toml
    )

    assert ran.result.ret == 1
    assert TOKEN not in ran.text
    for path in ran.folder.glob(".redhanded/**/*"):
        assert not path.is_file() or TOKEN not in path.read_text("utf-8", "replace"), path


def test_a_failure_shows_the_request_the_breach_and_a_replay(
    suite: Suite, raw_server: Serve
) -> None:
    """The short summary carries verdict, cause and fact; the section carries the rest."""
    source = """
        from redhanded import expect

        def test_it(api):
            expect(api.post("/orders", json={"sku": 1}), 201, dict[str, int])
    """

    ran = suite(source, base_url=raw_server(raw.answer_json({"total": "90"}, 201)).url)

    ran.result.stdout.fnmatch_lines(["*POST /orders -> 201*", "*curl*/orders*", "*trace *"])
    ran.result.stdout.fnmatch_lines(["*test_it - DRIFT body.schema: $.total*"])


def test_the_log_ties_each_line_to_run_test_and_trace(suite: Suite, raw_server: Serve) -> None:
    """One JSON object a line; the test's own lines are among them."""
    source = """
        import logging

        def test_it(api):
            logging.getLogger("shop").warning("about to ask")
            assert api.get("/x").status_code == 200
    """

    ran = suite(source, base_url=raw_server(raw.answer(500)).url)

    own = next(line for line in ran.log if line["body"] == "about to ask")
    call = next(line for line in ran.log if "http.request.method" in line)
    assert own["trace_id"] == call["trace_id"]
    assert own["test.case.name"] == "test_suite.py::test_it"
    assert call["http.response.status_code"] == 500
    assert len({line["run.id"] for line in ran.log}) == 1
    assert len(list(ran.folder.glob(".redhanded/runs/*/logs/tests/*test-it*.jsonl"))) == 1


def test_the_server_receives_the_trace_that_the_evidence_names(
    suite: Suite, raw_server: Serve
) -> None:
    """traceparent carries the test's trace and the attempt's span."""
    server = raw_server(raw.answer(200))
    ran = suite("def test_it(api):\n    assert api.get('/x')\n", base_url=server.url)

    exchange = next(e["exchange"] for e in ran.events if e["event"] == "attempt_ended")
    assert isinstance(exchange, dict)
    parent = f"00-{exchange['trace_id']}-{exchange['id']}-01"
    assert server.requests[0].header("traceparent") == parent


def test_bodies_are_kept_for_tests_that_did_not_pass(suite: Suite, raw_server: Serve) -> None:
    """A pass keeps method, URL and digest; a failure keeps what was said, masked."""
    source = """
        from redhanded import expect

        def test_good(api):
            expect(api.get("/x"), 200)

        def test_bad(api):
            expect(api.get("/x"), 404)
    """
    answer = raw.answer_json({"password": "hunter2hunter2", "id": 7})

    ran = suite(source, base_url=raw_server(answer).url)

    ended = {str(e["test_id"])[-4:]: e for e in ran.events if e["event"] == "test_ended"}
    assert ended["good"]["bodies"] == {}
    assert '"id": 7' in str(ended["t_bad"[-4:]]["bodies"]).replace('"id":7', '"id": 7')
    assert "hunter2" not in str(ran.events)


def test_what_was_made_is_removed_also_when_the_test_fails(suite: Suite, raw_server: Serve) -> None:
    """Cleanup runs after a failure, and a leftover is told without turning anything red."""
    source = """
        def test_it(api, cleanup):
            api.post("/thing")
            cleanup("thing", 7)
            assert False
    """
    server = raw_server(raw.answer(201), raw.answer(500))
    toml = '[tool.redhanded.resources.thing]\ndelete = "DELETE /thing/{id}"\n'

    ran = suite(source, base_url=server.url, toml=toml)

    assert [(r.method, r.path) for r in server.requests][-1] == ("DELETE", "/thing/7")
    assert "left behind" in ran.text
    assert ran.verdicts == {"test_it": "defect"}


def test_the_seed_makes_the_same_data_again(suite: Suite, raw_server: Serve) -> None:
    """The seed is printed, and --rh-seed takes it."""
    source = """
        from pydantic import BaseModel

        class New(BaseModel):
            name: str

        def test_it(api, make):
            assert api.post("/x", json=make(New)).status_code == 201
    """
    server = raw_server(raw.answer(201))

    for _ in range(2):
        suite(source, "--rh-seed=7", base_url=server.url)
    ran = suite(source, "--rh-seed=8", base_url=server.url)

    first, second, other = (request.body for request in server.requests)
    assert first == second != other
    assert "--rh-seed=8" in ran.text
