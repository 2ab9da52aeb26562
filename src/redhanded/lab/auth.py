"""Passwords and tokens of all three areas; the file holds hashes of both, never the values."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

Clock: TypeAlias = Callable[[], float]  # seconds since the epoch

_ROUNDS = 1000  # a demo's: a real service takes hundreds of thousands


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a token stands for: whose it is, what it allows, and the login it came from."""

    subject: str
    scope: str = ""
    session: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """Tokens with a lifetime; a realm never accepts another realm's."""

    clock: Clock
    new_token: Callable[[], str] = secrets.token_urlsafe

    def issue(self, tx: sqlite3.Connection, realm: str, grant: Grant, *, seconds: float) -> str:
        """A new token of the realm."""
        token = self.new_token()
        now = self.clock()
        tx.execute("DELETE FROM tokens WHERE expires_at <= ?", (now,))
        tx.execute(
            "INSERT INTO tokens (hash, realm, subject, scope, session, expires_at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (_digest(token), realm, grant.subject, grant.scope, grant.session, now + seconds),
        )
        return token

    def find(self, tx: sqlite3.Connection, realm: str, token: str) -> Grant | None:
        """What the token stands for, while it is valid."""
        row = tx.execute(
            "SELECT subject, scope, session FROM tokens"
            " WHERE hash = ? AND realm = ? AND NOT used AND expires_at > ?",
            (_digest(token), realm, self.clock()),
        ).fetchone()
        return Grant(**row) if row else None

    def spend(self, tx: sqlite3.Connection, realm: str, token: str) -> Grant | None:
        """What the token stands for, the first time; a second time ends the login it came from.

        Whoever shows a spent token may have stolen it (RFC 9700, 4.14.2).
        """
        grant = self.find(tx, realm, token)
        if grant:
            tx.execute("UPDATE tokens SET used = 1 WHERE hash = ?", (_digest(token),))
        else:
            self._end_reused(tx, realm, token)
        return grant

    def end(self, tx: sqlite3.Connection, session: str) -> None:
        """Makes every token of the login invalid."""
        tx.execute("DELETE FROM tokens WHERE session = ?", (session,))

    def end_all(self, tx: sqlite3.Connection, realms: tuple[str, str], subject: str) -> None:
        """Makes every token of the subject in the two realms invalid."""
        tx.execute("DELETE FROM tokens WHERE realm IN (?, ?) AND subject = ?", (*realms, subject))

    def _end_reused(self, tx: sqlite3.Connection, realm: str, token: str) -> None:
        row = tx.execute(
            "SELECT session FROM tokens WHERE hash = ? AND realm = ? AND used",
            (_digest(token), realm),
        ).fetchone()
        if row:
            self.end(tx, row["session"])


def hash_password(password: str) -> str:
    """A salted hash to store in the place of the password."""
    salt = secrets.token_hex(8)
    return f"{salt}${_stretch(password, salt)}"


def is_password(password: str, stored: str) -> bool:
    """Whether the stored hash was made from this password."""
    salt, _, expected = stored.partition("$")
    return secrets.compare_digest(_stretch(password, salt), expected)


def hash_key(key: str) -> str:
    """A hash of a random key, which needs no salt."""
    return _digest(key)


def _stretch(password: str, salt: str) -> str:
    return hashlib.pbkdf2_hmac("sha256", password.encode(), salt.encode(), _ROUNDS).hex()


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()
