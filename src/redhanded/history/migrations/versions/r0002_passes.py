"""Passes counted by test and day, and the outcomes that did not pass found by their run."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

PASS = 1
UNFINISHED = 3
DAY = 86_400
LAST = 2**31 - 1

ADD = """
INSERT INTO rh_passes (project_id, day, environment_id, test_id, passes, began, ended)
SELECT :project, :day, :environment, test_id, 1, at, at FROM rh_outcomes
WHERE run_id = :run AND verdict_id = :passed
ON CONFLICT (project_id, day, environment_id, test_id) DO UPDATE SET
passes = rh_passes.passes + 1,
began = CASE WHEN excluded.began < rh_passes.began
    THEN excluded.began ELSE rh_passes.began END,
ended = CASE WHEN excluded.ended > rh_passes.ended
    THEN excluded.ended ELSE rh_passes.ended END
"""


def upgrade() -> None:
    """Make the table and the indexes, and count what is there."""
    op.create_table(
        "rh_passes",
        sa.Column("project_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("environment_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("test_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("passes", sa.Integer(), nullable=False),
        sa.Column("began", sa.Double(), nullable=False),
        sa.Column("ended", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("project_id", "day", "environment_id", "test_id"),
        sqlite_with_rowid=False,
    )
    telling = sa.text(f"verdict_id > {UNFINISHED}")
    op.create_index(
        "rh_outcomes_telling",
        "rh_outcomes",
        ["run_id"],
        sqlite_where=telling,
        postgresql_where=telling,
    )
    op.create_index("rh_run_builds_build", "rh_run_builds", ["build_id"])
    connection = op.get_bind()
    runs = connection.execute(
        sa.text("SELECT id, project_id, environment_id, started_at FROM rh_runs ORDER BY id")
    )
    for run in runs.all():
        its = {"run": run.id, "project": run.project_id, "environment": run.environment_id}
        day = int(min(max(run.started_at // DAY, -LAST), LAST))
        connection.execute(sa.text(ADD), {**its, "day": day, "passed": PASS})
