"""`redhanded weather`: faults of the environment, made on purpose before an API of this machine."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from redhanded.cli.commands import Refusal
from redhanded.cli.output import VERSION, Cell, print_json, print_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from redhanded.lab.weather.orders import Orders
    from redhanded.lab.weather.plan import Plan
    from redhanded.lab.weather.proxy import Proxy


@click.command(short_help="Make weather before an API, to see what tests do in it.")
@click.argument("upstream", required=False)
@click.option("--list", "listed", is_flag=True, help="List the faults that can be made.")
@click.option("--fault", "faults", multiple=True, metavar="CODE", help="Such as E12; repeatable.")
@click.option("--shape", metavar="NAME", help="once, burst, 10s, 60s, always or random.")
@click.option("--rate", type=float, metavar="CHANCE", help="The chance of a request, 0 to 1.")
@click.option("--nth", type=int, metavar="N", help="Strike the n-th request alone.")
@click.option("--every", type=int, metavar="N", help="Strike each n-th request.")
@click.option("--max", "most", type=int, metavar="N", help="Strike N times at most.")
@click.option("--route", metavar="ROUTE", help='Strike there alone: "POST /orders/*".')
@click.option(
    "--plan",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Several rules, as JSON, in the place of --fault.",
)
@click.option("--seed", type=int, help="Decides what chance does [0].")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Where to listen [any].")
@click.option(
    "--log",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write each fault, and each request that arrived, as a line of JSON.",
)
@click.option("--tls", is_flag=True, help="Speak TLS, with an authority of its own.")
@click.option("--json", "as_json", is_flag=True, help="Say where it listens in a line of JSON.")
def weather(
    *,
    upstream: str | None,
    listed: bool,
    faults: Sequence[str],
    plan: Path | None,
    seed: int | None,
    port: int,
    log: Path | None,
    tls: bool,
    as_json: bool,
    most: int | None,
    **when: object,
) -> None:
    """Stand before UPSTREAM, an origin of this machine, and make the faults that are asked for.

    What no fault strikes passes as it came. Ctrl-C ends it with a summary.
    """
    if listed:
        _list(as_json=as_json)
        return
    if upstream is None:
        raise click.UsageError("No UPSTREAM was given: write redhanded weather URL, or use --list")
    from redhanded.lab.weather.link import Address, AddressError
    from redhanded.lab.weather.orders import Orders, planned
    from redhanded.lab.weather.plan import PlanError
    from redhanded.lab.weather.trust import TLSMissing

    try:
        made = planned(faults, {**when, "max": most}, plan=plan, seed=seed)
        address = Address.parse(upstream)
        orders = Orders(upstream=address, plan=made, port=port, log=log, tls=tls)
        counts = _run(orders, as_json=as_json)
    except (AddressError, PlanError, TLSMissing) as error:
        raise Refusal(f"{error}.") from None
    if not as_json:
        click.echo(_summary(counts), err=True)


def _run(orders: Orders, *, as_json: bool) -> Mapping[str, int]:
    import asyncio

    from redhanded.lab.weather.console import run

    try:
        return asyncio.run(run(orders, _announcer(orders, as_json=as_json)))
    except OSError as error:
        raise Refusal(
            f"port {orders.port} cannot be used ({error.strerror}); give another --port, or 0."
        ) from None


def _announcer(orders: Orders, *, as_json: bool) -> Callable[[Proxy, Path | None], None]:
    def announce(proxy: Proxy, authority: Path | None) -> None:
        if as_json:
            import json

            ca = str(authority) if authority else None
            said = {"v": VERSION, "url": proxy.url, "pid": os.getpid(), "ca": ca}
            click.echo(json.dumps(said))
            return
        click.echo(f"{proxy.url} leads to {orders.upstream}; Ctrl-C ends it.")
        if authority:
            click.echo(f"Its certificates are signed by {authority}.")
        for line in _forecast(orders.plan):
            click.echo(line)

    return announce


def _forecast(plan: Plan) -> Sequence[str]:
    """What will happen, a line for each rule."""
    if not plan.rules:
        return ["No fault was asked for: everything passes as it comes."]
    rules = ((rule, rule.weather()) for rule in plan.rules)
    return [
        f"{rule.fault} {fault.title}: {rule.when()}" + (f", {rule.route}" if rule.route else "")
        for rule, fault in rules
    ]


def _summary(counts: Mapping[str, int]) -> str:
    faults = ", ".join(f"{name} {counts[name]}" for name in sorted(counts) if name[0] == "E")
    arrived = counts.get("upstream", 0)
    said = f"\n{arrived} requests reached the upstream; faults made: {faults or 'none'}."
    lost = counts.get("unreachable", 0)
    return said + (f" For {lost} the upstream could not be reached." if lost else "")


def _list(*, as_json: bool) -> None:
    from redhanded.lab.weather.faults.table import FAULTS

    if as_json:
        known = [
            {"code": each.code, "title": each.title, "how": each.how(), "shape": str(each.usual)}
            for each in FAULTS.values()
        ]
        print_json({"faults": known})
        return
    print_rows(
        [[Cell(each.code, "bold"), Cell(each.title), Cell(each.how())] for each in FAULTS.values()]
    )
