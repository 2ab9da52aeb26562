"""One connection to a Redis, which is asked several things in one round trip.

Nothing is tried twice here, and nobody waits longer than told. The client library has a retry, a
pool and a greeting of several questions in front of each connection: all three are left out.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

from redis import Connection, SSLConnection
from redis.exceptions import NoScriptError, ResponseError

from redhanded.fleet.redis_faults import LineBroken, broken_by, unfit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from redhanded.fleet.redis_address import Address

Command: TypeAlias = tuple[str | int | float, ...]
Reply: TypeAlias = Any  # text, a number, None, or a list of these

_SOON = 0.001  # seconds; a socket takes 0 as "do not wait", which is another thing


class Line:
    """An open connection, for one thread at a time; `now` tells seconds."""

    def __init__(
        self,
        address: Address,
        scripts: Sequence[str],
        *,
        seconds: float,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._address = address
        self._scripts = scripts
        self._now = now
        self._connection: Any = _connection(address, seconds)  # the library's types end here

    def open(self, *, seconds: float) -> None:
        """Connect, within so many seconds a step; raises LineBroken."""
        with self._translated(seconds):
            self._connection.connect()
            self._introduce(self._now() + seconds)
            self._prepare(self._now() + seconds)

    def ask(self, commands: Sequence[Command], *, seconds: float) -> list[Reply]:
        """The answers, within so many seconds together; raises LineBroken.

        A script that the server has forgotten is given to it again. A key that holds something of
        another kind than was asked for counts as empty.
        """
        until = self._now() + seconds
        with self._translated(seconds):
            replies = self._exchange(commands, until)
            forgotten = [at for at, reply in enumerate(replies) if _is_forgotten(reply)]
            if forgotten:
                self._prepare(until)
                again = self._exchange([commands[at] for at in forgotten], until)
                for at, reply in zip(forgotten, again, strict=True):
                    replies[at] = reply
            return [_checked(reply) for reply in replies]

    def close(self) -> None:
        """Hang up."""
        self._connection.disconnect()

    @contextmanager
    def _translated(self, seconds: float) -> Iterator[None]:
        try:
            yield
        except LineBroken:
            raise
        except Exception as error:  # a stranger's bytes make the library's parser raise anything
            raise broken_by(error, seconds=seconds, secure=self._address.secure) from error

    def _introduce(self, until: float) -> None:
        user, password = self._address.user, self._address.password
        login = ("AUTH", user or "default", password) if user or password else ()
        (reply,) = self._exchange([("HELLO", 2, *login)], until)
        if _is_unknown(reply):
            raise LineBroken(self._age(until))
        told = _pairs(_checked(reply))
        reason = unfit(told["version"], told.get("mode", ""))
        if reason:
            raise LineBroken(reason)

    def _age(self, until: float) -> str:
        """What is wrong with a server that is too old to introduce itself."""
        password = self._address.password
        login: list[Command] = [("AUTH", password)] if password else []
        told = str(self._exchange([*login, ("INFO", "server")], until)[-1])
        known = dict(line.split(":", 1) for line in told.splitlines() if ":" in line)
        return unfit(known["redis_version"], "") or "it knows no HELLO; mend redis_url"

    def _prepare(self, until: float) -> None:
        number = self._address.database
        select: list[Command] = [("SELECT", number)] if number else []
        load: list[Command] = [("SCRIPT", "LOAD", script) for script in self._scripts]
        for reply in self._exchange([*select, *load], until):
            _checked(reply)

    def _exchange(self, commands: Sequence[Command], until: float) -> list[Reply]:
        connection = self._connection
        connection.send_packed_command(connection.pack_commands(commands), check_health=False)
        return [self._reply(until) for _ in commands]

    def _reply(self, until: float) -> Reply:
        left = max(_SOON, until - self._now())
        try:
            return self._connection.read_response(timeout=left)
        except ResponseError as error:
            return error  # the answers behind it are still to be read


def _connection(address: Address, seconds: float) -> Any:  # noqa: ANN401
    told: dict[str, Any] = {
        "host": address.host,
        "port": address.port,
        "protocol": 2,
        "decode_responses": True,
        "driver_info": None,  # which would be two questions more
        "socket_timeout": seconds,
        "socket_connect_timeout": seconds,
    }
    if address.secure:
        told |= {"ssl_cert_reqs": "required", "ssl_ca_certs": address.ca}
    make: Any = SSLConnection if address.secure else Connection
    return make(**told)


def _checked(reply: Reply) -> Reply:
    if isinstance(reply, ResponseError):
        if str(reply).startswith("WRONGTYPE"):
            return None
        raise reply
    return reply


def _is_forgotten(reply: Reply) -> bool:
    return isinstance(reply, NoScriptError)


def _is_unknown(reply: Reply) -> bool:
    return isinstance(reply, ResponseError) and "unknown command" in str(reply).lower()


def _pairs(flat: list[str]) -> dict[str, str]:
    return {str(name): str(value) for name, value in zip(flat[::2], flat[1::2], strict=True)}
