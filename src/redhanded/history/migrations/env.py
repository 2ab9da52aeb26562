"""What Alembic runs: the migrations, on the connection and in the transaction that it is given."""

from __future__ import annotations

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    version_table="rh_version",
    # The caller's transaction holds the lock, and undoes a migration that fails halfway.
    transactional_ddl=True,
)
context.run_migrations()
