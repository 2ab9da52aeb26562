"""The table of catches: it is whole, the page shows it, and a test is run with each defect once.

That it is true is what `python -m bench.catches --short` tries in real sessions, in the gate.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from bench.catches import check, plays, search, table
from bench.catches.page import PAGE, with_table
from bench.catches.plays import NOTHING, Play
from bench.catches.sessions import Seen
from bench.catches.table import Catch
from redhanded.lab.defects.table import DEFECTS
from tests.examples.suites import EXAMPLES

D01 = Catch(switch="D01", verdict="drift", tests=("a.py::test_x", "a.py::test_y"))
D78 = Catch(switch="D78:seconds=2.2", verdict="slow", tests=("a.py::test_x",))
RIGHT = Seen("drift", 1)


def test_every_defect_is_in_the_table_with_its_verdict() -> None:
    """INVARIANT: no defect of the lab goes without an example that catches it."""
    known = table.read()

    assert list(known) == list(DEFECTS)
    assert list(check.Checked(known).untold()) == []


def test_what_depends_on_chance_was_caught_under_enough_seeds() -> None:
    """A defect that comes and goes, or needs two callers, is caught at least 95 times of 100."""
    unsure = [row.code for row in table.read().values() if row.depends_on_chance and row.seeds < 59]

    assert unsure == []  # 59 of 59: at least 95 % at 95 %


def test_the_table_names_tests_of_files_that_there_are() -> None:
    """A test that was moved or renamed is looked for, and not run by chance under another name."""
    names = {test for row in table.read().values() for test in row.tests}
    functions = {name.partition("[")[0] for name in names}
    missing = []
    for function in functions:
        file, _, name = function.partition("::")
        if f"def {name}(" not in (EXAMPLES / file).read_text("utf-8"):
            missing.append(function)

    assert missing == []


def test_the_examples_know_of_no_defect() -> None:
    """INVARIANT: they are what a team would have written, and no test is made for a switch."""
    codes = {f'"{code}"' for code in DEFECTS} | {"redhanded.lab", "X-Episode"}
    texts = {path: path.read_text("utf-8") for path in EXAMPLES.glob("*/*.py")}

    assert [path for path, text in texts.items() for code in codes if code in text] == []


def test_the_page_shows_the_table() -> None:
    """INVARIANT: the document is written of the table: `python -m bench.catches --write`."""
    text = PAGE.read_text("utf-8")

    assert with_table(text, table.read()) == text


def test_a_table_is_read_as_it_was_written(tmp_path: Path) -> None:
    """Names of tests hold brackets, quotes and backslashes."""
    odd = Catch(switch="D02", verdict="drift", tests=(r'a.py::test_z["\n-\]',), seeds=60)
    table.write([D01, odd, D78], tmp_path / "catches.toml")

    known = table.read(tmp_path / "catches.toml")

    assert (known["D01"], known["D02"], known["D78"]) == (D01, odd, D78)
    assert known["D03"] == Catch(switch="D03", verdict="drift")


def test_a_session_runs_a_test_once() -> None:
    """INVARIANT: each test meets each of its defects and none at all, in different sessions."""
    wanted = plays.plays([D01, D78])

    sessions = plays.batches(wanted)

    found = [Play(test, switch) for session in sessions for test, switch in session.items()]
    assert len(sessions) == 3
    assert Counter(found) == Counter(wanted)
    assert Play("a.py::test_y", NOTHING) in found


@pytest.mark.parametrize(
    "play, seen, said",
    [
        pytest.param(Play("a.py::test_x", "D01"), RIGHT, "", id="caught"),
        pytest.param(Play("a.py::test_x", "D01"), Seen("defect", 1), "due as drift", id="other"),
        pytest.param(Play("a.py::test_x", "D01"), Seen("pass", 1), "due as drift", id="missed"),
        pytest.param(Play("a.py::test_x", "D01"), Seen("drift", 0), "without the", id="unserved"),
        pytest.param(Play("a.py::test_x", "D01"), None, "not run", id="not-run"),
        pytest.param(Play("a.py::test_x", ""), Seen("slow", 0), "without any", id="false-red"),
        pytest.param(Play("a.py::test_x", ""), Seen("pass", 0), "", id="green"),
    ],
)
def test_only_the_right_verdict_on_a_defect_that_was_served_is_a_catch(
    play: Play, seen: Seen | None, said: str
) -> None:
    """A red of another kind, or one that the defect had no part in, proves nothing."""
    found = check.Checked({"D01": D01})

    found.add(play, seen)

    lines = list(found.lines())
    assert [said in line for line in lines] == ([True] if said else [])


def test_a_figure_is_met_only_where_all_are_caught() -> None:
    """A row without a test is no catch, whatever the others do."""
    found = check.Checked({"D01": D01, "D02": Catch(switch="D02", verdict="drift")})
    for test in D01.tests:
        found.add(Play(test, "D01"), RIGHT)
        found.add(Play(test, NOTHING), Seen("pass", 0))

    caught, green = found.figures()

    assert (caught.measured, caught.is_met) == ("1 of 2, by 2 tests", False)
    assert (green.measured, green.is_met) == ("2 of 2", True)


def test_tests_that_are_named_stay_and_new_ones_are_taken_by_how_little_else_they_catch() -> None:
    """Who catches one defect says more than who catches them all."""
    known = {code: Catch(switch=code, verdict=DEFECTS[code].verdict) for code in DEFECTS} | {
        "D01": D01
    }
    every, one = Seen("drift", 1), Seen("pass", 0)
    found = [
        search.Found(catch=D01, seen={"a.py::test_y": every, "a.py::test_all": every}, seconds=1),
        search.Found(
            catch=known["D02"],
            seen={"b.py::test_two": every, "a.py::test_all": every, "b.py::test_green": one},
            seconds=1,
        ),
    ]

    rows = {row.code: row.tests for row in search.chosen(found, known)}

    assert rows["D01"] == ("a.py::test_y",)
    assert rows["D02"][0] == "b.py::test_two"


@pytest.mark.parametrize(
    "code, suites",
    [("D01", ["bookings"]), ("D32", ["users"]), ("D100", ["bookings", "trading", "users"])],
)
def test_a_defect_is_tried_with_the_suites_that_it_concerns(code: str, suites: list[str]) -> None:
    """The path that it shows on tells which; what shows everywhere concerns all."""
    assert search.suites_of(code) == suites
