"""What programs read: every field of the JSON stands in the documents."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from redhanded.history.records import Record
from tests.cli import histories
from tests.cli.conftest import Run
from tests.project.checkout import ROOT

PAGE = (ROOT / "docs" / "how-to" / "history.md").read_text("utf-8")
COMMANDS = [
    pytest.param(["history"], id="runs"),
    pytest.param(["history", "show"], id="one-run"),
    pytest.param(["flakes", "--all"], id="flakes"),
    pytest.param(["slow"], id="slow"),
    pytest.param(["history", "import", "runs.ndjson"], id="import"),
]
DATA = {"verdicts", "attempts", "versions", "scores", "trend"}  # whose keys are values


@pytest.fixture
def remembered(folder: Path) -> Path:
    """A project of which every part of the JSON has something to tell."""
    made = [
        Record(
            run=histories.run(number),
            outcomes=[histories.outcome("defect", "body.value", classes={"ok": 1}, owner="ann")],
            latencies=[histories.latency(0.1)],
            operations=[histories.operation()],
            evidence=[histories.evidence(3, 1.0)],
        )
        for number in range(-2000, -1998)
    ]
    histories.remember(folder, made)
    (folder / "runs.ndjson").write_text("", "utf-8")
    return folder


def fields(value: object) -> Iterator[str]:
    """The names of all fields; keys of what is counted by name are data."""
    for each in value if isinstance(value, list) else []:
        yield from fields(each)
    for name, inner in value.items() if isinstance(value, dict) else []:
        yield name
        parts = inner.values() if name in DATA and isinstance(inner, dict) else [inner]
        for part in parts:
            yield from fields(part)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_field_is_documented(run: Run, remembered: Path, command: list[str]) -> None:
    """INVARIANT: no program depends on a field that nobody wrote down."""
    days = ["--days", "36500"] if command[0] == "flakes" else []
    told = json.loads(run(*command, *days, "--json").stdout)
    documented = set(re.findall(r"`\.?([a-z_0-9]+)(?:\[\])?`", PAGE))

    found = set(fields(told)) - {"v"}

    assert found - documented == set()
    assert len(found) >= 5


@pytest.mark.parametrize("command", COMMANDS)
def test_the_version_stands_first(run: Run, remembered: Path, command: list[str]) -> None:
    """A program can tell at once whether it understands the rest."""
    told = json.loads(run(*command, "--json").stdout)

    assert next(iter(told.items())) == ("v", 1)


def test_the_snippets_for_ci_are_yaml() -> None:
    """What is copied into a pipeline is at least understood by it."""
    snippets = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)

    assert [bool(yaml.safe_load(snippet)) for snippet in snippets] == [True] * 3
