"""The reader of the tutorial: what it takes from a page, and what it lets pass as its answer."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bench.tutorial import ground
from bench.tutorial.answers import difference, ids
from bench.tutorial.page import Command, File, Interrupt, More, Step, done, steps
from bench.tutorial.times import Taken, minutes, table

if TYPE_CHECKING:
    from bench.tutorial.reader import Reader

TEXT = """# A page

Two words.

In the second terminal:

```console
$ server --port 8000
ready
```

## Then [a link](somewhere/else.md)

<!-- nobody reads this -->

In the first terminal:

```console
$ ask
well
$ ask again
```

```python
# tests/test_it.py
## no heading
```

Press Ctrl-C in the second terminal:

```text
^C
```
"""


def test_a_page_is_a_list_of_acts() -> None:
    """Consoles are typed where the words before them say, files are saved, ^C is pressed."""
    above, then = steps(TEXT)

    assert above.acts == [Command("second", "server --port 8000", ("ready",), stays=True)]
    assert then.acts == [
        Command("first", "ask", ("well",)),
        Command("first", "ask again"),
        File("tests/test_it.py", "# tests/test_it.py\n## no heading\n"),
        Interrupt("second"),
    ]


def test_a_block_without_a_command_is_what_one_goes_on_to_show() -> None:
    """It belongs to the command before it in its terminal, which is not over until then."""
    (step,) = steps("```console\n$ wait\nnot yet\n```\n\n```text\nnow\n```\n")

    assert step.acts == [
        Command("first", "wait", ("not yet",), stays=True),
        More("first", ("now",)),
    ]


def test_sections_to_look_things_up_in_are_not_followed() -> None:
    """The clock stops where nothing is left to do."""
    found = steps(f"{TEXT}\n## In between\n\n## More\n\n```console\n$ ask\n```\n\n## Figures\n")

    assert [step.heading for step in done(found)][2:] == ["In between", "More"]


def test_words_are_counted_as_they_are_read() -> None:
    """Links count by their words, comments not at all, blocks as the prose around them."""
    text = "One [two](three.md) <!-- four --> - `five`\n\n```console\n$ six seven\neight ...\n```\n"

    (step,) = steps(text)

    assert step.words == len(["One", "two", "five", "six", "seven", "eight"])


@pytest.mark.parametrize(
    "shown, came, wrong",
    [
        pytest.param("a\nb", "a\n\nb", "", id="blank-lines"),
        pytest.param("a\nb", "a\nc\nb", "b", id="a-line-more"),
        pytest.param("a\n...\nb", "a\nc\nd\nb", "", id="dots-for-lines"),
        pytest.param("...\nb", "b", "", id="dots-for-none"),
        pytest.param("a\n...", "a\nb", "", id="dots-at-the-end"),
        pytest.param("a", "a\nb", "(shown is not) b", id="not-at-the-end"),
        pytest.param("b", "a\nb", "b", id="not-at-the-start"),
        pytest.param("...\nb", "b\nc", "b", id="the-last-line"),
        pytest.param("...\na\nb", "a\nc\na\nb", "", id="second-place"),
        pytest.param("...\na\nb\n...", "a\nc", "b", id="names-the-line"),
        pytest.param("a ... d", "a b c d", "", id="dots-in-a-line"),
        pytest.param("run 5d1c07a4", "run 0aabbcc1", "", id="id"),
        pytest.param("in 2.34s == x", "in 17 ms == x", "", id="time"),
        pytest.param('{"pid": 4711}', '{"pid": 3}', "", id="pid"),
        pytest.param("92 passed", "93 passed", "92 passed", id="number"),
        pytest.param("==== x ====", "======= x =====", "", id="rule"),
        pytest.param("a", "", "a", id="nothing-came"),
    ],
)
def test_an_answer_is_the_one_that_is_shown(shown: str, came: str, wrong: str) -> None:
    """INVARIANT: but for ids, times and what dots stand for, each line is the very next one."""
    assert difference(tuple(shown.splitlines()), came.splitlines()) == wrong


def test_an_id_is_typed_as_the_run_gave_it() -> None:
    """Who copies a line from the own terminal copies the own id."""
    shown = ("run 11111111", "replay  redhanded replay ddc19e13")
    came = ["run 22222222", "  replay redhanded replay 0aabbcc1"]

    assert ids(shown, came) == {"11111111": "22222222", "ddc19e13": "0aabbcc1"}


def test_versions_are_taken_from_the_lock_without_hashes() -> None:
    """A wheel without a hash is refused by pip where any version has one."""
    lock = (
        "a==1 ; x \\\n    --hash=sha256:0 \\\n    --hash=sha256:1\nb==2 \\\n    --hash=sha256:2\n"
    )

    assert ground.versions(lock) == "a==1 ; x\nb==2\n"


def test_an_environment_stands_for_what_installs() -> None:
    """In the gate the commands that install are left out, and nothing else is."""
    left = [
        act for step in ground.installed(steps(ground.PAGE.read_text("utf-8"))) for act in step.acts
    ]

    lines = [act.line for act in left if isinstance(act, Command)]
    assert not [line for line in lines if "venv" in line or "pip" in line]
    assert lines[0].startswith("redhanded init ")


def test_what_the_tutorial_installs_can_be_installed() -> None:
    """Its line names extras that this package has."""
    import tomllib

    project = tomllib.loads((ground.ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    acts = [act for step in steps(ground.PAGE.read_text("utf-8")) for act in step.acts]
    (line,) = [a.line for a in acts if isinstance(a, Command) and a.line.startswith("pip ")]

    extras = line.partition("[")[2].partition("]")[0].split(",")

    assert set(extras) <= set(project["optional-dependencies"])


def test_time_is_that_of_machine_reader_and_typist() -> None:
    """A minute of each makes three; the table says so in its last line."""
    step = Step("Do it", words=200, acts=[Command("first", "x" * 259)])
    taken = [Taken(step, 60.0)]

    assert minutes(taken) == pytest.approx(3.0)
    assert table(taken).splitlines()[-1] == "| **all** | 60 s | 60 s | 60 s | 3.0 min |"


def test_an_environment_without_the_package_is_told(tmp_path: Path) -> None:
    """The short form says which folder it looked into."""
    with pytest.raises(ground.NotHere, match="holds no redhanded"):
        ground.beside(tmp_path, tmp_path)


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    """Someone with a terminal of this system, in an empty folder."""
    if sys.platform == "win32" or shutil.which("bash") is None:
        pytest.skip("there is no bash and no pseudo-terminal here")
    from bench.tutorial.reader import Port, Reader

    environ = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "TERM": "dumb"}
    with Reader(tmp_path, environ, Port(8000, 8000)) as reader:
        yield reader


def test_a_page_is_followed(reader: Reader, tmp_path: Path) -> None:
    """Commands run in the shell that the last one left, also one that is interrupted."""
    page = steps(
        "In the second terminal:\n```console\n$ mkdir deep && cd deep\n$ pwd | tail -c 5\ndeep\n"
        "```\n```python\n# sub/it.py\nx = 1\n```\n```console\n$ cat sub/it.py\n# sub/it.py\nx = 1\n"
        "$ tail -f sub/it.py\n...\nx = 1\n```\n```text\n^C\n```\n```console\n$ echo over\nover\n"
        "```\n"
    )
    began = time.monotonic()

    taken = list(reader.follow(page))

    assert [one.step.heading for one in taken] == [""]
    assert (tmp_path / "deep" / "sub" / "it.py").read_text("utf-8") == "# sub/it.py\nx = 1\n"
    assert time.monotonic() - began < 60  # what would go on for ever was ended


@pytest.mark.parametrize(
    "text, said",
    [
        pytest.param("$ echo a\nb\n", "echo a\n  page:  b", id="another-answer"),
        pytest.param("$ echo a\na\n^C\n", "page:  ^C", id="nothing-to-press"),
        pytest.param("$ cd nowhere\n", "it ended with 1", id="failed"),
        pytest.param("$ true\nready\n```\n```text\n^C\n", "it ended", id="ended-early"),
    ],
)
def test_a_page_that_is_wrong_is_told(reader: Reader, text: str, said: str) -> None:
    """INVARIANT: the heading, the command and the line that did not come are named."""
    from bench.tutorial.reader import Differs

    with pytest.raises(Differs) as told:
        list(reader.follow(steps(f"## Here\n```console\n{text}```\n")))

    assert str(told.value).startswith("Here: ")
    assert said in str(told.value)
