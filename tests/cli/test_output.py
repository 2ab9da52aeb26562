"""Standard output: rows, prose and JSON."""

from __future__ import annotations

import io
import json

import pytest
from rich.console import Console

from redhanded.cli import output
from redhanded.cli.output import Cell

ROWS = [
    (Cell("ok", "green"), Cell("python"), Cell("3.13.1")),
    (Cell("warning", "yellow"), Cell("proxy"), Cell("set trust_env = true " * 6)),
]


class Terminal(io.StringIO):
    """A terminal that keeps what it shows."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal of 50 columns."""
    monkeypatch.setenv("COLUMNS", "50")
    monkeypatch.setenv("TERM", "xterm")
    return Terminal()


def test_elsewhere_a_row_is_one_line_with_aligned_columns() -> None:
    """What goes into a file or a pipe is neither wrapped nor cut, so that it can be searched."""
    first, second = output.lines(ROWS)

    assert first == "ok       python  3.13.1"
    assert second == "warning  proxy   " + ("set trust_env = true " * 6).rstrip()


def test_rows_may_differ_in_length() -> None:
    """A missing cell is an empty one."""
    assert output.lines([[Cell("a"), Cell("b")], [Cell("long")]]) == ["a     b", "long"]


def test_no_rows_are_no_lines() -> None:
    """Nothing is shown of nothing."""
    assert output.lines([]) == []


@pytest.mark.parametrize("width", [40, 80, 160], ids=["narrow", "ordinary", "wide"])
def test_on_a_terminal_rows_are_wrapped_to_its_width(width: int) -> None:
    """No line is wider than the terminal, and no word is lost."""
    shown = io.StringIO()

    output.draw(ROWS, Console(file=shown, width=width, color_system=None))

    drawn = shown.getvalue().splitlines()
    assert max(map(len, drawn)) <= width
    assert " ".join(shown.getvalue().split()).count("trust_env") == 6


@pytest.mark.parametrize("width", [30, 80], ids=["narrow", "ordinary"])
def test_a_whole_cell_is_broken_last(width: int) -> None:
    """What stays on one line does so while others can give way; nothing is ever cut off."""
    spark, text = "#" * 20, "a long text " * 5
    shown = io.StringIO()

    output.draw([[Cell(text), Cell(spark, is_whole=True)]], Console(file=shown, width=width))

    drawn = shown.getvalue()
    assert drawn.count("#") == len(spark)
    assert max(map(len, drawn.splitlines())) <= width
    assert (spark in drawn) == (width >= 20 + 4 + 8)


def test_a_terminal_shows_colours(terminal: Terminal) -> None:
    """The level of a check stands out; the word beside it says the same."""
    output.print_rows(ROWS, stream=terminal, environ={})

    assert "\x1b[32mok" in terminal.getvalue()


def test_a_terminal_without_colours_shows_words(terminal: Terminal) -> None:
    """NO_COLOR is heeded."""
    output.print_rows(ROWS, stream=terminal, environ={"NO_COLOR": "1"})

    assert "\x1b[3" not in terminal.getvalue()
    assert "warning" in terminal.getvalue()


def test_a_terminal_wraps_prose_under_its_bullet(terminal: Terminal) -> None:
    """The second line of a point stands under the first word of its first line."""
    output.print_prose(["  - " + "a word " * 12], stream=terminal)

    first, second, *_ = terminal.getvalue().splitlines()
    assert first.startswith("  - a word")
    assert second.startswith("    ")
    assert second[4] != " "


def test_elsewhere_prose_is_not_wrapped(capsys: pytest.CaptureFixture[str]) -> None:
    """A pipe gets one line a paragraph."""
    output.print_prose(["a word " * 30])

    assert capsys.readouterr().out.count("\n") == 1


def test_what_steers_a_terminal_is_spelled_out() -> None:
    """INVARIANT: names and values from outside cannot move the cursor or change the title."""
    assert output.printable("a\x1b]0;title\x07b\nc\u202e") == r"a\x1b]0;title\x07b\nc\u202e"


def test_json_carries_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    """A program that reads it can tell when the format changes."""
    output.print_json({"name": "Zoë"})

    assert json.loads(capsys.readouterr().out) == {"v": 1, "name": "Zoë"}
