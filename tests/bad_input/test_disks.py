"""Disks that take nothing, or nothing more: verdicts stand, and what was written stays."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from redhanded.reports.spool import read_spool
from tests.plugin.suites import Ran, Serve, Suite
from tests.servers import raw

SOURCE = """
    import pytest
    from redhanded import expect, once

    @pytest.mark.parametrize("number", range(3))
    def test_it(api, number):
        expect(api.get(f"/{number}"), 200 if number < 2 else 404)
"""
SUMMARY = "Red: 1 defect; 2 of 3 tests held."
LIMITED = """
import resource, sys, pytest
resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))
sys.exit(pytest.main(["-p", "no:randomly", "-p", "no:cacheprovider", *sys.argv[1:]]))
"""


def _evidence(ran: Ran) -> Path:
    """The folder that the terminal names."""
    line = next(line for line in ran.section if line.startswith("evidence: "))
    return ran.folder / line.removeprefix("evidence: ").rpartition(" (")[0]


@pytest.mark.parametrize("workers", [[], ["-n2"]], ids=["alone", "xdist"])
def test_a_folder_that_cannot_be_made_has_a_spare(
    suite: Suite,
    pytester: pytest.Pytester,
    raw_server: Serve,
    monkeypatch: pytest.MonkeyPatch,
    workers: list[str],
) -> None:
    """The evidence goes to a temporary folder, which is named once, for all workers."""
    spare = pytester.mkdir("spare")
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(name, str(spare))
    monkeypatch.setattr("tempfile.tempdir", None)
    (pytester.path / ".redhanded").write_text("a file where a folder should be")

    ran = suite(SOURCE, *workers, base_url=raw_server(raw.answer(200)).url)

    assert ran.ret == 1, ran.text
    assert ran.section[0] == SUMMARY
    (note,) = [line for line in ran.section if line.startswith("note: ")]
    assert note.startswith(f"note: {pytester.path / '.redhanded'} cannot be written (")
    folder = _evidence(ran)
    assert folder.parent == spare
    assert note.endswith(f"; this run's evidence is in {folder}")
    files = [path for path in folder.glob("spool/*.ndjson") if path.stem != "main" or not workers]
    events = [event for path in files for event in read_spool(path)]
    assert sum(event["event"] == "test_ended" for event in events) == 3
    assert not ran.shows_our_frames


def test_a_run_without_any_disk_is_judged_all_the_same(
    suite: Suite, pytester: pytest.Pytester, raw_server: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No evidence is left, which is said; `once` says for itself that it cannot share."""
    file = pytester.path / "file"
    file.write_text("a file where a folder should be")
    monkeypatch.setattr("tempfile.tempdir", str(file))

    ran = suite(
        f"{SOURCE}\n    def test_once(api):\n        once('key', lambda: 1)\n",
        "--capture=sys",
        f"--rh-folder={file}",
        base_url=raw_server(raw.answer(200)).url,
    )

    assert ran.ret == 1
    assert ran.section[0] == "Red: 1 defect and 1 test bug; 2 of 4 tests held."
    assert any("this run leaves no evidence" in line for line in ran.section)
    assert 'OnceFailed: once("key") cannot use the folder' in ran.text
    assert not ran.shows_our_frames, ran.text


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="there is no /proc here")
def test_a_place_that_is_read_only_has_a_spare(suite: Suite, raw_server: Serve) -> None:
    """/proc takes no folder from anybody, not even from root."""
    ran = suite(SOURCE, "--rh-folder=/proc/redhanded", base_url=raw_server(raw.answer(200)).url)

    assert ran.ret == 1
    assert ran.section[0] == SUMMARY
    assert any(line.startswith("note: /proc/redhanded cannot be written (") for line in ran.section)


@pytest.mark.skipif(os.name == "nt", reason="needs a limit to the size of files")
@pytest.mark.parametrize("size", [100, 700, 1_500])
def test_a_disk_that_fills_up_keeps_what_was_whole(
    suite: Suite, raw_server: Serve, size: int
) -> None:
    """The run ends as it would have; one sentence names each file, and every whole line is read."""
    server = raw_server(raw.answer(200))
    folder = suite(SOURCE, "--collect-only", base_url=server.url).folder
    command = [sys.executable, "-B", "-c", LIMITED.format(size=size)]

    # A process that measures itself would have no room for what it measures.
    env = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}

    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)

    assert done.returncode == 1, done.stdout
    assert SUMMARY in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    for what, kind in (("evidence", "spool/main.ndjson"), ("the log", "logs/main.jsonl")):
        (path,) = folder.glob(f".redhanded/runs/*/{kind}")
        told = f"note: {what} is no longer written to {path}: File too large; make room and run "
        assert done.stdout.count(told) == 1
        whole = path.read_bytes().rpartition(b"\n")[0].splitlines()
        assert all(json.loads(line) for line in whole)
    (spool,) = folder.glob(".redhanded/runs/*/spool/main.ndjson")
    assert len(list(read_spool(spool))) == spool.read_bytes().count(b"\n")
