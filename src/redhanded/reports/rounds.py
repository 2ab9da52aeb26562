"""The rounds of a test in lines: its attempts, what weather took, what kept it from its verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from redhanded.core.verdicts import Verdict
from redhanded.pipeline.table import weather_row
from redhanded.verdict.words import duration

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from redhanded.core.exchange import Exchange
    from redhanded.reports.dossier.case import Round

_ATTEMPTS = 50
_LOST = 20
_OUT_OF_SIGHT = frozenset({None, str(Verdict.PASS), str(Verdict.RECOVERED)})


class Lost(NamedTuple):
    """An attempt that weather took, or a round that ended without a verdict."""

    cause: str
    message: str
    text: str = ""


def lines(rounds: Sequence[Round], home: str = "") -> Iterator[str]:
    """The attempts of all rounds, a line each; of many the last, and how many are not told.

    Of URLs at the origin of `home` the path is told.
    """
    sent = [each.exchange for one in rounds for each in one.sent]
    if len(sent) > _ATTEMPTS:
        yield f"... {len(sent) - _ATTEMPTS} attempts before"
    origin = _origin(home)
    yield from (_told(exchange, origin) for exchange in sent[-_ATTEMPTS:])


def lost(rounds: Sequence[Round], home: str = "") -> list[Lost]:
    """What weather took of calls that went on: another attempt of the same call came afterwards."""
    found: list[Lost] = []
    open_: dict[str, Lost] = {}
    origin = _origin(home)
    for exchange in (each.exchange for one in rounds for each in one.sent):
        if exchange.call_id in open_:
            found.append(open_.pop(exchange.call_id))
        row = weather_row(exchange.row)
        if row is not None:
            line = _told(exchange, origin)
            message = f"{row.failure}: {line.partition(' ')[2]}"
            open_[exchange.call_id] = Lost(row.cause, message, line)
    return found[:_LOST]


def earlier(rounds: Sequence[Round]) -> list[Lost]:
    """What kept each round but the last from its verdict; nothing of one that had held.

    A red round that another plugin ran again is told as well: a later success does not erase it.
    """
    return [
        Lost(found.code, _headline(found.verdict, found.code, found.message), _facts(each))
        for each in rounds[:-1]
        if each.verdict not in _OUT_OF_SIGHT
        for found in each.findings[:1]
    ]


def _headline(verdict: Verdict, code: str, message: str) -> str:
    return f"{verdict.replace('_', ' ').upper()} {code}: {message}"


def _facts(ended: Round) -> str:
    return "\n".join(ended.findings[0].evidence)


def _origin(home: str) -> str:
    return "{0.scheme}://{0.netloc}".format(urlsplit(home))


def _told(exchange: Exchange, home: str) -> str:
    """The attempt in a line: when, method, path, status or phase, time; its purpose, its wait."""
    minutes, seconds = divmod(exchange.started_at % 86_400, 60)
    hours, minutes = divmod(int(minutes), 60)
    failure, wait = exchange.failure, exchange.wait
    outcome = f"no answer (phase {failure.phase})" if failure else str(exchange.status)
    purpose = "" if exchange.purpose == "test" else f", {exchange.purpose}"
    waited = f", after {duration(wait.seconds)} ({wait.reason})" if wait.seconds else ""
    return (
        f"{hours:02}:{minutes:02}:{int(seconds):02}.{int(seconds * 1000) % 1000:03}Z "
        f"{exchange.method} {_target(exchange.url, home)} -> {outcome} "
        f"in {duration(exchange.elapsed)}{purpose}{waited}"
    )


def _target(url: str, home: str) -> str:
    path = url.removeprefix(home)
    if len(path) == len(url) or path[:1] not in ("", "/", "?"):
        return url
    return path if path.startswith("/") else f"/{path}"
