"""What a run tells of itself and of its tests, and the reports that it writes of that."""

from __future__ import annotations

import json
from typing import Any

import pytest

from redhanded.reports.dossier.reading import read
from tests.plugin.suites import Ran, Serve, Suite
from tests.servers import raw

SUITE = """
    import logging

    import pytest
    from redhanded import expect

    def test_pass(api):
        print("quiet")
        expect(api.get("/x"), 200)

    def test_defect(api, record_property):
        record_property("owner", "me")
        print("loud")
        expect(api.get("/x"), 404)

    def test_skip():
        pytest.skip("not here")
"""


def reported(ran: Ran) -> dict[str, list[dict[str, Any]]]:
    """What was told of each test, by its function's name."""
    found: dict[str, list[dict[str, Any]]] = {}
    for event in ran.of("reported"):
        found.setdefault(event["test_id"].rpartition("::")[2], []).append(event)
    return found


def test_a_run_says_what_it_is_made_with(suite: Suite, raw_server: Serve) -> None:
    """Once, by the process that sees all; what it means is told before it ends."""
    ran = suite(SUITE, "--rh-seed=7", base_url=raw_server(raw.answer(200)).url)

    (described,) = ran.of("described")
    assert described["command"][0] == "pytest"
    assert "--rh-seed=7" in described["command"]
    assert described["plugins"]["pytest"] == pytest.__version__
    assert ["seed", "7", "command line"] in described["settings"]
    (concluded,) = ran.of("concluded")
    assert (concluded["exit_code"], concluded["counts"]) == (1, {"defect": 1, "pass": 1})
    assert concluded["sentences"] == [ran.section[0]]
    assert [event["event"] for event in ran.events[-2:]] == ["concluded", "run_ended"]


def test_each_test_is_told_as_everybody_was(suite: Suite, raw_server: Serve) -> None:
    """Its verdict, its line, its story; what it printed where it is evidence, and its place."""
    ran = suite(SUITE, base_url=raw_server(raw.answer(200)).url)

    told = {name: events[0] for name, events in reported(ran).items()}
    assert {name: (each["outcome"], each["kind"]) for name, each in told.items()} == {
        "test_pass": ("passed", "pass"),
        "test_defect": ("failure", "defect"),
        "test_skip": ("skipped", "pytest.skip"),
    }
    defect = told["test_defect"]
    assert defect["headline"] == "DEFECT status: 200, want 404"
    assert 'expect(api.get("/x"), 404)' in defect["story"]
    assert "loud" in defect["output"]
    assert defect["properties"] == [["owner", "me"]]
    assert defect["place"].startswith("test_suite.py:")
    assert (told["test_pass"]["output"], told["test_pass"]["story"]) == ("", "")


def test_all_evidence_holds_what_tests_printed_that_passed(suite: Suite, raw_server: Serve) -> None:
    """As with bodies."""
    ran = suite(SUITE, "--rh-set=evidence=all", base_url=raw_server(raw.answer(200)).url)

    assert "quiet" in reported(ran)["test_pass"][0]["output"]


def test_workers_tell_through_their_controller(suite: Suite, raw_server: Serve) -> None:
    """Each test once, with the worker that ran it; what it sent is in that worker's spool."""
    ran = suite(SUITE, "-n2", base_url=raw_server(raw.answer(200)).url)

    told = reported(ran)
    assert {name: len(events) for name, events in told.items()} == {
        "test_pass": 1,
        "test_defect": 1,
        "test_skip": 1,
    }
    assert {events[0]["worker"] for events in told.values()} <= {"gw0", "gw1"}
    (folder,) = (ran.folder / ".redhanded" / "runs").iterdir()
    dossier = read([folder])
    assert dossier.head.missing == ()
    assert {process.worker for process in dossier.head.processes} == {"main", "gw0", "gw1"}
    assert [len(case.rounds) for case in dossier.cases()] == [1, 1, 1]
    assert (folder / "report.html").exists()


