"""What a new data file holds: people, keys and accounts whose credentials are no secret."""

from __future__ import annotations

import sqlite3
from typing import Final

from redhanded.lab.auth import hash_key, hash_password

PASSWORD: Final = "password123"  # noqa: S105 - published on purpose, as is everything below
BOOKING_EDITOR: Final = "admin"
BOOKING_READER: Final = "guest"
TRADER: Final = ("lab-trader", "lab-trader-secret")
AUDITOR: Final = ("lab-auditor", "lab-auditor-secret")
API_KEYS: Final = {
    "admin": "lab-admin-key",
    "agent": "lab-agent-key",
    "viewer": "lab-viewer-key",
}

_SOWN_AT = 1_767_225_600  # 2026-01-01T00:00:00Z
_GUESTS = (
    ("Sally", "Brown", 111, True, "2026-02-01", "2026-02-05", "Breakfast"),
    ("Jim", "Smith", 340, False, "2026-02-03", "2026-02-04", None),
    ("Zoë", "Müller", 96, True, "2026-02-28", "2026-03-01", "Late check-in"),
    ("Susan", "Jackson", 871, False, "2026-03-10", "2026-03-24", "Breakfast"),
    ("Eric", "Wilson", 205, True, "2026-12-30", "2027-01-02", None),
)
_ACCOUNTS = (
    ("acc-demo-eur", "EUR", 10_000_00),
    ("acc-demo-usd", "USD", 25_000_00),
    ("acc-demo-jpy", "JPY", 1_500_000),
    ("acc-demo-kwd", "KWD", 3_000_000),
)


def sow(tx: sqlite3.Connection) -> None:
    """Fills an empty data file."""
    password = hash_password(PASSWORD)
    tx.executemany(
        "INSERT INTO staff (username, password, role) VALUES (?, ?, ?)",
        [(BOOKING_EDITOR, password, "editor"), (BOOKING_READER, password, "reader")],
    )
    tx.executemany(
        "INSERT INTO clients (id, secret, scopes) VALUES (?, ?, ?)",
        [
            (TRADER[0], hash_key(TRADER[1]), "read trade"),
            (AUDITOR[0], hash_key(AUDITOR[1]), "read"),
        ],
    )
    tx.executemany(
        "INSERT INTO accounts (id, owner, currency, balance, created_at)"
        " VALUES (?, 'Demo desk', ?, ?, ?)",
        [(*account, _SOWN_AT) for account in _ACCOUNTS],
    )
    tx.executemany(
        "INSERT INTO users (email, name, role, status, password, api_key, created_at, updated_at)"
        " VALUES (?, ?, ?, 'active', ?, ?, ?, ?)",
        [
            (f"{role}@lab.example", f"Demo {role}", role, password, hash_key(key), *_TWICE)
            for role, key in API_KEYS.items()
        ],
    )
    tx.executemany(
        "INSERT INTO bookings (firstname, lastname, folded_firstname, folded_lastname, totalprice,"
        " depositpaid, checkin, checkout, additionalneeds) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(*guest[:2], guest[0].casefold(), guest[1].casefold(), *guest[2:]) for guest in _GUESTS],
    )


_TWICE = (_SOWN_AT, _SOWN_AT)
