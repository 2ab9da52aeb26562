"""Progress of a run: when a line is written, what it says, and where there is none."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from redhanded.plugin import progress
from redhanded.plugin.progress import LOGGED, WATCHED, Progress, Rhythm
from tests.plugin.suites import Serve, Suite
from tests.servers import raw

if TYPE_CHECKING:
    from collections.abc import Mapping

SOURCE = """
    import pytest

    @pytest.mark.parametrize("number", range(9))
    def test_it(api, number):
        assert api.get("/x").status_code == (404 if number == 1 else 200)
"""
ALWAYS = Rhythm(first=0.0, longest=0.0, least_left=0.0)


@dataclass
class Terminal:
    """What of pytest's reporter and its settings the progress looks at, and what it wrote there."""

    isatty: bool = True
    verbosity: int = 0
    currentfspath: object = "test_a.py"
    written: list[str] = field(default_factory=list)

    def ensure_newline(self) -> None:
        """End the line of letters."""
        self.written.append("\n")

    def line(self, text: str) -> None:
        """Write a line."""
        self.written.append(text)

    @property
    def told(self) -> list[str]:
        """The lines that say something."""
        return [text for text in self.written if text.strip()]


@dataclass
class Scene:
    """A run on a clock that stands still between its tests."""

    progress: Progress
    session: SimpleNamespace
    clock: list[float]
    over: int = 0

    def run(self, tests: int, *, every: float) -> None:
        """Have so many more tests end, one after so many seconds."""
        self.progress.pytest_runtest_logstart()
        for _ in range(tests):
            self.clock[0] += every
            self.over += 1
            self.progress.pytest_runtest_logfinish(f"test_{self.over}")


def scene(
    terminal: Terminal | None,
    *,
    total: int = 1000,
    red: int = 0,
    environ: Mapping[str, str] | None = None,
    capture: str = "fd",
    style: str = "progress",
    is_late: bool = False,
) -> Scene:
    """The run of so many tests before that terminal; `is_late` says that it is under way."""
    config = SimpleNamespace(
        pluginmanager=SimpleNamespace(get_plugin=lambda _: terminal),
        get_verbosity=lambda: terminal.verbosity if terminal else 0,
        getoption=lambda *_: capture,
        getini=lambda _: style,
    )
    clock = [100.0]
    told = Progress(
        cast("pytest.Config", config),
        now=lambda: clock[0],
        count_red=lambda: red,
        environ=environ or {},
    )
    session = SimpleNamespace(testscollected=total)
    if not is_late:
        told.pytest_sessionstart(cast("pytest.Session", session))
        told.pytest_runtestloop()
    return Scene(told, session, clock)


def test_a_run_that_is_watched_tells_its_pace_after_a_second() -> None:
    """The sentence has what pytest does not say: pace, time left, and whether anything is red."""
    terminal = Terminal()

    scene(terminal, red=2).run(10, every=0.125)

    assert terminal.written == ["\n", "8 of 1,000 tests, 8.0 a second, about 2 min left, 2 red"]


def test_lines_become_fewer() -> None:
    """The pause doubles from one to the next, up to half a minute."""
    terminal = Terminal()

    scene(terminal, total=100_000).run(1000, every=0.125)

    seconds = [int(text.partition(" ")[0].replace(",", "")) / 8 for text in terminal.told]
    assert seconds == [1, 3, 7, 15, 31, 61, 91, 121]


@pytest.mark.parametrize(
    "terminal, environ",
    [
        pytest.param(Terminal(isatty=False), {}, id="a-file"),
        pytest.param(Terminal(), {"CI": "true"}, id="a-job"),
    ],
)
def test_a_log_gets_a_line_every_half_minute(
    terminal: Terminal, environ: Mapping[str, str]
) -> None:
    """Nobody reads along there."""
    scene(terminal, total=100_000, environ=environ).run(1000, every=0.125)

    assert [text.partition(" ")[0] for text in terminal.told] == ["240", "480", "720", "960"]


