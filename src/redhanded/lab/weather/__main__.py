"""`python -m redhanded.lab.weather`: the proxy as a process of its own."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from pathlib import Path

from redhanded.lab.weather.console import Orders, run, say
from redhanded.lab.weather.link import Address, AddressError
from redhanded.lab.weather.plan import Plan, PlanError

_BAD_USAGE = 2


def main(arguments: list[str] | None = None) -> int:
    """The exit code of the proxy."""
    options = _parser().parse_args(arguments)
    try:
        orders = Orders(
            upstream=Address.parse(options.upstream),
            plan=Plan.read(options.plan) if options.plan else Plan(),
            port=options.port,
            log=options.log,
            with_parent=options.with_parent,
        )
        asyncio.run(run(orders, lambda proxy: say({"url": proxy.url, "pid": os.getpid()})))
    except (AddressError, PlanError, OSError) as error:
        sys.stderr.write(f"redhanded.lab.weather: {error}\n")
        return _BAD_USAGE
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m redhanded.lab.weather",
        description="Make weather before an upstream until SIGTERM, SIGINT or Ctrl-C.",
    )
    parser.add_argument("upstream", help="http://127.0.0.1:PORT")
    parser.add_argument("--port", type=int, default=0, help="0, the default, is any free port")
    parser.add_argument("--plan", type=Path, help="JSON file")
    parser.add_argument("--log", type=Path, help="file for lines of JSON")
    parser.add_argument(
        "--with-parent",
        action="store_true",
        help="take plans from standard input, and end with it",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
