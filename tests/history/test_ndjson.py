"""Records as lines of JSON: the same after the journey, whatever happened to some of the lines."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redhanded.history.ndjson import read, written
from redhanded.history.records import Record
from redhanded.history.store import HistoryUnavailable
from tests.history.anything import records
from tests.history.samples import NOON, evidence, full, latency, operation, outcome, record

WHOLE = replace(
    record("r1", [outcome("t1"), outcome("t2", "defect")]),
    latencies=(latency("t1"),),
    operations=(operation(),),
    evidence=(evidence(),),
)
OTHER = record("r2", [outcome("t1")])
LINES = list(written([WHOLE, OTHER]))


def taken(lines: Iterable[str]) -> tuple[list[Record], list[str]]:
    """The records in the lines, and what was said of damage."""
    said: list[str] = []
    return list(read(lines, said.append)), said


@given(st.lists(records(), max_size=3))
def test_the_journey_changes_nothing(made: list[Record]) -> None:
    """INVARIANT: what is written is read as it was, whatever is in it."""
    assert taken(written(made)) == (made, [])


@given(records())
def test_lines_are_lines_to_everybody(made: Record) -> None:
    """No text holds anything that some reader takes for the end of a line."""
    for line in written([made]):
        assert line.splitlines() == [line]
        assert line.isprintable() or json.loads(line)


def test_what_has_its_default_is_left_out() -> None:
    """Lines are short, and name what they are."""
    assert [json.loads(line) for line in written([OTHER])] == [
        {
            "v": 1,
            "run": {
                "run_id": "r2",
                "project": "shop",
                "environment": "ci",
                "started_at": NOON,
                "state": "finished",
            },
        },
        {"outcome": {"test": "t1", "node_id": "t1", "verdict": "pass", "at": NOON, "seconds": 0.5}},
        {"end": 1},
    ]


def test_half_a_surrogate_pair_can_be_written() -> None:
    """A name that no file can hold does not cost the run."""
    (line,) = [it for it in written([record("r1", [outcome("t\ud800")])]) if "outcome" in it]

    assert json.loads(line.encode())["outcome"]["test"] == "t?"


def test_ends_of_lines_and_blank_lines_do_not_matter() -> None:
    """A file may come from any system."""
    lines = [f"{line}\r\n" for line in LINES]

    assert taken(["\n", *lines, "  \n", ""]) == ([WHOLE, OTHER], [])


def test_what_a_later_version_may_add_is_passed_over() -> None:
    """A field or a line that is not known leaves the rest as it is."""
    first = LINES[0].replace('"project"', '"shift":"night","project"')

    assert taken([first, '{"weather":{"wind":3}}', *LINES[1:]]) == ([WHOLE, OTHER], [])


@pytest.mark.parametrize("place", [0, 3], ids=["first-run", "second-run"])
def test_a_newer_version_is_refused(place: int) -> None:
    """What only a newer redhanded understands is not guessed at."""
    lines = [*LINES[:place], '{"v":2,"run":{"name":"r9"}}', *LINES[place:]]

    with pytest.raises(HistoryUnavailable) as raised:
        taken(lines)

    assert str(raised.value) == (
        f"Line {place + 1} was written by a newer redhanded (version 2, this one reads 1):"
        " update redhanded."
    )


@pytest.mark.parametrize(
    "line, reason",
    [
        ('{"outcome":{"test":"t2"', "it is no JSON"),
        ("\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}", "it is no JSON"),
        ("[" * 100_000, "it is no JSON"),
        ("[1]", "Input should be an object"),
        ('{"outcome":{"test":"t2"}}', "outcome.node_id: Field required"),
        (LINES[2].replace("0.5", '"0.5"'), "outcome.seconds: Input should be a valid number"),
        (LINES[2].replace("0.5", "NaN"), "outcome.seconds: Input should be a finite number"),
        (LINES[2].replace("0.5", '0.5,"rounds":99999999999'), "a number is too large"),
        (LINES[2].replace("0.5", '0.5,"classes":{"ok":99999999999}'), "a number is too large"),
    ],
    ids=["cut", "bytes", "deep", "list", "missing", "type", "nan", "large", "large-count"],
)
def test_a_damaged_line_costs_only_itself(line: str, reason: str) -> None:
    """It is told with its number, and all the rest is taken in."""
    found, said = taken([*LINES[:2], line, *LINES[3:]])

    assert found == [replace(WHOLE, outcomes=WHOLE.outcomes[:1]), OTHER]
    assert said == [f"line 3 is damaged ({reason}): it is left out"]


@pytest.mark.parametrize(
    "line",
    ['{"v":1,"run":{"run_id":3}}', '{"v":1,"run":{"run_id":"r1","proj', '{"run":{}}'],
    ids=["type", "cut", "empty"],
)
def test_a_run_without_its_head_is_left_out(line: str) -> None:
    """What belongs to a run that cannot be read is not given to the run before."""
    first = list(written([OTHER]))
    third = list(written([record("r3")]))

    found, said = taken([*first, line, *LINES[1 : -len(first)], *third])

    assert [it.run.run_id for it in found] == ["r2", "r3"]
    assert found[0] == OTHER
    assert len(said) == 1
    assert said[0].startswith("line 4 is damaged (")


def test_a_file_that_was_cut_says_so() -> None:
    """A run without its end is taken in as far as it goes."""
    found, said = taken(LINES[:3])

    assert found == [Record(run=WHOLE.run, outcomes=WHOLE.outcomes)]
    assert said == ["the run r1 is cut short at line 3: the rest is taken in"]


def test_a_run_that_lacks_lines_says_so() -> None:
    """Lines that are gone are missed at the end of their run."""
    found, said = taken([*LINES[:2], *LINES[4:]])

    assert [len(it.outcomes) for it in found] == [1, 1]
    assert said == ["the run r1 that ends at line 5 has 3 of its 5 parts: they are taken in"]


def test_a_file_that_begins_in_the_middle_of_a_run() -> None:
    """What belongs to no run is told once."""
    assert taken(LINES[2:]) == (
        [OTHER],
        ["line 1 belongs to no run: all up to the next run is left out"],
    )


def test_a_run_that_breaks_off_before_the_next_one_is_kept() -> None:
    """The head of the next run ends the one before."""
    found, said = taken([*LINES[:2], *written([full()])])

    assert found == [
        replace(WHOLE, outcomes=WHOLE.outcomes[:1], latencies=(), operations=(), evidence=()),
        full(),
    ]
    assert said == ["the run r1 is cut short at line 3: the rest is taken in"]


def test_nothing_holds_nothing() -> None:
    """An empty file is no fault."""
    assert taken([]) == ([], [])
    assert list(written([])) == []
