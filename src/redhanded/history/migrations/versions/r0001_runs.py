"""The first schema: runs with all that belongs to them."""

from __future__ import annotations

from hashlib import blake2b

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

RESERVED = ("", "pass", "skipped", "unfinished", "running", "finished", "interrupted", "killed")


def upgrade() -> None:
    """Make the tables, and the texts whose numbers never change."""
    op.create_table(
        "rh_profiles",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rh_runs",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("name_id", sa.Integer(), nullable=False),
        sa.Column("environment_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.Double(), nullable=False),
        sa.Column("state_id", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.Double(), nullable=True),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("exit_code", sa.Integer(), nullable=True),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("host_id", sa.Integer(), nullable=False),
        sa.Column("versions_id", sa.Integer(), nullable=False),
        sa.Column("canary", sa.Double(), nullable=True),
        sa.Column("canaries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("project_id", "name_id", name="rh_runs_name"),
        sqlite_with_rowid=False,
    )
    op.create_index("rh_runs_started", "rh_runs", ["project_id", "started_at", "id"], unique=False)
    op.create_table(
        "rh_tests",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=16), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("first_seen", sa.Double(), nullable=False),
        sa.Column("last_seen", sa.Double(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("until_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("project_id", "digest", name="rh_tests_key"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rh_texts",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=16), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rh_evidence",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("operation_id", sa.Integer(), nullable=False),
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.Column("limit", sa.Double(), nullable=False),
        sa.Column("build_id", sa.Integer(), nullable=False),
        sa.Column("samples", sa.Integer(), nullable=False),
        sa.Column("bad", sa.Integer(), nullable=False),
        sa.Column("gain", sa.Double(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["rh_runs.id"],
        ),
        sa.PrimaryKeyConstraint("run_id", "position"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rh_latencies",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("test_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("operation_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("samples", sa.Integer(), nullable=False),
        sa.Column("median", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["rh_runs.id"],
        ),
        sa.PrimaryKeyConstraint("run_id", "test_id", "operation_id", "size"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rh_nodes",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("test_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=16), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("last_seen", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["test_id"],
            ["rh_tests.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("test_id", "digest", name="rh_nodes_value"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rh_operations",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("operation_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("samples", sa.Integer(), nullable=False),
        sa.Column("errors", sa.Integer(), nullable=False),
        sa.Column("median", sa.Double(), nullable=False),
        sa.Column("p95", sa.Double(), nullable=False),
        sa.Column("p99", sa.Double(), nullable=False),
        sa.Column("longest", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["rh_runs.id"],
        ),
        sa.PrimaryKeyConstraint("run_id", "operation_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rh_outcomes",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("test_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("node_id", sa.Integer(), nullable=True),
        sa.Column("verdict_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("cause_id", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("build_id", sa.Integer(), nullable=False),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.Column("spell", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("until_id", sa.Integer(), nullable=False),
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["rh_runs.id"],
        ),
        sa.PrimaryKeyConstraint("run_id", "test_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rh_profile_classes",
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.Column("class_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["profile_id"],
            ["rh_profiles.id"],
        ),
        sa.PrimaryKeyConstraint("profile_id", "class_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rh_run_builds",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("build_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["rh_runs.id"],
        ),
        sa.PrimaryKeyConstraint("run_id", "position"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rh_run_counts",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("verdict_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("tests", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["rh_runs.id"],
        ),
        sa.PrimaryKeyConstraint("run_id", "verdict_id"),
        sqlite_with_rowid=False,
    )
    texts = sa.table("rh_texts", sa.column("id"), sa.column("digest"), sa.column("value"))
    op.bulk_insert(
        texts,
        [
            {"id": it, "digest": blake2b(text.encode(), digest_size=16).digest(), "value": text}
            for it, text in enumerate(RESERVED)
        ],
    )
