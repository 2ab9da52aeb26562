"""The settings that documents show are settings."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from redhanded.core.errors import SettingsError
from redhanded.session.sources import load
from tests.documents.blocks import Block, all_blocks

BLOCKS = [block for block in all_blocks("toml") if "[tool.redhanded" in block.text]
FILE = re.compile(r'"file:([^"]+)"')
VARIABLE = re.compile(r"env:([A-Z][A-Z0-9_]*)")


def loaded(text: str, folder: Path) -> dict[str, str]:
    """Where each setting comes from, in a project whose pyproject.toml is that text."""
    (folder / "pyproject.toml").write_text(text, "utf-8")
    for name in FILE.findall(text):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("what the file holds", "utf-8")
    environ = {name: f"the value of {name}" for name in VARIABLE.findall(text)}
    return dict(load(folder, environ=environ, is_tracked=lambda _: False).origins)


@pytest.mark.parametrize("block", BLOCKS, ids=[block.place for block in BLOCKS])
def test_settings_of_a_document_are_accepted(block: Block, tmp_path: Path) -> None:
    """Who copies the block into pyproject.toml has a run that starts."""
    origins = loaded(block.text, tmp_path)

    assert any(source != "default" for source in origins.values())


@pytest.mark.parametrize(
    "block", all_blocks("toml"), ids=[block.place for block in all_blocks("toml")]
)
def test_toml_of_a_document_is_toml(block: Block) -> None:
    """Also where it is not about redhanded."""
    assert tomllib.loads(block.text)


def test_a_setting_that_is_none_is_noticed(tmp_path: Path) -> None:
    """The check knows a name that is not there."""
    with pytest.raises(SettingsError, match="timeouts"):
        loaded("[tool.redhanded.timeuots]\nread = 5\n", tmp_path)
