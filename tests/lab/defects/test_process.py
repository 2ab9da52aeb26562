"""Defects of a demo API in a process of its own."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import httpx2
import pytest

from redhanded.lab import LabError, Running, running
from redhanded.lab.__main__ import main
from redhanded.lab.defects.table import DEFECTS


def booking(lab: Running) -> httpx2.Response:
    """A booking as the process tells of it."""
    return httpx2.get(f"{lab.url}/booking/1", trust_env=False)


def test_it_starts_with_defects_and_is_switched_while_it_serves(tmp_path: Path) -> None:
    """One process serves a defect from the start, then others, then none."""
    served = tmp_path / "served.ndjson"
    with running(tmp_path / "lab.db", defects=["D01"], seed=3, served=served) as lab:
        seen = [booking(lab).json().keys() & {"totalprice", "total_price"}]
        lab.switch("D02", "D15", served=served)
        other = booking(lab)
        lab.switch()
        seen.append(booking(lab).json().keys() & {"totalprice", "total_price"})

    assert seen == [{"total_price"}, {"totalprice"}]
    assert other.headers["content-type"].startswith("text/html")
    assert [json.loads(line)["code"] for line in served.read_text("utf-8").splitlines()] == [
        "D01",
        "D02",
        "D15",
    ]


def test_a_switch_that_there_is_not_changes_nothing(tmp_path: Path) -> None:
    """The sentence is the process's own, and it goes on serving; after its end it says so."""
    with running(tmp_path / "lab.db", defects=["D01"]) as lab:
        with pytest.raises(LabError, match="the demo API refused: there is no defect 'D0'"):
            lab.switch("D02", "D0")

        assert "total_price" in booking(lab).json()

    with pytest.raises(LabError, match="the demo API has ended"):
        lab.switch("D02")


def test_an_api_that_someone_else_started_has_no_switches() -> None:
    """Only whoever holds its standard input can switch it."""
    lab = Running(url="http://127.0.0.1:1", pid=1, build="1")

    with pytest.raises(LabError, match=r"only who started the demo API can switch it"):
        lab.switch("D01")


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        pytest.param(["--defect", "D0"], "no defect 'D0'; did you mean D01?", id="code"),
        pytest.param(
            ["--defect", "D01", "--served", "missing/served.ndjson"],
            "cannot be written",
            id="file",
        ),
    ],
)
def test_a_start_with_a_wrong_switch_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    """It says what is wrong and what to write, and nothing is served."""
    code = main(["--data", str(tmp_path / "lab.db"), *arguments])

    said = capsys.readouterr()
    assert (code, said.out) == (2, "")
    assert sentence in said.err
    assert len(said.err.splitlines()) == 1


def test_the_list_names_every_defect(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a data file, for whoever wants to choose."""
    with pytest.raises(SystemExit) as ended:
        main(["--list-defects"])

    lines = capsys.readouterr().out.splitlines()
    assert ended.value.code == 0
    assert [line.split()[0] for line in lines] == list(DEFECTS)


def test_a_list_without_the_extra_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Defects are made of the web framework, so the list needs it too."""
    monkeypatch.setitem(sys.modules, "redhanded.lab.defects.table", None)

    with pytest.raises(SystemExit) as ended:
        main(["--list-defects"])

    assert ended.value.code == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
