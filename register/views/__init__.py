"""The register's pages and its two answers to voters."""

from register.views import (
    additions,
    entrance,
    letters,
    lookups,
    readings,
    roll,
    sending,
    sending_texts,
    turnout,
    voter,
)

BLUEPRINTS = (
    voter.blueprint,
    entrance.blueprint,
    roll.blueprint,
    readings.blueprint,
    sending.blueprint,
    sending_texts.blueprint,
    letters.blueprint,
    lookups.blueprint,
    additions.blueprint,
    turnout.blueprint,
)
"""What the application mounts for this side."""
