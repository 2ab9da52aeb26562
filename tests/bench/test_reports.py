"""What reports are measured with: a run that never was, yet reads like one."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from bench.figures import Figure
from bench.reports import browser, rivals, size, spooling, wire
from bench.reports.spools import CALLS, NON_PASSES, WORKERS, fill
from bench.reports.written import main as write_one
from redhanded.reports.dossier.reading import Spooled, read
from redhanded.reports.spool import read_spool

TESTS = 1_000
TOLD = {
    "bytes": 1.0e6,
    "read_seconds": 1.0,
    "read_cpu": 0.9,
    "write_seconds": 2.9,
    "write_cpu": 2.7,
    "megabytes": 40.0,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run of a thousand tests."""
    return fill(tmp_path_factory.mktemp("runs") / "run", tests=TESTS)


@pytest.fixture(scope="module")
def dossier(folder: Path) -> Spooled:
    """What the reports are made of."""
    return read([folder])


def test_a_made_run_reads_like_a_real_one(dossier: Spooled) -> None:
    """Nothing of it is missing, and every process came to its end."""
    assert dossier.head.missing == ()
    assert len(dossier.rows) == TESTS
    assert len(dossier.head.processes) == WORKERS + 1
    assert dossier.head.exit_code == 1
    assert dossier.head.builds == (wire.BUILD,)


def test_three_in_a_hundred_tests_do_not_pass(dossier: Spooled) -> None:
    """Figures are of a run in which something happened; all else is kept short."""
    found = Counter(row.kind for row in dossier.rows)

    assert {kind: found[kind] for kind in map(str, NON_PASSES)} == {
        str(verdict): count for verdict, count in NON_PASSES.items()
    }
    assert found["pass"] == TESTS - sum(NON_PASSES.values())


def test_each_test_has_four_exchanges_and_bodies_where_it_did_not_hold(dossier: Spooled) -> None:
    """Those of weather have further attempts, and what was red a canary beside it."""
    for case in dossier.cases():
        (made,) = case.rounds
        own = [sent for sent in made.sent if sent.exchange.purpose == "test"]
        assert len({sent.exchange.call_id for sent in own}) == CALLS
        is_kept = case.row.kind not in ("pass", "recovered")
        assert all((sent.response is not None) is is_kept for sent in own)
        assert (len(made.sent) > len(own)) is is_kept
        assert len(made.steps) in (3, 5)


def test_no_secret_stands_in_a_made_run(folder: Path) -> None:
    """Its exchanges went through the gate, as those of a run do."""
    text = "".join(path.read_text(encoding="utf-8") for path in folder.glob("spool/*.ndjson"))

    assert "bench-bench" not in text
    assert "masked_Authorization" in text


def test_a_made_run_is_the_same_for_each_seed(tmp_path: Path) -> None:
    """Two runs of the benchmark measure the same bytes."""
    seeds = {"a": 1, "b": 1, "c": 2}
    for name, seed in seeds.items():
        fill(tmp_path / name, tests=20, seed=seed)

    told = [[*read_spool(tmp_path / name / "spool" / "gw0.ndjson")] for name in seeds]

    assert told[0] == told[1] != told[2]


def test_a_page_is_measured_as_it_is_written(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Seconds, bytes and megabytes, told as JSON by a process of its own."""
    write_one(folder, tmp_path / "report.html")

    told = capsys.readouterr().out
    assert f'"bytes": {(tmp_path / "report.html").stat().st_size}' in told
    assert '"write_seconds": ' in told


@pytest.mark.parametrize(
    "megabytes, reading, writing, missed",
    [
        pytest.param(7.9, 1.4, 3.5, [], id="met"),
        pytest.param(8.1, 1.4, 3.5, ["page of"], id="large"),
        pytest.param(7.9, 1.4, 3.7, ["the same: made"], id="slow"),
        pytest.param(7.9, 3.7, 1.4, ["the same: made"], id="slow-to-read"),
    ],
)
def test_goals_of_a_whole_run_have_no_slack(
    megabytes: float, reading: float, writing: float, missed: list[str]
) -> None:
    """A figure that misses its goal fails the command."""
    spent = {"read_seconds": reading, "write_seconds": writing}
    told = {**TOLD, "bytes": megabytes * 1e6, **spent}

    found = [*size.written([told], size.TESTS)]

    assert [one.name for one in found if not one.is_met] == [
        one.name for one in found if any(one.name.startswith(word) for word in missed)
    ]
    assert sum(not one.is_met for one in found) == len(missed)


def test_a_short_run_is_held_to_its_share() -> None:
    """Its size is exact; its time has slack, for other things run beside it."""
    large, slow, *_ = size.written([TOLD], 2_000)

    assert (large.goal, large.is_met) == ("<= 0.92 MB", False)
    assert (slow.goal, slow.is_met) == ("<= 4 s", True)


def test_what_is_not_here_is_left_out_with_a_word(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The gate runs also where there is no browser, no worker and no npm."""
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.setattr(spooling, "find_spec", lambda name: None)
    monkeypatch.setattr(rivals, "find_spec", lambda name: None)

    with browser.browsing() as found:
        assert found is None
    figures: list[Figure] = [*spooling.figures(), *size.seen(tmp_path / "x", short=True)]
    assert all("skipped" in one.measured and one.is_met for one in figures)
    assert rivals.of_pytest_html(tmp_path) is None
    assert rivals.of_allure(tmp_path) is None
