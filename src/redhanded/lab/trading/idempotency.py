"""Idempotency keys: one effect and one answer, however often a request arrives.

A key is claimed in a transaction of its own, so that a second request sees it in flight. The work
and its answer are committed together: a process that dies in between leaves a claim without any
effect, and the claim lapses.
"""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import Annotated

from fastapi import Header
from fastapi.responses import Response

from redhanded.lab.auth import Clock
from redhanded.lab.fields import Wire
from redhanded.lab.problems import MEDIA_TYPE, Kind, ProblemError
from redhanded.lab.store import Store

RETRY_AFTER_SECONDS = 1

_header = Header(
    alias="Idempotency-Key",
    pattern=r"^[!-~]{1,100}$",
    description="The same key with the same body has one effect and one answer.",
)
Key = Annotated[str, _header]
OptionalKey = Annotated[str | None, _header]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer that can be stored."""

    status: int
    body: str
    media_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)

    def response(self, *, replayed: bool = False) -> Response:
        """The answer as a response."""
        marked = self.headers | ({"Idempotent-Replayed": "true"} if replayed else {})
        return Response(self.body, self.status, marked, self.media_type)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A request that asks for one effect: who sends it, under which key, and what it says."""

    client: str
    key: str
    fingerprint: str


Work = Callable[[sqlite3.Connection], Answer]


def claim(client: str, key: str, path: str, body: Wire) -> Claim:
    """The claim of a request; spelling and order of the body's fields do not matter."""
    text = f"{path}\n{body.model_dump_json()}"
    return Claim(client=client, key=key, fingerprint=sha256(text.encode()).hexdigest())


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """The keys of a store."""

    store: Store
    clock: Clock
    new_id: Callable[[], uuid.UUID]
    lease_seconds: float = 30

    def run(self, wanted: Claim, work: Work) -> Response:
        """The answer of the work, or the stored one when the key was used before.

        A refusal is an answer too: it is stored, and the work's changes are undone.
        """
        lease = self.new_id().hex
        stored = self.take(wanted, lease)
        if stored is not None:
            return stored.response(replayed=True)
        try:
            return self._work(wanted, lease, work).response()
        except BaseException:
            self._let_go(lease)
            raise

    def take(self, wanted: Claim, lease: str) -> Answer | None:
        """The stored answer, or None when the key now belongs to the lease.

        Raises a 409 problem while another lease holds the key, and a 422 problem when the key
        was used for something else.
        """
        now = self.clock()
        with self.store.writing() as tx:
            row = self._row(tx, wanted)
            if row is None or (row["answer"] is None and row["lease_ends_at"] <= now):
                tx.execute(
                    "INSERT OR REPLACE INTO keys (client, key, fingerprint, lease, lease_ends_at)"
                    " VALUES (?, ?, ?, ?, ?)",
                    (
                        wanted.client,
                        wanted.key,
                        wanted.fingerprint,
                        lease,
                        now + self.lease_seconds,
                    ),
                )
                return None
        return _stored(row, wanted)

    def _work(self, wanted: Claim, lease: str, work: Work) -> Answer:
        with self.store.writing() as tx:
            row = self._row(tx, wanted)
            if row is None or row["lease"] != lease:
                raise _in_flight()
            answer = _undone_if_refused(tx, work)
            tx.execute(
                "UPDATE keys SET answer = ? WHERE lease = ?", (json.dumps(asdict(answer)), lease)
            )
        return answer

    def _let_go(self, lease: str) -> None:
        with self.store.writing() as tx:
            tx.execute("DELETE FROM keys WHERE lease = ? AND answer IS NULL", (lease,))

    def _row(self, tx: sqlite3.Connection, wanted: Claim) -> sqlite3.Row | None:
        row: sqlite3.Row | None = tx.execute(
            "SELECT * FROM keys WHERE client = ? AND key = ?", (wanted.client, wanted.key)
        ).fetchone()
        return row


def _stored(row: sqlite3.Row, wanted: Claim) -> Answer:
    if row["fingerprint"] != wanted.fingerprint:
        raise ProblemError(
            Kind.KEY_REUSED, "This key belongs to a request with another body; use a new key."
        )
    if row["answer"] is None:
        raise _in_flight()
    return Answer(**json.loads(row["answer"]))


def _undone_if_refused(tx: sqlite3.Connection, work: Work) -> Answer:
    tx.execute("SAVEPOINT work")
    try:
        return work(tx)
    except ProblemError as refusal:
        tx.execute("ROLLBACK TO work")
        return Answer(status=refusal.status_code, body=refusal.body(), media_type=MEDIA_TYPE)


def _in_flight() -> ProblemError:
    return ProblemError(
        Kind.IN_FLIGHT,
        "The first request with this key is still being processed; ask again.",
        headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
    )
