"""The page on contracts says what the code does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from redhanded.contracts.openapi.levels import levels_of
from redhanded.core.contracting import Breach, Contracting
from redhanded.verdict.causes import causes

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "contracts.md"
ROW = re.compile(r"\| `contract\.(\w+)` \| (.+?) \| (\w+) \| (\w+) \|")


def test_the_table_of_codes_is_that_of_the_code() -> None:
    """Every kind of breach, its title and its level in both presets, in the code's order."""
    strict, spec = (levels_of(Contracting(preset=preset)) for preset in ("strict", "spec"))
    known = causes()

    assert ROW.findall(PAGE.read_text("utf-8")) == [
        (breach, known[f"contract.{breach}"].title, strict[breach], spec[breach])
        for breach in get_args(Breach)
    ]
