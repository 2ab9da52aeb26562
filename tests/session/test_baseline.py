"""The baseline: what stands in its file, and how a run changes it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from redhanded.core.errors import UsageError
from redhanded.session import baseline
from redhanded.session.baseline import EMPTY, Baseline, Entry
from redhanded.session.breach_causes import BreachCause

TODAY = date(2026, 3, 1)
MONTH_LATER = date(2026, 3, 31)
NOTE = BreachCause("contract.body_schema", "GET /booking/{id}", "$.note", "type")
TEAPOT = BreachCause("contract.status_undocumented", "GET /teapot", "status 418")


def known(cause: BreachCause, until: date = MONTH_LATER, reason: str = "") -> Baseline:
    """A baseline of one entry."""
    return Baseline({cause: Entry(cause, date(2026, 1, 1), until, reason)})


def test_what_was_seen_is_added_for_a_month() -> None:
    """With the day on which it was first seen."""
    after = EMPTY.updated([NOTE, TEAPOT], TODAY)

    assert [*after.entries.values()] == [
        Entry(NOTE, TODAY, MONTH_LATER),
        Entry(TEAPOT, TODAY, MONTH_LATER),
    ]


def test_an_update_keeps_what_it_does_not_see() -> None:
    """A part of the suite may be run, and an entry that still holds stays word for word."""
    before = known(TEAPOT, reason="agreed")

    after = before.updated([NOTE, TEAPOT], TODAY)

    assert after.entries[TEAPOT] == before.entries[TEAPOT]
    assert set(after.entries) == {NOTE, TEAPOT}


def test_an_update_renews_what_is_over_and_is_still_seen() -> None:
    """Its first day and its reason stay."""
    after = known(NOTE, date(2026, 2, 28), "agreed").updated([NOTE], TODAY)

    assert after.entries[NOTE] == Entry(NOTE, date(2026, 1, 1), MONTH_LATER, "agreed")


def test_pruning_takes_away_what_was_not_seen() -> None:
    """And adds nothing."""
    before = Baseline({**known(NOTE).entries, **known(TEAPOT).entries})

    assert set(before.pruned([NOTE]).entries) == {NOTE}
    assert known(NOTE).pruned([TEAPOT]) == EMPTY


def test_a_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    """Whatever the operating system makes of letters beyond ASCII."""
    file = tmp_path / "deep" / "known.json"
    before = known(NOTE._replace(at="$.Größe"), reason="später")

    baseline.write(before, file)

    assert baseline.read(file) == before
    assert [each.name for each in file.parent.iterdir()] == ["known.json"]


def test_the_file_is_sorted_and_has_a_version() -> None:
    """So that a change of one entry is a change of its lines alone."""
    one = Baseline({**known(TEAPOT).entries, **known(NOTE).entries})
    other = Baseline({**known(NOTE).entries, **known(TEAPOT).entries})

    assert one.text() == other.text()
    assert json.loads(one.text())["version"] == 1
    assert one.text().count("\n") > 2 * len(one.entries)


def test_no_file_is_no_entry(tmp_path: Path) -> None:
    """The first update makes it."""
    assert baseline.read(tmp_path / "none.json") == EMPTY


ENTRY = {"code": "c", "operation": "o", "at": "a", "first": "2026-01-01", "until": "2026-01-02"}


@pytest.mark.parametrize(
    "content, sentence",
    [
        pytest.param(b"{", "is not JSON", id="cut"),
        pytest.param(b"\xff\xfe\xff", "cannot be read", id="no text"),
        pytest.param(b"[" * 100_000, "is not JSON", id="too deep"),
        pytest.param(b"[]", "is no baseline", id="a list"),
        pytest.param(b'{"breaches": []}', "lacks `version`", id="no version"),
        pytest.param(b'{"version": 2, "breaches": []}', "has version 2", id="a newer one"),
        pytest.param(b'{"version": 1, "breaches": {}}', "the list `breaches`", id="no list"),
    ],
)
def test_a_broken_file_is_a_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    """It names the file, and says what is wrong with it."""
    file = tmp_path / "known.json"
    file.write_bytes(content)

    with pytest.raises(UsageError, match=sentence) as refused:
        baseline.read(file)

    assert "known.json" in str(refused.value)


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param("text", id="a text"),
        pytest.param({**ENTRY, "until": "soon"}, id="no day"),
        pytest.param({**ENTRY, "first": 7}, id="a number as day"),
        pytest.param({**ENTRY, "at": 7}, id="a number as place"),
        pytest.param({name: text for name, text in ENTRY.items() if name != "until"}, id="no end"),
    ],
)
def test_a_broken_entry_is_named_by_its_place(tmp_path: Path, entry: Any) -> None:  # noqa: ANN401
    """Somebody has edited it by hand."""
    file = tmp_path / "known.json"
    file.write_text(json.dumps({"version": 1, "breaches": [ENTRY, entry]}))

    with pytest.raises(UsageError, match=r"\$\.breaches\[1\]"):
        baseline.read(file)


def test_a_file_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    """What stood there before stays."""
    (tmp_path / "folder").write_text("in the way")

    with pytest.raises(UsageError, match=r"known\.json cannot be written"):
        baseline.write(EMPTY, tmp_path / "folder" / "known.json")
