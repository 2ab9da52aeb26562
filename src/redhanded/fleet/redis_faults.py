"""Why a Redis cannot be used, each as words that say what to do.

The text of a server's error is never shown: it may repeat what it was sent, such as a password.
"""

from __future__ import annotations

import re
import socket
import ssl

from redis.exceptions import ConnectionError as Disconnected
from redis.exceptions import ResponseError

_CLUSTER = (
    "it is a node of a cluster, where another node keeps this; set redis_url to a Redis that is"
    " none"
)
_RIGHTS = (
    "its user may not do this; give it the keys {rh:* and HELLO, SELECT, SCRIPT, EVALSHA, TIME,"
    " PEXPIRE, DEL, GET, SET, and all of hashes and sorted sets"
)
_CODES = {
    "WRONGPASS": "it refuses the user or the password; mend redis_password, or the user in"
    " redis_url",
    "NOAUTH": "it wants a password; set redis_password",
    "NOPERM": _RIGHTS,
    "DENIED": "it is in protected mode; give it a password, and set redis_password",
    "READONLY": "it is a replica, which takes no writes; set redis_url to the primary",
    "MASTERDOWN": "it is a replica without its primary; set redis_url to the primary",
    "NOREPLICAS": "it has too few replicas to take writes; mend it there",
    "LOADING": "it is still loading its data; it comes back by itself",
    "OOM": "its memory is full; raise its maxmemory",
    "MISCONF": "it takes no writes because it cannot save to its disk; mend it there",
    "BUSY": "it is busy with a script of somebody; look at it there",
    "MOVED": _CLUSTER,
    "ASK": _CLUSTER,
    "TRYAGAIN": _CLUSTER,
    "CROSSSLOT": _CLUSTER,
    "CLUSTERDOWN": _CLUSTER,
}
_TEXTS = {
    "user executing the script can't": _RIGHTS,
    "max number of clients reached": "it has as many clients as it takes; raise its maxclients",
    "DB index is out of range": "it has no database of that number; mend the end of redis_url",
    "without any password configured": "it has no password; leave out redis_password",
}
_CODE = re.compile(r"(?:^|-)([A-Z]+) ")  # an old Redis tells a script's error within its own
STRANGER = "what answers there is no Redis; mend redis_url"
_CLOSED = "it closed the connection; look at it, and write rediss:// where it speaks TLS"
_NETWORK: tuple[tuple[type[OSError], str], ...] = (
    (
        ssl.SSLCertVerificationError,
        "its certificate is not trusted; set tls.ca to the bundle of its authority",
    ),
    (ssl.SSLError, "it speaks no TLS, or another kind; write redis:// where it has none"),
    (socket.gaierror, "its name is not known; mend the host in redis_url"),
    (ConnectionRefusedError, "nothing listens there; start it, or mend redis_url"),
    (ConnectionError, _CLOSED),
)


class LineBroken(Exception):
    """A connection is of no use any more; says why, and what to do."""


def broken_by(error: BaseException, *, seconds: float, secure: bool = False) -> LineBroken:
    """What an error of the client library means.

    `seconds` is how long was waited at most, `secure` whether TLS was to be spoken.
    """
    if isinstance(error, ResponseError) or getattr(error, "status_code", None):
        return LineBroken(_of_reply(error))
    cause = _innermost(error)
    if isinstance(cause, TimeoutError):
        other = ", or write redis:// where it speaks no TLS" if secure else ""
        return LineBroken(
            f"it did not answer within {seconds * 1000:.0f} ms; look at it and the way there{other}"
        )
    if isinstance(cause, OSError):
        return LineBroken(_of_network(cause))
    return LineBroken(_CLOSED if isinstance(error, Disconnected) else STRANGER)


def unfit(version: str, mode: str) -> str:
    """Why a server that says this of itself will not do; empty where it will.

    Whoever tells no version is believed: there are others that speak as Redis does.
    """
    if mode == "sentinel":
        return "it is a Sentinel, which keeps nothing; set redis_url to the Redis that it watches"
    found = re.match(r"(\d+)\.(\d+)", version)
    if found and (int(found[1]), int(found[2])) < (6, 2):
        return f"it is Redis {version}, and 6.2 or newer is needed"
    return ""


def _of_reply(error: BaseException) -> str:
    text = str(error)
    for part, words in _TEXTS.items():
        if part in text:
            return words
    code = getattr(error, "status_code", None) or "ERR"
    codes = [code, *_CODE.findall(text)]
    known = [_CODES[name] for name in codes if name in _CODES]
    return known[0] if known else f"it answers with the error {codes[-1]}; look at it there"


def _of_network(error: OSError) -> str:
    for kind, words in _NETWORK:
        if isinstance(error, kind):
            return words
    return f"the network says {error.strerror or type(error).__name__}; look at the way there"


def _innermost(error: BaseException) -> BaseException:
    # The library wraps what the network said.
    while (cause := error.__cause__ or error.__context__) is not None:
        error = cause
    return error
