"""The summary of a job: the worst first, within what the site takes, whatever was said."""

from __future__ import annotations

from pathlib import Path

import pytest

from redhanded.core.verdicts import Verdict
from redhanded.reports.dossier.reading import read
from redhanded.reports.kinds import word
from redhanded.reports.overview import Extent, overview
from redhanded.reports.summary import LIMIT, write
from tests.reports.dossier.made import dossier_of, making
from tests.reports.rendered import Rendered
from tests.reports.rich import COUNTS, SAID, rich

TEST = "test_a.py::test_b"
EXTENT = Extent(100_000, tests=3, story=200, operations=5)


def summary(folder: Path, text: str = "", **described: object) -> str:
    """The summary of a run with a test of every kind."""
    write(rich(folder / "run", text, **described), folder / "summary.md")
    return (folder / "summary.md").read_text("utf-8")


@pytest.mark.parametrize("text", [pytest.param("", id="plain"), *SAID])
def test_nothing_that_was_said_becomes_markup(tmp_path: Path, text: str) -> None:
    """INVARIANT: tags, links and mentions are ours, and every table has its columns."""
    plain, page = Rendered(summary(tmp_path / "plain")), Rendered(summary(tmp_path, text))

    assert page.tags["details"] == plain.tags["details"] == page.tags["summary"]
    assert (page.tags["tr"], page.tags["td"]) == (plain.tags["tr"], plain.tags["td"])
    assert set(page.tags) == set(plain.tags) | {"pre"}
    assert page.attributes <= {"style", "class"}
    assert (page.links, page.calls) == ([], [])


def test_the_sentence_and_the_counts_stand_first(tmp_path: Path) -> None:
    """A reader who goes no further knows what the run means."""
    lines = summary(tmp_path).splitlines()

    assert lines[0] == "## ❌ Red: 3 tests found a defect."
    rows = [line.strip("| ").split(" | ") for line in lines[4 : 4 + len(COUNTS)]]
    assert {said.partition(" ")[2]: int(count) for said, count in rows} == {
        word(kind): count for kind, count in COUNTS.items()
    }
    assert "| ❌ finding on the run as a whole | 1 |" in lines


@pytest.mark.parametrize(
    "exit_code, sign",
    [
        pytest.param(0, "✅", id="green"),
        pytest.param(75, "⚠️", id="inconclusive"),
        pytest.param(1, "❌", id="red"),
        pytest.param(5, "❌", id="nothing-ran"),
    ],
)
def test_the_sign_is_that_of_the_exit_code(tmp_path: Path, exit_code: int, sign: str) -> None:
    """The sentence beside it says the same in words."""
    text = overview(dossier_of(tmp_path, exit_code=exit_code), EXTENT)

    assert text.startswith(f"## {sign} Green: all held.")


def test_a_run_that_was_killed_says_what_is_missing(tmp_path: Path) -> None:
    """It is neither green nor red."""
    with making(tmp_path) as run:
        run.start(TEST)

    text = overview(read([tmp_path]), EXTENT)

    assert text.startswith("## ⚠️ This run was killed before its end")
    assert "\n> " in text


def test_failures_are_told_by_reason_the_worst_first(tmp_path: Path) -> None:
    """Tests of one reason stand together, each with its replay."""
    text = summary(tmp_path)

    heads = [line for line in text.splitlines() if line.startswith("<details>")]
    assert "DEFECT body.schema: &#36;.total</code> (2 tests)" in heads[0]
    words = ["body.schema", "objective.missed", "DRIFT", "SLOW", "TEST_BUG", "another"]
    assert [word in head for word, head in zip(words, heads, strict=True)] == [True] * 6
    assert "- `tests/test_a.py::test_defect[1]` at `tests/test_a.py:41`, `redhanded replay " in text
    assert "- `tests/test_a.py::test_defect[2]`, `redhanded replay " in text


def test_what_weather_did_is_told_by_its_cause(tmp_path: Path) -> None:
    """Not red, and never left out."""
    text = summary(tmp_path)

    assert "### Kept from judging\n" in text
    assert "### Recovered\n" in text
    assert "### Quarantined\n" in text
    assert text.count("| <code>net.refused</code> | ") == 2
    assert text.index("### What failed") < text.index("### Kept from judging")


