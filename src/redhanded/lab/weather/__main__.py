"""`python -m redhanded.lab.weather`: the proxy as a process of its own."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from pathlib import Path

from redhanded.lab.weather.console import run, say
from redhanded.lab.weather.link import Address, AddressError
from redhanded.lab.weather.orders import Orders, planned
from redhanded.lab.weather.plan import PlanError
from redhanded.lab.weather.proxy import Proxy
from redhanded.lab.weather.trust import TLSMissing

_BAD_USAGE = 2
_WHEN = ("shape", "rate", "nth", "every", "route", "max")


def main(arguments: list[str] | None = None) -> int:
    """The exit code of the proxy."""
    options = _parser().parse_args(arguments)
    try:
        when = {name: getattr(options, name) for name in _WHEN}
        orders = Orders(
            upstream=Address.parse(options.upstream),
            plan=planned(options.fault, when, plan=options.plan, seed=options.seed),
            port=options.port,
            log=options.log,
            tls=options.tls,
            with_parent=options.with_parent,
        )
        asyncio.run(run(orders, _announce))
    except (AddressError, PlanError, TLSMissing) as error:
        return _refuse(str(error))
    except OSError as error:
        return _refuse(f"port {options.port} cannot be used ({error}); give another --port, or 0")
    return 0


def _announce(proxy: Proxy, authority: Path | None) -> None:
    say({"url": proxy.url, "pid": os.getpid(), "ca": str(authority) if authority else None})


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m redhanded.lab.weather",
        description="Make weather before an upstream until SIGTERM, SIGINT or Ctrl-C.",
    )
    add = parser.add_argument
    add("upstream", help="http://127.0.0.1:PORT")
    add("--port", type=_port, default=0, help="0, the default, is any free port")
    add("--fault", action="append", default=[], metavar="CODE", help="such as E12; repeatable")
    add("--shape", help="once, burst, 10s, 60s, always or random")
    add("--rate", type=float, help="the chance of a request, from 0 to 1")
    add("--nth", type=int, help="the number of the one request that is struck")
    add("--every", type=int, help="strikes each so-manieth request")
    add("--route", help='such as "GET /booking/*"')
    add("--max", type=int, help="strikes so often at most")
    add("--plan", type=Path, metavar="FILE", help="JSON, in the place of --fault")
    add("--seed", type=int, help="decides what chance does")
    add("--log", type=Path, metavar="FILE", help="gets lines of JSON")
    add("--tls", action="store_true", help="speak TLS, with an authority of its own")
    add("--with-parent", action="store_true", help="take plans from standard input; end with it")
    return parser


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} must be a number from 0 to 65535")
    return int(text)


def _refuse(sentence: str) -> int:
    sys.stderr.write(f"redhanded.lab.weather: {sentence}\n")
    return _BAD_USAGE


if __name__ == "__main__":
    sys.exit(main())
