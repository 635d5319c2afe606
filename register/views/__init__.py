"""The register's pages and its two answers to voters."""

from register.views import entrance, lookups, readings, roll, sending, voter

BLUEPRINTS = (
    voter.blueprint,
    entrance.blueprint,
    roll.blueprint,
    readings.blueprint,
    sending.blueprint,
    lookups.blueprint,
)
"""What the application mounts for this side."""
