"""Formats of a run of which only a part can be read: they tell that part, and hold."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from redhanded.reports.annotations import lines
from redhanded.reports.dossier.reading import read
from redhanded.reports.formats import FORMATS
from tests.reports.rich import HOSTILE, rich
from tests.reports.schemas import breaches

WRITTEN = ("ctrf", "har", "ndjson", "brief", "allure", "summary", "comment")


def told(folder: Path) -> Iterator[tuple[str, Any]]:
    """Each value that has a schema, with the name of that."""
    for name in ("ctrf", "har"):
        yield name, json.loads((folder / name).read_text("utf-8"))
    for name, file in (("ndjson", "ndjson"), ("findings", "brief/findings.jsonl")):
        for line in (folder / file).read_text("utf-8").splitlines():
            yield name, json.loads(line)
    for path in (folder / "allure").glob("*-result.json"):
        yield "allure", json.loads(path.read_text("utf-8"))


def cut(folder: Path, random: Random, *, is_damaged: bool) -> None:
    """Take a piece off the end of the spool in the folder, and change bytes of what is left."""
    spool = folder / "spool" / "main.ndjson"
    whole = spool.read_bytes()
    left = bytearray(whole[: random.randrange(len(whole))])
    for _ in range(random.randrange(1, 30) if is_damaged and left else 0):
        left[random.randrange(len(left))] = random.randrange(256)
    spool.write_bytes(bytes(left))


@pytest.mark.parametrize(
    "is_damaged", [pytest.param(False, id="cut"), pytest.param(True, id="bad")]
)
@pytest.mark.parametrize("seed", [pytest.param(seed, id=f"{seed}") for seed in range(8)])
def test_a_spool_that_is_cut_at_any_byte_makes_reports_that_hold(
    tmp_path: Path, seed: int, is_damaged: bool
) -> None:
    """INVARIANT: whatever is left of a run is told, in whole files."""
    rich(tmp_path / "run", HOSTILE["markdown"])
    cut(tmp_path / "run", Random(seed), is_damaged=is_damaged)
    dossier = read([tmp_path / "run"])

    for name in WRITTEN:
        FORMATS[name].write(dossier, tmp_path / "out" / name)

    found = [*told(tmp_path / "out")]
    assert [(name, each) for name, value in found for each in breaches(name, value)] == []
    assert len(found) >= 4
    assert dossier.head.missing[:1] != ()
    assert dossier.head.missing[0].split()[0] in (tmp_path / "out" / "summary").read_text("utf-8")
    assert all(line.startswith(("::error ", "::warning ")) for line in lines(dossier))
