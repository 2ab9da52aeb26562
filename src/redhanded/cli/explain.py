"""`redhanded explain`: what a cause means, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from redhanded.cli.output import Cell, json_option, print_json, print_prose, print_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from redhanded.verdict.causes import Cause

FAMILIES: Final = {
    "answer": "a whole answer came, and is not what the test expects",
    "header": "its headers",
    "body": "its body",
    "contract": "what the API's document says of it, and of the request",
    "latency": "it came late",
    "objective": "what an operation promises over many calls",
    "history": "what earlier runs were like",
    "write": "what became of a write",
    "data": "what the tests work on",
    "http": "what the server or a gateway answered in place of what was asked",
    "auth": "who the API takes us for",
    "provenance": "whether it was the API that answered",
    "net": "the network between the runner and the API",
    "tls": "certificates and the handshake",
    "call": "the call as a whole, with its retries and waits",
    "route": "one route of the API",
    "test": "the test itself",
    "lease": "what one test at a time may use",
    "cleanup": "what tests leave behind",
    "runner": "the machine that runs the tests",
    "run": "the run as a whole",
    "internal": "redhanded itself",
}


@click.command(short_help="What a cause means, and what to do about it.")
@click.argument("code", required=False)
@json_option
def explain(code: str | None, *, as_json: bool) -> None:
    """Tell what the cause CODE of a finding means, what usually lies behind it, and what to do.

    CODE may be a family such as `net`: its causes are listed then. Without CODE, list every cause.
    Ends with 2 where there is no such cause.
    """
    from redhanded.verdict.causes import cause, causes

    every = list(causes().values())
    family = [each for each in every if _family(each.code) == code and each.code != code]
    found = family or (every if code is None else [cause(code)])
    if as_json:
        print_json({"causes": [_record(each) for each in found]})
    elif code is None or family:
        _print_list(found)
    else:
        print_prose(list(_told(found[0])))


def _print_list(found: Sequence[Cause]) -> None:
    width = max(len(each.code) for each in found)
    for number, (family, members) in enumerate(by_family(found).items()):
        if number:
            click.echo()
        print_prose([f"{click.style(family, bold=True)}: {FAMILIES.get(family, 'more causes')}"])
        print_rows([(Cell(f"  {each.code:<{width}}"), Cell(each.title)) for each in members])


def by_family(found: Sequence[Cause]) -> Mapping[str, Sequence[Cause]]:
    """The causes by family: those that are known in the order in which a reader looks for them."""
    families = dict.fromkeys([*FAMILIES, *(_family(each.code) for each in found)])
    members = {name: [each for each in found if _family(each.code) == name] for name in families}
    return {name: causes for name, causes in members.items() if causes}


def _family(code: str) -> str:
    """The part of a code before the dot; the findings of `expect` itself go without one."""
    family, dot, _ = code.partition(".")
    return family if dot or family in FAMILIES else "answer"


def _record(cause: Cause) -> dict[str, object]:
    return {
        "code": cause.code,
        "family": _family(cause.code),
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
