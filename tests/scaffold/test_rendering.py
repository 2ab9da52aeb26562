"""Templates become text, and what they are given becomes no code."""

from __future__ import annotations

import ast
import json
import tomllib
from importlib.resources import files

import pytest
import yaml
from jinja2 import UndefinedError

from redhanded.scaffold.answers import Answers
from redhanded.scaffold.rendering import quoted, render, rendered

HOTEL = Answers(name="hotel", package="hotel")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("plain", id="plain"),
        pytest.param('a "quoted" one', id="quotes"),
        pytest.param("back\\slash", id="backslash"),
        pytest.param("line\nbreak\r\n", id="line-breaks"),
        pytest.param("\x00\x01\x1f\x7f", id="control-characters"),
        pytest.param("Grüße, 日本, 🏨", id="beyond-ascii"),
        pytest.param('"""; import os; """', id="code"),
        pytest.param("\u2028\u202e", id="separators"),
    ],
)
def test_a_quoted_text_is_read_back_as_it_was(text: str) -> None:
    """One way of quoting serves every language that is written here."""
    literal = quoted(text)

    assert ast.literal_eval(literal) == text
    assert tomllib.loads(f"it = {literal}") == {"it": text}
    assert json.loads(literal) == text
    if "\u2028" not in text:  # YAML folds it where it stands as itself
        assert yaml.safe_load(literal) == text


def test_a_template_that_asks_for_what_nobody_gave_fails() -> None:
    """Nothing is silently left empty."""
    with pytest.raises(UndefinedError, match="extras"):
        render("project/README.md", HOTEL)


def test_a_rendered_file_carries_its_mark() -> None:
    """Whether it is its owner's alone."""
    file = rendered("x/.env", "project/env", HOTEL, is_private=True)

    assert (file.path, file.is_private) == ("x/.env", True)
    assert file.text.endswith("\n")


def test_every_template_is_found_where_the_package_is() -> None:
    """They are data of the package, which a wheel carries."""
    templates = files("redhanded.scaffold") / "templates"

    names = {each.name for each in (templates / "project").iterdir()}
    assert {"README.md.j2", "pyproject.toml.j2", "gitignore.j2"} <= names