def test_operations_are_held_against_what_is_declared(tmp_path: Path) -> None:
    """Those above their limit come first, with how many answers say so."""
    settings = (
        ("ceilings.POST /orders", "0.01", "x"),
        ("ceilings.*", "2.0", "x"),
        ("objectives.GET /booking/{id}.p95", "0.5", "x"),
    )

    text = summary(tmp_path, settings=settings)

    slow = text[text.index("### Slowest") :].splitlines()[4:6]
    times = "69 ms | 69 ms"
    assert slow[0] == f"| <code>POST /orders</code> | 2 | {times} | ceiling 10 ms: ❌ above |"
    assert slow[1].endswith("| p95 500 ms: too few to judge |")


def test_a_reader_learns_how_to_see_the_same_again(tmp_path: Path) -> None:
    """Target, seed, command, where the evidence lies, and the job."""
    source = {"commit": "0a1b2c3", "job": "https://ci.example/7"}

    text = summary(tmp_path, source=source)

    assert "target `http://shop.test`, environment `staging`, commit `0a1b2c3`, seed `7`" in text
    assert "evidence `.redhanded/runs/run1`" in text
    assert "- command `pytest -q`\n- [the job](<https://ci.example/7>)" in text
    assert text.endswith("3 values masked.\n")


def test_the_evidence_lies_where_the_settings_put_it(tmp_path: Path) -> None:
    """The folder of the runs may have another name."""
    assert "evidence `out/runs/run1`" in summary(tmp_path, settings=(("folder", "out", "x"),))


@pytest.mark.parametrize(
    "limit", [pytest.param(size, id=f"{size}") for size in (3_000, 10_000, 60_000)]
)
def test_what_there_is_no_room_for_is_counted(tmp_path: Path, limit: int) -> None:
    """INVARIANT: never above the limit; first stories go, then tests, then whole reasons."""
    tests = [(f"test_a.py::test_{n}", Verdict.DEFECT, f"status.{n}") for n in range(400)]
    dossier = dossier_of(tmp_path, *tests, exit_code=1)

    text = overview(dossier, Extent(limit, tests=3, story=200, operations=5))

    shown = text.count("<details>")
    assert limit * 0.7 < len(text.encode()) <= limit
    assert f"\n{400 - shown} more tests that failed: see `report.html`." in text
    assert text.count("<details>") == text.count("</details>")


@pytest.mark.parametrize("text", SAID)
def test_hostile_text_does_not_break_the_limit(tmp_path: Path, text: str) -> None:
    """Characters grow when they are shown."""
    dossier = rich(tmp_path, text * (1 + 200 // len(text)))

    for limit in (8_000, 20_000, LIMIT):
        told = overview(dossier, Extent(limit, tests=10, story=4_000, operations=10))
        assert len(told.encode("utf-8")) <= limit


def test_many_causes_and_parts_are_bounded(tmp_path: Path) -> None:
    """A run of many shards, and weather of many kinds."""
    folders = [tmp_path / f"{number}" for number in range(12)]
    for number, folder in enumerate(folders):
        with making(folder, shard=f"{number}") as run:
            run.test(TEST, Verdict.INCONCLUSIVE, f"net.{number}")
            run.over(exit_code=75)

    text = overview(read(folders), EXTENT)

    assert "\n2 more causes: see `report.html`.\n" in text
    assert "2 more parts: see `report.html`." in text
    assert text.count("- target ") == 10


def test_a_trace_is_linked_where_it_can_be_found(tmp_path: Path) -> None:
    """The template of the settings makes the link."""
    text = summary(tmp_path, settings=(("trace_url", "https://traces.test/{trace_id}", "x"),))

    links = Rendered(text).links
    assert links != []
    assert all(link.startswith("https://traces.test/") for link in links)


def test_a_run_without_tests_is_one_line_and_its_provenance(tmp_path: Path) -> None:
    """There is no empty table."""
    text = overview(dossier_of(tmp_path), EXTENT)

    assert "|" not in text
    assert "###" not in text
