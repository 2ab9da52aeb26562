"""What a run leaves behind, and what it keeps to itself."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess

import pytest

from redhanded.reports.dossier.reading import read
from tests.plugin.suites import Ran, Serve, Suite
from tests.servers import raw

SHELL = shutil.which("sh") or ""
TOKEN = "tok-7f3c1e2d9a8b4c5d6e7f"
BEARER = "[tool.redhanded.auth]\nkind = 'bearer'\ntoken = 'env:API_TOKEN'\n"
JSON = [("Content-Type", "application/json")]
BUILD = ("X-Build", "7f3c1e2")
THING = '[tool.redhanded.resources.thing]\ndelete = "DELETE /thing/{id}"\n'


@pytest.mark.parametrize(
    "options",
    [
        pytest.param([], id="plain"),
        pytest.param(["-l"], id="locals"),
        pytest.param(["-vv", "-rA"], id="verbose"),
        pytest.param(["-n1"], id="xdist"),
        pytest.param(["--tb=native", "--junitxml=junit.xml"], id="junit"),
        pytest.param(["--log-cli-level=DEBUG", "--log-file=all.log"], id="live-log"),
    ],
)
def test_a_declared_secret_is_nowhere(
    suite: Suite, raw_server: Serve, monkeypatch: pytest.MonkeyPatch, options: list[str]
) -> None:
    """Terminal, spool and log are masked, also where the test itself prints or compares it."""
    monkeypatch.setenv("API_TOKEN", TOKEN)
    source = f"""
        import logging
        from redhanded import expect

        def test_it(api, record_property):
            token = "{TOKEN[:10]}" + "{TOKEN[10:]}"
            print("printed", token)
            record_property("token", {{"nested": [token]}})
            response = api.get("/x", params={{"q": token}}, headers={{"X-Other": token}})
            assert response.json()["token"] == "other"
    """

    ran = suite(
        source, *options, base_url=raw_server(raw.answer_json({"token": TOKEN})).url, toml=BEARER
    )

    assert ran.ret == 1
    assert TOKEN not in ran.text
    left = [path for path in ran.folder.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    assert len(left) > 3
    assert not [path for path in left if TOKEN in path.read_text("utf-8", "replace")]


def test_a_logged_secret_is_masked_in_report_and_files(
    suite: Suite, raw_server: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the test hands to its own logger passes the same gate."""
    monkeypatch.setenv("API_TOKEN", TOKEN)
    source = f"""
        import logging

        def test_it(api):
            logging.getLogger("shop").warning("logged %s", "{TOKEN[:10]}" + "{TOKEN[10:]}")
            logging.getLogger("shop").warning("%d of three", "not a number")
            assert api.get("/x").status_code == 404
    """

    ran = suite(
        source,
        "-p",
        "no:logging",
        base_url=raw_server(raw.answer(200)).url,
        toml=BEARER,
        apart=True,
    )

    assert ran.ret == 1
    assert TOKEN not in ran.text
    own = [line["body"] for line in ran.log if line["logger"] == "shop"]
    assert own[0].startswith("logged ")
    assert TOKEN not in own[0]
    assert own[1] == "%d of three ('not a number',)"


def test_a_failure_shows_the_breach_once_and_the_rest_beside_it(
    suite: Suite, raw_server: Serve
) -> None:
    """The exception tells what is broken; the section tells why it is red and how to see it."""
    source = """
        from redhanded import expect

        def test_it(api):
            expect(api.get("/before"), 200)
            expect(api.post("/orders", json={"sku": 1}), 201, dict[str, int])
    """
    answers = raw.answer_json({}), raw.answer_json({"total": "90"}, 201, headers=[*JSON, BUILD])

    ran = suite(source, base_url=raw_server(*answers).url)

    head = "DRIFT body.schema: $.total is "
    assert (
        sum(head in line for line in ran.result.stdout.lines) == 3
    )  # E-line, cause, short summary
    ran.result.stdout.fnmatch_lines(
        [
            f"E  *ContractViolated: {head}*",
            "-* redhanded -*",
            "  calls     GET /before -> 200 in *",
            "            POST /orders -> 201 in *",
            "  why red   a whole answer came *",
            "  replay    redhanded replay *",
            "            curl *",
            "  evidence  build 7f3c1e2  trace *  attempt *",
            "            *report.html#t=*",
            "  explain   redhanded explain body.schema",
            f"FAILED test_suite.py::test_it - {head}*",
        ]
    )
    assert not ran.shows_our_frames