@pytest.mark.parametrize(
    "total, tests",
    [
        pytest.param(30, 20, id="it-ends-sooner-than-one-reads"),
        pytest.param(10, 20, id="nobody-knows-how-many-there-are"),
        pytest.param(1000, 2, id="two-tests-are-no-pace"),
    ],
)
def test_no_line_is_written_that_says_nothing(total: int, tests: int) -> None:
    """A short run stays as pytest shows it."""
    terminal = Terminal()

    scene(terminal, total=total).run(tests, every=0.125 if tests > 2 else 9.0)

    assert terminal.written == []


@pytest.mark.parametrize(
    "terminal, capture, style",
    [
        pytest.param(Terminal(verbosity=-1), "fd", "progress", id="quiet"),
        pytest.param(Terminal(), "no", "progress", id="tests-write-there"),
        pytest.param(Terminal(), "fd", "classic", id="no-progress-wanted"),
        pytest.param(None, "fd", "progress", id="no-terminal"),
    ],
)
def test_nothing_is_written_where_it_would_do_harm(
    terminal: Terminal | None, capture: str, style: str
) -> None:
    """Whoever asked for silence, or prints there, gets no line of ours between."""
    scene(terminal, capture=capture, style=style).run(100, every=1.0)

    assert terminal is None or terminal.written == []


def test_whoever_wants_progress_among_what_tests_print_has_it() -> None:
    """There is a style of pytest for that."""
    terminal = Terminal()

    scene(terminal, capture="no", style="progress-even-when-capture-no").run(10, every=0.125)

    assert len(terminal.told) == 1


def test_the_letters_of_workers_end_before_the_line_begins() -> None:
    """They belong to no file, and pytest does not know that their line is open."""
    terminal = Terminal(currentfspath=None)

    scene(terminal).run(10, every=0.125)

    assert terminal.written[:2] == ["", "\n"]


def test_a_test_that_runs_again_counts_once() -> None:
    """Rounds of a requeue are no more tests."""
    terminal = Terminal()
    run = scene(terminal)
    run.run(4, every=0.125)
    run.over = 0

    run.run(4, every=0.125)

    assert terminal.told[0].startswith("4 of 1,000 tests")


def test_time_before_the_first_test_is_none_of_theirs() -> None:
    """Collecting, and starting workers, would make the pace look slow."""
    terminal = Terminal()
    run = scene(terminal)
    run.clock[0] += 60

    run.run(10, every=0.125)

    assert terminal.told[0].startswith("8 of 1,000 tests, 8.0 a second")


def test_a_run_that_is_under_way_already_tells_nothing() -> None:
    """A fixture may be the first to speak of redhanded: then nobody knows when the tests began."""
    terminal = Terminal()

    scene(terminal, is_late=True).run(100, every=1.0)

    assert terminal.written == []


@pytest.mark.parametrize(
    "options, is_told",
    [
        pytest.param([], True, id="plain"),
        pytest.param(["-v"], True, id="verbose"),
        pytest.param(["-n1"], True, id="xdist"),
        pytest.param(["-q"], False, id="quiet"),
        pytest.param(["-s"], False, id="uncaptured"),
        pytest.param(["-o", "console_output_style=classic"], False, id="classic"),
        pytest.param(["-p", "no:terminal"], False, id="no-terminal"),
    ],
)
def test_a_real_run_has_its_lines_between_whole_lines(
    suite: Suite,
    raw_server: Serve,
    monkeypatch: pytest.MonkeyPatch,
    options: list[str],
    is_told: bool,
) -> None:
    """Each line stands alone, whatever pytest writes around it, and the run ends the same."""
    monkeypatch.setattr(progress, "LOGGED", ALWAYS)

    ran = suite(SOURCE, *options, base_url=raw_server(raw.answer(200)).url)

    told = [line for line in ran.result.stdout.lines if " of 9 tests, " in line]
    assert bool(told) is is_told
    assert all(line[0].isdigit() and "held" not in line for line in told)
    assert told[-1].endswith(", 1 red") if told else True
    assert ran.ret == 1
    assert not ran.shows_our_frames


def test_a_log_is_told_later_than_a_terminal() -> None:
    """What nobody waits for is not told at once."""
    assert LOGGED.first > WATCHED.first
