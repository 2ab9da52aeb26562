"""Credentials that stop being good."""

from __future__ import annotations

import hashlib
import json
from typing import ClassVar, Literal

from redhanded.lab.weather.faults.fault import RequestFault, Seconds
from redhanded.lab.weather.passage import Passage
from redhanded.lab.weather.shapes import NAMED, Shape

_CARRIERS = ("authorization", "x-api-key", "cookie")
_LOGINS = frozenset(
    {"auth", "login", "oauth", "refresh", "session", "sessions", "signin", "token", "tokens"}
)
_UNSPENT = 0  # in a rule's memory; other numbers are those of the strikes that ended a credential


class TokenExpires(RequestFault):
    """Refuses the credential seen with 401, from then on, until another is shown.

    A credential that follows an expired one is let through at least once, as a new token is.
    """

    code: ClassVar[str] = "E32"
    title: ClassVar[str] = "the token expires in mid-suite"

    header: str = "Authorization"

    def concerns(self, passage: Passage) -> bool:
        """Whether the request shows a credential that is old enough to expire."""
        shown = self._shown(passage)
        if shown is None:
            return False
        known = passage.memory.get(shown)
        if known is None and any(passage.memory.values()):
            passage.memory[shown] = _UNSPENT
            return False
        return True

    def held_by(self, passage: Passage) -> int | None:
        """The strike that ended this credential."""
        return passage.memory.get(self._shown(passage) or "") or None

    async def strike(self, passage: Passage) -> None:
        """Answers as the API does to a token that it no longer knows."""
        passage.memory[self._shown(passage) or ""] = passage.struck_by.number
        await _refuse(passage, "The token has expired.")

    def _shown(self, passage: Passage) -> str | None:
        value = passage.request.head.get(self.header)
        # A name with a password is shown to get a token, and is none.
        if not value or value.lower().startswith("basic "):
            return None
        return hashlib.sha256(value.encode()).hexdigest()[:16]


class LoginDown(RequestFault):
    """Lets nobody log in: answers 503, resets, or says nothing; all else works."""

    code: ClassVar[str] = "E33"
    title: ClassVar[str] = "identity provider down"
    usual: ClassVar[Shape] = NAMED["always"]

    kind: Literal["503", "reset", "silent"] = "503"
    seconds: Seconds = 60.0  # of silence
    paths: tuple[str, ...] = ()  # in the place of those that look like logins

    def concerns(self, passage: Passage) -> bool:
        """Whether somebody wants to log in."""
        path = passage.request.path
        return path in self.paths if self.paths else _is_login(path)

    async def strike(self, passage: Passage) -> None:
        """Does what a provider does that is down."""
        passage.note(forwarded=False, kind=self.kind)
        if self.kind == "503":
            body = _problem(503, "Service Unavailable", "The identity provider is down.")
            await passage.answer(503, body, {"Content-Type": "application/problem+json"})
            return
        await passage.swallow()
        if self.kind == "silent":
            await passage.client.pause(self.seconds)
        passage.reset()


class Revoked(RequestFault):
    """Refuses every credential with 401, at the login and the auth probe as everywhere."""

    code: ClassVar[str] = "E34"
    title: ClassVar[str] = "credential revoked everywhere"
    usual: ClassVar[Shape] = NAMED["always"]

    def concerns(self, passage: Passage) -> bool:
        """Whether the request shows a credential, or would get one."""
        request = passage.request
        return _is_login(request.path) or any(request.head.get(name) for name in _CARRIERS)

    async def strike(self, passage: Passage) -> None:
        """Answers as the API does to a credential that it does not know."""
        await _refuse(passage, "The credential is not valid.")


async def _refuse(passage: Passage, detail: str) -> None:
    passage.note(forwarded=False, status=401)
    fields = {
        **passage.stamps.of(passage.request),
        "Content-Type": "application/problem+json",
        "WWW-Authenticate": 'Bearer realm="api", error="invalid_token"',
    }
    await passage.answer(401, _problem(401, "Unauthorized", detail), fields)


def _is_login(path: str) -> bool:
    return path.rstrip("/").rpartition("/")[2].lower() in _LOGINS


def _problem(status: int, title: str, detail: str) -> bytes:
    problem = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return json.dumps(problem).encode()
