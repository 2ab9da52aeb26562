"""Pages that show what commands answer are acted out beside a demo API."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.documents.blocks import DOCUMENTS, ROOT, Block, blocks
from tests.documents.session import MARK, Session, act_out, lacking, rule_of, typed

REASON = re.compile(r"<!-- not acted out: \S.+ -->")
PAGES = [page for page in DOCUMENTS if MARK.search(page.read_text("utf-8"))]


@pytest.mark.timeout(300)  # each command starts a Python of its own, some pages twenty of them
@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_what_a_page_shows_comes_so(page: Path, tmp_path: Path) -> None:
    """Who writes the files of a page and types its commands sees the lines that it shows."""
    folder = tmp_path / "project"
    folder.mkdir()

    with Session(folder) as session:
        missing = act_out(page, session)

    assert missing == []


@pytest.mark.parametrize(
    "shown, answer, missing",
    [
        ("1 passed in 0.51s", "=== 1 passed in 2.70s ===", "1 passed in 0.51s"),
        ("== 1 passed in 0.51s ==", "=== 1 passed in 2.70s ===", ""),
        ("replay 3f9c61d2", "replay 00c961d7", ""),
        ("a ... d", "x\na b c d\n", ""),
        ("b\na", "a\nb", "a"),
        ("2 passed", "1 passed", "2 passed"),
    ],
    ids=["part-of-a-line", "time", "id", "dots", "order", "number"],
)
def test_a_line_that_does_not_come_is_told(shown: str, answer: str, missing: str) -> None:
    """Times and ids may differ, and dots stand for anything; nothing else does."""
    assert lacking(shown.splitlines(), answer) == ([missing] if missing else [])


def test_an_answer_that_does_not_come_fails_its_page(tmp_path: Path) -> None:
    """INVARIANT: a page cannot show what no command says; exit codes are an answer too."""
    page = tmp_path / "page.md"
    page.write_text(
        "<!-- session: -->\n\n```console\n$ redhanded explain status\nstatus: unexpected status\n"
        "$ redhanded explain nothing\nThere is no such thing\n$ echo $?\n0\n```\n",
        "utf-8",
    )
    folder = tmp_path / "project"
    folder.mkdir()

    with Session(folder) as session:
        missing = act_out(page, session)

    assert [line.splitlines()[0].split("   ")[0] for line in missing] == [
        "There is no such thing",
        "0",
    ]


@pytest.mark.parametrize(
    "words, rule",
    [
        ("E12 once GET /booking/1", {"shape": "once", "route": "GET /booking/1", "params": {}}),
        ("E39 nth=2 seconds=3", {"nth": 2, "params": {"seconds": 3.0}}),
        ("E30 POST /booking", {"route": "POST /booking", "params": {}}),
    ],
    ids=["shape-and-route", "numbers", "route"],
)
def test_weather_is_written_as_a_rule(words: str, rule: dict[str, object]) -> None:
    """A page names fault, shape, numbers and route in one line."""
    fault = words.partition(" ")[0]

    assert rule_of(words) == {"fault": fault, **rule}


TUTORIAL = ROOT / "docs" / "tutorial"  # `bench.tutorial` follows each of its pages word by word
ELSEWHERE = [
    block
    for page in DOCUMENTS
    if page not in PAGES and page.parent != TUTORIAL
    for block in blocks(page, "console")
]


@pytest.mark.parametrize("block", ELSEWHERE, ids=[block.place for block in ELSEWHERE])
def test_an_answer_that_nobody_tries_says_why(block: Block) -> None:
    """A page shows what a command answers in a session, or with the reason why it cannot."""
    lines = block.page.read_text("utf-8").splitlines()
    above = "\n".join(lines[max(0, block.line - 4) : block.line - 1])

    assert not any(answer for _, answer in typed(block.text)) or REASON.search(above)


def test_the_page_that_shows_sessions_is_among_those_acted_out() -> None:
    """INVARIANT: the list is not empty for want of a mark."""
    assert ROOT / "docs" / "how-to" / "auth.md" in PAGES
