"""What real sessions show and write: nothing of a secret with redhanded, much of it without."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.secrets.channels import CHANNELS
from bench.secrets.matrix import Bench
from bench.secrets.sessions import OURS, STOCK, kind_of

# Of one session the reports alone take seconds to read; all cells are the benchmark's.
pytestmark = pytest.mark.timeout(400)


def test_no_channel_leaks() -> None:
    """INVARIANT: by thirty ways into a run, no secret comes out of it, in whatever file.

    One session of them: the gate measures more, and the benchmark all.
    """
    cells = Bench(OURS, seed=1).session("token", "killed")

    assert [cell.channel for cell in cells if not cell.was_run] == []
    assert [cell for cell in cells if cell.leaks] == []


def test_the_same_session_of_stock_pytest_leaks() -> None:
    """What no channel carries cannot leak: most of them do, as people run their tests today."""
    cells = Bench(STOCK, seed=1).session("token", "locals")

    leaking = {cell.channel: cell.leaks for cell in cells if cell.leaks}
    assert len(leaking) > len(CHANNELS) / 2
    assert "terminal" in leaking["introspection"]
    assert "junit-of-pytest.xml" in leaking["message"]


@pytest.mark.parametrize(
    "name, kind",
    [
        (".redhanded/runs/4f2a/spool/main.ndjson", "spool"),
        (".redhanded/runs/4f2a/logs/tests/a.jsonl", "logs"),
        (".redhanded/runs/4f2a/report.html", "report.html"),
        (".redhanded/history/history.sqlite", "history"),
        (".pytest_cache/v/cache/lastfailed", "pytest's cache"),
        ("reports/har", "har"),
        ("reports/allure/1-result.json", "allure"),
        ("junit-of-pytest.xml", "junit-of-pytest.xml"),
        ("environ.txt", "processes"),
        ("home/summary-of-job.md", "summary-of-job.md"),
    ],
)
def test_a_file_is_told_by_its_place(name: str, kind: str) -> None:
    """The table of the page says in what a secret was read, whatever the run was called."""
    assert kind_of(Path(name)) == kind
