"""The users of the house, independent of how they are asked for."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from redhanded.lab.auth import Clock, hash_key, hash_password, is_password
from redhanded.lab.fields import moment
from redhanded.lab.problems import Kind, ProblemError, not_found
from redhanded.lab.users.models import NewUser, Role, Status, User, UserChange, UserFilter
from redhanded.lab.users.rules import MOVES


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some of the users that were asked for, and how many there are in all."""

    users: Sequence[User]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """The users of a store; a deleted one is as if it had never been."""

    clock: Clock

    def add(self, tx: sqlite3.Connection, new: NewUser) -> User:
        """The new user, or a 409 problem when the address belongs to another."""
        now = self.clock()
        with _unique_email():
            cursor = tx.execute(
                "INSERT INTO users (email, name, role, status, tag, password, created_at,"
                " updated_at) VALUES (?, ?, 'viewer', 'active', ?, ?, ?, ?)",
                (
                    new.email,
                    new.name,
                    new.tag,
                    hash_password(new.password.get_secret_value()),
                    now,
                    now,
                ),
            )
        return self.get(tx, cursor.lastrowid or 0)

    def find(self, tx: sqlite3.Connection, wanted: UserFilter, *, only: int | None = None) -> Page:
        """The page of users that was asked for; `only` leaves out all but the one with that id."""
        rows = tx.execute(
            "WITH found AS (SELECT id FROM users WHERE status <> 'deleted'"
            " AND (:only IS NULL OR id = :only)"
            " AND (:email IS NULL OR email = :email COLLATE NOCASE)"
            " AND (:role IS NULL OR role = :role)"
            " AND (:status IS NULL OR status = :status)"
            " AND (:tag IS NULL OR tag = :tag))"
            " SELECT count(*) AS value FROM found UNION ALL SELECT id FROM"
            " (SELECT id FROM found ORDER BY id LIMIT :limit OFFSET :offset)",
            wanted.model_dump() | {"only": only},
        ).fetchall()
        total, *ids = [row["value"] for row in rows]
        return Page(users=[self.get(tx, identity) for identity in ids], total=total)

    def get(self, tx: sqlite3.Connection, identity: int) -> User:
        """The user with this id, or a 404 problem."""
        row = tx.execute(
            "SELECT * FROM users WHERE id = ? AND status <> 'deleted'", (identity,)
        ).fetchone()
        if row is None:
            raise not_found("user", identity)
        return _read(row)

    def change(self, tx: sqlite3.Connection, user: User, change: UserChange) -> User:
        """The user after the change; a 409 problem when the address belongs to another."""
        changed = user.model_copy(update=change.model_dump(exclude_unset=True))
        with _unique_email():
            tx.execute(
                "UPDATE users SET email = ?, name = ?, tag = ?, updated_at = ? WHERE id = ?",
                (changed.email, changed.name, changed.tag, self.clock(), user.id),
            )
        return self.get(tx, user.id)

    def set_role(self, tx: sqlite3.Connection, user: User, role: Role) -> User:
        """The user with the role."""
        tx.execute(
            "UPDATE users SET role = ?, updated_at = ? WHERE id = ?", (role, self.clock(), user.id)
        )
        return self.get(tx, user.id)

    def set_status(self, tx: sqlite3.Connection, user: User, status: Status) -> User:
        """The user with the status; a 409 problem when no step leads there."""
        if status not in MOVES[user.status]:
            raise ProblemError(
                Kind.ILLEGAL_TRANSITION, f"A user that is {user.status} cannot become {status}."
            )
        tx.execute(
            "UPDATE users SET status = ?, updated_at = ? WHERE id = ?",
            (status, self.clock(), user.id),
        )
        return self.get(tx, user.id)

    def remove(self, tx: sqlite3.Connection, user: User) -> None:
        """Deletes the user for good and frees its address."""
        tx.execute(
            "UPDATE users SET status = 'deleted', api_key = NULL, updated_at = ? WHERE id = ?",
            (self.clock(), user.id),
        )

    def with_password(self, tx: sqlite3.Connection, email: str, password: str) -> User | None:
        """The user with this address, when the password is right."""
        row = tx.execute(
            "SELECT * FROM users WHERE email = ? COLLATE NOCASE AND status <> 'deleted'", (email,)
        ).fetchone()
        return _read(row) if row and is_password(password, row["password"]) else None

    def with_key(self, tx: sqlite3.Connection, key: str) -> User | None:
        """The user to whom this API key was given."""
        row = tx.execute("SELECT * FROM users WHERE api_key = ?", (hash_key(key),)).fetchone()
        return _read(row) if row else None


@contextmanager
def _unique_email() -> Iterator[None]:
    try:
        yield
    except sqlite3.IntegrityError as error:
        raise ProblemError(Kind.NOT_UNIQUE, "Another user has this email address.") from error


def _read(row: sqlite3.Row) -> User:
    return User(
        id=row["id"],
        email=row["email"],
        name=row["name"],
        role=row["role"],
        status=row["status"],
        tag=row["tag"],
        created_at=moment(row["created_at"]),
        updated_at=moment(row["updated_at"]),
    )
