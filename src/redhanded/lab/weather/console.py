"""Running the proxy until told to stop, and taking other plans meanwhile."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from redhanded.lab.weather.log import Log
from redhanded.lab.weather.orders import Orders
from redhanded.lab.weather.plan import Plan, PlanError
from redhanded.lab.weather.proxy import Proxy
from redhanded.lab.weather.trust import Trust


async def run(orders: Orders, ready: Callable[[Proxy, Path | None], None]) -> Mapping[str, int]:
    """Runs until SIGTERM or SIGINT, or the end of standard input; how often what happened.

    `ready` is told the proxy and, where it speaks TLS, the file with its authority's certificate.
    With the parent, each line of standard input is a plan to follow from then on, and is answered
    by a line on standard output. Raises OSError when the port is taken or the log is not writable.
    """
    trust = Trust.make() if orders.tls else None
    with _shown(trust) as authority:
        proxy = await Proxy.start(
            orders.upstream, orders.plan, port=orders.port, log=_log(orders.log), trust=trust
        )
        try:
            done = asyncio.Event()
            _end_on_signals(done)
            if orders.with_parent:
                _Desk(proxy, done, asyncio.get_running_loop()).open()
            ready(proxy, authority)
            await done.wait()
            return dict(proxy.storm.log.counts)
        finally:
            await proxy.close()


@contextmanager
def _shown(trust: Trust | None) -> Iterator[Path | None]:
    if trust is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="weather-") as folder:
        yield trust.write(Path(folder))


def _log(path: Path | None) -> Log:
    try:
        return Log(path)
    except OSError as error:
        raise PlanError(f"the log {path} cannot be written: {error.strerror}") from None


@dataclass(frozen=True, slots=True)
class _Desk:
    """Reads plans from standard input, and answers on standard output."""

    proxy: Proxy
    done: asyncio.Event
    loop: asyncio.AbstractEventLoop

    def open(self) -> None:
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        # os.read and not sys.stdin: a reader waiting in a buffered stream upsets the end.
        held = b""
        while data := os.read(0, 1 << 16):
            *lines, held = (held + data).split(b"\n")
            for line in lines:
                answer = asyncio.run_coroutine_threadsafe(self._obey(line), self.loop).result()
                say(answer)
        with suppress(RuntimeError):  # the loop may have ended before
            self.loop.call_soon_threadsafe(self.done.set)

    async def _obey(self, line: bytes) -> Mapping[str, object]:
        try:
            command = json.loads(line)
            if not isinstance(command, dict) or not {"plan"} <= set(command) <= {"plan", "log"}:
                return {"error": 'a line is {"plan": ..., "log": FILE}'}
            plan = Plan.of(command["plan"])
            plan.check(has_tls=self.proxy.trust is not None)
            await self.proxy.change(plan, _log(Path(command["log"]) if "log" in command else None))
        except (PlanError, ValueError, OSError) as error:
            return {"error": str(error)}
        return {"rules": len(plan.rules), "seed": plan.seed}


def say(values: Mapping[str, object]) -> None:
    """Writes one line of JSON on standard output."""
    sys.stdout.write(f"{json.dumps(values)}\n")
    sys.stdout.flush()


def _end_on_signals(done: asyncio.Event) -> None:
    """Makes a signal a clean end; a handler of the loop is not to be had on every system."""
    loop = asyncio.get_running_loop()

    def end(_number: int, _frame: object) -> None:
        loop.call_soon_threadsafe(done.set)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
