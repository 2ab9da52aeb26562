"""What a run and a command may end with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from redhanded.cli import group
from redhanded.plugin.chronicle import INCONCLUSIVE_EXIT
from tests.documents.reference.markdown import table

if TYPE_CHECKING:
    from collections.abc import Iterator

# pytest's own codes have names and no words; those it lacks in an older release are told as well.
_RUN = {
    0: "everything that was judged held, and something was checked",
    1: "at least one test is red: a defect, drift, slow, or a test's own fault; or more tests"
    " recovered from weather than `recovered` allows; or a secret stood in a file of the run",
    2: "pytest was interrupted, by Ctrl-C or by an error in the collection",
    3: "an internal error of pytest or of a plugin",
    4: "pytest, or redhanded's settings, cannot be used as given: the sentence says what to write",
    5: "nothing was checked: no test was collected, every one was skipped or is quarantined,"
    " no request was sent, or no answer was held against anything",
    6: "more warnings than `--max-warnings` allows",
    INCONCLUSIVE_EXIT: "nothing is red, and the environment kept at least one test from judging",
}
_SIGNALS = {
    "128 + N": "a run that signal N stopped, once the rest was removed and told: 143 for SIGTERM",
}


def markdown() -> str:
    """A table for runs of pytest, and one for the commands."""
    assert {int(code) for code in pytest.ExitCode} <= set(_RUN)
    runs = [(str(code), text) for code, text in sorted(_RUN.items())]
    return "\n".join(
        [
            *("", "## A run of pytest", ""),
            *table(("code", "the run"), [*runs, *_SIGNALS.items()]),
            *("## A command of `redhanded`", ""),
            *table(("code", "the command"), _commands()),
            "`redhanded demo` ends with pytest's own code.",
            "",
        ]
    )


def _commands() -> Iterator[tuple[str, str]]:
    for line in (group.epilog or "").splitlines():
        code, _, text = line.strip().partition(" ")
        if code.isdecimal():
            yield code, text.strip()