def test_a_requeued_test_is_told_round_by_round(suite: Suite, raw_server: Serve) -> None:
    """INVARIANT: the round that was lost to weather is in the record, and counts for nobody."""
    source = """
        from redhanded import expect

        def test_it(api):
            expect(api.get("/x"), 200)
    """
    toml = "[tool.redhanded.recovered]\nlimit = 1.0\n[tool.redhanded.retry]\ncapacity = 0\n"
    toml += "[tool.redhanded.requeue]\nseconds = 60\n"
    server = raw_server(raw.reset_after_request(), raw.answer(200))

    ran = suite(source, base_url=server.url, toml=toml)

    first, last = reported(ran)["test_it"]
    assert (first["is_parked"], first["kind"], first["code"], first["round"]) == (
        True,
        "inconclusive",
        "net.reset",
        0,
    )
    assert (last["is_parked"], last["kind"], last["round"]) == (False, "recovered", 1)


def test_a_module_that_is_broken_is_told(suite: Suite) -> None:
    """Also what is no test is in the record."""
    ran = suite("import nowhere_to_be_found", "--rh-seed=7")

    (event,) = ran.of("reported")
    assert (event["test_id"], event["worker"], event["kind"], event["place"]) == (
        "test_suite.py",
        "",
        "unjudged",
        "test_suite.py",
    )


def test_every_report_can_be_asked_for(suite: Suite, raw_server: Serve) -> None:
    """By the command line and by the settings; each is named in the last words."""
    toml = '[tool.redhanded.report.files]\nctrf = "out/ctrf.json"\n'

    ran = suite(
        SUITE, "--rh-report=har=out/a.har", base_url=raw_server(raw.answer(200)).url, toml=toml
    )

    assert json.loads((ran.folder / "out" / "ctrf.json").read_text("utf-8"))
    assert json.loads((ran.folder / "out" / "a.har").read_text("utf-8"))
    for line in ("HAR file: out", "CTRF file: out", "report: .redhanded"):
        assert any(told.startswith(line) for told in ran.section)


@pytest.mark.parametrize(
    "option, said",
    [
        pytest.param("xml=a", '--rh-report xml=a: there is no format "xml"', id="format"),
        pytest.param("har", "--rh-report har: write FORMAT=PATH, such as", id="no-path"),
        pytest.param("har=.", "--rh-report har=. names no file: write such as", id="folder"),
    ],
)
def test_what_can_be_no_report_stops_the_run(suite: Suite, option: str, said: str) -> None:
    """Before the first test."""
    ran = suite("def test_it():\n    assert True\n", f"--rh-report={option}")

    assert ran.ret == 4
    assert f"redhanded: {said}" in ran.text
    assert ran.events == []


def test_a_report_that_cannot_be_written_is_a_sentence(suite: Suite) -> None:
    """INVARIANT: the exit code stands, and the other reports are there."""
    source = "def test_it():\n    assert True\n"

    ran = suite(source, "--rh-report=har=test_suite.py/a.har", "--rh-report=ctrf=a.json")

    assert ran.ret == 0
    assert "no HAR file: test_suite.py" in ran.text
    assert "give --rh-report har another path" in ran.text
    assert (ran.folder / "a.json").exists()
    assert not ran.shows_our_frames


def test_a_disk_that_is_full_hides_no_failure(suite: Suite, raw_server: Serve) -> None:
    """What the spool did not take is told from memory, and that there is no more of it."""
    source = """
        import pathlib
        from redhanded import expect

        def test_defect(api):
            expect(api.get("/x"), 404)

        def test_loss():
            for spool in pathlib.Path(".redhanded/runs").glob("*/spool/*"):
                spool.write_bytes(b"")
    """

    ran = suite(source, "--rh-report=ndjson=a.ndjson", base_url=raw_server(raw.answer(200)).url)

    text = (ran.folder / "a.ndjson").read_text("utf-8")
    assert "DEFECT status: 200, want 404" in text
    assert "not in the spools" in text


def test_a_job_of_github_is_annotated(
    suite: Suite, raw_server: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its runner reads what stands at the beginning of a line."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)

    ran = suite(SUITE, base_url=raw_server(raw.answer(200)).url)

    (line,) = [line for line in ran.result.stdout.lines if line.startswith("::error ")]
    assert "file=test_suite.py" in line
