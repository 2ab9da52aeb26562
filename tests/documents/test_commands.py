"""What a reader types: every command and option that a document names is there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.documents.blocks import DOCUMENTS, ROOT, Block, all_blocks, prose
from tests.documents.reference.options import options
from tests.documents.shell import commands, steps, typed
from tests.documents.usage import problem

CONSOLES = [
    *all_blocks("console"),
    *(block for block in all_blocks("text") if block.text.startswith("$ ")),
]
PIPELINES = all_blocks("yaml")
SPAN = re.compile(r"`((?:redhanded|pytest) [^`]+)`")
PLUGIN_OPTION = re.compile(r"--rh-[a-z][a-z-]*")
IDS = [path.relative_to(ROOT).as_posix() for path in DOCUMENTS]


@pytest.mark.parametrize("block", CONSOLES, ids=[block.place for block in CONSOLES])
def test_what_a_console_shows_can_be_typed(block: Block) -> None:
    """Each command is there and knows its options; a prompt stands before what is typed."""
    lines = list(typed(block.text))

    wrong = [problem(words) for line in lines for words in commands(line)]

    assert lines
    assert [said for said in wrong if said] == []


@pytest.mark.parametrize("block", PIPELINES, ids=[block.place for block in PIPELINES])
def test_what_a_pipeline_runs_can_be_typed(block: Block) -> None:
    """The YAML is YAML, and the commands of its steps are there and know their options."""
    pipeline = yaml.safe_load(block.text)

    wrong = [problem(words) for line in steps(pipeline) for words in commands(line)]

    assert [said for said in wrong if said] == []


def kind(block: Block) -> str:
    """Whose pipeline a block is, where it is a whole one."""
    content = yaml.safe_load(block.text)
    if not isinstance(content, dict):
        return ""
    if "jobs" in content:
        return "vendor.github-workflows"
    return "vendor.gitlab-ci" if any("script" in str(job) for job in content.values()) else ""


@pytest.mark.parametrize(
    "block",
    [block for block in PIPELINES if kind(block)],
    ids=[block.place for block in PIPELINES if kind(block)],
)
def test_a_whole_pipeline_is_one(block: Block, tmp_path: Path) -> None:
    """GitHub and GitLab publish schemas of their files, and a page's pipeline keeps to them."""
    file = tmp_path / "pipeline.yml"
    file.write_text(block.text, "utf-8")
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", kind(block), str(file)]

    answer = subprocess.run(check, capture_output=True, check=False, text=True)

    assert answer.returncode == 0, answer.stdout


@pytest.mark.parametrize("page", DOCUMENTS, ids=IDS)
def test_what_a_sentence_names_can_be_typed(page: Path) -> None:
    """Commands between words are held to the same, with words in capitals for what varies."""
    spans = [span.replace("...", "") for span in SPAN.findall(prose(page))]

    wrong = [problem(words) for span in spans for words in commands(span)]

    # a sentence may name an option without its value
    assert [said for said in wrong if said and "requires an argument" not in said] == []


@pytest.mark.parametrize("page", DOCUMENTS, ids=IDS)
def test_an_option_of_the_plugin_is_there(page: Path) -> None:
    """Wherever it is named: in a sentence, a table, a file of settings."""
    known = {name for option in options() for name in option.names}

    named = set(PLUGIN_OPTION.findall(page.read_text("utf-8")))

    assert {name for name in named if not name.endswith("-")} <= known


@pytest.mark.parametrize(
    "line, said",
    [
        ("redhanded replai 3f9c", "there is no command redhanded replai"),
        ("redhanded history improt x", ""),
        ("redhanded flakes --al", "No such option '--al'"),
        ("redhanded diff a b --format yaml", "'yaml' is not one of"),
        ("CI=1 redhanded sweep --jes && true", "No such option '--jes'"),
        ("python3 bootstrap.py nox -s tets", "there is no session tets"),
        ("pytest -n 4 --rh-evn staging", "pytest knows no --rh-evn"),
        ("python -m redhanded.lab --data x --defects D31", "unrecognized arguments: --defects"),
        ("pytest -q -k 'a or b' --lf > out.txt", ""),
        ("redhanded report && redhanded replay 3f9c --yes  # a comment", ""),
        ("git push --anything", ""),
    ],
    ids=[
        *("command", "argument-of-a-group", "option", "choice", "second-of-a-line", "session"),
        *("pytest-option", "lab-option", "pytest-well", "well", "of-others"),
    ],
)
def test_a_slip_of_the_pen_is_noticed(line: str, said: str) -> None:
    """The check knows a command that is not there from one that is."""
    told = "".join(problem(words) for words in commands(line))

    assert said in told
    assert bool(said) == bool(told)
