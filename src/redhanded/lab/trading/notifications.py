"""Word of events, which arrives a moment after them."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from redhanded.lab.auth import Clock
from redhanded.lab.fields import moment
from redhanded.lab.trading.cursors import cut, read_cursor
from redhanded.lab.trading.models import AccountFilter, Event, Notification, Page

WINDOW_SECONDS = 0.5  # what the document promises
_DELAY_SECONDS = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Notifications:
    """The notifications of a store."""

    clock: Clock
    delay_seconds: float = _DELAY_SECONDS

    def send(
        self,
        tx: sqlite3.Connection,
        event: Event,
        *,
        account_id: str,
        subject_id: str,
        tag: str | None,
    ) -> None:
        """Lets the account know of the event once the delay is over."""
        tx.execute(
            "INSERT INTO notifications (account_id, kind, subject_id, tag, created_at)"
            " VALUES (?, ?, ?, ?, ?)",
            (account_id, event, subject_id, tag, self.clock()),
        )

    def find(self, tx: sqlite3.Connection, wanted: AccountFilter) -> Page[Notification]:
        """The page of notifications that was asked for, the oldest first."""
        rows = tx.execute(
            "SELECT * FROM notifications WHERE (:tag IS NULL OR tag = :tag)"
            " AND (:account_id IS NULL OR account_id = :account_id)"
            " AND created_at <= :arrived AND seq > :after ORDER BY seq LIMIT :limit + 1",
            wanted.model_dump()
            | {
                "after": read_cursor("notifications", wanted),
                "arrived": self.clock() - self.delay_seconds,
            },
        ).fetchall()
        return cut(rows, wanted, kind="notifications", place=lambda r: r["seq"], read=_read)


def _read(row: sqlite3.Row) -> Notification:
    return Notification(
        id=row["seq"],
        account_id=row["account_id"],
        kind=row["kind"],
        subject_id=row["subject_id"],
        tag=row["tag"],
        created_at=moment(row["created_at"]),
    )
