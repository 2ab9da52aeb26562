"""`redhanded explain`: what a cause means, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from redhanded.cli.output import Cell, json_option, print_json, print_prose, print_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redhanded.verdict.causes import Cause


@click.command(short_help="What a cause means, and what to do about it.")
@click.argument("code", required=False)
@json_option
def explain(code: str | None, *, as_json: bool) -> None:
    """Tell what the cause CODE of a finding means, what usually lies behind it, and what to do.

    Without CODE, list every cause. Ends with 2 where there is no such cause.
    """
    from redhanded.verdict.causes import cause, causes

    found = [cause(code)] if code else list(causes().values())
    if as_json:
        print_json({"causes": [_record(each) for each in found]})
    elif code:
        print_prose(list(_told(found[0])))
    else:
        print_rows([(Cell(each.code, "bold"), Cell(each.title)) for each in found])


def _record(cause: Cause) -> dict[str, object]:
    return {
        "code": cause.code,
        "title": cause.title,
        "meaning": cause.meaning,
        "typical": cause.typical,
        "remedy": cause.remedy,
        "narrow": cause.narrow,
    }


def _told(cause: Cause) -> Iterator[str]:
    yield f"{click.style(cause.code, bold=True)}: {cause.title}"
    yield from ("", cause.meaning)
    for title, points in (("What usually lies behind it", cause.typical), ("Do", cause.remedy)):
        yield from ("", click.style(title, bold=True))
        yield from (f"  - {point}" for point in points)
    if cause.narrow:
        yield from ("", click.style("In the test", bold=True), f"  - {cause.narrow}")
