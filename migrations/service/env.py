"""Alembic's way into the service store; infra.migrate hands it an open transaction."""

from infra.migrate import run_migrations

run_migrations()