@pytest.mark.skipif(not (SHELL and shutil.which("curl")), reason="needs a POSIX shell and curl")
def test_the_curl_line_runs_as_printed(
    suite: Suite, raw_server: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Secrets stand in it as variables of the shell."""
    monkeypatch.setenv("API_TOKEN", TOKEN)
    server = raw_server(raw.answer(500))
    source = """
        from redhanded import expect

        def test_it(api):
            expect(api.put("/a b", params={"q": "'$x'"}, json={"it's": "é"}), 200)
    """
    ran = suite(source, base_url=server.url, toml=BEARER)
    line = next(line for line in ran.result.stdout.lines if line.startswith(" " * 12 + "curl"))

    subprocess.run([SHELL, "-c", line.strip()], check=True, capture_output=True)

    first, again = [request for request in server.requests if request.path != "/health"]
    assert (again.method, again.target, again.body) == (first.method, first.target, first.body)
    assert again.header("authorization") == first.header("authorization") == f"Bearer {TOKEN}"


def test_the_seed_is_told_where_data_was_made_and_makes_the_same_again(
    suite: Suite, raw_server: Serve
) -> None:
    """The failed test's line runs it again with the same data; without `make` no seed is told."""
    source = """
        import pytest
        from pydantic import BaseModel

        class New(BaseModel):
            name: str

        @pytest.mark.parametrize("way", ["by land"])
        def test_it(api, make, way):
            assert api.post("/x", json=make(New)).status_code == 201
    """
    server = raw_server(raw.answer(500))

    ran = suite(source, base_url=server.url)
    lines = [line.strip() for line in ran.result.stdout.lines if "--rh-seed=" in line]
    _, *arguments = shlex.split(lines[0])
    again = suite(source, *arguments, base_url=server.url)
    other = suite("def test_it(api):\n    assert api.get('/x') is None\n", base_url=server.url)

    assert lines == [
        f"pytest 'test_suite.py::test_it[by land]' {arguments[-1]}",
        f"the same data again: {arguments[-1]}",
    ]
    again.result.assert_outcomes(failed=1)
    sent = [request.body for request in server.requests if request.path != "/health"]
    assert sent[0] == sent[1] != sent[2]
    assert "--rh-seed" not in other.text


@pytest.mark.parametrize(
    "option, lines",
    [
        pytest.param("-q", 1, id="quiet"),
        pytest.param("-qq", 1, id="very-quiet"),
    ],
)
def test_a_quiet_run_says_one_sentence(
    suite: Suite, raw_server: Serve, option: str, lines: int
) -> None:
    """At -q nothing but the verdict sentence is ours."""
    source = "def test_it(api):\n    assert api.get('/x').status_code == 200\n"

    ran = suite(source, option, base_url=raw_server(raw.answer(200)).url)

    ours = [line for line in ran.result.stdout.lines if "Green" in line or "redhanded" in line]
    assert ours == ["Green: 1 test held."]


def test_a_verbose_run_names_every_test_and_its_verdict(suite: Suite, raw_server: Serve) -> None:
    """At -v the verdict is the word of progress; the short summary keeps pytest's own."""
    source = """
        import pytest
        from redhanded import expect

        @pytest.mark.parametrize("number", range(5))
        def test_it(api, number):
            expect(api.get("/x"), 404)
    """

    ran = suite(source, "-v", base_url=raw_server(raw.answer(200, b"{}")).url)

    progress = [line for line in ran.result.stdout.lines if "] DEFECT" in line]
    assert len(progress) == 5
    assert sum(line.startswith("    test_suite.py::test_it[") for line in ran.section) == 5
    assert sum(line.startswith("FAILED test_suite.py::") for line in ran.result.stdout.lines) == 5


def test_only_the_worst_causes_are_listed(suite: Suite, raw_server: Serve) -> None:
    """Equal findings share a line, their data put aside; of the causes ten are told."""
    source = """
        import pytest
        from redhanded import expect

        @pytest.mark.parametrize("number", range(400, 415))
        def test_many(api, number):
            expect(api.get("/x"), number)

        @pytest.mark.parametrize("number", range(3))
        def test_alike(api, number):
            assert api.get("/x").status_code == 0, f'no order "{number}" in /orders/{number}'
    """

    ran = suite(source, base_url=raw_server(raw.answer(200, b"{}")).url)

    assert ran.section[1] == (
        '  D DEFECT assert: no order "0" in /orders/0 and the like: 3 tests on GET /x'
    )
    assert "  + 6 more causes in 6 tests: -v names them all" in ran.section


def test_the_log_ties_each_line_to_run_test_and_trace(suite: Suite, raw_server: Serve) -> None:
    """One JSON object a line; the test's own lines are among them, and kept apart once it fails."""
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
    (kept,) = ran.files("logs/tests", "*test-it*.jsonl")
    bodies = [json.loads(line)["body"] for line in kept.read_text("utf-8").splitlines()]
    assert bodies[0] == "about to ask"
    assert bodies[-1] == "defect test_suite.py::test_it"


def test_our_lines_are_not_shown_under_a_failure(suite: Suite, raw_server: Serve) -> None:
    """The calls stand in the section once; pytest's captured log holds the test's own lines."""
    source = "def test_it(api):\n    assert api.get('/x').status_code == 404\n"

    ran = suite(source, "--log-level=INFO", base_url=raw_server(raw.answer(200)).url)

    assert ran.text.count("/x -> 200") == 1


def test_the_server_receives_the_trace_that_the_evidence_names(
    suite: Suite, raw_server: Serve
) -> None:
    """Traceparent carries the test's trace and the attempt's span."""
    server = raw_server(raw.answer(200))
    ran = suite("def test_it(api):\n    assert api.get('/x')\n", base_url=server.url)

    exchange = ran.of("attempt_ended")[0]["exchange"]
    parent = f"00-{exchange['trace_id']}-{exchange['id']}-01"
    assert server.requests[0].header("traceparent") == parent


def test_a_link_to_the_trace_is_shown_where_the_project_names_one(
    suite: Suite, raw_server: Serve
) -> None:
    """`trace_url` makes the id a link."""
    source = "def test_it(api):\n    assert api.get('/x').status_code == 404\n"
    toml = 'trace_url = "https://traces.test/t/{trace_id}"\n'

    ran = suite(source, base_url=raw_server(raw.answer(200)).url, toml=toml)

    trace = ran.of("test_ended")[0]["trace_id"]
    assert f"  evidence  https://traces.test/t/{trace}  trace {trace}" in ran.text


def test_one_id_leads_from_the_failure_to_its_replay_and_to_the_page(
    suite: Suite, raw_server: Serve
) -> None:
    """The failure, the last words and the report's rows have one name for a test."""
    source = "def test_it(api):\n    assert api.get('/x').status_code == 404\n"

    ran = suite(source, base_url=raw_server(raw.answer(200)).url)

    run = ran.files("spool", "main.ndjson")[0].parents[1]
    (row,) = read([run]).rows
    assert f"  replay    redhanded replay {row.id}" in ran.result.stdout.lines
    assert any(line.endswith(f"report.html#t={row.id}") for line in ran.result.stdout.lines)
    assert f"replay: redhanded replay {row.id}  # test_suite.py::test_it" in ran.section


@pytest.mark.parametrize("option", ["-q", "-v"], ids=["quiet", "verbose"])
def test_the_last_words_lead_to_a_replay_and_a_trace_unless_they_are_quiet(
    suite: Suite, raw_server: Serve, option: str
) -> None:
    """One test of each cause is named, with the link that the project has a template for."""
    source = "def test_it(api):\n    assert api.get('/x').status_code == 404\n"
    toml = 'trace_url = "https://traces.test/t/{trace_id}"\n'

    ran = suite(source, option, "--tb=no", base_url=raw_server(raw.answer(200)).url, toml=toml)

    trace = ran.of("test_ended")[0]["trace_id"]
    assert (f"  trace: https://traces.test/t/{trace}" in ran.text) is (option == "-v")
    assert ("replay: redhanded replay " in ran.text) is (option == "-v")


@pytest.mark.parametrize(
    "toml, kept",
    [
        pytest.param("", {"test_bad"}, id="failed"),
        pytest.param('evidence = "all"\n', {"test_good", "test_bad"}, id="all"),
        pytest.param('evidence = "none"\n', set(), id="none"),
    ],
)
def test_bodies_are_kept_as_the_settings_say(
    suite: Suite, raw_server: Serve, toml: str, kept: set[str]
) -> None:
    """A pass keeps method, URL and digest; a failure keeps what was said, masked."""
    source = """
        from redhanded import expect

        def test_good(api):
            expect(api.get("/x"), 200)

        def test_bad(api):
            expect(api.get("/x"), 404)
    """
    answer = raw.answer_json({"password": "hunter2hunter2", "id": 7})

    ran = suite(source, base_url=raw_server(answer).url, toml=toml)

    bodies = {
        event["test_id"].rpartition("::")[2]: event["bodies"] for event in ran.of("test_ended")
    }
    assert {name for name, of_test in bodies.items() if of_test} == kept
    for of_test in filter(None, bodies.values()):
        (body,) = of_test.values()
        assert body["response"]["text"].replace(" ", "").endswith('"id":7}')
    assert "hunter2" not in str(ran.events)


@pytest.mark.parametrize(
    "ending",
    ["assert False", "pytest.skip('later')", "raise KeyboardInterrupt", "pytest.exit('x')"],
)
def test_what_was_made_is_removed_however_the_test_ends(
    suite: Suite, raw_server: Serve, ending: str
) -> None:
    """Cleanup runs after a failure, a skip and Ctrl-C; a leftover never turns anything red."""
    source = f"""
        import pytest

        def test_it(api, cleanup):
            api.post("/thing")
            cleanup("thing", 7)
            {ending}
    """
    server = raw_server(raw.answer(201), raw.answer(500))

    ran = suite(source, base_url=server.url, toml=THING, apart=True)

    assert ("DELETE", "/thing/7") in [(r.method, r.path) for r in server.requests]
    note = "left behind by test_suite.py::test_it: thing 7 (DELETE /thing/7 answered 500)"
    assert f"note: {note}" in ran.section
    assert note in [event["message"] for event in ran.of("noted")]


def test_shared_results_do_not_outlive_the_run(suite: Suite, raw_server: Serve) -> None:
    """What `once` stored may be a token."""
    source = """
        from redhanded import once

        def test_it(api):
            assert once("token", lambda: "tok-" + api.get("/x").reason_phrase)
    """

    ran = suite(source, base_url=raw_server(raw.answer(200)).url)

    assert ran.ret == 0
    assert not list(ran.folder.glob(".redhanded/runs/*/once"))


def test_evidence_is_kept_out_of_version_control(suite: Suite, raw_server: Serve) -> None:
    """A folder that we make ignores itself; one that was there is left as it is."""
    source = "def test_it(api):\n    assert api.get('/x')\n"
    url = raw_server(raw.answer(200)).url

    ran = suite(source, base_url=url)
    (ran.folder / "build").mkdir()
    suite(source, "--rh-folder=build", base_url=url)

    assert (ran.folder / ".redhanded" / ".gitignore").read_text("utf-8") == "*\n"
    assert not (ran.folder / "build" / ".gitignore").exists()
    assert (ran.folder / "build" / "runs").is_dir()


def _word(ran: Ran) -> str | None:
    return ran.verdicts["test_it"]


@pytest.mark.parametrize(
    "mark, ending, verdict, code",
    [
        pytest.param("xfail(strict=False)", "assert False", None, 0, id="xfail"),
        pytest.param("xfail(strict=False)", "assert True", "pass", 0, id="xpass"),
        pytest.param(
            "xfail(reason='known', strict=True)", "assert True", "test_bug", 1, id="strict-xpass"
        ),
        pytest.param("smoke", "pytest.xfail('known')", None, 0, id="xfail-called"),
        pytest.param("smoke", "pytest.skip('later')", None, 5, id="skip"),
    ],
)
def test_what_is_expected_to_fail_has_no_verdict(  # noqa: PLR0917  asked for by name
    suite: Suite, raw_server: Serve, mark: str, ending: str, verdict: str | None, code: int
) -> None:
    """A skip or an expected failure is no pass; an expected failure that stays away is a bug."""
    source = f"""
        import pytest
        from redhanded import expect

        @pytest.mark.{mark}
        def test_it(api):
            expect(api.get("/x"), 200)
            {ending}
    """
    ran = suite(source, base_url=raw_server(raw.answer_json({})).url)

    assert ran.ret == code, ran.text
    assert _word(ran) == verdict
    assert not ran.shows_our_frames
