"""The command line's share in the settings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping


def overrides(config: pytest.Config) -> Mapping[str, object]:
    """The settings that the command line gives, by dotted key."""
    named = {
        key: config.getoption(f"REDHANDED_{key.upper()}")
        for key in ("base_url", "env", "seed", "folder", "inconclusive")
    }
    given = {key: value for key, value in named.items() if value is not None}
    if "seed" in given:
        given |= _seed(given["seed"])
    if (file := config.getoption("REDHANDED_CONTRACT_BASELINE")) is not None:
        given["contract.baseline"] = file
    cover = (_threshold(text) for text in config.getoption("REDHANDED_COVER_FAIL_UNDER"))
    return given | dict(cover) | dict(_pair(text) for text in config.getoption("REDHANDED_SET"))


def _seed(text: str) -> dict[str, object]:
    """The settings that `7`, or `7@2026-11-22` with its day, stands for."""
    seed, separator, day = text.partition("@")
    return {"seed": parsed(seed)} | ({"data.today": day} if separator else {})


def _threshold(text: str) -> tuple[str, object]:
    """The setting that `60` or `statuses=60` stands for."""
    measure, separator, share = text.rpartition("=")
    if (separator and not measure.strip()) or not isinstance(parsed(share.strip()), int | float):
        raise pytest.UsageError(
            f"--rh-cover-fail-under {text}: write a number of percent, or MEASURE=N, such as"
            " statuses=60"
        )
    return f"contract.cover.{measure.strip() or 'operations'}", parsed(share.strip())


def _pair(text: str) -> tuple[str, object]:
    key, separator, value = text.partition("=")
    if not separator or not key.strip():
        raise pytest.UsageError("--rh-set: write KEY=VALUE, such as timeouts.read=3")
    return key.strip(), parsed(value.strip())


def parsed(value: str) -> object:
    """The JSON value of a text, or the text itself where it is none."""
    try:
        return json.loads(value)
    except ValueError:
        return value
