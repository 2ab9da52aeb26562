"""Templates to text: ERB's delimiters, which collide with no file that is written here."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

from redhanded.scaffold.plan import File

if TYPE_CHECKING:
    from jinja2 import Environment

    from redhanded.scaffold.answers import Answers

_SUFFIX = ".j2"


def render(template: str, answers: Answers, **more: object) -> str:
    """The text of a template, such as `project/README.md`, for these answers.

    A template sees `answers` and whatever else is given; a name that it does not know raises.
    """
    return _environment().get_template(template + _SUFFIX).render(answers=answers, **more)


def rendered(
    path: str,
    template: str,
    answers: Answers,
    *,
    is_private: bool = False,
    **more: object,
) -> File:
    """The file at this path, of that template."""
    return File(path, render(template, answers, **more), is_private=is_private)


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(  # noqa: S701  what is rendered is no HTML
        loader=PackageLoader("redhanded.scaffold", "templates"),
        undefined=StrictUndefined,
        # `{{ }}` is GitHub's, `[[ ]]` TOML's, `{% %}` and `{# #}` those of other generators.
        block_start_string="<%",
        block_end_string="%>",
        variable_start_string="<%=",
        variable_end_string="%>",
        comment_start_string="<%#",
        comment_end_string="%>",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["quoted"] = quoted
    return environment


def quoted(text: str) -> str:
    """The text as a string in double quotes that Python, TOML, YAML and JSON read alike."""
    # Delete is the one character that JSON leaves as it is and TOML forbids.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
